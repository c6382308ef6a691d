import { digestOf } from '../../base/digest.ts';

/** What is cut from the ends of a word. */
const AROUND = /^[.,;:!?"'`*()[\]{}<>…“”„«»‘’]+|[.,;:!?"'`*()[\]{}<>…“”„«»‘’]+$/g;
const PLAIN = /^[\p{L}\p{M}'’-]*$/u;
/** An upper-case letter behind a lower-case one, as in names of code. */
const JOINED = /\p{Ll}\p{Lu}/u;
const QUOTED =
  /`[^`]+`|"[^"\n]+"|“[^”\n]+”|„[^“\n]+“|«[^»\n]+»|(?<![\p{L}\d])'[^'\n]+'(?![\p{L}\d])/gu;

/**
 * Of what must be the same in two questions, however similar their words: numbers, paths, names of code, and what is in
 * quotes, in their order. To a model `2023` and `2024` are nearly the same.
 */
export function questionMarks(text: string): string {
  const marks = new Set<string>();
  for (const [quoted] of text.matchAll(QUOTED)) {
    marks.add(quoted.slice(1, -1).trim());
  }
  for (const part of text.split(/\s+/)) {
    const word = part.replace(AROUND, '');
    if (!PLAIN.test(word) || JOINED.test(word)) {
      marks.add(word);
    }
  }
  return marks.size === 0 ? '' : digestOf([...marks].join('\n')).slice(0, 32);
}
