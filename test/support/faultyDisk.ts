import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Disk, DiskSync } from '../../src/core/base/disk.ts';
import { nodeDisk } from '../../src/core/base/disk.ts';

/** What goes wrong, and at which of the operations that change the disk; the first is 1. */
export type DiskFault =
  /** Dead before the operation is done. It and all later ones throw `Stopped` and do nothing. */
  | { readonly kind: 'stop'; readonly at: number }
  /** As `stop`, but a write gets half of its bytes out first. */
  | { readonly kind: 'torn'; readonly at: number }
  /** This one operation fails; the program lives on. */
  | { readonly kind: 'error'; readonly at: number; readonly code: string };

export class Stopped extends Error {
  override readonly name = 'Stopped';
  /** As errors of the disk have it. */
  readonly syscall = 'none';
}

/** Operations that change the disk, and flushes; stopping anywhere else looks like stopping at the next of these. */
const COUNTED: ReadonlySet<string> = new Set<keyof DiskSync>([
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

/**
 * A real disk that fails on cue. Knows what was flushed and what not, so that after a stop `losePower()`
 * can take away what a real disk may lose.
 */
export class FaultyDisk {
  readonly disk: Disk;
  /** Counted operations so far. */
  operations = 0;
  /** Their names, for a test that asks for one. */
  readonly log: string[] = [];
  readonly #fault: DiskFault | undefined;
  #stopped = false;
  #underWay = 0;
  readonly #open = new Map<number, OpenFile>();
  /** Changes of names that no flush of the folder has made durable, in order. */
  #unflushedNames: { readonly folder: string; readonly undo: () => void }[] = [];
  /** Files with bytes that no flush has made durable. */
  readonly #unflushedFiles = new Set<OpenFile>();

  /** @param options.largestWrite bytes the disk takes at a time */
  constructor(
    fault?: DiskFault,
    options: {
      readonly largestWrite?: number;
      readonly windows?: boolean;
      readonly links?: boolean;
    } = {},
  ) {
    this.#fault = fault;
    const largest = options.largestWrite ?? Infinity;
    const inner: DiskSync = {
      ...nodeDisk.sync,
      link: (from, to) => {
        if (options.links === false) {
          throw failure('ENOTSUP', 'link');
        }
        nodeDisk.sync.link(from, to);
      },
      write: (fd, bytes, offset, position) =>
        nodeDisk.sync.write(fd, bytes.subarray(0, offset + largest), offset, position),
      // Tests wait for nobody, and what a flush is good for is known here without one.
      pause: () => undefined,
      fsync: () => undefined,
      fdatasync: () => undefined,
    };
    const sync = Object.fromEntries(
      Object.keys(inner).map((name) => [
        name,
        (...args: unknown[]) => this.#perform(inner, name as keyof DiskSync, args),
      ]),
    ) as unknown as DiskSync;
    const promised = Object.fromEntries(
      Object.keys(inner).map((name) => [
        name,
        async (...args: unknown[]) => {
          this.#underWay += 1;
          try {
            // Lets others run in between, as a real disk does.
            await new Promise(setImmediate);
            return this.#perform(inner, name as keyof DiskSync, args);
          } finally {
            this.#underWay -= 1;
          }
        },
      ]),
    ) as unknown as Omit<Disk, 'sync' | 'windows' | 'unique'>;
    let issued = 0;
    this.disk = {
      ...promised,
      sync,
      windows: options.windows ?? false,
      unique: () => `faulty-${(issued += 1)}-${nodeDisk.unique()}`,
    };
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Resolves once nothing asked of the disk is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) {
      await new Promise(setImmediate);
    }
  }

  /**
   * Takes back what was not flushed: names return to what they were, files keep half of their unflushed
   * bytes. `lose` says for each change of a name (from 0, oldest first) whether it is lost.
   */
  losePower(lose: (index: number) => boolean = () => true): void {
    this.#stopped = true;
    for (const file of this.#unflushedFiles) {
      if (fs.existsSync(file.path)) {
        fs.chmodSync(file.path, 0o644);
        fs.truncateSync(file.path, Math.floor(fs.statSync(file.path).size / 2));
      }
    }
    const lost = this.#unflushedNames.filter((_change, index) => lose(index)).reverse();
    for (const { undo } of lost) {
      undo();
    }
    this.#unflushedNames = [];
    this.#unflushedFiles.clear();
  }

  #perform(inner: DiskSync, name: keyof DiskSync, args: unknown[]): unknown {
    if (this.#stopped) {
      throw new Stopped(`stopped before ${name}`);
    }
    const call = Reflect.get(inner, name) as (...args: unknown[]) => unknown;
    const counted = COUNTED.has(name) || (name === 'open' && args[1] !== 'r' && args[1] !== 'r+');
    if (counted) {
      this.operations += 1;
      this.log.push(name);
    }
    if (counted && this.operations === this.#fault?.at) {
      if (this.#fault.kind === 'error') {
        throw failure(this.#fault.code, name);
      }
      if (this.#fault.kind === 'torn' && name === 'write') {
        const [fd, bytes, offset, position] = args as Parameters<DiskSync['write']>;
        const half = offset + Math.floor((bytes.length - offset) / 2);
        this.#performNoted(name, [fd, bytes.subarray(0, half), offset, position], call);
      }
      this.#stopped = true;
      throw new Stopped(`stopped at operation ${this.operations}, ${name}`);
    }
    return this.#performNoted(name, args, call);
  }

  /** Does it, and keeps in mind how it is undone. */
  #performNoted(
    name: keyof DiskSync,
    args: unknown[],
    call: (...args: unknown[]) => unknown,
  ): unknown {
    const [first, second] = args as [string, string];
    switch (name) {
      case 'open': {
        const isNew = !fs.existsSync(first);
        const fd = call(...args) as number;
        const file = { path: first };
        this.#open.set(fd, file);
        if (isNew) {
          this.#nameChanged(first, () => fs.rmSync(first, { force: true }));
        }
        return fd;
      }
      case 'write':
      case 'truncate': {
        const file = this.#open.get(Number(args[0]));
        if (file !== undefined) {
          this.#unflushedFiles.add(file);
        }
        return call(...args);
      }
      case 'fsync':
      case 'fdatasync': {
        call(...args);
        const file = this.#open.get(Number(args[0]));
        if (file !== undefined) {
          this.#unflushedFiles.delete(file);
          this.#unflushedNames = this.#unflushedNames.filter(({ folder }) => folder !== file.path);
        }
        return undefined;
      }
      case 'close':
        this.#open.delete(Number(args[0]));
        return call(...args);
      case 'rename': {
        const before = contentOf(second);
        call(...args);
        for (const file of this.#unflushedFiles) {
          if (file.path === first) {
            file.path = second;
          }
        }
        this.#nameChanged(second, () => restore(second, before));
        return undefined;
      }
      case 'link':
        call(...args);
        this.#nameChanged(second, () => fs.rmSync(second, { force: true }));
        return undefined;
      case 'unlink': {
        const before = contentOf(first);
        call(...args);
        this.#nameChanged(first, () => restore(first, before));
        return undefined;
      }
      case 'mkdir':
        call(...args);
        this.#nameChanged(first, () => fs.rmSync(first, { recursive: true, force: true }));
        return undefined;
      case 'rmdir':
        call(...args);
        this.#nameChanged(first, () => fs.mkdirSync(first, { recursive: true }));
        return undefined;
      default:
        return call(...args);
    }
  }

  #nameChanged(file: string, undo: () => void): void {
    this.#unflushedNames.push({ folder: path.dirname(file), undo });
  }
}

interface OpenFile {
  path: string;
}

function contentOf(file: string): Buffer | undefined {
  return fs.existsSync(file) && fs.statSync(file).isFile() ? fs.readFileSync(file) : undefined;
}

function restore(file: string, content: Buffer | undefined): void {
  fs.rmSync(file, { force: true });
  if (content !== undefined && fs.existsSync(path.dirname(file))) {
    fs.writeFileSync(file, content);
  }
}

function failure(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, syscall });
}
