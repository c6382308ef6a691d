import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk, type DiskSync } from '../../../src/core/base/disk.ts';

/** What goes wrong at one of the operations that change the disk; the first is 1. */
export type Fault =
  /** The program is dead from there on: nothing later reaches the disk. */
  | { readonly kind: 'stop'; readonly at: number; readonly moment: 'before' | 'half' | 'after' }
  /** This one fails; the program lives on. */
  | { readonly kind: 'error'; readonly at: number; readonly code: string }
  /** The disk fills up: a write takes half of its bytes, the next fails. */
  | { readonly kind: 'short'; readonly at: number };

/** What a power loss does to what was not flushed. */
export type Loss = (index: number) => 'dropped' | 'half' | 'zeros' | 'kept';

export class Stopped extends Error {
  override readonly name = 'Stopped';
  /** As errors of the disk have it. */
  readonly syscall = 'none';
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

/**
 * A real disk that fails on cue and knows which bytes and names were flushed, so that `losePower` can take away
 * the rest and no more. Flushing costs nothing: what it is good for is known here.
 */
export class PowerDisk {
  readonly disk: Disk;
  /** Names of the operations so far. */
  readonly log: string[] = [];
  readonly #fault: Fault | undefined;
  #stopped = false;
  #full = false;
  #underWay = 0;
  readonly #open = new Map<number, { path: string }>();
  /** Files with bytes that are not flushed, and what would be left of each without them. */
  readonly #unflushed = new Map<string, Buffer>();
  /** Files that were made, flushed or moved here. */
  readonly #met = new Set<string>();
  /** Changes of names that no flush of the folder has made durable, oldest first. */
  #names: { readonly folder: string; readonly undo: () => void }[] = [];

  constructor(fault?: Fault) {
    this.#fault = fault;
    const names = Object.keys(nodeDisk.sync) as (keyof DiskSync)[];
    const sync = Object.fromEntries(
      names.map((name) => [name, (...args: unknown[]) => this.#perform(name, args)]),
    ) as unknown as DiskSync;
    const promised = Object.fromEntries(
      names.map((name) => [
        name,
        async (...args: unknown[]) => {
          this.#underWay += 1;
          try {
            // Lets others run in between, as a real disk does.
            await new Promise(setImmediate);
            return this.#perform(name, args);
          } finally {
            this.#underWay -= 1;
          }
        },
      ]),
    ) as unknown as Omit<Disk, 'sync' | 'windows' | 'unique'>;
    this.disk = { ...promised, sync, windows: false, unique: () => nodeDisk.unique() };
  }

  get operations(): number {
    return this.log.length;
  }

  /** The fault has come about. */
  get hit(): boolean {
    return this.#fault !== undefined && this.operations >= this.#fault.at;
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

  /** Takes back what was not flushed. @param loss asked for each file and each change of a name */
  losePower(loss: Loss): void {
    this.#stopped = true;
    let index = 0;
    for (const [file, durable] of this.#unflushed) {
      const now = contentOf(file);
      if (now !== undefined) {
        fs.chmodSync(file, 0o644);
        fs.writeFileSync(file, leftOf(durable, now, loss((index += 1))));
      }
    }
    const lost = this.#names.filter(() => loss((index += 1)) !== 'kept').reverse();
    lost.forEach(({ undo }) => undo());
    this.#names = [];
    this.#unflushed.clear();
  }

  #perform(name: keyof DiskSync, args: unknown[]): unknown {
    if (this.#stopped) {
      throw new Stopped(`stopped before ${name}`);
    }
    const makes = name === 'open' && (args[1] === 'a' || args[1] === 'wx');
    if (!CHANGING.has(name) && !makes) {
      return this.#do(name, args);
    }
    this.log.push(name);
    if (name === 'write' && this.#full) {
      this.#full = false;
      throw failure('ENOSPC', name);
    }
    const fault = this.operations === this.#fault?.at ? this.#fault : undefined;
    switch (fault?.kind) {
      case undefined:
        return this.#do(name, args);
      case 'error':
        throw failure(fault.code, name);
      case 'short':
        if (name !== 'write') {
          throw failure('ENOSPC', name);
        }
        this.#full = true;
        return this.#do(name, halfOf(args));
      case 'stop':
        if (fault.moment === 'half' && name === 'write') {
          this.#do(name, halfOf(args));
        } else if (fault.moment === 'after') {
          this.#doQuietly(name, args);
        }
        this.#stopped = true;
        throw new Stopped(`stopped at operation ${fault.at}, ${name}`);
    }
  }

  #doQuietly(name: keyof DiskSync, args: unknown[]): void {
    try {
      this.#do(name, args);
    } catch {
      // It would have failed anyway; now nobody is there to be told.
    }
  }

  /** Does it, and keeps in mind how it is undone. */
  #do(name: keyof DiskSync, args: unknown[]): unknown {
    const call = Reflect.get(nodeDisk.sync, name) as (...args: unknown[]) => unknown;
    const [first, second] = args as [string, string];
    const file = this.#open.get(Number(args[0]));
    switch (name) {
      case 'open': {
        const isNew = !fs.existsSync(first);
        const fd = call(...args) as number;
        this.#open.set(fd, { path: first });
        if (second !== 'r') {
          this.#meet(first, isNew);
        }
        if (isNew) {
          this.#changed(first, () => fs.rmSync(first, { force: true }));
        }
        return fd;
      }
      case 'write':
      case 'truncate':
        if (file !== undefined && !this.#unflushed.has(file.path)) {
          this.#unflushed.set(file.path, contentOf(file.path) ?? Buffer.alloc(0));
        }
        return call(...args);
      case 'fsync':
      case 'fdatasync':
        if (file !== undefined) {
          this.#unflushed.delete(file.path);
          this.#names = this.#names.filter(({ folder }) => folder !== file.path);
        }
        return undefined;
      case 'close':
        this.#open.delete(Number(args[0]));
        return call(...args);
      case 'rename': {
        const before = contentOf(second);
        this.#meet(first, false);
        call(...args);
        this.#met.add(second);
        const unflushed = this.#unflushed.get(first);
        this.#unflushed.delete(first);
        this.#unflushed.delete(second);
        if (unflushed !== undefined) {
          this.#unflushed.set(second, unflushed);
        }
        for (const one of this.#open.values()) {
          one.path = one.path === first ? second : one.path;
        }
        this.#changed(second, () => restore(second, before));
        return undefined;
      }
      case 'link': {
        this.#meet(first, false);
        call(...args);
        this.#met.add(second);
        const unflushed = this.#unflushed.get(first);
        if (unflushed !== undefined) {
          this.#unflushed.set(second, unflushed);
        }
        this.#changed(second, () => fs.rmSync(second, { force: true }));
        return undefined;
      }
      case 'unlink': {
        const before = contentOf(first);
        call(...args);
        this.#changed(first, () => restore(first, before));
        return undefined;
      }
      case 'mkdir':
        call(...args);
        this.#changed(first, () => fs.rmSync(first, { recursive: true, force: true }));
        return undefined;
      case 'rmdir':
        call(...args);
        this.#changed(first, () => fs.mkdirSync(first, { recursive: true }));
        return undefined;
      case 'pause':
        return undefined;
      default:
        return call(...args);
    }
  }

  /** Who knows whether a file that others have written is flushed: none of it is until it is flushed here. */
  #meet(file: string, isNew: boolean): void {
    if (!this.#met.has(file) && !isNew) {
      this.#unflushed.set(file, Buffer.alloc(0));
    }
    this.#met.add(file);
  }

  #changed(file: string, undo: () => void): void {
    this.#names.push({ folder: path.dirname(file), undo });
  }
}

/** What a file holds after a power loss. */
function leftOf(durable: Buffer, now: Buffer, fate: ReturnType<Loss>): Buffer {
  const half = Math.floor((durable.length + now.length) / 2);
  switch (fate) {
    case 'dropped':
      return durable;
    case 'kept':
      return now;
    case 'half':
      return now.length > durable.length ? now.subarray(0, half) : durable;
    case 'zeros':
      // The length was written and the bytes were not.
      return Buffer.concat([durable, Buffer.alloc(Math.max(0, now.length - durable.length))]);
  }
}

function halfOf(args: unknown[]): unknown[] {
  const [fd, bytes, offset, position] = args as Parameters<DiskSync['write']>;
  const half = offset + Math.ceil((bytes.length - offset) / 2);
  return [fd, bytes.subarray(0, half), offset, position];
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
