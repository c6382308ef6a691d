import { constants } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../../base/disk.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * A folder to change files in. On Linux it is held: whatever is put in its place meanwhile, work goes on in the folder
 * that was judged. Elsewhere its path is looked at again before and after (`isStill`).
 */
export interface HeldFolder {
  /** Absolute; what a name is joined to. */
  readonly at: string;
  isStill(): Promise<boolean>;
  close(): Promise<void>;
}

/** @param folder absolute, every link resolved @returns `undefined` where something else is there by now */
export async function holdFolder(folder: string): Promise<HeldFolder | undefined> {
  return process.platform === 'linux' ? await heldByHandle(folder, folder) : heldByPath(folder);
}

/** The folder of that name in another, made when it is missing; `undefined` where a link or a file stands there. */
export async function folderWithin(
  held: HeldFolder,
  name: string,
): Promise<HeldFolder | undefined> {
  const at = path.join(held.at, name);
  try {
    await fs.mkdir(at);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) {
      throw error;
    }
  }
  return held.at.startsWith(HANDLES) ? heldByHandle(at, undefined) : heldByPath(at);
}

const HANDLES = '/proc/self/fd/';

/** @param expected where it must lie; `undefined`: it is named by a folder that is held */
async function heldByHandle(
  at: string,
  expected: string | undefined,
): Promise<HeldFolder | undefined> {
  let handle: FileHandle;
  try {
    handle = await fs.open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (hasCode(error, 'ELOOP', 'ENOTDIR', 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
  const place = await fs.readlink(`${HANDLES}${handle.fd}`).catch(() => undefined);
  if (place === undefined && expected !== undefined) {
    // No /proc in this container.
    await handle.close();
    return heldByPath(expected);
  }
  if (expected !== undefined && place !== expected) {
    await handle.close();
    return undefined;
  }
  return {
    at: `${HANDLES}${handle.fd}`,
    isStill: () => Promise.resolve(true),
    close: () => handle.close(),
  };
}

async function heldByPath(folder: string): Promise<HeldFolder | undefined> {
  const before = await fs.lstat(folder);
  const isStill = async () => {
    try {
      const now = await fs.lstat(folder);
      const isSame = now.ino === before.ino && now.dev === before.dev;
      return isSame && now.isDirectory() && (await fs.realpath(folder)) === folder;
    } catch {
      return false;
    }
  };
  return (await isStill()) ? { at: folder, isStill, close: () => Promise.resolve() } : undefined;
}
