import { code, type PlainCursor } from './plainCursor.ts';
import { coreValue } from './plainScalars.ts';
import {
  listNode,
  mapNode,
  scalarNode,
  trimmedEnd,
  type Field,
  type ScalarNode,
  type SourceNode,
} from './sourceNode.ts';

interface Place {
  /** Lines that go on with it start at this column or behind it. */
  readonly column: number;
  /** How many lists and maps it may still hold in each other, itself included. */
  readonly room: number;
  /** True for the outermost pair of brackets. */
  readonly outer: boolean;
}

/**
 * Reads `[…]` or `{…}` and stands behind it. `undefined` where there are comments, tabs, scalars over lines,
 * keys without values and whatever else is rare in them.
 */
export function readFlow(
  cursor: PlainCursor,
  column: number,
  room: number,
): SourceNode | undefined {
  return readCollection(cursor, { column, room, outer: true });
}

function readCollection(cursor: PlainCursor, place: Place): SourceNode | undefined {
  if (place.room === 0) {
    return undefined;
  }
  const start = cursor.at;
  const isMap = cursor.codeAt(start) === code.openMap;
  const close = isMap ? code.closeMap : code.closeList;
  const inner = { ...place, room: place.room - 1, outer: false };
  const fields = new Map<string, Field>();
  const items: SourceNode[] = [];
  for (let isFirst = true; ; isFirst = false) {
    if (!isFirst) {
      if (cursor.codeAt(cursor.at) !== code.comma) {
        break;
      }
      cursor.at += 1;
    } else {
      cursor.at += 1;
    }
    if (!skipBlanks(cursor, place)) {
      return undefined;
    }
    if (cursor.codeAt(cursor.at) === close) {
      break;
    }
    if (isMap) {
      if (!readPair(cursor, inner, fields)) {
        return undefined;
      }
    } else {
      const item = readItem(cursor, inner);
      if (item === undefined) {
        return undefined;
      }
      items.push(item);
    }
    if (!skipBlanks(cursor, place)) {
      return undefined;
    }
  }
  if (cursor.codeAt(cursor.at) !== close) {
    return undefined;
  }
  cursor.at += 1;
  return isMap ? mapNode(fields, start, cursor.at) : listNode(items, start, cursor.at);
}

function readPair(cursor: PlainCursor, place: Place, fields: Map<string, Field>): boolean {
  const keyStart = cursor.at;
  const isQuoted = startsQuoted(cursor);
  const scalar = isQuoted ? readQuoted(cursor) : readPlain(cursor);
  if (scalar === undefined || scalar.value === null) {
    return false;
  }
  const key = typeof scalar.value === 'string' ? scalar.value : scalar.text;
  const keyEnd = cursor.at;
  cursor.skipSpaces();
  if (cursor.codeAt(cursor.at) !== code.colon || key === '__proto__' || fields.has(key)) {
    return false;
  }
  cursor.at += 1;
  if (!skipBlanks(cursor, place)) {
    return false;
  }
  const node = readItem(cursor, place);
  if (node === undefined) {
    return false;
  }
  fields.set(key, { keyStart, keyEnd, node });
  return true;
}

function readItem(cursor: PlainCursor, place: Place): SourceNode | undefined {
  const first = cursor.codeAt(cursor.at);
  if (!cursor.addValue()) {
    return undefined;
  }
  if (first === code.openList || first === code.openMap) {
    return readCollection(cursor, place);
  }
  return startsQuoted(cursor) ? readQuoted(cursor) : readPlain(cursor);
}

function startsQuoted(cursor: PlainCursor): boolean {
  const first = cursor.codeAt(cursor.at);
  return first === code.quote || first === code.apostrophe;
}

function readQuoted(cursor: PlainCursor): ScalarNode | undefined {
  const start = cursor.at;
  const value = cursor.readQuoted();
  return value === undefined ? undefined : scalarNode(value, cursor.text, start, cursor.at);
}

/** Stands behind its last character that is no space. */
function readPlain(cursor: PlainCursor): ScalarNode | undefined {
  const { text, at: start } = cursor;
  if (!cursor.startsPlain()) {
    return undefined;
  }
  let end = start;
  for (let offset = start; offset < cursor.end; offset += 1) {
    const found = text.charCodeAt(offset);
    if (found === code.tab) {
      return undefined;
    }
    if (
      found === code.newline ||
      found === code.return ||
      isIndicator(found) ||
      (found === code.colon &&
        (cursor.isBlankAt(offset + 1) || isIndicator(cursor.codeAt(offset + 1)))) ||
      (found === code.hash && text.charCodeAt(offset - 1) === code.space)
    ) {
      break;
    }
    if (found !== code.space) {
      end = offset + 1;
    }
  }
  if (end === start || (end === start + 1 && text.charCodeAt(start) === code.dash)) {
    return undefined;
  }
  cursor.at = end;
  const value = coreValue(text.slice(start, end));
  return scalarNode(value, text, start, trimmedEnd(text, start, end));
}

function isIndicator(found: number): boolean {
  return (
    found === code.comma ||
    found === code.openList ||
    found === code.closeList ||
    found === code.openMap ||
    found === code.closeMap
  );
}

/** Goes to the next thing in the brackets; false where the text ends or a line starts too early. */
function skipBlanks(cursor: PlainCursor, { column, outer }: Place): boolean {
  let isNewLine = false;
  for (;;) {
    cursor.skipSpaces();
    if (cursor.at >= cursor.end) {
      return false;
    }
    if (!cursor.isLineEnd(cursor.at)) {
      break;
    }
    cursor.at = cursor.nextLine(cursor.at);
    cursor.lineStart = cursor.at;
    isNewLine = true;
  }
  if (!isNewLine) {
    return true;
  }
  const found = cursor.codeAt(cursor.at);
  const own = cursor.at - cursor.lineStart;
  if (own === 0 && (found === code.dash || found === code.dot)) {
    return false;
  }
  const isClose = found === code.closeList || found === code.closeMap;
  return own >= column || (outer && isClose && own === column - 1);
}
