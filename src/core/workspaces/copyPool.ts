import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../base/log.ts';
import { IdleTrees, type IdleRecord, type IdleTree } from './idleTrees.ts';
import type { KnownCopy } from './restoreTree.ts';

export interface PoolLimits {
  /** Copies that wait to be used again. */
  readonly mostCopies: number;
  /** Taken on the disk by all copies and trees of this program's runs, and by those that wait. */
  readonly mostBytes: number;
}

export interface CopyPoolOptions {
  /** Absolute. */
  readonly folder: string;
  /** Asked each time. */
  readonly limits: () => PoolLimits;
  readonly log: Pick<Log, 'info' | 'debug'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface WantedCopy {
  readonly source: string;
  readonly lineage: string;
  readonly generation: number;
  /** Of files, and what they take if nothing of them is shared. */
  readonly files: number;
  readonly bytes: number;
  /** For people. */
  readonly name: string;
}

/** A tree that counts; nobody else has it. */
export interface Lease {
  /** Taken on the disk. */
  bytes: number;
  /** It will be given back without anybody doing anything: whoever needs room may wait for it. */
  isActive: boolean;
}

/** Trees of runs that wait for the next run: one of the working tree, one of a commit. */
const MOST_BASES = 2;
/** About what a file takes whose bytes are another one's as well: the disk's own notes on it. */
const SHARED_FILE_BYTES = 512;

/**
 * Copies and runs' trees that wait to be used again, and how much of the disk all of them may take.
 *
 * P1  What all take never passes the limit by a copy that is made while another is at work: whoever needs it waits, in
 *     the order they asked. So that work goes on at all, one is made where none is at work.
 * P2  Where files share their bytes with those they were copied from (reflinks), a copy counts by its files alone.
 *     What a task writes counts from when its copy is given back; what other programs' runs have does not.
 */
export class CopyPool {
  readonly idle: IdleTrees;
  readonly #options: CopyPoolOptions;
  readonly #leases = new Set<Lease>();
  /** The last in the queue of those who ask. */
  #turn: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #shares: Promise<boolean> | undefined;

  constructor(options: CopyPoolOptions) {
    this.#options = options;
    this.idle = new IdleTrees(options.folder);
  }

  /**
   * Resolves when there is room: with a copy at `to` as it was known to be, or with none, to be made there.
   * @param to absolute; its folder is there @throws what the disk throws, or the signal's reason
   */
  async acquire(
    wanted: WantedCopy,
    to: string,
    signal: AbortSignal,
  ): Promise<{ readonly lease: Lease; readonly known: KnownCopy | undefined }> {
    const before = this.#turn;
    let pass: () => void = () => undefined;
    this.#turn = new Promise((resolve) => {
      pass = resolve;
    });
    try {
      await unlessStopped(before, signal);
      return await this.#whenThereIsRoom(wanted, to, signal);
    } finally {
      void before.then(pass);
    }
  }

  /** A tree that is there counts as well. */
  hold(bytes: number): Lease {
    const lease = { bytes, isActive: false };
    this.#leases.add(lease);
    return lease;
  }

  /** What it counted is free: the copy was removed, or waits for the next. */
  end(lease: Lease): void {
    this.#leases.delete(lease);
    this.#wake();
  }

  /** Nobody will give it back for now, as that of an attempt that waits for a person. */
  rest(lease: Lease): void {
    lease.isActive = false;
    this.#wake();
  }

  /** Keeps a tree for the next who needs it. @param tree absolute; moved @throws what the disk throws */
  async keep(
    record: Omit<IdleRecord, 'since'>,
    files: number,
    body: object,
    tree: string,
  ): Promise<void> {
    const bytes = record.kind === 'copy' ? await this.#sizeOf(record.bytes, files) : record.bytes;
    await this.idle.put({ ...record, bytes, since: this.#options.now() }, body, tree);
  }

  /** What a copy takes, by its files and what they take if they share nothing. */
  async sizeOf(bytes: number, files: number): Promise<number> {
    return this.#sizeOf(bytes, files);
  }

  /** Removes what waits beyond the limits, the oldest first. To be called when something was kept. */
  async trim(): Promise<void> {
    const { mostCopies, mostBytes } = this.#options.limits();
    const idle = await this.idle.list();
    const copies = idle.filter(({ kind }) => kind === 'copy');
    const bases = idle.filter(({ kind }) => kind === 'base');
    const gone = new Set<IdleTree>([
      ...copies.slice(0, Math.max(0, copies.length - mostCopies)),
      ...bases.slice(0, Math.max(0, bases.length - MOST_BASES)),
    ]);
    let bytes = this.#held() + sum(idle.filter((one) => !gone.has(one)));
    for (const one of [...copies, ...bases]) {
      if (bytes > mostBytes && !gone.has(one)) {
        gone.add(one);
        bytes -= one.bytes;
      }
    }
    for (const one of gone) {
      await this.idle.remove(one);
    }
    this.#wake();
  }

  async #whenThereIsRoom(wanted: WantedCopy, to: string, signal: AbortSignal) {
    for (let isTold = false; ; isTold = true) {
      signal.throwIfAborted();
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const acquired = await this.#tryOnce(wanted, to);
      if (acquired !== undefined) {
        return acquired;
      }
      if (!isTold) {
        const { mostBytes } = this.#options.limits();
        this.#options.log.info(
          `${wanted.name} waits for a workspace copy to come back: those there are take ${inMegabytes(this.#held())} of the ${inMegabytes(mostBytes)} they may`,
        );
      }
      await unlessStopped(woken, signal);
    }
  }

  async #tryOnce(wanted: WantedCopy, to: string) {
    const { mostBytes } = this.#options.limits();
    const bytes = await this.#sizeOf(wanted.bytes, wanted.files);
    let idle = await this.idle.list();
    const isAlone = ![...this.#leases].some(({ isActive }) => isActive);
    for (const one of idle.filter((other) => fits(other, wanted)).reverse()) {
      if (isAlone || this.#held() + sum(idle) + Math.max(0, bytes - one.bytes) <= mostBytes) {
        const body = await this.idle.take(one, to);
        if (body !== undefined) {
          const state = new Map(body as [string, string][]);
          const lease = this.#lease(Math.max(bytes, one.bytes));
          return { lease, known: { state, generation: one.generation } };
        }
      }
    }
    const inOrder = [...idle].sort((a, b) => Number(a.kind === 'base') - Number(b.kind === 'base'));
    for (const one of inOrder) {
      if (this.#held() + sum(idle) + bytes > mostBytes) {
        await this.idle.remove(one);
        idle = idle.filter((other) => other !== one);
      }
    }
    if (this.#held() + sum(idle) + bytes > mostBytes) {
      if (!isAlone) {
        return undefined;
      }
      this.#options.log.info(
        `The workspace copy of ${wanted.name} takes more than copies may (${inMegabytes(mostBytes)}). It is made all the same, since none is at work that could be waited for`,
      );
    }
    return { lease: this.#lease(bytes), known: undefined };
  }

  #lease(bytes: number): Lease {
    const lease = { bytes, isActive: true };
    this.#leases.add(lease);
    return lease;
  }

  #held(): number {
    return sum(this.#leases);
  }

  async #sizeOf(bytes: number, files: number): Promise<number> {
    this.#shares ??= sharesBytes(this.#options.folder);
    return (await this.#shares) ? files * SHARED_FILE_BYTES : bytes;
  }
}

/** A copy of this tree, not of a later generation of it: that would be of a tree which nobody has any more. */
function fits(idle: IdleTree, wanted: WantedCopy): boolean {
  return (
    idle.kind === 'copy' &&
    idle.source === wanted.source &&
    idle.lineage === wanted.lineage &&
    idle.generation <= wanted.generation
  );
}

/** Whether a file that is copied in this folder shares its bytes with the other. */
async function sharesBytes(folder: string): Promise<boolean> {
  await fs.mkdir(folder, { recursive: true });
  const at = await fs.mkdtemp(path.join(folder, 'clones-'));
  try {
    const file = path.join(at, 'file');
    await fs.writeFile(file, Buffer.alloc(4096, 1));
    await fs.copyFile(file, `${file}.copy`, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await fs.rm(at, { recursive: true, force: true });
  }
}

async function unlessStopped(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function sum(all: Iterable<{ readonly bytes: number }>): number {
  let bytes = 0;
  for (const one of all) {
    bytes += one.bytes;
  }
  return bytes;
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
