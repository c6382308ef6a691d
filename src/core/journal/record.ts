import { crc32 } from 'node:zlib';
import { EVENT_VERSION, type RunEvent } from '../domain/event.ts';
import { runEvent } from './eventSchema.ts';

// One event on disk: `crc32 SP json LF`. The checksum covers the bytes of the JSON; the JSON is the
// event and `prev`, the checksum of the record before it, so that records moved, lost or brought in
// from another file are noticed although each is whole by itself.

/** CRC-32 of a record's JSON: 8 lower-case hexadecimal digits. */
export type Checksum = string;

/** `prev` of a run's first record. */
export const NO_RECORD: Checksum = '00000000';

export const LINE_FEED = 0x0a;
const SPACE = 0x20;
const CHECKSUM_LENGTH = 8;

export interface EncodedRecord {
  /** With its line feed; UTF-8 when written. */
  readonly line: string;
  readonly checksum: Checksum;
}

/** What one line turned out to be. */
export type DecodedLine =
  | {
      readonly kind: 'record';
      readonly event: RunEvent;
      readonly prev: Checksum;
      readonly checksum: Checksum;
    }
  /** The checksum is wrong: the bytes are not those that were written, or were not all written. */
  | { readonly kind: 'garbled' }
  /** The checksum is right, so no crash made this: it was edited, or is a bug. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Whole, and of a version this code does not know. */
  | { readonly kind: 'newer'; readonly version: number };

/** @throws `Internal error: …` for an event that a reader would refuse */
export function encodeRecord(event: RunEvent, prev: Checksum): EncodedRecord {
  const checked = runEvent.safeParse(event);
  if (!checked.success) {
    throw new Error(`Internal error: the event ${event.type} is malformed: ${why(checked.error)}`);
  }
  // A journal is written far more often than anything else here: no copy of the event, no bytes in between.
  const members = JSON.stringify(event);
  const json = `${members.slice(0, -1)},"prev":"${prev}"}`;
  const checksum = checksumOf(json);
  return { line: `${checksum} ${json}\n`, checksum };
}

/** @param line the bytes of one line without its line feed */
export function decodeLine(line: Buffer): DecodedLine {
  if (!isWhole(line)) {
    return { kind: 'garbled' };
  }
  const checksum = line.toString('latin1', 0, CHECKSUM_LENGTH);
  let json: unknown;
  try {
    json = JSON.parse(line.toString('utf8', CHECKSUM_LENGTH + 1));
  } catch {
    return { kind: 'refused', reason: 'it is not JSON' };
  }
  if (typeof json !== 'object' || json === null || !('v' in json) || !('prev' in json)) {
    return { kind: 'refused', reason: 'it is not an event' };
  }
  const { prev, ...event } = json;
  if (typeof event.v === 'number' && event.v > EVENT_VERSION) {
    return { kind: 'newer', version: event.v };
  }
  const checked = runEvent.safeParse(event);
  if (!checked.success) {
    return { kind: 'refused', reason: `it is not an event: ${why(checked.error)}` };
  }
  return typeof prev === 'string'
    ? { kind: 'record', event: checked.data, prev, checksum }
    : { kind: 'refused', reason: 'it does not say which record it follows' };
}

/** True when the line's checksum is that of its JSON, whatever the JSON says. */
export function isWhole(line: Buffer): boolean {
  return (
    line.length > CHECKSUM_LENGTH + 1 &&
    line[CHECKSUM_LENGTH] === SPACE &&
    line.toString('latin1', 0, CHECKSUM_LENGTH) === checksumOf(line.subarray(CHECKSUM_LENGTH + 1))
  );
}

/** A text counts as its UTF-8 bytes. */
function checksumOf(json: Uint8Array | string): Checksum {
  return crc32(json).toString(16).padStart(CHECKSUM_LENGTH, '0');
}

/** The first problem is enough to look the record up. */
function why(error: {
  readonly issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'type'}: ${issue.message}`;
}
