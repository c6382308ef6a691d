import type { z } from 'zod';
import { oneLine } from '../../base/text.ts';
import { contractSchema, type Contract } from './contractSchema.ts';
import { meaningProblems } from './contractMeaning.ts';
import { pointerOf } from './pointer.ts';

/** Characters: a contract that a person agrees to is far shorter, and one call costs no more than this. */
const LONGEST = 2_000_000;
/** Fenced blocks that are looked into; a text with more of them is no answer to a question for one. */
const MOST_BLOCKS = 100;
/** Sentences at most; a last one tells how many are left out. */
const MOST_PROBLEMS = 20;

/**
 * The contract in what an agent printed: as JSON alone, or in one fenced block with whatever around it.
 * `undefined`: there is none, or there are several and nobody knows which is meant.
 */
export function contractIn(text: string): Contract | undefined {
  if (text.length > LONGEST) {
    return undefined;
  }
  const alone = contractOf(jsonOf(text));
  if (alone !== undefined) {
    return alone;
  }
  const found = fencedBlocks(text).flatMap((block) => contractOf(jsonOf(block)) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

/**
 * What keeps a text from being a good contract, each a sentence with the JSON pointer of the clause and what to do;
 * empty when nothing does. The text is JSON alone or has one fenced block with it.
 */
export function contractProblems(text: string): readonly string[] {
  if (text.length > LONGEST) {
    return [`It is longer than ${LONGEST} characters: a contract is read by a person; shorten it.`];
  }
  const value = jsonOf(text) ?? fencedValue(text);
  if (value === undefined) {
    return ['It has no contract: answer with the JSON of one, and nothing around it.'];
  }
  const parsed = contractSchema.safeParse(value);
  const problems = parsed.success
    ? meaningProblems(parsed.data)
    : parsed.error.issues.flatMap((issue) => sentencesOf(issue, value));
  const told = [...new Set(problems.map((problem) => oneLine(problem, 400)))];
  return told.length <= MOST_PROBLEMS
    ? told
    : [
        ...told.slice(0, MOST_PROBLEMS - 1),
        `${told.length - MOST_PROBLEMS + 1} more clauses are wrong: repair these first.`,
      ];
}

function sentencesOf(issue: z.core.$ZodIssue, value: unknown): readonly string[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? '' : part));
  const at = pointerOf(path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) =>
        `${pointerOf([...path, key])} is no field of a contract: remove it, or say it in a description.`,
    );
  }
  if (isMissing(value, path)) {
    return [`${at} is missing: add it.`];
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object') {
    return [`${at === '' ? 'It' : at} must be an object: write { … }.`];
  }
  return [`${at} ${issue.message}.`];
}

function isMissing(value: unknown, path: readonly (string | number)[]): boolean {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) {
      return true;
    }
    at = (at as Readonly<Record<string | number, unknown>>)[part];
  }
  return false;
}

function contractOf(value: unknown): Contract | undefined {
  return value === undefined ? undefined : contractSchema.safeParse(value).data;
}

/** The one value in fences, be it a contract or not. */
function fencedValue(text: string): unknown {
  const values = fencedBlocks(text).flatMap((block) => {
    const value = jsonOf(block);
    return value === undefined ? [] : [value];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** `undefined`: it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Objects that stand between lines of three or more backticks. One that nobody ends is none. */
function fencedBlocks(text: string): readonly string[] {
  const blocks: string[] = [];
  let fence = '';
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    // A line that is long is no fence: what follows the backticks is a word.
    const opened = line.length > 100 ? undefined : /^ {0,3}(`{3,})\s*([\w+.-]*)\s*$/.exec(line);
    const ticks = opened?.[1] ?? '';
    if (fence === '') {
      fence = ticks;
      lines = [];
    } else if (ticks.length >= fence.length && opened?.[2] === '') {
      blocks.push(lines.join('\n'));
      fence = '';
    } else {
      lines.push(line);
    }
  }
  const objects = blocks.filter((block) => block.trimStart().startsWith('{'));
  return objects.length <= MOST_BLOCKS ? objects : [];
}
