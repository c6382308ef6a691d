import type { Disk, DiskSync } from '../../../src/core/base/disk.ts';

/** `half`: after half of a write's bytes. */
export type Moment = 'before' | 'half' | 'after';

/** What changes the disk, flushes it, or lets something happen outside; counted from 1. */
export interface Operation {
  readonly at: number;
  /** The call, and what it is done to: `write journal`, `rename blob`. */
  readonly name: string;
}

export interface KillPoint {
  readonly at: number;
  readonly moment: Moment;
}

const CHANGING: ReadonlySet<string> = new Set<keyof DiskSync>([
  'write',
  'fsync',
  'fdatasync',
  'truncate',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
]);

/** Counts what is done, and ends this program by SIGKILL at the point it is given. */
export class Boundaries {
  readonly seen: Operation[] = [];
  readonly #kill: KillPoint | undefined;

  constructor(kill: KillPoint | undefined) {
    this.#kill = kill;
  }

  /** The next operation, about to be done. */
  next(name: string): Operation {
    const operation = { at: this.seen.length + 1, name };
    this.seen.push(operation);
    this.reached(operation, 'before');
    return operation;
  }

  /** Something outside the disk is about to begin, or has just begun; nothing is between before and after. */
  outside(name: string): void {
    this.reached(this.next(name), 'after');
  }

  /** A write is halved at its number or, where tasks run side by side in another order, at the next write. */
  isPoint({ at }: Operation, moment: Moment): boolean {
    const kill = this.#kill;
    return kill?.moment === moment && (moment === 'half' ? at >= kill.at : at === kill.at);
  }

  reached(operation: Operation, moment: Moment): void {
    if (this.isPoint(operation, moment)) {
      process.kill(process.pid, 'SIGKILL');
      // The signal may take a moment to arrive, and nothing more may happen until then.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
  }
}

/** The same disk, with each call that changes it counted; calls that only read are not. */
export function countingDisk(inner: Disk, boundaries: Boundaries): Disk {
  const files = new Map<number, string>();
  const begin = (name: keyof DiskSync, args: readonly unknown[]): Operation | undefined => {
    const [first, second] = args;
    if (!CHANGING.has(name) && !(name === 'open' && (second === 'a' || second === 'wx'))) {
      return undefined;
    }
    const file = typeof first === 'number' ? (files.get(first) ?? '') : String(first);
    const target = name === 'rename' || name === 'link' ? String(second) : file;
    return boundaries.next(`${name} ${placeOf(target)}`);
  };
  const opened = (name: keyof DiskSync, args: readonly unknown[], answer: unknown): unknown => {
    if (name === 'open') {
      files.set(answer as number, String(args[0]));
    }
    return answer;
  };
  /** Whether it was done or refused, as a folder that is there already. */
  const end = (operation: Operation | undefined) => {
    if (operation !== undefined) {
      boundaries.reached(operation, 'after');
    }
  };
  const names = Object.keys(inner.sync) as (keyof DiskSync)[];
  const sync = Object.fromEntries(
    names.map((name) => [
      name,
      (...args: readonly unknown[]): unknown => {
        const call = Reflect.get(inner.sync, name) as (...args: readonly unknown[]) => unknown;
        const operation = begin(name, args);
        if (name === 'write' && operation !== undefined && boundaries.isPoint(operation, 'half')) {
          call(...halfOf(args));
          boundaries.reached(operation, 'half');
        }
        try {
          return opened(name, args, call(...args));
        } finally {
          end(operation);
        }
      },
    ]),
  ) as unknown as DiskSync;
  const promised = Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: readonly unknown[]): Promise<unknown> => {
        const call = Reflect.get(inner, name) as (...args: readonly unknown[]) => Promise<unknown>;
        const operation = begin(name, args);
        if (name === 'write' && operation !== undefined && boundaries.isPoint(operation, 'half')) {
          await call(...halfOf(args));
          boundaries.reached(operation, 'half');
        }
        try {
          return opened(name, args, await call(...args));
        } finally {
          end(operation);
        }
      },
    ]),
  ) as unknown as Omit<Disk, 'sync' | 'windows' | 'unique'>;
  return { ...promised, sync, windows: inner.windows, unique: () => inner.unique() };
}

function halfOf(args: readonly unknown[]): readonly unknown[] {
  const [fd, bytes, offset, position] = args as Parameters<DiskSync['write']>;
  const half = offset + Math.floor((bytes.length - offset) / 2);
  return [fd, bytes.subarray(0, half), offset, position];
}

const PLACES: readonly (readonly [RegExp, string])[] = [
  [/\/inbox/, 'inbox'],
  [/\.jsonl/, 'journal'],
  [/\/blobs/, 'blob'],
  [/\/objects/, 'object'],
  [/\/refs/, 'ref'],
  [/\/owner-|\/runs\/[^/]+\/tmp_/, 'claim'],
  [/\/sluice/, 'run'],
];

/** What of Sluice's state a path belongs to. */
function placeOf(file: string): string {
  return PLACES.find(([pattern]) => pattern.test(file))?.[1] ?? 'other';
}
