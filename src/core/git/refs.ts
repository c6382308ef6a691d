import * as path from 'node:path';
import type { Disk } from '../base/disk.ts';
import {
  hasCode,
  makeFolderDurably,
  renameOver,
  syncFolder,
  writeAll,
  writeTemporary,
} from '../base/disk.ts';
import type { ObjectId } from '../domain/ids.ts';
import { isObjectId } from '../domain/ids.ts';
import { isOwnRef } from './refName.ts';

export type RefOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'updated' }
  /** It names the commit already. */
  | { readonly kind: 'exists-same' }
  /**
   * `ref` stands in the way: the ref itself with another value, or one that would be its folder or
   * inside it. `value` is `undefined` for a symbolic or damaged one.
   */
  | { readonly kind: 'conflict'; readonly ref: string; readonly value: ObjectId | undefined }
  /** Another program holds the lock, or died holding it; then deleting `file` frees it. */
  | { readonly kind: 'locked'; readonly file: string };

/** A ref that is read holds neither an object id nor the name of another ref. */
export class DamagedRef extends Error {
  override readonly name = 'DamagedRef';

  constructor(ref: string) {
    super(`The ref ${ref} is damaged; "git fsck" tells more`);
  }
}

/**
 * The refs of one repository, kept in files, whatever its objects are named by. Writes only the refs `isOwnRef` names, by
 * Git's own protocol:
 *
 * R1. A ref changes only while its `.lock` file is held, and that file becomes the ref by a rename.
 * R2. The old value is compared under the lock. So of two writers one wins and the other is told.
 * R3. The lock file appears with its final bytes, so a lock that holds the commit one wants to write was
 *     left by a try that was cut off (or is about to do the same) and may be finished. One that holds a commit which
 *     an earlier try was to write in its place is of no use to anybody and is taken over.
 * R4. A ref that was reported as written survives a power loss: its bytes, its name, its folders.
 */
export class RefStore {
  readonly #disk: Disk;
  readonly #commonDir: string;
  readonly #idDigits: number;

  /** @param idDigits hexadecimal digits of an id in this repository */
  constructor(disk: Disk, commonDir: string, idDigits: number) {
    this.#disk = disk;
    this.#commonDir = commonDir;
    this.#idDigits = idDigits;
  }

  /** What the ref names in the end; `undefined` when there is no such ref. @throws DamagedRef */
  async resolve(ref: string): Promise<ObjectId | undefined> {
    let name = ref;
    for (let depth = 0; depth < MAX_SYMBOLIC; depth += 1) {
      const value = await this.#read(name);
      switch (value.kind) {
        case 'absent':
          return undefined;
        case 'direct':
          return value.id;
        case 'symbolic':
          name = value.target;
          break;
        case 'damaged':
          throw new DamagedRef(name);
      }
    }
    return undefined;
  }

  /**
   * Makes `ref` name `id` if it named `expected` (`undefined`: if it did not exist).
   * @param prefix what the names of branches start with that may be written
   * @param left what earlier tries were to write there, by programs that are gone. @throws what the disk throws; the ref is then as before, or written
   */
  async write(
    ref: string,
    id: ObjectId,
    expected: ObjectId | undefined,
    prefix: string,
    left: readonly ObjectId[] = [],
  ): Promise<RefOutcome> {
    if (!isOwnRef(ref, prefix)) {
      throw new Error(`Internal error: Sluice may not write the ref ${JSON.stringify(ref)}`);
    }
    const temporary = await writeTemporary(
      this.#disk,
      // Git takes any file below refs/ for a ref, and clears this folder of files with this prefix.
      path.join(this.#commonDir, 'objects'),
      `${id}\n`,
      { temporaryPrefix: 'tmp_ref_' },
    );
    try {
      const blocked = await this.#lock(ref, id, temporary, left);
      if (blocked !== undefined) {
        return blocked;
      }
    } finally {
      await this.#disk.unlink(temporary).catch(() => undefined);
    }
    let renamed = false;
    try {
      const outcome = await this.#compare(ref, id, expected);
      if (outcome.kind === 'created' || outcome.kind === 'updated') {
        await renameOver(this.#disk, this.#lockOf(ref), this.#fileOf(ref));
        renamed = true;
      }
      if (outcome.kind !== 'conflict') {
        await this.#flush(ref);
      }
      return outcome;
    } finally {
      if (!renamed) {
        await this.#disk.unlink(this.#lockOf(ref)).catch(() => undefined);
      }
    }
  }

  /** Takes the lock, or tells what keeps it from that. */
  async #lock(
    ref: string,
    id: ObjectId,
    temporary: string,
    left: readonly ObjectId[],
  ): Promise<RefOutcome | undefined> {
    const lock = this.#lockOf(ref);
    const held = left.length === 0 ? undefined : await this.#readFile(lock);
    if (left.some((one) => one !== id && held === `${one}\n`)) {
      // R3.
      await this.#disk.unlink(lock);
    }
    for (const ms of [...LOCK_PAUSES, undefined]) {
      try {
        const obstacle = await this.#makeFolders(ref);
        if (obstacle !== undefined) {
          return obstacle;
        }
        await this.#createLock(temporary, lock, id);
        return undefined;
      } catch (error) {
        // ENOENT: Git took the folder away again because it was empty.
        if (!hasCode(error, 'EEXIST', 'ENOENT')) {
          throw error;
        }
      }
      if (ms !== undefined) {
        await this.#disk.pause(ms);
      }
    }
    // R3.
    return (await this.#readFile(lock)) === `${id}\n` ? undefined : { kind: 'locked', file: lock };
  }

  async #createLock(temporary: string, lock: string, id: ObjectId): Promise<void> {
    try {
      await this.#disk.link(temporary, lock);
      return;
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EISDIR')) {
        throw error;
      }
    }
    // No hard links here. A crash now leaves a lock that only a person can judge, as Git's own do.
    const fd = await this.#disk.open(lock, 'wx');
    try {
      await writeAll(this.#disk, fd, Buffer.from(`${id}\n`));
      await this.#disk.fsync(fd);
    } finally {
      await this.#disk.close(fd);
    }
  }

  async #makeFolders(ref: string): Promise<RefOutcome | undefined> {
    try {
      await makeFolderDurably(this.#disk, path.dirname(this.#fileOf(ref)));
      return undefined;
    } catch (error) {
      if (!hasCode(error, 'ENOTDIR', 'EEXIST')) {
        throw error;
      }
      for (const folder of foldersOf(ref)) {
        if ((await this.#readFile(this.#fileOf(folder))) !== undefined) {
          return { kind: 'conflict', ref: folder, value: await this.#valueOf(folder) };
        }
      }
      throw error;
    }
  }

  /** Under the lock: what the write would be, or what keeps it from being done. */
  async #compare(
    ref: string,
    id: ObjectId,
    expected: ObjectId | undefined,
  ): Promise<Exclude<RefOutcome, { kind: 'locked' }>> {
    const old = await this.#read(ref);
    const value = old.kind === 'direct' ? old.id : undefined;
    if (value === id) {
      return { kind: 'exists-same' };
    }
    if (value !== expected || old.kind === 'symbolic' || old.kind === 'damaged') {
      return { kind: 'conflict', ref, value };
    }
    if (value !== undefined) {
      return { kind: 'updated' };
    }
    const packed = await this.#packed();
    for (const folder of foldersOf(ref)) {
      const value = packedValue(packed, folder, this.#idDigits);
      if (value !== undefined) {
        return { kind: 'conflict', ref: folder, value };
      }
    }
    const inside = packedBelow(packed, ref) ?? (await this.#clear(ref));
    return inside === undefined
      ? { kind: 'created' }
      : { kind: 'conflict', ref: inside, value: await this.#valueOf(inside) };
  }

  /** Removes the empty folders that stand where the ref's file belongs; returns a ref found inside instead. */
  async #clear(ref: string): Promise<string | undefined> {
    const folder = this.#fileOf(ref);
    let names: string[];
    try {
      names = await this.#disk.readdir(folder);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return undefined;
      }
      if (hasCode(error, 'ENOTDIR')) {
        return ref;
      }
      throw error;
    }
    for (const name of names) {
      const inside = await this.#clear(`${ref}/${name}`);
      if (inside !== undefined) {
        return inside;
      }
    }
    await this.#disk.rmdir(folder);
    return undefined;
  }

  /** R4: a try that was cut off may have made any of the folders without flushing it. */
  async #flush(ref: string): Promise<void> {
    for (let folder = path.dirname(ref); folder !== '.'; folder = path.dirname(folder)) {
      try {
        await syncFolder(this.#disk, this.#fileOf(folder));
      } catch (error) {
        // Git has packed the refs in it meanwhile, and flushed the file they are in now.
        if (!hasCode(error, 'ENOENT')) {
          throw error;
        }
      }
    }
  }

  async #read(ref: string): Promise<RefValue> {
    const text = await this.#readFile(this.#fileOf(ref));
    if (text === undefined) {
      const id = packedValue(await this.#packed(), ref, this.#idDigits);
      return id === undefined ? { kind: 'absent' } : { kind: 'direct', id };
    }
    const target = /^ref:\s*(\S+)/.exec(text)?.[1];
    if (target !== undefined) {
      return { kind: 'symbolic', target };
    }
    const id = text.slice(0, this.#idDigits);
    return isObjectId(id) ? { kind: 'direct', id } : { kind: 'damaged' };
  }

  async #valueOf(ref: string): Promise<ObjectId | undefined> {
    const value = await this.#read(ref);
    return value.kind === 'direct' ? value.id : undefined;
  }

  /** Starts and ends with a line feed, so that whole lines can be looked for. */
  async #packed(): Promise<string> {
    return `\n${(await this.#readFile(path.join(this.#commonDir, 'packed-refs'))) ?? ''}\n`;
  }

  async #readFile(file: string): Promise<string | undefined> {
    try {
      return (await this.#disk.readFile(file)).toString('utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) {
        return undefined;
      }
      throw error;
    }
  }

  #fileOf(ref: string): string {
    return path.join(this.#commonDir, ref);
  }

  #lockOf(ref: string): string {
    return `${this.#fileOf(ref)}.lock`;
  }
}

type RefValue =
  | { readonly kind: 'absent' }
  | { readonly kind: 'direct'; readonly id: ObjectId }
  | { readonly kind: 'symbolic'; readonly target: string }
  /** Empty or torn: a power loss under another writer. */
  | { readonly kind: 'damaged' };

/** As deep as Git goes. */
const MAX_SYMBOLIC = 5;
/** Milliseconds between tries to get a lock, 1 s together. */
const LOCK_PAUSES = [10, 20, 40, 80, 160, 320, 370] as const;

/** `refs/heads/ai/generated/x` → `refs/heads/ai`, `refs/heads/ai/generated`: what must be no ref itself. */
function foldersOf(ref: string): string[] {
  const parts = ref.split('/');
  return parts.slice(3).map((_part, index) => parts.slice(0, index + 3).join('/'));
}

function packedValue(packed: string, ref: string, idDigits: number): ObjectId | undefined {
  const at = packed.indexOf(` ${ref}\n`);
  const id = packed.slice(at - idDigits, at);
  return at > idDigits && isObjectId(id) ? id : undefined;
}

function packedBelow(packed: string, ref: string): string | undefined {
  const start = packed.indexOf(` ${ref}/`) + 1;
  return start === 0 ? undefined : packed.slice(start, packed.indexOf('\n', start));
}
