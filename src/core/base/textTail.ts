import { streamRedactor, type PeekingRedactor } from './redact.ts';
import { isBinary, plainText } from './text.ts';

// T1  What is shown depends on the bytes alone, and not on the pieces they came in.
// T2  A look costs what came since the last one, however much there is.

/** What is read of printed bytes. */
export interface TailText {
  readonly kind: 'text';
  /** The end of it: plain, and without secrets. */
  readonly text: string;
  /** Characters before that. */
  readonly left: number;
  /** False where bytes before it were passed over unread: `left` counts them as characters. */
  readonly isCounted: boolean;
}

export type Tail = TailText | { readonly kind: 'binary'; readonly bytes: number };

/** Bytes by which it is told whether anybody can read them. */
const LOOKED_AT = 8192;
/** A line that is longer is not waited for, in characters. */
const LONGEST_LINE = 65_536;
/** A control sequence that is longer is none, in characters. */
const LONGEST_SEQUENCE = 4096;
/** Dropping the beginning copies the rest: not before there is so much too much of it. */
const SLACK = 1.25;

/** The end of a text whose bytes come in pieces. */
export class TextTail {
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  readonly #redactor: PeekingRedactor = streamRedactor(() => []);
  #bytes = 0;
  #isBinary = false;
  /** Of whole lines. */
  #text = '';
  #dropped = 0;
  #passed = 0;
  /** A line that goes on, as it was decoded: a control sequence may not be over. */
  #open = '';

  /** @param limit characters that are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param count bytes that stand before the next piece, and that nobody read */
  passOver(count: number): void {
    this.#bytes += count;
    this.#passed += count;
  }

  push(piece: Uint8Array): void {
    if (this.#bytes < LOOKED_AT) {
      this.#isBinary ||= isBinary(piece.subarray(0, LOOKED_AT - this.#bytes));
    }
    this.#bytes += piece.length;
    if (this.#isBinary) {
      return;
    }
    const text = this.#open + this.#decoder.decode(piece, { stream: true });
    const cut = lastLineEnd(text);
    this.#open = text.slice(cut);
    this.#text += this.#redactor.push(plainText(text.slice(0, cut)));
    if (this.#text.length > this.#limit * SLACK) {
      const drop = this.#text.length - this.#limit;
      this.#text = this.#text.slice(drop);
      this.#dropped += drop;
    }
  }

  get shown(): Tail {
    if (this.#isBinary) {
      return { kind: 'binary', bytes: this.#bytes };
    }
    // Bytes of a character that is not whole yet count as one, as they would if nothing else came.
    const text = this.#text + this.#redactor.peek(plainText(this.#open));
    const drop = Math.max(0, text.length - this.#limit);
    return {
      kind: 'text',
      text: drop === 0 ? text : text.slice(drop),
      left: this.#passed + this.#dropped + drop,
      isCounted: this.#passed === 0,
    };
  }
}

/** Behind the last end of a line, where no line end is cut in two. */
function lastLineEnd(text: string): number {
  const feed = text.lastIndexOf('\n') + 1;
  // The last character may be the first half of "\r\n".
  const carriage = text.length < 2 ? 0 : text.lastIndexOf('\r', text.length - 2) + 1;
  const cut = Math.max(feed, carriage);
  return text.length - cut > LONGEST_LINE ? beforeSequence(text) : cut;
}

/** The end, or where a control sequence or a line end begins that may not be over there. */
function beforeSequence(text: string): number {
  const escape = text.lastIndexOf('\u001b');
  if (escape >= text.length - LONGEST_SEQUENCE && escape >= 0) {
    return escape;
  }
  return text.endsWith('\r') ? text.length - 1 : text.length;
}

/** All of it at once. */
export function tailOf(bytes: Uint8Array, limit: number): Tail {
  const tail = new TextTail(limit);
  tail.push(bytes);
  return tail.shown;
}
