import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { hasCode, renameOver, writeAll, writeAllSync, type Disk } from '../../base/disk.ts';
import type { FileStatus } from '../../base/fileStatus.ts';

// The files of the cache, which several programs use at once without a lock.
//
// S1. Bytes get their name once they are written, and are never changed in place: a reader sees all of one writing.
//     Nothing is flushed: what a power loss tears is found by its digest.
// S2. Whoever has read a file and replaces or removes it for what was in it looks first whether it is still that one.
//     Between the look and the act are microseconds; what another program writes in them may be lost. It is then
//     answered anew, never wrongly.
// S3. Up to `AT_ONCE_BYTES` are read and written at once, which takes microseconds; more without blocking. Where it takes
//     longer to write, the disk is slow for now, and for a while everything is written without blocking.

/** Bytes. */
export const AT_ONCE_BYTES = 64 * 1024;

/** Milliseconds that it may take to write at once. */
const QUICK_MS = 1;
/** Writes in a row that took longer, after which the disk counts as slow: one may have met other work. */
const SLOW_IN_A_ROW = 3;
/** Milliseconds until it is tried again. */
const SLOW_FOR_MS = 1_000;

export type Shelf = 'answers' | 'values' | 'notes';

export class StoreFiles {
  readonly folder: string;
  readonly #disk: Disk;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #slowInARow = 0;
  #slowUntil = -Infinity;

  constructor(disk: Disk, clock: Pick<Clock, 'monotonic'>, folder: string) {
    this.#disk = disk;
    this.#clock = clock;
    this.folder = folder;
  }

  path(shelf: Shelf, name: Digest): string {
    return path.join(this.folder, shelf, name.slice(0, 2), name);
  }

  /** Where bytes are that have no name yet. */
  get temporaryFolder(): string {
    return path.join(this.folder, 'temporary');
  }

  /** `undefined`: it is not a plain file, or cannot be looked at. */
  look(file: string): FileStatus | undefined {
    try {
      const status = this.#disk.sync.stat(file);
      return status.kind === 'file' ? status : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws what the disk throws */
  readNow(file: string): Buffer {
    return this.#disk.sync.readFile(file);
  }

  /** @throws what the disk throws */
  async read(file: string): Promise<Buffer> {
    return await this.#disk.readFile(file);
  }

  /** Names; none when it cannot be read. */
  list(folder: string): string[] {
    try {
      return this.#disk.sync.readdir(folder);
    } catch {
      return [];
    }
  }

  /**
   * Puts a file in the place of `before` (S2), and makes missing folders.
   * @param before as it was read; `undefined`: nothing was there; `any`: whatever is there
   * @returns how it is now; `undefined`: something else is there now, and nothing was done
   * @throws what the disk throws
   */
  async replace(
    file: string,
    bytes: Uint8Array,
    before: FileStatus | 'any' | undefined,
  ): Promise<FileStatus | undefined> {
    const temporary = path.join(this.temporaryFolder, this.#disk.unique());
    const begun = this.#clock.monotonic();
    const isAtOnce = bytes.length <= AT_ONCE_BYTES && begun >= this.#slowUntil;
    try {
      if (isAtOnce) {
        this.#writeNow(temporary, bytes);
        this.#learnPace(begun);
      } else {
        await this.#write(temporary, bytes);
      }
      const written = this.#disk.sync.stat(temporary);
      const now = this.look(file);
      if (before !== 'any' && !isSame(before, now)) {
        this.#discard(temporary);
        return undefined;
      }
      if (now === undefined && this.#clock.monotonic() >= this.#slowUntil) {
        await this.#name(temporary, file);
      } else if (now === undefined) {
        await this.#nameWithoutBlocking(temporary, file);
      } else {
        // Some file systems write the new bytes out before they let the old ones go, which takes milliseconds.
        await renameOver(this.#disk, temporary, file);
      }
      return written;
    } catch (error) {
      this.#discard(temporary);
      throw error;
    }
  }

  /** @param seen as it was read: another one stays (S2) @returns whether it is gone by this call */
  remove(file: string, seen: FileStatus | undefined): boolean {
    if (seen !== undefined && !isSame(seen, this.look(file))) {
      return false;
    }
    return this.#discard(file);
  }

  /** False when it could not be, as when another program was faster. */
  rename(from: string, to: string): boolean {
    try {
      this.#disk.sync.rename(from, to);
      return true;
    } catch {
      return false;
    }
  }

  /** As if the file were written now. @param first the byte it begins with @returns false when it is not there */
  touch(file: string, first: Uint8Array): boolean {
    try {
      const fd = this.#disk.sync.open(file, 'r+');
      try {
        this.#disk.sync.write(fd, first, 0, 0);
      } finally {
        this.#disk.sync.close(fd);
      }
      return true;
    } catch (error) {
      // Else it counts as older than it is.
      return !hasCode(error, 'ENOENT');
    }
  }

  /** S3 */
  #learnPace(begun: number): void {
    const now = this.#clock.monotonic();
    this.#slowInARow = now - begun > QUICK_MS ? this.#slowInARow + 1 : 0;
    if (this.#slowInARow >= SLOW_IN_A_ROW) {
      this.#slowUntil = now + SLOW_FOR_MS;
    }
  }

  #writeNow(file: string, bytes: Uint8Array): void {
    const { sync } = this.#disk;
    let fd: number;
    try {
      fd = sync.open(file, 'wx');
    } catch (error) {
      this.#makeFolderAfter(error, file);
      fd = sync.open(file, 'wx');
    }
    try {
      writeAllSync(this.#disk, fd, bytes);
    } finally {
      sync.close(fd);
    }
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    let fd: number;
    try {
      fd = await this.#disk.open(file, 'wx');
    } catch (error) {
      this.#makeFolderAfter(error, file);
      fd = await this.#disk.open(file, 'wx');
    }
    try {
      await writeAll(this.#disk, fd, bytes);
    } finally {
      await this.#disk.close(fd);
    }
  }

  async #name(temporary: string, file: string): Promise<void> {
    for (const isLast of [false, true]) {
      try {
        this.#disk.sync.rename(temporary, file);
        return;
      } catch (error) {
        if (this.#disk.windows && hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) {
          break;
        }
        if (isLast) {
          throw error;
        }
        this.#makeFolderAfter(error, file);
      }
    }
    // Somebody has the file open for a moment.
    await renameOver(this.#disk, temporary, file);
  }

  async #nameWithoutBlocking(temporary: string, file: string): Promise<void> {
    try {
      await renameOver(this.#disk, temporary, file);
    } catch (error) {
      this.#makeFolderAfter(error, file);
      await renameOver(this.#disk, temporary, file);
    }
  }

  /** @throws `error` unless it says that the file's folder is missing */
  #makeFolderAfter(error: unknown, file: string): void {
    if (!hasCode(error, 'ENOENT')) {
      throw error;
    }
    this.#makeFolder(path.dirname(file));
  }

  #makeFolder(folder: string): void {
    try {
      this.#disk.sync.mkdir(folder);
    } catch (error) {
      const above = path.dirname(folder);
      if (hasCode(error, 'ENOENT') && above !== folder) {
        this.#makeFolder(above);
        this.#makeFolder(folder);
      } else if (!hasCode(error, 'EEXIST')) {
        throw error;
      }
    }
  }

  #discard(file: string): boolean {
    try {
      this.#disk.sync.unlink(file);
      return true;
    } catch {
      return false;
    }
  }
}

/** Whether nobody has written the file, or put another in its place. */
export function isSame(a: FileStatus | undefined, b: FileStatus | undefined): boolean {
  return a?.inode === b?.inode && a?.modified === b?.modified && a?.size === b?.size;
}
