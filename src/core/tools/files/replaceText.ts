import { err, ok, type Result } from '../../base/result.ts';
import * as problems from '../toolProblems.ts';

/** Lines named in an answer. */
const MOST_LINES = 5;
/** Lines and places compared to find where a text stands with other white space. */
const MOST_COMPARED = 500;

export interface Replacement {
  readonly old: string;
  readonly new: string;
  readonly all?: boolean | undefined;
}

/**
 * Replaces a text that stands there once, or everywhere. In a file with CRLF line ends, texts with plain
 * ones are taken for the same.
 * @param path for what the model is told
 */
export function replaceText(
  text: string,
  replacement: Replacement,
  path: string,
): Result<{ readonly text: string; readonly told: string }, string> {
  let { old, new: fresh } = replacement;
  let places = placesOf(old, text);
  if (places.length === 0 && text.includes('\r\n') && !old.includes('\r')) {
    old = old.replaceAll('\n', '\r\n');
    fresh = fresh.replace(/\r?\n/g, '\r\n');
    places = placesOf(old, text);
  }
  const [first] = places;
  if (first === undefined) {
    return err(nearest(text, old, path));
  }
  const at = places.slice(0, MOST_LINES).map((place) => lineAt(text, place));
  if (places.length > 1 && replacement.all !== true) {
    return err(problems.manyMatches(path, places.length, at));
  }
  const where =
    places.length === 1 ? `at line ${lineAt(text, first)}` : `in ${places.length} places`;
  return ok({
    text: text.split(old).join(fresh),
    told: `Changed "${path}" ${where}.`,
  });
}

/** Without overlaps, as `split` counts them. */
function placesOf(part: string, text: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    places.push(at);
  }
  return places;
}

function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < place; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}

/** Where the text stands with other white space, else where its first line does. */
function nearest(text: string, old: string, path: string): string {
  const lines = text.split('\n').map(bare);
  const wanted = old.split('\n').map(bare);
  while (wanted.length > 1 && wanted[0] === '') {
    wanted.shift();
  }
  while (wanted.length > 1 && wanted.at(-1) === '') {
    wanted.pop();
  }
  const [head] = wanted;
  if (head === undefined || head === '') {
    return problems.noMatch(path, [], false);
  }
  const heads = lines.flatMap((line, index) => (line === head ? [index] : []));
  const begin = wanted.slice(0, MOST_COMPARED);
  const whole = heads
    .slice(0, MOST_COMPARED)
    .filter((start) => begin.every((line, index) => lines[start + index] === line));
  const shown = whole.length > 0 ? whole : heads;
  return problems.noMatch(
    path,
    shown.slice(0, MOST_LINES).map((index) => index + 1),
    whole.length > 0,
  );
}

function bare(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}
