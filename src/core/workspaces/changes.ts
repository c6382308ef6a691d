import type { BigIntStats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';

/** What every file and link of a tree was when somebody looked; by relative path, with `/`. */
export type TreeState = ReadonlyMap<string, string>;

/** Links are told by where they lead and never followed. What vanishes meanwhile is passed over. */
export async function stateOfTree(tree: string, signal: AbortSignal): Promise<TreeState> {
  const state = new Map<string, string>();
  const open = [''];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    signal.throwIfAborted();
    for (const entry of await fs.readdir(path.join(tree, at), { withFileTypes: true })) {
      const relative = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        open.push(relative);
        continue;
      }
      const identity = await identityOf(path.join(tree, relative));
      if (identity !== undefined) {
        state.set(relative, identity);
      }
    }
  }
  return state;
}

/** Rejects for a file that is not there or holds something else. */
export async function readState(file: string): Promise<TreeState> {
  return new Map(JSON.parse(await fs.readFile(file, 'utf8')) as [string, string][]);
}

/**
 * Files and links that were added, changed or removed, in the order of their paths.
 * @param tree absolute @param base absolute; a file that was written again as it is there has not changed
 */
export async function changesSince(
  before: TreeState,
  tree: string,
  base: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const after = await stateOfTree(tree, signal);
  const changed = [...before.keys()].filter((file) => !after.has(file));
  for (const [file, identity] of after) {
    const was = before.get(file);
    const isSame =
      was === identity ||
      (was !== undefined && (await sameFile(path.join(tree, file), path.join(base, file))));
    if (!isSame) {
      changed.push(file);
    }
  }
  return changed.sort();
}

/** The change time is among it: whoever writes to a file cannot set that back. */
async function identityOf(file: string): Promise<string | undefined> {
  try {
    const status = await fs.lstat(file, { bigint: true });
    const link = status.isSymbolicLink() ? await fs.readlink(file) : '';
    return `${kindOf(status)} ${status.mode} ${status.size} ${status.ino} ${status.mtimeNs} ${status.ctimeNs} ${link}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function kindOf(status: BigIntStats): string {
  return status.isFile() ? 'file' : status.isSymbolicLink() ? 'link' : 'other';
}

async function sameFile(one: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([fs.lstat(one), fs.lstat(other)]);
    return (
      a.isFile() &&
      b.isFile() &&
      // The run's tree is read-only.
      ((a.mode ^ b.mode) & 0o111) === 0 &&
      a.size === b.size &&
      (await fs.readFile(one)).equals(await fs.readFile(other))
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
