import fs from 'node:fs/promises';
import { TextTail, type Tail } from './base/textTail.ts';
import { attemptsOf, type TaskState } from './domain/runState.ts';
import type { Mending } from './domain/debugging.ts';
import type { BlobRef } from './domain/event.ts';
import { SHOWN_LOG } from './projections/taskPage.ts';

/** Bytes that are read at once. */
const PIECE = 1_048_576;
/** Of a file that is larger only the end is read: no character is longer than four bytes. */
const MOST_READ = SHOWN_LOG * 4;
/** At the beginning of such a file, to tell what it is. */
const BEGINNING = 8192;

/**
 * What somebody sees of one task's log. Whoever looks again and again keeps it: then each look reads no more than what
 * was appended since.
 */
export class LogTail {
  #of = '';
  #position = 0;
  #tail = new TextTail(SHOWN_LOG);
  #looks: Promise<unknown> = Promise.resolve();

  /** @param file of an attempt that is not over; it may not be there yet */
  ofFile(file: string): Promise<Tail | undefined> {
    return this.#next(() => this.#look(file));
  }

  /** @param read gives a kept log; it is asked once, for it does not change */
  ofBlob({ digest }: BlobRef, read: () => Promise<Uint8Array>): Promise<Tail> {
    return this.#next(async () => {
      if (this.#of !== digest) {
        const bytes = await read();
        this.#begin(digest);
        this.#tail.push(bytes);
      }
      return this.#tail.shown;
    });
  }

  /** One look after the other: two at once would both take what was appended. */
  #next<T>(look: () => Promise<T>): Promise<T> {
    const looked = this.#looks.then(look);
    this.#looks = looked.catch(() => undefined);
    return looked;
  }

  async #look(file: string): Promise<Tail | undefined> {
    const opened = await fs.open(file).catch(() => undefined);
    if (opened === undefined) {
      return undefined;
    }
    try {
      const { size, ino } = await opened.stat();
      const of = `${file}\0${ino}`;
      if (of !== this.#of || size < this.#position) {
        this.#begin(of);
      }
      if (this.#position === 0 && size > MOST_READ + BEGINNING) {
        await this.#read(opened, BEGINNING);
        this.#tail.passOver(size - MOST_READ - BEGINNING);
        this.#position = size - MOST_READ;
      }
      await this.#read(opened, size);
      return this.#tail.shown;
    } finally {
      await opened.close();
    }
  }

  #begin(of: string): void {
    this.#of = of;
    this.#position = 0;
    this.#tail = new TextTail(SHOWN_LOG);
  }

  async #read(file: fs.FileHandle, end: number): Promise<void> {
    while (this.#position < end) {
      const wanted = Math.min(PIECE, end - this.#position);
      const { bytesRead, buffer } = await file.read(
        Buffer.allocUnsafe(wanted),
        0,
        wanted,
        this.#position,
      );
      if (bytesRead === 0) {
        return;
      }
      this.#tail.push(buffer.subarray(0, bytesRead));
      this.#position += bytesRead;
    }
  }
}

/** The kept log of what a task came to last; of one that is mended, that of its last failure. */
export function keptLog(
  task: TaskState | undefined,
  mending: Mending | undefined,
): BlobRef | undefined {
  if (task?.kind === 'pending' || (task?.kind === 'failed' && task.log === undefined)) {
    return mending?.faults.at(-1)?.log;
  }
  return task !== undefined && 'log' in task ? task.log : undefined;
}

/**
 * What a task has printed so far; `undefined`: nothing.
 * @param kept what is kept of it, where no attempt is under way
 * @param liveFile of an attempt that is not over @param read gives a kept log, or says why it cannot
 */
export async function logOf(
  state: TaskState | undefined,
  kept: BlobRef | undefined,
  liveFile: (attempt: number) => string,
  read: (ref: BlobRef) => Promise<Uint8Array>,
  tail = new LogTail(),
): Promise<Tail | undefined> {
  const isParked = state?.kind === 'pending' && state.parked !== undefined;
  if (state?.kind === 'running' || isParked) {
    return await tail.ofFile(liveFile(attemptsOf(state)));
  }
  return kept === undefined ? undefined : await tail.ofBlob(kept, () => read(kept));
}
