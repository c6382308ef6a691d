import * as path from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { hasCode, renameOver, syncFolder, writeTemporary } from '../base/disk.ts';
import type { ObjectId } from '../domain/ids.ts';
import type { CommitSink, NewCommit } from './commitSink.ts';
import { formatCommit } from './commitSink.ts';
import type { ObjectType } from './objects.ts';
import { wrapObject } from './objects.ts';

/** Objects written at once; more gain nothing and hold their bytes in memory. */
const AT_ONCE = 8;

/** How often in a row a folder may be taken away under a file that is to be written. */
const COLLECTIONS = 10;

/**
 * Writes loose objects for one commit. Owns nothing on the disk but what it is writing.
 *
 * W1. An object's name appears only when its bytes are flushed: no crash leaves a torn object.
 * W2. An object that is there is read and compared. A sound one is flushed and kept, a torn one (a power
 *     loss under another writer) is replaced.
 * W3. After `flush()` every object written or adopted survives a power loss. Before it, some may not, so no
 *     ref may name them and no journal may speak of them.
 * W4. Git may collect meanwhile: it takes away objects that are in a pack, and folders of objects that are empty.
 */
export class ObjectWriter implements CommitSink {
  readonly #disk: Disk;
  readonly #objects: string;
  readonly #limit = pLimit(AT_ONCE);
  readonly #written = new Map<ObjectId, Promise<void>>();
  /** Folders with names that are not yet flushed. */
  readonly #folders = new Set<string>();
  /** After the first error nothing more is written, because there will be no commit. */
  #failure: { readonly error: unknown } | undefined;

  /** @param objects the repository's `objects` folder */
  constructor(disk: Disk, objects: string) {
    this.#disk = disk;
    this.#objects = objects;
    this.#folders.add(objects);
  }

  blob(read: () => Promise<Uint8Array>): Promise<ObjectId> {
    return this.#writeFrom('blob', read);
  }

  tree(body: Uint8Array): Promise<ObjectId> {
    return this.#writeFrom('tree', () => Promise.resolve(body));
  }

  /** An object that is not here as a file is in a pack, or borrowed: then it was there before. */
  adopt(id: ObjectId): Promise<void> {
    return this.#limit(async () => {
      try {
        await this.#flushFile(this.#fileOf(id));
        this.#folders.add(path.dirname(this.#fileOf(id)));
      } catch (error) {
        if (!hasCode(error, 'ENOENT', 'ENOTDIR')) {
          throw error;
        }
      }
    });
  }

  async commit(commit: NewCommit): Promise<ObjectId> {
    const body = formatCommit(commit);
    const id = await this.#writeFrom('commit', () => Promise.resolve(body));
    await this.flush();
    return id;
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }

  async flush(): Promise<void> {
    const folders = [...this.#folders];
    await Promise.all(folders.map((folder) => this.#limit(() => this.#flushFolder(folder))));
    for (const folder of folders) {
      this.#folders.delete(folder);
    }
  }

  async #flushFolder(folder: string): Promise<void> {
    try {
      await syncFolder(this.#disk, folder);
    } catch (error) {
      // W4. Objects of ours are in no pack yet, so what was in there was Git's and was flushed with the pack.
      if (!hasCode(error, 'ENOENT')) {
        throw error;
      }
    }
  }

  #writeFrom(type: ObjectType, read: () => Promise<Uint8Array>): Promise<ObjectId> {
    return this.#limit(async () => {
      if (this.#failure !== undefined) {
        throw this.#failure.error;
      }
      try {
        return await this.#write(type, await read());
      } catch (error) {
        this.#failure ??= { error };
        throw error;
      }
    });
  }

  async #write(type: ObjectType, body: Uint8Array): Promise<ObjectId> {
    const { id, wrapped } = wrapObject('sha1', type, body);
    let written = this.#written.get(id);
    if (written === undefined) {
      written = this.#place(id, wrapped);
      this.#written.set(id, written);
    }
    await written;
    return id;
  }

  async #place(id: ObjectId, wrapped: Buffer): Promise<void> {
    const file = this.#fileOf(id);
    const folder = path.dirname(file);
    const found = await this.#look(file, wrapped);
    this.#folders.add(folder);
    if (found === 'sound') {
      return;
    }
    const bytes = await promisify(deflate)(wrapped, { level: 1 });
    const temporary = await this.#writeTemporary(folder, bytes);
    try {
      if (found === 'torn' && this.#disk.windows) {
        // There a read-only file cannot be renamed over, and objects are read-only.
        await this.#disk.unlink(file);
      }
      await renameOver(this.#disk, temporary, file);
    } catch (error) {
      await this.#disk.unlink(temporary).catch(() => undefined);
      // Somebody else may have written the same object meanwhile.
      if ((await this.#look(file, wrapped)) !== 'sound') {
        throw error;
      }
    }
  }

  #fileOf(id: ObjectId): string {
    return path.join(this.#objects, id.slice(0, 2), id.slice(2));
  }

  async #writeTemporary(folder: string, bytes: Buffer): Promise<string> {
    for (let left = COLLECTIONS; ; left -= 1) {
      try {
        return await writeTemporary(this.#disk, folder, bytes, {
          mode: 0o444,
          temporaryPrefix: 'tmp_obj_',
        });
      } catch (error) {
        // W4.
        if (left === 0 || !hasCode(error, 'ENOENT')) {
          throw error;
        }
      }
    }
  }

  async #look(file: string, wrapped: Buffer): Promise<'absent' | 'torn' | 'sound'> {
    try {
      const bytes = await this.#disk.readFile(file);
      const there = await promisify(inflate)(bytes, { maxOutputLength: wrapped.length }).catch(
        () => undefined,
      );
      if (there?.equals(wrapped) !== true) {
        return 'torn';
      }
      await this.#flushFile(file);
      return 'sound';
    } catch (error) {
      // W4: also between the look at it and the flush.
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
        return 'absent';
      }
      throw error;
    }
  }

  /** Git itself does not flush loose objects unless told to. */
  async #flushFile(file: string): Promise<void> {
    if (this.#disk.windows) {
      // There only a file opened for writing can be flushed, and objects are read-only.
      return;
    }
    const fd = await this.#disk.open(file, 'r');
    try {
      await this.#disk.fsync(fd);
    } finally {
      await this.#disk.close(fd);
    }
  }
}
