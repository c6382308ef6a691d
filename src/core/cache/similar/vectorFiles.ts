import path from 'node:path';
import { hasCode, makeFolderDurably, writeAll, type Disk } from '../../base/disk.ts';
import type { Slices } from '../../base/slices.ts';
import { readRecord, RECORD_MARK, type VectorRecord } from './vectorRecord.ts';

/** A file that another program writes is read again when it grows, so none becomes large. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** How long a program appends to one file, in milliseconds. */
const APPENDED_MS = 60 * 60_000;
/** From then on no program appends to it, also one whose clock is behind. */
const CLOSED_MS = 3 * APPENDED_MS;
/** More closed files are made one. */
const MANY = 16;
/** Larger ones were not written here. */
const MOST_READ_BYTES = 256 * 1024 * 1024;

const ENDING = '.vectors';
export const TEMPORARY = 'tmp_';

/**
 * The files of one folder of records. Each program appends to its own and reads all.
 *
 * W1. A record is taken only whole and with its checksum; what is before and behind a damaged one is read all the same.
 * W2. A record is whole on the disk, or as if it were not there, however a write ends. Nothing is flushed: what is
 *     lost is asked again.
 * W3. Files are removed when nobody appends to them any more, after what was in them stands in another.
 */
export class VectorFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #now: () => number;
  /** How far each file has been read, and its size then. */
  readonly #read = new Map<string, { end: number; size: number }>();
  #own: { readonly name: string; readonly since: number } | undefined;

  /** @param now milliseconds since 1970 */
  constructor(disk: Disk, folder: string, now: () => number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#now = now;
  }

  /**
   * Gives what has been added since the last time, in no order. `gone`: files have been removed, so that all has to be
   * taken anew, and it is given. What cannot be read is not there. @throws what the slices throw
   */
  async news(
    slices: Slices,
  ): Promise<{ readonly records: readonly VectorRecord[]; readonly gone: boolean }> {
    const sizes = await this.#sizes();
    if (sizes === undefined) {
      return { records: [], gone: false };
    }
    const gone = [...this.#read].some(([name, { size }]) => (sizes.get(name) ?? 0) < size);
    if (gone) {
      this.forget();
    }
    const records: VectorRecord[] = [];
    for (const [name, size] of sizes) {
      const before = this.#read.get(name) ?? { end: 0, size: 0 };
      if (size !== before.size && size <= MOST_READ_BYTES) {
        const file = path.join(this.#folder, name);
        const bytes = await ofDisk(this.#disk.readFile(file), undefined);
        if (bytes !== undefined) {
          const end = await takeRecords(bytes, before.end, records, slices);
          this.#read.set(name, { end, size: bytes.length });
        }
      }
    }
    return { records, gone };
  }

  /** What was given is forgotten: all of it is news. */
  forget(): void {
    this.#read.clear();
  }

  /** @throws what the disk throws: then the record may be there or not */
  async append(bytes: Uint8Array): Promise<void> {
    const name = this.#ownName(bytes.length);
    const file = path.join(this.#folder, name);
    const fd = await this.#open(file);
    try {
      await writeAll(this.#disk, fd, bytes);
    } finally {
      await this.#disk.close(fd);
    }
    const { size } = this.#read.get(name) ?? { size: 0 };
    this.#read.set(name, { end: size + bytes.length, size: size + bytes.length });
  }

  /** Makes one file of many that nobody appends to any more. @param live of what is still wanted */
  async merge(live: () => Iterable<Uint8Array>): Promise<void> {
    const closed = (await namesIn(this.#disk, this.#folder)).filter(
      (name) => this.#now() - timeOf(name) > CLOSED_MS && this.#read.has(name),
    );
    if (closed.length <= MANY) {
      return;
    }
    const name = this.#newName(Math.max(...closed.map(timeOf)));
    const temporary = path.join(this.#folder, TEMPORARY + name);
    const fd = await this.#disk.open(temporary, 'wx', 0o600);
    try {
      for (const bytes of live()) {
        await writeAll(this.#disk, fd, bytes);
      }
    } finally {
      await this.#disk.close(fd);
    }
    const { size } = await this.#disk.stat(temporary);
    await this.#disk.rename(temporary, path.join(this.#folder, name));
    this.#read.set(name, { end: size, size });
    for (const old of closed) {
      await remove(this.#disk, path.join(this.#folder, old));
      this.#read.delete(old);
    }
  }

  /** Of each file, the oldest first; `undefined`: the disk does not say. */
  async #sizes(): Promise<ReadonlyMap<string, number> | undefined> {
    const names = await ofDisk(namesIn(this.#disk, this.#folder), undefined);
    if (names === undefined) {
      return undefined;
    }
    const sizes = new Map<string, number>();
    for (const name of names) {
      const status = await ofDisk(this.#disk.stat(path.join(this.#folder, name)), undefined);
      if (status?.kind === 'file') {
        sizes.set(name, status.size);
      }
    }
    return sizes;
  }

  async #open(file: string): Promise<number> {
    try {
      return await this.#disk.open(file, 'a', 0o600);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) {
        throw error;
      }
      await makeFolderDurably(this.#disk, this.#folder);
      return await this.#disk.open(file, 'a', 0o600);
    }
  }

  #ownName(bytes: number): string {
    const now = this.#now();
    const own = this.#own;
    if (
      own === undefined ||
      Math.abs(now - own.since) > APPENDED_MS ||
      (this.#read.get(own.name)?.size ?? 0) + bytes > MAX_FILE_BYTES
    ) {
      this.#own = { name: this.#newName(now), since: now };
    }
    return this.#own?.name ?? '';
  }

  #newName(time: number): string {
    return `${Math.floor(time).toString(36).padStart(9, '0')}-${this.#disk.unique()}${ENDING}`;
  }
}

/** Files of records by name, the oldest first; none where there is no folder. */
export async function namesIn(disk: Disk, folder: string): Promise<readonly string[]> {
  try {
    return (await disk.readdir(folder))
      .filter((name) => name.endsWith(ENDING) && !name.startsWith(TEMPORARY))
      .sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
      return [];
    }
    throw error;
  }
}

/** When a file was begun, by its name. */
export function timeOf(name: string): number {
  const time = parseInt(name.slice(0, name.indexOf('-')), 36);
  return Number.isFinite(time) ? time : 0;
}

/** Also where somebody else was faster. */
export async function remove(disk: Disk, file: string): Promise<void> {
  try {
    await disk.unlink(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      throw error;
    }
  }
}

/** What the disk refuses is not worth a word: the question is asked anew. Bugs are. */
export async function ofDisk<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && ('code' in error || 'syscall' in error)) {
      return otherwise;
    }
    throw error;
  }
}

/** @returns behind the last whole record: what follows may yet become one */
async function takeRecords(
  bytes: Buffer,
  from: number,
  records: VectorRecord[],
  slices: Slices,
): Promise<number> {
  let end = from;
  let at = bytes.indexOf(RECORD_MARK, from);
  while (at >= 0) {
    if (slices.isOver) {
      await slices.next();
    }
    const read = readRecord(bytes, at);
    if (read !== undefined) {
      records.push(read.record);
      end = read.end;
    }
    at = bytes.indexOf(RECORD_MARK, read?.end ?? at + 1);
  }
  return end;
}
