import { oneLine } from '../core/base/text.ts';

/** A text as one word of a command that a person copies. */
export function shellWord(text: string): string {
  const shown = oneLine(text, Infinity);
  return /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
