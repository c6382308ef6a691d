import type { Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';

/** What is being removed bears this in its name. */
const DOOMED = '.gone-';

/**
 * Removes a folder with all in it; nothing happens when it is not there. A link in it is removed,
 * never followed. The folder is moved aside first, so that its name is free at once and a crash
 * leaves no half of it under that name.
 * @throws what the disk throws
 */
export async function removeFolder(folder: string): Promise<void> {
  let aside: string;
  try {
    await fs.lstat(folder);
    aside = await fs.mkdtemp(folder + DOOMED);
  } catch (error) {
    if (isCode(error, 'ENOENT')) {
      return;
    }
    throw error;
  }
  try {
    await fs.rename(folder, path.join(aside, 'it'));
  } catch (error) {
    await removeAll(aside);
    if (isCode(error, 'EPERM', 'EACCES', 'EBUSY')) {
      // On Windows a folder does not move while a file in it is open; it may be emptied all the same.
      await removeAll(folder);
    } else if (!isCode(error, 'ENOENT')) {
      throw error;
    }
    return;
  }
  await removeAll(aside);
}

/** True for what a removal left that was cut off by a crash. */
export function isDoomed(name: string): boolean {
  return name.includes(DOOMED);
}

async function removeAll(folder: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
  try {
    await fs.rm(folder, options);
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) {
      throw error;
    }
    // Some tools write-protect the folders they make, as Go does with its modules.
    await unprotect(folder);
    await fs.rm(folder, options);
  }
}

async function unprotect(folder: string): Promise<void> {
  await fs.chmod(folder, 0o700);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (isRealFolder(entry)) {
      await unprotect(path.join(folder, entry.name));
    }
  }
}

function isRealFolder(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.isSymbolicLink();
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
