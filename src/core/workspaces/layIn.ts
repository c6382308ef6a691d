import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { removeFolder } from './removeFolder.ts';

/** A file that is to stand in a workspace copy, or a path at which nothing is to be. Relative to the copy, with `/`. */
export type LaidFile =
  | {
      readonly path: string;
      readonly blob: Digest;
      readonly bytes: number;
      readonly executable: boolean;
    }
  | { readonly path: string; readonly removed: true };

/**
 * Puts a file into the tree of a copy in which nobody works, in the place of whatever is there: as for
 * the one who made it, all above it are folders and it is a plain file. So a link in its way is
 * removed, never followed; one that leads out of the copy, as to the user's dependencies, is left, and
 * the file refused. A path that is to be removed is, with all in it; folders above it stay.
 * @param tree absolute
 * @throws for such a file, for a path that leads out of the tree, and what the disk throws
 */
export async function layIn(
  tree: string,
  file: LaidFile,
  copyBlob: (digest: Digest, to: string) => Promise<void>,
): Promise<void> {
  const parts = file.path.split('/');
  if (parts.some((part) => ['', '.', '..'].includes(part) || part.includes(path.sep))) {
    throw new Error(`"${file.path}" is no path inside a workspace copy`);
  }
  let at = tree;
  for (const folder of parts.slice(0, -1)) {
    at = path.join(at, folder);
    const found = await statusOf(at);
    if (found?.isDirectory() !== true) {
      if ('removed' in file) {
        // What lies behind a link is not of the tree, and below a file is nothing.
        return;
      }
      await clear(at, found, file);
      await fs.mkdir(at);
    }
  }
  at = path.join(tree, ...parts);
  await clear(at, await statusOf(at), file);
  if ('removed' in file) {
    return;
  }
  await copyBlob(file.blob, at);
  await fs.chmod(at, file.executable ? 0o755 : 0o644);
}

async function statusOf(at: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

async function clear(at: string, found: Stats | undefined, file: LaidFile): Promise<void> {
  if (found?.isDirectory() === true) {
    await removeFolder(at);
  } else if (found !== undefined) {
    if (found.isSymbolicLink()) {
      await refuseForeign(at, file);
    }
    await fs.unlink(at);
  }
}

/** Links of the copied folder are relative; those to dependencies are not. */
async function refuseForeign(at: string, file: LaidFile): Promise<void> {
  const target = await fs.readlink(at);
  if (path.isAbsolute(target)) {
    throw new Error(
      `"${file.path}" cannot be laid into the copy: "${path.basename(at)}" is a link to ${target}, which no task may write. Let the task that makes the file put it elsewhere`,
    );
  }
}
