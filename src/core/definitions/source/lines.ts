import { err, ok, type Result } from '../../base/result.ts';

// Changes of a text, and what lines an offset stands in. All offsets are UTF-16.

/** Text in place of what stands between two offsets; where they are the same, it is inserted. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Blanks up to the place, where nothing but blanks and the dashes of lists stand before it in its line. */
export function indentOf(text: string, offset: number): string | undefined {
  const line = text.slice(lineStart(text, offset), offset);
  return /^ *(?:- +)*$/.test(line) ? ' '.repeat(line.length) : undefined;
}

/** Offset of the line's end behind the place; `undefined`: more than a comment stands between. */
export function lineEnd(text: string, offset: number): number | undefined {
  const rest = /^[^\r\n]*/.exec(text.slice(offset, offset + MAX_COMMENT))?.[0] ?? '';
  return rest.length < MAX_COMMENT && /^(?:[ \t]+#.*|[ \t]*)$/.test(rest)
    ? offset + rest.length
    : undefined;
}

/** UTF-16 units: a longer comment is left alone. */
const MAX_COMMENT = 1000;

export function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return start + text.slice(start, offset).lastIndexOf('\r') + 1;
}

/** The blanks, tabs among them, that the line of the place begins with. */
export function leadingBlanks(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, start + MAX_COMMENT))?.[0] ?? '';
}

/** Offset behind the line break that stands at the place; the place itself where none does. */
export function behindBreak(text: string, offset: number): number {
  return offset + (/^(?:\r\n|\n|\r)/.exec(text.slice(offset, offset + 2))?.[0].length ?? 0);
}

/** Offset before the line break that stands just before the place; the place itself where none does. */
export function beforeBreak(text: string, offset: number): number {
  const before = text.slice(Math.max(0, offset - 2), offset);
  return offset - (/(?:\r\n|\n|\r)$/.exec(before)?.[0].length ?? 0);
}

/** As the first line ends: looking at every line for each of thousands of changes would take seconds. */
export function lineBreakOf(text: string): string {
  const end = text.indexOf('\n');
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n';
}

/** In the order of their places; what is inserted at one place stands in the order given. */
export function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The text after all edits; an error where two of them want the same characters. */
export function editedText(text: string, edits: readonly TextEdit[]): Result<string, 'overlap'> {
  let made = '';
  let at = 0;
  for (const { start, end, text: put } of inOrder(edits)) {
    if (start < at || end < start) {
      return err('overlap');
    }
    made += text.slice(at, start) + put;
    at = end;
  }
  return ok(made + text.slice(at));
}

/** Edits of the edited text after which it is `text` again. */
export function inverseOf(text: string, edits: readonly TextEdit[]): readonly TextEdit[] {
  let moved = 0;
  return inOrder(edits).map(({ start, end, text: put }) => {
    const from = start + moved;
    moved += put.length - (end - start);
    return { start: from, end: from + put.length, text: text.slice(start, end) };
  });
}
