import type { Disk } from '../base/disk.ts';
import { unreachable } from '../base/exhaustive.ts';
import type { RunEvent } from '../domain/event.ts';
import type { RunId } from '../domain/ids.ts';
import type { JournalDamage } from './damage.ts';
import { decodeLine, isWhole, NO_RECORD, type Checksum } from './record.ts';
import { LineCutter, listSegments, readPieces, segmentFile } from './segments.ts';

// R1  Events are returned up to the first record that is not what the writer wrote, and none behind
//     it: a journal with a hole is not a shorter journal.
// R2  Each event follows the one before it: `seq` is one more, `prev` is its checksum, the run is the
//     same, `epoch` does not fall. A position carries what is needed to go on checking.
// R3  Nothing is written, renamed or removed.

/** Where a reading ended. Hand it back to read what came after. */
export interface JournalPosition {
  /** From 1. */
  readonly segment: number;
  /** Bytes within the segment. */
  readonly offset: number;
  /** Of the last event; 0 before the first. */
  readonly seq: number;
  /** Of the last event; 0 before the first. */
  readonly epoch: number;
  /** Of the last record. */
  readonly checksum: Checksum;
  /** `undefined` before the first event. */
  readonly run: RunId | undefined;
}

export interface JournalReading {
  readonly events: RunEvent[];
  /** Just behind the last of them. */
  readonly end: JournalPosition;
  readonly damage: JournalDamage | undefined;
}

export const JOURNAL_START: JournalPosition = {
  segment: 1,
  offset: 0,
  seq: 0,
  epoch: 0,
  checksum: NO_RECORD,
  run: undefined,
};

/**
 * Everything behind `from`, for whoever is about to write or wants to know what is wrong. A folder
 * that does not exist is an empty journal. @throws what the disk throws
 */
export async function readJournal(
  disk: Disk,
  folder: string,
  from: JournalPosition = JOURNAL_START,
): Promise<JournalReading> {
  const segments = (await listSegments(disk, folder)).filter((segment) => segment >= from.segment);
  if (from.segment > 1 || from.offset > 0) {
    const size =
      segments[0] === from.segment
        ? (await disk.stat(segmentFile(folder, from.segment))).size
        : undefined;
    if (size === undefined || size < from.offset) {
      const { segment, offset } = from;
      return { events: [], end: from, damage: { kind: 'rewound', segment, offset } };
    }
    if (size === from.offset && segments.length === 1) {
      return { events: [], end: from, damage: undefined };
    }
  }
  const reading = new Reading(from);
  for (const segment of segments) {
    const offset = reading.enter(segment);
    const lines = new LineCutter();
    for await (const piece of readPieces(disk, segmentFile(folder, segment), offset)) {
      for (const line of lines.cut(piece)) {
        reading.take(line);
      }
    }
    reading.leave(lines.rest);
  }
  return reading.finish();
}

/**
 * As `readJournal`, for a viewer beside a living writer: half a record at the end is no damage, its
 * other half is still to come. Where nothing is new it costs one listing and one `stat`.
 */
export async function followJournal(
  disk: Disk,
  folder: string,
  from: JournalPosition = JOURNAL_START,
): Promise<JournalReading> {
  const reading = await readJournal(disk, folder, from);
  return reading.damage?.kind === 'torn-tail' && reading.damage.lines === 0
    ? { ...reading, damage: undefined }
    : reading;
}

/** What is wrong with the first record that is not taken. */
type Finding =
  | { readonly kind: 'garbled' }
  | { readonly kind: 'impossible'; readonly reason: string }
  | { readonly kind: 'newer'; readonly version: number };

/** Takes a journal line by line; from the first bad one on it only counts what is left. */
class Reading {
  readonly #from: JournalPosition;
  readonly #events: RunEvent[] = [];
  #end: JournalPosition;
  /** The segment entered last. */
  #segment: number;
  #trouble:
    { readonly finding: Finding; readonly segment: number; readonly offset: number } | undefined;
  /** From the trouble on, the bad record included in bytes and lines. */
  readonly #left = { bytes: 0, lines: 0, records: 0 };

  constructor(from: JournalPosition) {
    this.#from = from;
    this.#end = from;
    this.#segment = from.segment - 1;
  }

  /** Returns the offset to read the segment from. */
  enter(segment: number): number {
    if (this.#trouble !== undefined) {
      return 0;
    }
    const missing = this.#segment + 1;
    if (segment !== missing) {
      this.#stopAt({ kind: 'impossible', reason: `segment ${missing} is missing` });
      return 0;
    }
    this.#segment = segment;
    if (segment === this.#end.segment) {
      return this.#end.offset;
    }
    this.#end = { ...this.#end, segment, offset: 0 };
    return 0;
  }

  take(line: Buffer): void {
    if (this.#trouble !== undefined) {
      this.#left.records += isWhole(line) ? 1 : 0;
      this.#leaveOut(line.length + 1, 1);
      return;
    }
    const finding = this.#advance(line);
    if (finding !== undefined) {
      this.#stopAt(finding);
      this.#leaveOut(line.length + 1, 1);
    }
  }

  /** @param rest bytes behind the segment's last line feed */
  leave(rest: number): void {
    if (rest > 0) {
      this.#stopAt({ kind: 'garbled' });
      this.#leaveOut(rest, 0);
    }
  }

  finish(): JournalReading {
    return { events: this.#events, end: this.#end, damage: this.#damage() };
  }

  #advance(line: Buffer): Finding | undefined {
    const decoded = decodeLine(line);
    switch (decoded.kind) {
      case 'garbled':
      case 'newer':
        return decoded;
      case 'refused':
        return { kind: 'impossible', reason: decoded.reason };
      case 'record': {
        const reason = this.#contradiction(decoded.event, decoded.prev);
        if (reason !== undefined) {
          return { kind: 'impossible', reason };
        }
        const { run, seq, epoch } = decoded.event;
        this.#events.push(decoded.event);
        this.#end = {
          segment: this.#end.segment,
          offset: this.#end.offset + line.length + 1,
          seq,
          epoch,
          checksum: decoded.checksum,
          run,
        };
        return undefined;
      }
      default:
        return unreachable(decoded);
    }
  }

  /** R2 */
  #contradiction(event: RunEvent, prev: Checksum): string | undefined {
    const { run, seq, epoch, checksum } = this.#end;
    if (event.seq !== seq + 1) {
      return `event ${event.seq} stands where event ${seq + 1} belongs`;
    }
    if (prev !== checksum) {
      return `event ${event.seq} does not follow the record before it`;
    }
    if (run !== undefined && event.run !== run) {
      return `event ${event.seq} belongs to ${event.run}`;
    }
    return event.epoch < epoch
      ? `event ${event.seq} falls back to epoch ${event.epoch}`
      : undefined;
  }

  #stopAt(finding: Finding): void {
    const { segment, offset } = this.#end;
    this.#trouble ??= { finding, segment, offset };
  }

  #leaveOut(bytes: number, lines: number): void {
    this.#left.bytes += bytes;
    this.#left.lines += lines;
  }

  #damage(): JournalDamage | undefined {
    if (this.#trouble === undefined) {
      return undefined;
    }
    const { finding, segment, offset } = this.#trouble;
    const { bytes, lines, records } = this.#left;
    if (finding.kind === 'newer') {
      return { kind: 'newer-version', segment, offset, version: finding.version };
    }
    const torn = finding.kind === 'garbled' && records === 0;
    if (this.#from.seq > 0 && this.#events.length === 0 && !(torn && lines === 0)) {
      // A writer that could not finish a batch takes it back; we may have read half of it.
      return { kind: 'rewound', segment, offset };
    }
    return torn
      ? { kind: 'torn-tail', segment, offset, bytes, lines }
      : {
          kind: 'corrupt',
          segment,
          offset,
          reason: finding.kind === 'garbled' ? 'its checksum is wrong' : finding.reason,
          recordsAfter: records,
        };
  }
}
