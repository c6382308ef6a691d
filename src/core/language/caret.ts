import type { SourcePath } from '../definitions/source/sourceDocument.ts';
import { readBlockLine, skipBlanks, type BlockLine } from './blockLine.ts';
import { flowPlace } from './flow.ts';

/**
 * What is being written where a caret stands. It is found from the lines above by their indentation, not
 * from the parsed file: half a line is no YAML.
 */
export interface Caret {
  /** Keys and indexes of list items from the root: of the map for a key, else of the value. */
  readonly path: SourcePath;
  /** `either`: a value, or the first key of one. `text`: a further line of a text. */
  readonly place: 'key' | 'value' | 'either' | 'text';
  /** Of the caret. */
  readonly offset: number;
  /** Offsets of what is being written, inside its quotes, the caret between them. */
  readonly start: number;
  readonly end: number;
  /** Around what is being written. */
  readonly quote: string;
  /** In brackets and braces: what would close them, and the quotes. */
  readonly closers: string;
  /** True right behind a colon, where YAML wants a blank. */
  readonly glued: boolean;
  /** The line up to the caret. */
  readonly before: string;
}

/**
 * @param from offset of the line the YAML begins with
 * @returns `undefined` where nothing can be offered: in comments, behind finished values
 */
export function caretAt(text: string, offset: number, from = 0): Caret | undefined {
  const lineStart = startOfLine(text, offset);
  const before = text.slice(lineStart, offset);
  const rest = lineOf(text.slice(offset));
  const root = /^\s*(?=[[{])/.exec(text.slice(from));
  if (root !== null) {
    const start = from + root[0].length;
    return offset > start ? inFlow(text, start, offset, rest, []) : undefined;
  }
  return inBlock(text, { from, lineStart, offset, before, rest });
}

interface Spot {
  readonly from: number;
  readonly lineStart: number;
  readonly offset: number;
  /** Of the caret's line. */
  readonly before: string;
  readonly rest: string;
}

function inBlock(text: string, spot: Spot): Caret | undefined {
  const { from, lineStart, offset, before, rest } = spot;
  const line = before + rest;
  const read = readBlockLine(line);
  const column = before.length;
  // In front of what stands on the line nothing is written.
  if (column < read.content && line.trim() !== '' && !isBehindDash(read, column)) {
    return undefined;
  }
  const above = linesIn(text, from, lineStart);
  const { key } = read;
  const inKey = key === undefined || column <= key.colon;
  const parents = parentsOf(above, read, line.trim() === '' ? column : read.indent, inKey);
  if (parents.text) {
    return { ...written(offset, before, rest, 0), path: parents.path, place: 'text' };
  }
  if (parents.flow !== undefined) {
    return inFlow(text, parents.flow, offset, rest, parents.path);
  }
  const valueColumn = inKey ? read.content : Math.min(key.value, column);
  const value = line.slice(valueColumn);
  if (value.startsWith('[') || value.startsWith('{')) {
    const path = inKey ? parents.path : [...parents.path, key.name];
    const start = lineStart + valueColumn;
    return offset > start ? inFlow(text, start, offset, rest, path) : undefined;
  }
  if (isInComment(line.slice(valueColumn, column))) {
    return undefined;
  }
  const here = written(offset, before, rest, valueColumn);
  if (inKey) {
    const isKey = key !== undefined || parents.hasSiblings;
    return {
      ...here,
      end: key === undefined ? here.end : Math.max(offset, lineStart + key.end),
      glued: before.endsWith('-') && column === read.content,
      path: parents.path,
      place: isKey ? 'key' : 'either',
    };
  }
  const glued = column === key.colon + 1;
  return { ...here, path: [...parents.path, key.name], place: 'value', glued };
}

function isBehindDash({ dashes }: BlockLine, column: number): boolean {
  const last = dashes.at(-1);
  return last !== undefined && column > last;
}

/** Of a stretch from a column to the end of what is written there. */
function written(offset: number, before: string, rest: string, column: number) {
  const first = before[column] ?? '';
  const quote = first === '"' || first === "'" ? first : '';
  const start = Math.min(offset - before.length + column + quote.length, offset);
  const end = offset + (quote === '' ? bareLength(rest) : Math.max(rest.indexOf(quote), 0));
  return { offset, start, end, quote, closers: '', glued: false, before };
}

/** Up to a comment or the line's end, without the blanks before it. */
function bareLength(rest: string): number {
  const comment = rest.indexOf(' #');
  return (comment === -1 ? rest : rest.slice(0, comment)).trimEnd().length;
}

function inFlow(
  text: string,
  start: number,
  offset: number,
  rest: string,
  base: SourcePath,
): Caret | undefined {
  const lineStart = startOfLine(text, offset);
  const found = flowPlace(text, start, offset);
  // Of a text that began on a line above nothing is completed.
  if (found === undefined || (found.start ?? offset) < lineStart) {
    return undefined;
  }
  const { path, place, quote, closers } = found;
  const length =
    quote === ''
      ? (/^[^\s,:#{}[\]"']*/.exec(rest)?.[0].length ?? 0)
      : Math.max(rest.indexOf(quote), 0);
  const before = text.slice(lineStart, offset);
  return {
    path: [...base, ...path],
    place,
    offset,
    start: found.start ?? offset,
    end: offset + length,
    quote,
    closers,
    glued: found.start === undefined && text[offset - 1] === ':',
    before,
  };
}

interface Parents {
  readonly path: SourcePath;
  /** True where they end in a text of several lines. */
  readonly text: boolean;
  /** Offset of the bracket that may be open. */
  readonly flow: number | undefined;
  /** True where the map has another key above. */
  readonly hasSiblings: boolean;
}

/** @param lines above the caret's. @param indent the caret's column on a line that is empty */
function parentsOf(
  lines: readonly Line[],
  caretLine: BlockLine,
  indent: number,
  inKey: boolean,
): Parents {
  const path: (string | number)[] = [];
  let column = indent;
  let text = false;
  let flow: number | undefined;
  let hasSiblings = false;
  /** The items above the one whose parent is looked for, and its index in the path. */
  let item: number | undefined;
  const enter = (dashes: readonly number[]) => {
    for (const dash of [...dashes].reverse()) {
      path.unshift(0);
      item = 0;
      column = dash;
    }
  };
  enter(caretLine.dashes);
  const ownColumn = caretLine.dashes.length > 0 ? undefined : indent;

  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const { text: line, start } = lines[index] ?? { text: '', start: 0 };
    const blanks = skipBlanks(line, 0);
    if (blanks > column || blanks === line.length || line[blanks] === '#') {
      continue;
    }
    if (line.startsWith('---')) {
      break;
    }
    const { dashes, key } = readBlockLine(line);
    if (path.length === 0 && key !== undefined && key.column === ownColumn) {
      hasSiblings = inKey;
    }
    if (item !== undefined && dashes.includes(column)) {
      item += 1;
      path[0] = item;
      continue;
    }
    const isParent =
      key !== undefined && (key.column < column || (item !== undefined && key.column === column));
    if (isParent) {
      item = undefined;
      const value = line.slice(key.value);
      const opens = /^(?:[&!]\S*\s*)*(?:#.*)?$/.test(value);
      if (!opens) {
        path.length = 0;
        text = !/^[[{]/.test(value);
        flow = text ? undefined : start + key.value;
      }
      path.unshift(key.name);
      column = key.column;
    }
    const inside = dashes.filter((dash) => dash < column);
    if (inside.length > 0) {
      enter(inside);
    }
    if (column === 0 && item === undefined) {
      break;
    }
  }
  return { path, text, flow, hasSiblings };
}

function isInComment(value: string): boolean {
  return /^["']/.test(value) ? false : /(?:^|\s)#/.test(value);
}

interface Line {
  readonly text: string;
  /** Its offset. */
  readonly start: number;
}

function linesIn(text: string, from: number, to: number): Line[] {
  const lines: Line[] = [];
  let start = from;
  for (const { 0: end, index } of text.slice(from, to).matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: text.slice(start, from + index), start });
    start = from + index + end.length;
  }
  return lines;
}

function startOfLine(text: string, offset: number): number {
  if (offset === 0) {
    return 0;
  }
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function lineOf(text: string): string {
  return /^[^\r\n]*/.exec(text)?.[0] ?? '';
}
