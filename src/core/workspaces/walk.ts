import fs from 'node:fs/promises';
import path from 'node:path';
import type { FolderListing } from './copies.ts';

/** A folder with more files is not copied for every task; a Git repository says what belongs to it. */
const MOST_FILES = 50_000;

/**
 * The files of a folder that no Git repository describes: all but version control and dependency folders.
 * @param folder absolute @param linked names of dependency folders
 * @throws when there are too many, or the signal's reason
 */
export async function walkFolder(
  folder: string,
  linked: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<FolderListing> {
  const files: string[] = [];
  const found: string[] = [];
  const open = [''];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    signal.throwIfAborted();
    for (const entry of await fs.readdir(path.join(folder, at), { withFileTypes: true })) {
      const relative = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.name === '.git') {
        // A folder in a repository, a file in a worktree or a submodule: no business of a task's.
        continue;
      }
      if (linked.has(entry.name)) {
        found.push(relative);
      } else if (entry.isDirectory()) {
        open.push(relative);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        files.push(relative);
      }
    }
    if (files.length > MOST_FILES) {
      throw new Error(
        `The folder has more than ${MOST_FILES} files. Make it a Git repository, or open a smaller one.`,
      );
    }
  }
  return { files: files.sort(), linked: found.sort() };
}
