import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { hasCode, renameOver, syncFolder, writeTemporary } from '../base/disk.ts';
import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';

export type ObjectType = 'blob' | 'tree' | 'commit';

/** Objects written at once; more gain nothing and hold their bytes in memory. */
const AT_ONCE = 8;

/**
 * Writes loose objects for one commit. Owns nothing on the disk but what it is writing.
 *
 * W1. An object's name appears only when its bytes are flushed: no crash leaves a torn object.
 * W2. An object that is there is read and compared. A sound one is flushed and kept, a torn one (a power
 *     loss under another writer) is replaced.
 * W3. After `flush()` every object given to `write` survives a power loss. Before it, some may not, so no
 *     ref may name them and no journal may speak of them.
 */
export class ObjectWriter {
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

  write(type: ObjectType, body: Uint8Array): Promise<ObjectId> {
    return this.writeFrom(type, () => Promise.resolve(body));
  }

  /** Reads the bytes only when it is their turn. @throws what the disk or `read` throws */
  writeFrom(type: ObjectType, read: () => Promise<Uint8Array>): Promise<ObjectId> {
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

  async flush(): Promise<void> {
    const folders = [...this.#folders];
    await Promise.all(folders.map((folder) => this.#limit(() => syncFolder(this.#disk, folder))));
    for (const folder of folders) {
      this.#folders.delete(folder);
    }
  }

  async #write(type: ObjectType, body: Uint8Array): Promise<ObjectId> {
    const wrapped = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    const id = objectId(createHash('sha1').update(wrapped).digest('hex'));
    let written = this.#written.get(id);
    if (written === undefined) {
      written = this.#place(id, wrapped);
      this.#written.set(id, written);
    }
    await written;
    return id;
  }

  async #place(id: ObjectId, wrapped: Buffer): Promise<void> {
    const folder = path.join(this.#objects, id.slice(0, 2));
    const file = path.join(folder, id.slice(2));
    const found = await this.#look(file, wrapped);
    this.#folders.add(folder);
    if (found === 'sound') {
      return;
    }
    const temporary = await writeTemporary(
      this.#disk,
      folder,
      await promisify(deflate)(wrapped, { level: 1 }),
      { mode: 0o444, temporaryPrefix: 'tmp_obj_' },
    );
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

  async #look(file: string, wrapped: Buffer): Promise<'absent' | 'torn' | 'sound'> {
    let bytes: Buffer;
    try {
      bytes = await this.#disk.readFile(file);
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
        return 'absent';
      }
      throw error;
    }
    const there = await promisify(inflate)(bytes, { maxOutputLength: wrapped.length }).catch(
      () => undefined,
    );
    if (there?.equals(wrapped) !== true) {
      return 'torn';
    }
    await this.#flushFile(file);
    return 'sound';
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
