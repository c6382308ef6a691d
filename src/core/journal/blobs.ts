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
 * kept never changes, so programs may share a store without a lock. Durable when a call has resolved.
 */
export class BlobStore {
  readonly #disk: Disk;
  readonly #root: string;

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
  }

  async put(bytes: Uint8Array): Promise<BlobRef> {
    const digest = digestOf(bytes);
    if (!(await this.has(digest))) {
      await writeFileDurably(this.#disk, this.path(digest), bytes);
    }
    return { digest, bytes: bytes.length };
  }

  /** Takes a file over: moved where it can be, copied from another disk; gone from its place either way. */
  async adopt(file: string): Promise<BlobRef> {
    const { digest, bytes } = await digestFile(file);
    const target = this.path(digest);
    if (await this.has(digest)) {
      await fs.promises.unlink(file);
      return { digest, bytes };
    }
    await makeFolderDurably(this.#disk, path.dirname(target));
    try {
      const handle = await this.#disk.open(file, 'r+');
      try {
        await this.#disk.fsync(handle);
      } finally {
        await this.#disk.close(handle);
      }
      await renameOver(this.#disk, file, target);
      await syncFolder(this.#disk, path.dirname(target));
    } catch (error) {
      if (!hasCode(error, 'EXDEV', 'EACCES')) {
        throw error;
      }
      await writeFileDurably(this.#disk, target, await this.#disk.readFile(file));
      await fs.promises.rm(file, { force: true });
    }
    return { digest, bytes };
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
      await this.#disk.rename(this.path(digest), `${this.path(digest)}.corrupt`);
      throw new DamagedBlob(digest, 'others stand in their place, and were set aside');
    }
    return bytes;
  }

  async has(digest: Digest): Promise<boolean> {
    try {
      return (await this.#disk.stat(this.path(digest))).kind === 'file';
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return false;
      }
      throw error;
    }
  }

  path(digest: Digest): string {
    return path.join(this.#root, digest.slice(0, 2), digest);
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
