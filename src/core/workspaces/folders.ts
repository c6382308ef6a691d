import fs from 'node:fs/promises';
import path from 'node:path';
import { eachAtOnce } from './eachAtOnce.ts';

/** Every folder the path lies in, without the root, the nearest first. Paths are relative, with `/`. */
export function foldersOf(file: string): readonly string[] {
  const folders: string[] = [];
  for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
    folders.push(file.slice(0, end));
  }
  return folders;
}

/** The folders these paths lie in, without the root, those of one depth together, parents first. */
export function foldersByDepth(paths: Iterable<string>): readonly (readonly string[])[] {
  const seen = new Set<string>();
  const levels: string[][] = [];
  const add = (folder: string): number => {
    const end = folder.lastIndexOf('/');
    const depth = folder.split('/').length - 1;
    if (!seen.has(folder)) {
      seen.add(folder);
      if (end > 0) {
        add(folder.slice(0, end));
      }
      (levels[depth] ??= []).push(folder);
    }
    return depth;
  };
  for (const file of paths) {
    const end = file.lastIndexOf('/');
    if (end > 0) {
      add(file.slice(0, end));
    }
  }
  return levels;
}

/**
 * The folders these paths lie in that are folders all the way from the root, `.` among them; parents first.
 * @param root absolute
 */
export async function realFolders(
  root: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const real = new Set(['.']);
  for (const level of foldersByDepth(paths)) {
    await eachAtOnce(level, async (folder) => {
      if (real.has(path.posix.dirname(folder)) && (await isFolder(path.join(root, folder)))) {
        real.add(folder);
      }
    });
  }
  return real;
}

/** Makes the folders these paths lie in, and the root. @param root absolute */
export async function makeFolders(root: string, paths: Iterable<string>): Promise<void> {
  await fs.mkdir(root, { recursive: true });
  for (const level of foldersByDepth(paths)) {
    await eachAtOnce(level, async (folder) => {
      await fs.mkdir(path.join(root, folder), { recursive: true });
    });
  }
}

/** False for a link to one, and for what cannot be looked at. */
export async function isFolder(at: string): Promise<boolean> {
  try {
    return (await fs.lstat(at)).isDirectory();
  } catch {
    return false;
  }
}
