import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  hasCode,
  makeFolderDurably,
  renameOver,
  syncFolder,
  writeFileDurably,
  type Disk,
} from '../base/disk.ts';
import { digestOf, type Digest } from '../base/digest.ts';
import type { BlobRef } from '../domain/event.ts';

/** Bytes that should be there are gone or are not the ones that were stored. */
export class DamagedBlob extends Error {
  readonly digest: Digest;

  constructor(digest: Digest, why: string) {
    super(`The stored bytes ${digest.slice(0, 12)} cannot be used: ${why}`);
    this.name = 'DamagedBlob';
    this.digest = digest;
  }
}

/**
 * Bytes kept under their digest: `<root>/<first two digits>/<digest>`. Equal bytes are kept once; what is
 * kept never changes, so programs may share a store without a lock.
 *
 * B1  What a call has resolved with survives a power loss, also when another program, or one that died
 *     on the way, had given the file its name.
 * B2  Bytes are believed by their digest only: `read` checks each time. A file of a wrong length is
 *     replaced when the right bytes come again.
 * B3  Only plain files that nobody else has a name for are moved in; what others could change is copied.
 */
export class BlobStore {
  readonly #disk: Disk;
  readonly #root: string;
  /** Folders whose own names are durable. */
  readonly #folders = new Set<string>();

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
  }

  async put(bytes: Uint8Array): Promise<BlobRef> {
    const blob = { digest: digestOf(bytes), bytes: bytes.length };
    if (!(await this.#isKept(blob))) {
      await writeFileDurably(this.#disk, this.path(blob.digest), bytes);
    }
    return blob;
  }

  /**
   * Takes a file over: moved where it can be, copied from another disk; gone from its place either way.
   * @throws what the disk throws, and for anything but a plain file
   */
  async adopt(file: string): Promise<BlobRef> {
    const found = await fs.promises.lstat(file);
    if (!found.isFile()) {
      throw new Error(`${path.basename(file)} is not a plain file, so it cannot be kept`);
    }
    const blob = await digestFile(file);
    const isKept = await this.#isKept(blob);
    if (!isKept && found.nlink === 1 && (await this.#moveIn(file, this.path(blob.digest)))) {
      return blob;
    }
    const copied = isKept ? blob : await this.put(await this.#disk.readFile(file));
    await this.#disk.unlink(file);
    return copied;
  }

  /** As `adopt`, but the file stays where it is. */
  async copy(file: string): Promise<BlobRef> {
    const found = await fs.promises.lstat(file);
    if (!found.isFile()) {
      throw new Error(`${path.basename(file)} is not a plain file, so it cannot be kept`);
    }
    return await this.put(await this.#disk.readFile(file));
  }

  /** @throws DamagedBlob when it is missing, or other bytes stand in its place; those are set aside */
  async read(digest: Digest): Promise<Buffer> {
    let bytes: Buffer;
    try {
      bytes = await this.#disk.readFile(this.path(digest));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        throw new DamagedBlob(digest, 'they are not there');
      }
      throw error;
    }
    if (digestOf(bytes) !== digest) {
      throw new DamagedBlob(digest, await this.#setAside(digest));
    }
    return bytes;
  }

  path(digest: Digest): string {
    return path.join(this.#root, digest.slice(0, 2), digest);
  }

  /** B1, B2 */
  async #isKept({ digest, bytes }: BlobRef): Promise<boolean> {
    const file = this.path(digest);
    const folder = path.dirname(file);
    for (const above of [path.dirname(this.#root), this.#root, folder]) {
      if (!this.#folders.has(above)) {
        await makeFolderDurably(this.#disk, above);
        this.#folders.add(above);
      }
    }
    try {
      const { kind, size } = await this.#disk.lstat(file);
      if (kind !== 'file' || size !== bytes) {
        return false;
      }
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return false;
      }
      throw error;
    }
    await syncFolder(this.#disk, folder);
    return true;
  }

  /** Returns false where the file cannot be moved. */
  async #moveIn(file: string, target: string): Promise<boolean> {
    try {
      const fd = await this.#disk.open(file, 'r+');
      try {
        await this.#disk.fsync(fd);
      } finally {
        await this.#disk.close(fd);
      }
      await renameOver(this.#disk, file, target);
    } catch (error) {
      if (hasCode(error, 'EXDEV', 'EACCES', 'EPERM', 'EBUSY', 'ENOENT')) {
        return false;
      }
      throw error;
    }
    await syncFolder(this.#disk, path.dirname(target));
    return true;
  }

  /** Returns what became of the wrong bytes. */
  async #setAside(digest: Digest): Promise<string> {
    const file = this.path(digest);
    try {
      await this.#disk.rename(file, `${file}.corrupt-${this.#disk.unique()}`);
      return 'others stand in their place, and were set aside';
    } catch {
      // Somebody else has set them aside, or nobody may: that they are damaged is the news.
      return 'others stand in their place';
    }
  }
}

async function digestFile(file: string): Promise<BlobRef> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of fs.createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { digest: hash.digest('hex') as Digest, bytes };
}
