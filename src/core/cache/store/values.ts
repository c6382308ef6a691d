import type { Digest } from '../../base/digest.ts';
import { hasCode } from '../../base/disk.ts';
import type { FileStatus } from '../../base/fileStatus.ts';
import type { BlobRef } from '../../domain/event.ts';
import { digestInTurns } from './frame.ts';
import type { Memory } from './memory.ts';
import { AT_ONCE_BYTES, type StoreFiles } from './storeFiles.ts';

export type FoundValue =
  | { readonly kind: 'there'; readonly bytes: Uint8Array }
  /** Nothing is there, or something else, which is then removed. */
  | { readonly kind: 'gone' }
  /** The disk does not give it now. */
  | { readonly kind: 'unreadable' };

/** Larger values, each in a file under its digest, which tells whether they are believed. */
export class Values {
  readonly #files: StoreFiles;
  readonly #memory: Memory;

  constructor(files: StoreFiles, memory: Memory) {
    this.#files = files;
    this.#memory = memory;
  }

  /** @param bytes whose digest it is @throws what the disk throws */
  async put({ digest }: BlobRef, bytes: Uint8Array): Promise<void> {
    const file = this.#files.path('values', digest);
    // Touched, so that whoever is about to remove it as old sees that it is not.
    if (
      this.#files.look(file)?.size === bytes.length &&
      this.#files.touch(file, bytes.subarray(0, 1))
    ) {
      return;
    }
    await this.#files.replace(file, bytes, 'any');
  }

  /** Its bytes, which nobody may change. */
  async get({ digest, bytes: size }: BlobRef): Promise<FoundValue> {
    const held = this.#memory.value(digest);
    if (held !== undefined) {
      return { kind: 'there', bytes: held };
    }
    const file = this.#files.path('values', digest);
    const seen = this.#files.look(file);
    if (seen !== undefined && seen.size !== size) {
      this.#files.remove(file, seen);
      return { kind: 'gone' };
    }
    let bytes: Buffer;
    try {
      bytes = size <= AT_ONCE_BYTES ? this.#files.readNow(file) : await this.#files.read(file);
    } catch (error) {
      return hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')
        ? { kind: 'gone' }
        : { kind: 'unreadable' };
    }
    if (bytes.length !== size || (await digestInTurns(bytes)) !== digest) {
      this.#files.remove(file, seen);
      return { kind: 'gone' };
    }
    this.#memory.holdValue(digest, bytes);
    return { kind: 'there', bytes };
  }

  /** @param seen when it was last known to be needless @returns whether it is gone by this call */
  remove(digest: Digest, seen: FileStatus): boolean {
    this.#memory.letValueGo(digest);
    return this.#files.remove(this.#files.path('values', digest), seen);
  }
}
