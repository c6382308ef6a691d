import * as path from 'node:path';
import * as git from 'isomorphic-git';
import type { Disk, FileStatus } from '../base/disk.ts';
import { hasCode } from '../base/disk.ts';
import type { ObjectId } from '../domain/ids.ts';
import type { Objects, ObjectType } from './objects.ts';
import { UnreadableObject } from './objects.ts';

/** A pack above this many bytes is never read whole, as isomorphic-git would; the `git` program reads it instead. */
const LARGE_PACK_BYTES = 64 * 1024 * 1024;

/**
 * Reads objects from the files of one repository. Owns the cache of pack indexes and small packs, which
 * lives as long as it does: reading an index anew for each commit costs more than the commit.
 */
export class ObjectReader implements Objects {
  readonly hash = 'sha1';
  readonly #disk: Disk;
  readonly #commonDir: string;
  readonly #program: Objects;
  readonly #largePackBytes: number;
  readonly #cache = {};
  readonly #fs: git.PromiseFsClient;

  /** @param program reads what is not read from files here */
  constructor(disk: Disk, commonDir: string, program: Objects, largePackBytes = LARGE_PACK_BYTES) {
    this.#disk = disk;
    this.#commonDir = commonDir;
    this.#program = program;
    this.#largePackBytes = largePackBytes;
    this.#fs = readOnly(disk);
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return this.#program.during(work);
  }

  async read(id: ObjectId, type: ObjectType): Promise<Buffer> {
    const loose = await this.#isLoose(id);
    if (!loose && (await this.#hasLargePack())) {
      return await this.#program.read(id, type);
    }
    let found: { readonly type: string; readonly object: unknown };
    try {
      // The calls it would have us use instead decode names as UTF-8, which loses those that are not.
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
      found = await git.readObject({
        fs: this.#fs,
        // Not `dir` and not a linked worktree's own folder: it finds no object from there.
        gitdir: this.#commonDir,
        oid: id,
        format: 'content',
        cache: this.#cache,
      });
    } catch (error) {
      // The disk's own error, or a bug, is not about the object.
      if (error instanceof Error && ('syscall' in error || error.message.startsWith('Internal'))) {
        throw error;
      }
      // A collection may have moved it from one pack to another while it was looked for.
      return await this.#program.read(id, type);
    }
    if (found.type !== type || !(found.object instanceof Uint8Array)) {
      throw new UnreadableObject(id, `it is a ${found.type}, not a ${type}`);
    }
    const { buffer, byteOffset, length } = found.object;
    return Buffer.from(buffer, byteOffset, length);
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
