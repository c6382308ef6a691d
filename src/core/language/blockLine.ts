/** What one line of block YAML opens, from left to right. Columns count from 0. */
export interface BlockLine {
  /** Of the first character that is no blank; the line's length where there is none. */
  readonly indent: number;
  /** Of each `- ` at its beginning. */
  readonly dashes: readonly number[];
  /** Where its content begins, behind blanks and dashes. */
  readonly content: number;
  readonly key: BlockKey | undefined;
}

export interface BlockKey {
  readonly name: string;
  readonly column: number;
  /** Just behind it, inside its quotes. */
  readonly end: number;
  /** Of the colon. */
  readonly colon: number;
  /** Where its value begins; the line's length where none is on the line. */
  readonly value: number;
}

export function readBlockLine(line: string): BlockLine {
  const indent = skipBlanks(line, 0);
  const dashes: number[] = [];
  let at = indent;
  while (line[at] === '-' && isBlankOrEnd(line[at + 1])) {
    dashes.push(at);
    at = skipBlanks(line, at + 1);
  }
  return { indent, dashes, content: at, key: readKey(line, at) };
}

/** Number of blanks the line begins with; cheaper than reading all of it. */
export function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') {
    at += 1;
  }
  return at;
}

function readKey(line: string, from: number): BlockKey | undefined {
  const first = line[from];
  if (first === undefined || '#[{'.includes(first)) {
    return undefined;
  }
  let colon = from;
  let end: number;
  if (first === '"' || first === "'") {
    const close = line.indexOf(first, from + 1);
    if (close === -1) {
      return undefined;
    }
    end = close;
    colon = skipBlanks(line, close + 1);
    if (line[colon] !== ':' || !isBlankOrEnd(line[colon + 1])) {
      return undefined;
    }
  } else {
    while (colon < line.length && !(line[colon] === ':' && isBlankOrEnd(line[colon + 1]))) {
      if (line[colon] === '#' && isBlankOrEnd(line[colon - 1])) {
        return undefined;
      }
      colon += 1;
    }
    if (colon === line.length) {
      return undefined;
    }
    end = from + line.slice(from, colon).trimEnd().length;
  }
  const begin = first === '"' || first === "'" ? from + 1 : from;
  const name = line.slice(begin, end);
  return { name, column: from, end, colon, value: skipBlanks(line, colon + 1) };
}

function isBlankOrEnd(character: string | undefined): boolean {
  return character === undefined || character === ' ' || character === '\t';
}
