import { digestOf, type Digest } from '../../base/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isBinary } from '../../base/text.ts';
import { FILE_START, type Diagnostic, type Position, type Range } from '../../domain/diagnostic.ts';
import { diagnosticAt, type Problem } from './problem.ts';
import * as problems from '../problems.ts';

/** A definition file larger than this many bytes is refused unread. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** The text of a definition file, and where in it an offset stands. */
export class SourceText {
  /** Relative to the folder, with `/`; absolute for a file outside it. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
  #lineStarts: readonly number[] | undefined;

  constructor(file: string, text: string, digest: Digest) {
    this.file = file;
    this.text = text;
    this.digest = digest;
  }

  /** @param start UTF-16 offset; beyond the text means its end */
  range(start: number, end: number): Range {
    return { start: this.#position(start), end: this.#position(Math.max(start, end)) };
  }

  /** @param range of this text */
  textIn({ start, end }: Range): string {
    return this.text.slice(this.#offset(start), this.#offset(end));
  }

  #offset({ line, column }: Position): number {
    this.#lineStarts ??= lineStartsOf(this.text);
    return (this.#lineStarts[line - 1] ?? this.text.length) + column - 1;
  }

  /** UTF-16 offset of a position; behind its line's end, or the text's, means that end. */
  offsetAt({ line, column }: Position): number {
    this.#lineStarts ??= lineStartsOf(this.text);
    const start = this.#lineStarts[Math.max(line, 1) - 1];
    if (start === undefined) {
      return this.text.length;
    }
    const end = this.text.slice(start).search(/[\r\n]/);
    const length = end === -1 ? this.text.length - start : end;
    return start + Math.min(Math.max(column - 1, 0), length);
  }

  #position(offset: number): Position {
    const within = Math.min(Math.max(offset, 0), this.text.length);
    this.#lineStarts ??= lineStartsOf(this.text);
    // The last line that starts at or before the offset.
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= within) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low + 1, column: within - (this.#lineStarts[low] ?? 0) + 1 };
  }
}

/** Bytes as text, or why they are none: too many, binary, UTF-16, not UTF-8. */
export function decodeSource(file: string, bytes: Uint8Array): Result<SourceText, Diagnostic> {
  const refuse = (problem: Problem, range = FILE_START) => err(diagnosticAt(file, range, problem));
  if (bytes.length > MAX_FILE_BYTES) {
    return refuse(problems.tooLarge(bytes.length, MAX_FILE_BYTES));
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refuse(problems.notUtf8('UTF-16'));
  }
  if (isBinary(bytes)) {
    return refuse(problems.binary());
  }
  // Without `ignoreBOM` a byte order mark is taken off.
  const text = new TextDecoder('utf-8').decode(bytes);
  const source = new SourceText(file, text, digestOf(bytes));
  if (text.includes('\u0000')) {
    const at = text.indexOf('\u0000');
    return refuse(problems.binary(), source.range(at, at + 1));
  }
  const replaced = firstReplaced(bytes, text);
  return replaced === undefined
    ? ok(source)
    : refuse(problems.notUtf8(undefined), source.range(replaced, replaced + 1));
}

/** Offset of the first character that stands for bytes which are not UTF-8. */
function firstReplaced(bytes: Uint8Array, text: string): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = buffer.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  let offset = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', offset)) {
    from += Buffer.byteLength(text.slice(offset, at));
    // The character may also be written on purpose: then its own three bytes stand there.
    if (!buffer.subarray(from, from + 3).equals(REPLACEMENT)) {
      return at;
    }
    from += REPLACEMENT.length;
    offset = at + 1;
  }
  return undefined;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const REPLACEMENT = Buffer.from('\ufffd');

/** Lines end as editors see it: at `\n`, `\r\n` or `\r`. */
function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(index + end.length);
  }
  return starts;
}
