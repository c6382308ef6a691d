import { createHash } from 'node:crypto';
import { isDigest, type Digest } from '../../base/digest.ts';

/** A kept question. */
export interface VectorRecord {
  readonly scope: Digest;
  readonly model: string;
  /** What its answers are kept under. */
  readonly key: Digest;
  /** Its beginning, for people. */
  readonly question: string;
  /** What another question must have too. */
  readonly marks: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of length 1. */
  readonly vector: Float32Array;
}

// A record is: the mark, the length of its body, 16 bytes of the body's SHA-256, the body. A body is: the length of its
// words, the words as JSON, the vector as this machine writes numbers. Files have no beginning of their own: a record
// is found by its mark, whatever stands before it.

export const RECORD_MARK = Buffer.from('SLV1');
const HEAD_BYTES = 4 + 4 + 16;
const MAX_BODY_BYTES = 256 * 1024;

export function recordBytes({ vector, ...words }: VectorRecord): Buffer {
  const text = Buffer.from(JSON.stringify(words));
  const body = Buffer.alloc(4 + text.length + vector.byteLength);
  body.writeUInt32LE(text.length, 0);
  text.copy(body, 4);
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).copy(body, 4 + text.length);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length, 0);
  return Buffer.concat([RECORD_MARK, length, checksum(body), body]);
}

/** What stands at a mark; `undefined`: not the whole of what was written. */
export function readRecord(
  bytes: Buffer,
  at: number,
): { readonly record: VectorRecord; readonly end: number } | undefined {
  if (at + HEAD_BYTES > bytes.length) {
    return undefined;
  }
  const length = bytes.readUInt32LE(at + 4);
  const start = at + HEAD_BYTES;
  const end = start + length;
  if (length < 4 || length > MAX_BODY_BYTES || end > bytes.length) {
    return undefined;
  }
  const body = bytes.subarray(start, end);
  if (!checksum(body).equals(bytes.subarray(at + 8, start))) {
    return undefined;
  }
  const record = readBody(body);
  return record === undefined ? undefined : { record, end };
}

function readBody(body: Buffer): VectorRecord | undefined {
  const words = 4 + body.readUInt32LE(0);
  const numbers = body.length - words;
  if (numbers <= 0 || numbers % 4 !== 0) {
    return undefined;
  }
  const vector = new Float32Array(numbers / 4);
  body.copy(Buffer.from(vector.buffer), 0, words);
  try {
    const read = JSON.parse(body.toString('utf8', 4, words)) as Partial<VectorRecord> | null;
    const { scope, model, key, question, marks, at } = read ?? {};
    return isText(scope) &&
      isDigest(scope) &&
      isText(model) &&
      isText(key) &&
      isDigest(key) &&
      isText(question) &&
      isText(marks) &&
      typeof at === 'number'
      ? { scope, model, key, question, marks, at, vector }
      : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function checksum(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, 16);
}
