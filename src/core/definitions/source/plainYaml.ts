import { code, PlainCursor } from './plainCursor.ts';
import { readBlockScalar } from './plainBlockScalar.ts';
import { readFlow } from './plainFlow.ts';
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

// The YAML people write in front matter and workflows, read in one pass: maps and lists by indentation or
// in brackets, scalars of one line, and blocks of text. It never reports anything: what it is not sure of
// (anchors, tags, tabs, documents, keys twice, every mistake) makes it give up, and the YAML library, which
// is some ten times slower, reads the file.
//
// P1: what it reads is what `toSourceNode` makes of the library's tree, to the last offset.
// P2: it takes time in proportion to the text.

/** The document of a text up to `end`; `undefined`: it is for the library. */
export function readPlainYaml(text: string, end: number): SourceNode | undefined {
  return hasLoneReturn(text, end) ? undefined : new PlainReader(text, end).readDocument();
}

/** Lists and maps in each other; deeper ones are for the library, which knows where to stop. */
const MAX_PLAIN_DEPTH = 48;
/** The library takes no key that is longer than 1,024. */
const MAX_KEY_LENGTH = 1000;

/** What may end an unquoted scalar before its line does, and a tab, which makes it unsure. */
const SIGNS = /[:#\t]/;

function nextSign(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    const found = line.charCodeAt(at);
    if (found === code.colon || found === code.hash || found === code.tab) {
      return at;
    }
  }
  return -1;
}

function hasLoneReturn(text: string, end: number): boolean {
  for (let at = text.indexOf('\r'); at !== -1 && at < end; at = text.indexOf('\r', at + 1)) {
    if (at + 1 >= end || text.charCodeAt(at + 1) !== code.newline) {
      return true;
    }
  }
  return false;
}

/** Each `#read…` stands at the next content behind what it has read, whose column is `#column`. */
class PlainReader {
  readonly #cursor: PlainCursor;
  /** Of the next content; -1 at the end of the text. */
  #column = -1;
  #room = MAX_PLAIN_DEPTH;
  #keyEnd = 0;
  // Comments belong to the library's nodes, and so do their offsets:
  /** Where the latest value ends with the comments that are its own. */
  #after = 0;
  /** The largest column of the comment lines behind it that are not; -1 for none. */
  #heldColumn = -1;
  #heldEnd = 0;

  constructor(text: string, end: number) {
    this.#cursor = new PlainCursor(text, end);
  }

  readDocument(): SourceNode | undefined {
    const cursor = this.#cursor;
    if (cursor.text.startsWith('---')) {
      cursor.at = 3;
      if (!cursor.isBlankAt(3) || !this.#finishLine(-1, false)) {
        return undefined;
      }
    } else if (!this.#toContent(0, -1, false)) {
      return undefined;
    }
    if (this.#column === -1) {
      return undefined;
    }
    const first = cursor.codeAt(cursor.at);
    const root =
      first === code.openList || first === code.openMap
        ? this.#readFlow(-1)
        : this.#readCollection(this.#column);
    return this.#column === -1 ? root : undefined;
  }

  #readMap(column: number): SourceNode | undefined {
    const cursor = this.#cursor;
    const start = cursor.at;
    const fields = new Map<string, Field>();
    if (this.#room === 0) {
      return undefined;
    }
    this.#room -= 1;
    do {
      const keyStart = cursor.at;
      const key = this.#readKey();
      if (key === undefined || key === '__proto__' || fields.has(key)) {
        return undefined;
      }
      const keyEnd = this.#keyEnd;
      const node = this.#readValue(column, true);
      if (node === undefined) {
        return undefined;
      }
      fields.set(key, { keyStart, keyEnd, node });
    } while (this.#column === column);
    return this.#column > column
      ? undefined
      : this.#closed(mapNode(fields, start, this.#after), column);
  }

  #readList(column: number): SourceNode | undefined {
    const cursor = this.#cursor;
    const start = cursor.at;
    const items: SourceNode[] = [];
    if (this.#room === 0) {
      return undefined;
    }
    this.#room -= 1;
    do {
      cursor.at += 1;
      const node = this.#readValue(column, false);
      if (node === undefined) {
        return undefined;
      }
      items.push(node);
    } while (this.#column === column && this.#isDash());
    return this.#column > column
      ? undefined
      : this.#closed(listNode(items, start, this.#after), column);
  }

  /**
   * The comment lines behind the last thing in a list or map are its own where one of them is not left
   * of it: then whatever it stands in ends behind them, though not itself.
   */
  #closed(node: SourceNode, column: number): SourceNode {
    this.#room += 1;
    if (column > 0 && this.#heldColumn >= column) {
      this.#after = this.#heldEnd;
      this.#heldColumn = -1;
    } else {
      this.#after = node.end;
    }
    return node;
  }

  /** Stands behind the colon. */
  #readKey(): string | undefined {
    const cursor = this.#cursor;
    const start = cursor.at;
    const first = cursor.codeAt(start);
    let key: string | undefined;
    if (first === code.quote || first === code.apostrophe) {
      key = cursor.readQuoted();
      this.#keyEnd = cursor.at;
      cursor.skipSpaces();
    } else {
      const end = this.#scanPlain();
      key = end === undefined ? undefined : cursor.text.slice(start, end);
      this.#keyEnd = end ?? start;
      if (key !== undefined && coreValue(key) === null) {
        return undefined;
      }
    }
    if (cursor.codeAt(cursor.at) !== code.colon || !cursor.isBlankAt(cursor.at + 1)) {
      return undefined;
    }
    if (cursor.at - start > MAX_KEY_LENGTH) {
      return undefined;
    }
    cursor.at += 1;
    return key;
  }

  /** What stands behind a key's colon or a dash. @param column of the map or list */
  #readValue(column: number, inMap: boolean): SourceNode | undefined {
    const cursor = this.#cursor;
    if (!cursor.addValue()) {
      return undefined;
    }
    cursor.skipSpaces();
    const start = cursor.at;
    const first = cursor.codeAt(start);
    const isComment = first === code.hash;
    if (!isComment && !cursor.isLineEnd(start)) {
      return inMap ? this.#readInline(column) : this.#readNode(start - cursor.lineStart, column);
    }
    const lineEnd = isComment ? cursor.lineEnd(start) : start;
    if (!this.#toContent(lineEnd, column, false)) {
      return undefined;
    }
    const comments = this.#heldColumn !== -1;
    if (this.#column > column) {
      // Behind a comment line the library counts the indentation of scalars in another way.
      return comments || this.#isBlockScalar()
        ? this.#readCollection(this.#column)
        : this.#readNode(this.#column, column);
    }
    if (inMap && this.#column === column && this.#isDash()) {
      return this.#readList(column);
    }
    this.#after = comments
      ? this.#heldEnd
      : trimmedEnd(cursor.text, 0, isComment ? lineEnd : start);
    this.#heldColumn = -1;
    return scalarNode(null, cursor.text, start, start);
  }

  /** @param column where it stands  @param parent column of the list or map it stands in */
  #readNode(column: number, parent: number): SourceNode | undefined {
    return this.#isDash() || this.#startsMap()
      ? this.#readCollection(column)
      : this.#readInline(parent);
  }

  #readCollection(column: number): SourceNode | undefined {
    return this.#isDash() ? this.#readList(column) : this.#readMap(column);
  }

  #isBlockScalar(): boolean {
    const first = this.#cursor.codeAt(this.#cursor.at);
    return first === code.bar || first === code.greater;
  }

  /** Whether the line goes on with a key. */
  #startsMap(): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    const first = cursor.codeAt(start);
    if (first === code.quote || first === code.apostrophe) {
      cursor.readQuoted();
      cursor.skipSpaces();
    } else {
      this.#scanPlain();
    }
    const startsMap = cursor.at > start && cursor.codeAt(cursor.at) === code.colon;
    cursor.at = start;
    return startsMap;
  }

  #readInline(parent: number): SourceNode | undefined {
    const cursor = this.#cursor;
    switch (cursor.codeAt(cursor.at)) {
      case code.openList:
      case code.openMap:
        return this.#readFlow(parent);
      case code.bar:
      case code.greater: {
        const node = readBlockScalar(cursor, parent);
        return node && this.#finished(node, parent, false);
      }
      case code.quote:
      case code.apostrophe: {
        const start = cursor.at;
        const value = cursor.readQuoted();
        return value === undefined
          ? undefined
          : this.#finished(scalarNode(value, cursor.text, start, cursor.at), parent, true);
      }
      default: {
        const node = this.#readPlain(parent);
        return node && this.#finished(node, parent, true);
      }
    }
  }

  #readFlow(parent: number): SourceNode | undefined {
    const node = readFlow(this.#cursor, parent + 1, this.#room);
    return node && this.#finished(node, parent, true);
  }

  /** A value of which the rest of the line can only be a comment. */
  #finished(node: SourceNode, parent: number, takesComments: boolean): SourceNode | undefined {
    // All that a scalar holds may be white space to us that is none to YAML.
    this.#after = trimmedEnd(this.#cursor.text, 0, node.end);
    return this.#finishLine(parent, takesComments) ? node : undefined;
  }

  #readPlain(parent: number): ScalarNode | undefined {
    const { text, at: start } = this.#cursor;
    let end = this.#scanPlain();
    if (end === undefined || this.#cursor.codeAt(this.#cursor.at) === code.colon) {
      return undefined;
    }
    let folded: string | undefined;
    for (;;) {
      const next = this.#continued(parent);
      if (next === undefined) {
        break;
      }
      folded ??= text.slice(start, end);
      this.#cursor.at = next.at;
      end = this.#scanPlain(true);
      if (end === undefined || this.#cursor.codeAt(this.#cursor.at) === code.colon) {
        return undefined;
      }
      folded += next.blanks === 0 ? ' ' : '\n'.repeat(next.blanks);
      folded += text.slice(next.at, end);
    }
    // Back to the blanks that a comment must have before it.
    this.#cursor.at = end;
    const value = folded ?? coreValue(text.slice(start, end));
    return scalarNode(value, text, start, trimmedEnd(text, start, end));
  }

  /** Where an unquoted scalar that ends with its line goes on, if it does. */
  #continued(parent: number): { readonly at: number; readonly blanks: number } | undefined {
    const cursor = this.#cursor;
    let offset = cursor.at;
    if (parent < 0 || !cursor.isLineEnd(offset)) {
      return undefined;
    }
    for (let blanks = 0; offset < cursor.end; blanks += 1) {
      const lineStart = cursor.nextLine(offset);
      offset = lineStart;
      while (cursor.codeAt(offset) === code.space) {
        offset += 1;
      }
      if (!cursor.isLineEnd(offset)) {
        const found = cursor.codeAt(offset);
        return offset - lineStart > parent && found !== code.hash && found !== code.tab
          ? { at: offset, blanks }
          : undefined;
      }
    }
    return undefined;
  }

  /**
   * Goes to the colon, the comment or the line end that ends what stands there, and gives the offset
   * behind its last character that is no space.
   */
  #scanPlain(anyStart = false): number | undefined {
    const cursor = this.#cursor;
    const { text } = cursor;
    if (!anyStart && !cursor.startsPlain()) {
      return undefined;
    }
    const start = cursor.at;
    const lineEnd = cursor.lineEnd(start);
    const line = text.slice(start, lineEnd);
    let offset = lineEnd;
    // The search is the machine's own loop: ours would go over every character of a long text.
    for (let at = line.search(SIGNS); at !== -1; at = nextSign(line, at + 1)) {
      const found = line.charCodeAt(at);
      if (found === code.tab) {
        return undefined;
      }
      if (
        found === code.colon
          ? cursor.isBlankAt(start + at + 1)
          : line.charCodeAt(at - 1) === code.space
      ) {
        offset = start + at;
        break;
      }
    }
    let end = offset;
    while (end > start && text.charCodeAt(end - 1) === code.space) {
      end -= 1;
    }
    cursor.at = offset;
    return end;
  }

  #isDash(): boolean {
    const { at } = this.#cursor;
    return this.#cursor.codeAt(at) === code.dash && this.#cursor.isBlankAt(at + 1);
  }

  /** Passes a comment at the end of a line, which is the latest value's, and goes to the next content. */
  #finishLine(parent: number, takesComments: boolean): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    cursor.skipSpaces();
    if (cursor.codeAt(cursor.at) === code.hash && cursor.at > start) {
      const lineEnd = cursor.lineEnd(cursor.at);
      this.#after = trimmedEnd(cursor.text, cursor.at, lineEnd);
      cursor.at = lineEnd;
    }
    return cursor.isLineEnd(cursor.at) && this.#toContent(cursor.at, parent, takesComments);
  }

  /**
   * Goes over blank lines and comments. Comments right of what the latest value stands in are its own,
   * up to the first one that is not; and none behind a block of text.
   * @param from offset of a line's end, or of the text's start
   * @returns false where tabs indent or another document starts
   */
  #toContent(from: number, parent: number, takesComments: boolean): boolean {
    const cursor = this.#cursor;
    let takes = takesComments;
    let offset = from;
    this.#heldColumn = -1;
    this.#column = -1;
    while (offset < cursor.end) {
      const lineStart = cursor.isLineEnd(offset) ? cursor.nextLine(offset) : offset;
      offset = lineStart;
      while (cursor.codeAt(offset) === code.space) {
        offset += 1;
      }
      const found = cursor.codeAt(offset);
      if (found === code.hash) {
        const column = offset - lineStart;
        const lineEnd = cursor.lineEnd(offset);
        const commentEnd = trimmedEnd(cursor.text, offset, lineEnd);
        takes &&= column > parent;
        if (takes) {
          this.#after = commentEnd;
        } else {
          this.#heldColumn = Math.max(this.#heldColumn, column);
          this.#heldEnd = commentEnd;
        }
        offset = lineEnd;
      } else if (!cursor.isLineEnd(offset)) {
        cursor.at = offset;
        cursor.lineStart = lineStart;
        this.#column = offset - lineStart;
        return found !== code.tab && !(this.#column === 0 && this.#isMarker());
      }
    }
    cursor.at = cursor.end;
    return true;
  }

  /** `---` and `...`: another document, or the end of this one. */
  #isMarker(): boolean {
    const { text, at } = this.#cursor;
    return (
      (text.startsWith('---', at) || text.startsWith('...', at)) && this.#cursor.isBlankAt(at + 3)
    );
  }
}
