import type { Clock } from '../base/clock.ts';
import { syncFolder, writeAllSync, type Disk } from '../base/disk.ts';
import { unreachable } from '../base/exhaustive.ts';
import { err, ok, type Result } from '../base/result.ts';
import { EVENT_VERSION, type EventBody, type RunEvent } from '../domain/event.ts';
import type { RunId } from '../domain/ids.ts';
import type { CorruptRecord, NewerVersion, TornTail } from './damage.ts';
import { readJournal, type JournalPosition } from './reader.ts';
import { encodeRecord, type Checksum } from './record.ts';
import { cutTail, keepCopy } from './repair.ts';
import { SEGMENT_BYTES, segmentFile } from './segments.ts';

// Appends to one run's journal. Owns the open segment; the claim on the run is its caller's.
//
// W1  The tail is repaired before the first append, and what `open` returned is flushed: nobody acts
//     on an event that a power loss could still take.
// W2  A batch stands whole or not at all once `commit` has returned or thrown. A kill in between may
//     leave its first records; each of them is a true event by itself.
// W3  Before a segment is left it is flushed, so only the last one can have a torn tail.
// W4  One flush runs at a time. `sync` called meanwhile shares the next, which begins when that ends.
// W5  After a failed flush nobody knows what the disk holds, and after a failed repair of a batch what
//     the file holds: the writer is broken, and the run must be opened again.
// W6  The claim is looked at before each flush. Takeover happens only once the owner is dead, so losing
//     it means a bug or a meddling hand; then nothing more is acknowledged.

/** What the writer needs of the claim on the run. */
export interface Ownership {
  /** From 1; above that of every earlier claim. */
  readonly epoch: number;
  /** False once somebody else has claimed the run. */
  stillOwner(): boolean;
}

export interface JournalOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The run's folder, absolute; it exists. */
  readonly folder: string;
  readonly run: RunId;
  readonly claim: Ownership;
  /** @default SEGMENT_BYTES */
  readonly segmentBytes?: number;
}

/** Why a journal is not written to. Its files stay as they are. */
export type JournalRefusal =
  /** `copy` is the segment as it was found, for whoever repairs it by hand. */
  | { readonly kind: 'corrupt'; readonly damage: CorruptRecord; readonly copy: string | undefined }
  | { readonly kind: 'newer-version'; readonly damage: NewerVersion }
  /** The folder holds another run's journal. */
  | { readonly kind: 'other-run'; readonly found: RunId }
  /** Somebody with a later claim has written here. */
  | { readonly kind: 'superseded'; readonly epoch: number };

export interface OpenedJournal {
  readonly writer: JournalWriter;
  /** All that stands in the journal. */
  readonly events: RunEvent[];
  /** What was cut off the end, and the file it is kept in. */
  readonly repaired: (TornTail & { readonly kept: string }) | undefined;
}

/**
 * `write`: the batch was not written, the journal is as before. `flush`, `repair`: see W5.
 * `superseded`: see W6. `closed`: after `close`.
 */
export type JournalErrorReason = 'write' | 'flush' | 'repair' | 'superseded' | 'closed';

export class JournalError extends Error {
  readonly reason: JournalErrorReason;

  constructor(reason: JournalErrorReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'JournalError';
    this.reason = reason;
  }
}

export class JournalWriter {
  readonly #options: JournalOptions;
  #end: JournalPosition;
  /** Stamped and not written; `seq` and `checksum` are those of the last of them. */
  #staged: Staged | undefined;
  #fd: number;
  /** Segments left while a flush was under way, which may still be using them. */
  #left: number[] = [];
  /** A new segment's name is not durable yet. */
  #unnamed = false;
  /** Batches, counted to know which of them a flush covers. */
  #appended = 0;
  #flushed = 0;
  /** Under way. */
  #flush: { readonly upTo: number; readonly done: Promise<void> } | undefined;
  /** Begins when the one under way ends. */
  #next: Promise<void> | undefined;
  /** Why every later call fails. */
  #refusal: JournalError | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: JournalOptions, end: JournalPosition, fd: number) {
    this.#options = options;
    this.#end = end;
    this.#fd = fd;
  }

  /** Reads the journal, repairs its tail and makes it ready to be appended to. @throws what the disk throws */
  static async open(options: JournalOptions): Promise<Result<OpenedJournal, JournalRefusal>> {
    const { disk, folder, run, claim } = options;
    const { events, end, damage } = await readJournal(disk, folder);
    if (end.run !== undefined && end.run !== run) {
      return err({ kind: 'other-run', found: end.run });
    }
    if (end.epoch > claim.epoch) {
      return err({ kind: 'superseded', epoch: end.epoch });
    }
    let repaired: OpenedJournal['repaired'];
    switch (damage?.kind) {
      case undefined:
        break;
      case 'torn-tail':
        repaired = { ...damage, kept: await cutTail(disk, folder, damage) };
        break;
      case 'corrupt': {
        const copy = await keepCopy(disk, folder, damage.segment, options.clock.now());
        return err({ kind: 'corrupt', damage, copy });
      }
      case 'newer-version':
        return err({ kind: 'newer-version', damage });
      case 'rewound':
        throw new Error('Internal error: a journal read from its start cannot be rewound');
      default:
        return unreachable(damage);
    }
    const fd = await disk.open(segmentFile(folder, end.segment), 'a');
    try {
      await disk.fdatasync(fd);
      await syncFolder(disk, folder);
    } catch (error) {
      await disk.close(fd);
      throw error;
    }
    return ok({ writer: new JournalWriter(options, end, fd), events, repaired });
  }

  /** Stamps the events and writes them at once, whole or not at all. @throws JournalError */
  append(bodies: readonly EventBody[]): RunEvent[] {
    const events = this.stage(bodies);
    this.commit();
    return events;
  }

  /** Stamps the events, which the next `commit` writes. @throws JournalError, or for an event no reader would take */
  stage(bodies: readonly EventBody[]): RunEvent[] {
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
    const { clock, run, claim } = this.#options;
    const { epoch } = claim;
    const at = Math.trunc(clock.now());
    let { seq, checksum } = this.#staged ?? this.#end;
    let lines = '';
    const events = bodies.map((body): RunEvent => {
      seq += 1;
      const event: RunEvent = { v: EVENT_VERSION, run, seq, epoch, at, ...body };
      const record = encodeRecord(event, checksum);
      checksum = record.checksum;
      lines += record.line;
      return event;
    });
    if (events.length > 0) {
      this.#staged = { seq, checksum, lines: (this.#staged?.lines ?? '') + lines };
    }
    return events;
  }

  /**
   * Writes what is staged. It survives a kill of this program from here on, a power loss only after
   * `sync`. When it throws, nothing of it stands, and it is not staged any more. @throws JournalError
   */
  commit(): void {
    const staged = this.#staged;
    this.#staged = undefined;
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
    if (staged === undefined) {
      return;
    }
    const { disk, run, claim, segmentBytes = SEGMENT_BYTES } = this.#options;
    const bytes = Buffer.from(staged.lines, 'utf8');
    if (this.#end.offset > 0 && this.#end.offset + bytes.length > segmentBytes) {
      this.#beginSegment();
    }
    try {
      writeAllSync(disk, this.#fd, bytes);
    } catch (error) {
      this.#takeBack();
      throw new JournalError(
        'write',
        `the journal could not be written: ${messageOf(error)}`,
        error,
      );
    }
    const { segment, offset } = this.#end;
    const { seq, checksum } = staged;
    this.#end = {
      segment,
      offset: offset + bytes.length,
      seq,
      epoch: claim.epoch,
      checksum,
      run,
    };
    this.#appended += 1;
  }

  /** Resolves once everything appended so far survives a power loss. Rejects with JournalError. */
  sync(): Promise<void> {
    return this.#refusal === undefined ? this.#flushAll() : Promise.reject(this.#refusal);
  }

  /**
   * Flushes and lets go of the files; every later call but `close` fails. Rejects with JournalError
   * when that flush fails. A writer that is broken already is only closed.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close(this.#refusal === undefined);
    return this.#closed;
  }

  async #close(intact: boolean): Promise<void> {
    this.#refusal ??= new JournalError('closed', 'the journal is closed');
    try {
      await (intact ? this.#flushAll() : this.#flush?.done.catch(() => undefined));
    } finally {
      this.#left.push(this.#fd);
      this.#closeLeft();
    }
  }

  #flushAll(): Promise<void> {
    if (this.#next !== undefined) {
      return this.#next;
    }
    if (this.#flushed === this.#appended) {
      return Promise.resolve();
    }
    if (this.#flush === undefined) {
      return this.#beginFlush();
    }
    if (this.#flush.upTo === this.#appended) {
      return this.#flush.done;
    }
    this.#next = this.#flush.done.then(() => {
      this.#next = undefined;
      return this.#beginFlush();
    });
    return this.#next;
  }

  #beginFlush(): Promise<void> {
    const upTo = this.#appended;
    const done = this.#flushNow().then(
      () => {
        this.#flushed = upTo;
        this.#flush = undefined;
        this.#closeLeft();
      },
      (error: unknown) => {
        this.#flush = undefined;
        throw this.#break(error);
      },
    );
    this.#flush = { upTo, done };
    return done;
  }

  async #flushNow(): Promise<void> {
    const { disk, folder, claim } = this.#options;
    if (!claim.stillOwner()) {
      throw new JournalError('superseded', 'another program has taken the run over');
    }
    // A new segment begun while we wait needs its own flush of the folder.
    const unnamed = this.#unnamed;
    this.#unnamed = false;
    await disk.fdatasync(this.#fd);
    if (unnamed) {
      await syncFolder(disk, folder);
    }
  }

  /** W3 */
  #beginSegment(): void {
    const { disk, folder } = this.#options;
    try {
      disk.sync.fdatasync(this.#fd);
    } catch (error) {
      throw this.#break(error);
    }
    const segment = this.#end.segment + 1;
    let fd: number;
    try {
      fd = disk.sync.open(segmentFile(folder, segment), 'a');
    } catch (error) {
      throw new JournalError('write', `no new segment: ${messageOf(error)}`, error);
    }
    this.#left.push(this.#fd);
    this.#fd = fd;
    this.#unnamed = true;
    this.#end = { ...this.#end, segment, offset: 0 };
    if (this.#flush === undefined) {
      this.#closeLeft();
    }
  }

  /** W2. Through a handle of its own: Windows lets no handle that appends make a file shorter. */
  #takeBack(): void {
    const { disk, folder } = this.#options;
    const { segment, offset } = this.#end;
    try {
      const fd = disk.sync.open(segmentFile(folder, segment), 'r+');
      try {
        disk.sync.truncate(fd, offset);
        // Or a power loss brings back records of a batch that was refused.
        disk.sync.fsync(fd);
      } finally {
        disk.sync.close(fd);
      }
    } catch (error) {
      this.#refusal = new JournalError(
        'repair',
        `a part of a batch could not be taken back: ${messageOf(error)}`,
        error,
      );
    }
  }

  #break(error: unknown): JournalError {
    const reason =
      error instanceof JournalError
        ? error
        : new JournalError('flush', `the journal could not be flushed: ${messageOf(error)}`, error);
    this.#refusal = reason;
    return reason;
  }

  #closeLeft(): void {
    for (const fd of this.#left.splice(0)) {
      try {
        this.#options.disk.sync.close(fd);
      } catch {
        // What it held was flushed before; there is nothing left that closing could lose.
      }
    }
  }
}

interface Staged {
  readonly seq: number;
  readonly checksum: Checksum;
  readonly lines: string;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
