import { err, ok, type Result } from '../../core/base/result.ts';

/** A program and its arguments. */
export type Words = readonly [string, ...string[]];

/**
 * Cuts a line into words as a shell does, without being one: `'…'` keeps what is in it, in `"…"` and
 * outside `\` keeps the next character (in `"…"` only `"` and `\`). The error says what to change.
 */
export function splitWords(line: string): Result<Words, string> {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    const next = line[at + 1];
    if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === '\\' && isEscape(quote, next)) {
      word = (word ?? '') + (next ?? '');
      at += 1;
    } else if (quote === undefined && /\s/.test(character)) {
      words.push(...(word === undefined ? [] : [word]));
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) {
    return err(`A ${quote} is open; close it.`);
  }
  const [program, ...rest] = word === undefined ? words : [...words, word];
  return program === undefined || program === ''
    ? err('Name a program, and what it is given.')
    : ok([program, ...rest]);
}

function isEscape(quote: string | undefined, next: string | undefined): boolean {
  return quote === undefined
    ? next !== undefined
    : quote === '"' && (next === '"' || next === '\\');
}
