import { plainModelName } from '../../domain/servedModel.ts';
import * as problems from './embeddingProblems.ts';

// Some providers read the beginning of a text that is too long and do not say so: two questions that differ behind it
// would have one vector, and one would get the other's answer. So what may not fit is not asked.

/** Characters of a question. */
export const MAX_QUESTION = 8000;

/** Tokens that models take in, where their providers cut without a word or it is well known. */
const ROOM: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 8191,
  'text-embedding-3-large': 8191,
  'text-embedding-ada-002': 8191,
  'gemini-embedding-001': 2048,
};

export function knownRoom(model: string): number | undefined {
  const name = plainModelName(model.slice(model.lastIndexOf('/') + 1));
  return Object.hasOwn(ROOM, name) ? ROOM[name] : undefined;
}

/** Why the text is not asked about; `undefined`: all of it fits. @param room tokens; `undefined`: not known */
export function whyTooLong(
  text: string,
  model: string,
  room: number | undefined,
): string | undefined {
  if (text.trim() === '') {
    return problems.textEmpty();
  }
  if (text.length > MAX_QUESTION) {
    return problems.textTooLong(MAX_QUESTION);
  }
  return room !== undefined && mostTokens(text) > room
    ? problems.textTooManyTokens(model, room)
    : undefined;
}

/** Shorter texts fit into any model. */
const ALWAYS_FITS = 400;
/** Characters that no model takes for one token on the average of a text. */
const MOST_CHARS_A_TOKEN = 8;

/** Whether the tokens that were counted are too few to be all of the text. */
export function isCut(text: string, counted: number, room: number | undefined): boolean {
  if (text.length <= ALWAYS_FITS) {
    return false;
  }
  // Many models do not count blanks.
  const shown = text.replace(/\s+/g, ' ').length;
  return (room !== undefined && counted >= room) || shown > counted * MOST_CHARS_A_TOKEN;
}

/** Rather too many: three characters of ASCII are a token, or one of another script. */
function mostTokens(text: string): number {
  const ascii = text.replace(/[^\0-\x7f]/g, '').length;
  return Math.ceil(ascii / 3) + (text.length - ascii);
}
