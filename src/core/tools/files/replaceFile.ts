import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode, nodeDisk, renameOver } from '../../base/disk.ts';
import { err, ok, type Result } from '../../base/result.ts';
import * as problems from '../toolProblems.ts';
import type { WritablePlace } from './copyPaths.ts';
import { folderWithin, holdFolder, type HeldFolder } from './heldFolder.ts';

/**
 * Puts a file with these bytes in a place that was judged, whole or not at all, and makes the folders that miss.
 * Nothing is written through a link; a folder that is exchanged at the same moment is found out.
 * @param scratch absolute; on the file system of the place @throws what the disk throws
 */
export async function replaceFile(
  place: WritablePlace,
  bytes: Uint8Array | string,
  scratch: string,
  signal: AbortSignal,
): Promise<Result<undefined, string>> {
  const exchanged = err(problems.changedMeanwhile(place.path));
  const folder = await heldFolderOf(place);
  if (folder === undefined) {
    return exchanged;
  }
  try {
    const file = path.join(folder.at, path.basename(place.real));
    await fs.mkdir(scratch, { recursive: true });
    const temporary = path.join(scratch, `write-${nodeDisk.unique()}`);
    try {
      await writeNew(temporary, bytes, place.mode);
      if (!(await folder.isStill()) || (await isOther(file))) {
        return exchanged;
      }
      signal.throwIfAborted();
      await renameOver(nodeDisk, temporary, file);
    } finally {
      await fs.rm(temporary, { force: true });
    }
    return (await folder.isStill()) ? ok(undefined) : exchanged;
  } finally {
    await folder.close();
  }
}

/** The innermost folder of the place; `undefined` when something else stands in its way by now. */
async function heldFolderOf({ folder, missing }: WritablePlace): Promise<HeldFolder | undefined> {
  let held = await holdFolder(folder);
  for (const name of missing) {
    if (held === undefined) {
      return undefined;
    }
    const above: HeldFolder = held;
    try {
      held = await folderWithin(above, name);
    } finally {
      await above.close();
    }
  }
  return held;
}

async function writeNew(
  file: string,
  bytes: Uint8Array | string,
  mode: number | undefined,
): Promise<void> {
  const handle = await fs.open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    if (mode !== undefined) {
      await handle.chmod(mode);
    }
  } finally {
    await handle.close();
  }
}

/** Something stands there that is no regular file. */
async function isOther(file: string): Promise<boolean> {
  try {
    return !(await fs.lstat(file)).isFile();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return false;
    }
    throw error;
  }
}
