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
    if (isCode(error, 'ENAMETOOLONG')) {
      await raiseDeep(folder);
    } else if (isCode(error, 'EACCES', 'EPERM')) {
      // Some tools write-protect the folders they make, as Go does with its modules.
      await unprotect(folder);
    } else {
      throw error;
    }
    await fs.rm(folder, options);
  }
}

/** Bytes of a path below the folder that is removed: with one more name it is far from any system's limit. */
const DEEP = 300;

/**
 * Who goes down step by step makes paths that are longer than any call takes: folders that lie deep are moved up, beside
 * those that do not.
 */
async function raiseDeep(folder: string): Promise<void> {
  // A character a byte: names need not be text.
  const top = Buffer.from(folder).toString('latin1');
  const bytesOf = (file: string) => Buffer.from(file, 'latin1');
  const open = [top];
  let raised = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    await fs.chmod(bytesOf(at), 0o700);
    const options = { withFileTypes: true, encoding: 'latin1' } as const;
    for (const entry of await fs.readdir(bytesOf(at), options)) {
      if (isRealFolder(entry)) {
        let inside = `${at}/${entry.name}`;
        if (inside.length - top.length > DEEP) {
          const deep = inside;
          inside = `${top}/${DOOMED}${raised}`;
          raised += 1;
          await fs.rename(bytesOf(deep), bytesOf(inside));
        }
        open.push(inside);
      }
    }
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
