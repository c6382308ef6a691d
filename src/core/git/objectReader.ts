import * as path from 'node:path';
import * as git from 'isomorphic-git';
import type { Disk, FileStatus } from '../base/disk.ts';
import { hasCode } from '../base/disk.ts';
import type { ObjectId } from '../domain/ids.ts';
import type { GitProgram } from './gitProgram.ts';
import type { ObjectType } from './objectWriter.ts';

/** An object that should be there is missing, damaged or of another type. */
export class UnreadableObject extends Error {
  override readonly name = 'UnreadableObject';
  readonly id: ObjectId;

  constructor(id: ObjectId, why: string) {
    super(`Git object ${id} cannot be read: ${why}`);
    this.id = id;
  }
}

/** A pack above this many bytes is never read whole, as isomorphic-git would; the `git` program reads it instead. */
const LARGE_PACK_BYTES = 64 * 1024 * 1024;

/**
 * Reads trees and commits of one repository. Owns the cache of pack indexes and small packs, which
 * lives as long as it does: reading an index anew for each commit costs more than the commit.
 */
export class ObjectReader {
  readonly #disk: Disk;
  readonly #commonDir: string;
  readonly #program: GitProgram;
  readonly #largePackBytes: number;
  readonly #cache = {};
  readonly #fs: git.PromiseFsClient;

  constructor(
    disk: Disk,
    commonDir: string,
    program: GitProgram,
    largePackBytes = LARGE_PACK_BYTES,
  ) {
    this.#disk = disk;
    this.#commonDir = commonDir;
    this.#program = program;
    this.#largePackBytes = largePackBytes;
    this.#fs = readOnly(disk);
  }

  /** The object's body. @throws UnreadableObject when it is missing, damaged or of another type */
  async read(id: ObjectId, type: ObjectType): Promise<Buffer> {
    const loose = await this.#isLoose(id);
    if (!loose && (await this.#hasLargePack())) {
      return await this.#readByProgram(id, type);
    }
    try {
      // The calls it would have us use instead decode names as UTF-8, which loses those that are not.
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
      const found = await git.readObject({
        fs: this.#fs,
        // Not `dir` and not a linked worktree's own folder: it finds no object from there.
        gitdir: this.#commonDir,
        oid: id,
        format: 'content',
        cache: this.#cache,
      });
      if (found.type !== type || !(found.object instanceof Uint8Array)) {
        throw new Error(`it is a ${found.type}, not a ${type}`);
      }
      return Buffer.from(found.object.buffer, found.object.byteOffset, found.object.length);
    } catch (error) {
      // The disk's own error, or a bug, is not about the object.
      if (error instanceof Error && ('syscall' in error || error.message.startsWith('Internal'))) {
        throw error;
      }
      const missing = error instanceof git.Errors.NotFoundError;
      throw new UnreadableObject(id, missing ? 'it is missing' : messageOf(error));
    }
  }

  async #readByProgram(id: ObjectId, type: ObjectType): Promise<Buffer> {
    const found = await this.#program.run(
      ['cat-file', type, id],
      { folder: this.#commonDir, env: { GIT_DIR: this.#commonDir } },
      new AbortController().signal,
    );
    if (!found.ok) {
      throw new UnreadableObject(id, found.error.message);
    }
    return found.value;
  }

  async #isLoose(id: ObjectId): Promise<boolean> {
    try {
      await this.#disk.stat(path.join(this.#commonDir, 'objects', id.slice(0, 2), id.slice(2)));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
        return false;
      }
      throw error;
    }
  }

  async #hasLargePack(): Promise<boolean> {
    const folder = path.join(this.#commonDir, 'objects', 'pack');
    try {
      for (const name of await this.#disk.readdir(folder)) {
        if (
          name.endsWith('.pack') &&
          (await this.#disk.stat(path.join(folder, name))).size > this.#largePackBytes
        ) {
          return true;
        }
      }
    } catch (error) {
      // No packs, or a collection took one away meanwhile.
      if (!hasCode(error, 'ENOENT')) {
        throw error;
      }
    }
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function asNode({ kind, size, mode }: FileStatus) {
  return {
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'folder',
    isSymbolicLink: () => kind === 'link',
    size,
    mode,
  };
}

/** The disk as isomorphic-git wants it. It is only ever asked to read; all that writes is refused. */
function readOnly(disk: Disk): git.PromiseFsClient {
  const refuse = (): never => {
    throw new Error('Internal error: isomorphic-git tried to write');
  };
  return {
    promises: {
      // It finds out whether promises are returned by a call without arguments.
      readFile: async (file?: string) => (file === undefined ? undefined : disk.readFile(file)),
      readdir: (folder: string) => disk.readdir(folder),
      stat: async (file: string) => asNode(await disk.stat(file)),
      lstat: async (file: string) => asNode(await disk.lstat(file)),
      readlink: refuse,
      writeFile: refuse,
      mkdir: refuse,
      rmdir: refuse,
      unlink: refuse,
      symlink: refuse,
    },
  };
}
