import { unescaped } from './plainScalars.ts';

export const code = {
  tab: 0x09,
  newline: 0x0a,
  return: 0x0d,
  space: 0x20,
  quote: 0x22,
  hash: 0x23,
  apostrophe: 0x27,
  plus: 0x2b,
  comma: 0x2c,
  dash: 0x2d,
  dot: 0x2e,
  colon: 0x3a,
  greater: 0x3e,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openMap: 0x7b,
  bar: 0x7c,
  closeMap: 0x7d,
} as const;

/** Ten thousand steps have some 60,000. With more the library sees whether there is too much of all. */
const MAX_PLAIN_VALUES = 125_000;

/** A place in a text, and the steps forward that all parts of the plain reader take. */
export class PlainCursor {
  readonly text: string;
  /** Offset behind the last character to read. */
  readonly end: number;
  at = 0;
  /** Offset of the line it stands in. */
  lineStart = 0;
  #values = 0;

  constructor(text: string, end: number) {
    this.text = text;
    this.end = end;
  }

  /** Counts one more; false where there are too many. */
  addValue(): boolean {
    this.#values += 1;
    return this.#values <= MAX_PLAIN_VALUES;
  }

  /** NaN at the end. */
  codeAt(offset: number): number {
    return offset < this.end ? this.text.charCodeAt(offset) : Number.NaN;
  }

  skipSpaces(): void {
    while (this.codeAt(this.at) === code.space) {
      this.at += 1;
    }
  }

  isLineEnd(offset: number): boolean {
    const found = this.codeAt(offset);
    return found === code.newline || found === code.return || offset >= this.end;
  }

  /** A blank or the line's end: what must stand behind `:` and `-`. */
  isBlankAt(offset: number): boolean {
    const found = this.codeAt(offset);
    return found === code.space || found === code.tab || this.isLineEnd(offset);
  }

  /** Where the line of an offset ends, before `\r\n` or `\n`. */
  lineEnd(offset: number): number {
    const newline = this.text.indexOf('\n', offset);
    if (newline === -1 || newline >= this.end) {
      return this.end;
    }
    return newline > offset && this.text.charCodeAt(newline - 1) === code.return
      ? newline - 1
      : newline;
  }

  /** Where the next line starts. @param offset of a line's end; it is not the text's */
  nextLine(offset: number): number {
    return this.codeAt(offset) === code.return ? offset + 2 : offset + 1;
  }

  /** Reads from quote to quote; `undefined`: it goes over lines or its escapes are wrong. */
  readQuoted(): string | undefined {
    const quote = this.codeAt(this.at);
    const start = this.at + 1;
    for (let offset = start; offset < this.end; offset += 1) {
      const found = this.text.charCodeAt(offset);
      if (found === code.newline) {
        return undefined;
      }
      if (found === code.backslash && quote === code.quote) {
        offset += 1;
        if (this.isLineEnd(offset)) {
          return undefined;
        }
      } else if (found === quote) {
        if (quote === code.apostrophe && this.codeAt(offset + 1) === code.apostrophe) {
          offset += 1;
          continue;
        }
        this.at = offset + 1;
        const written = this.text.slice(start, offset);
        return quote === code.quote ? unescaped(written) : written.replaceAll("''", "'");
      }
    }
    return undefined;
  }

  /** What may stand first in a scalar without quotes, as far as it is sure. */
  startsPlain(): boolean {
    switch (this.codeAt(this.at)) {
      case 0x21: // !
      case code.quote:
      case code.hash:
      case 0x25: // %
      case 0x26: // &
      case code.apostrophe:
      case 0x2a: // *
      case code.comma:
      case code.colon:
      case code.greater:
      case 0x3f: // ?
      case 0x40: // @
      case code.openList:
      case code.closeList:
      case 0x60: // `
      case code.openMap:
      case code.bar:
      case code.closeMap:
      case 0xfeff:
        return false;
      case code.dash:
        return !this.isBlankAt(this.at + 1);
      default:
        return !this.isBlankAt(this.at);
    }
  }
}
