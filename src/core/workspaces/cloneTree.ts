import { chmod, constants, copyFile, readlink, symlink } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Base } from './baseRecord.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { makeFolders } from './folders.ts';
import { identityOf } from './fileIdentity.ts';
import { lstatOf, seenOf, settled, type SeenEntry, type TreeState } from './treeState.ts';

const copyOf = promisify(copyFile);
const setMode = promisify(chmod);
const targetOf = promisify(readlink);
const makeLink = promisify(symlink);

/** Where a run's tree lies, and what it is made of. */
export interface BaseTreeParts {
  readonly base: Base;
  /** Absolute: the tree. */
  readonly folder: string;
  /** Absolute: the user's folder, in which linked folders are. */
  readonly source: string;
}

export interface ClonedTree {
  readonly state: TreeState;
  /** Taken on the disk, as if nothing of it were shared with the run's tree. */
  readonly bytes: number;
}

/**
 * A copy of a run's tree, whose files are read-only there and may be written here.
 * @param tree absolute; must not be there @param beside absolute: a folder on the same disk, outside the tree
 * @throws what the disk throws, the signal's reason, and when somebody wrote to the run's tree
 */
export async function cloneTree(
  from: BaseTreeParts,
  tree: string,
  beside: string,
  signal: AbortSignal,
): Promise<ClonedTree> {
  const { base } = from;
  const seen = new Map<string, SeenEntry>();
  await makeFolders(tree, [...base.files, ...base.linked, ...base.folders.map(inside)]);
  await eachAtOnce(base.files, async (file, at) => {
    signal.throwIfAborted();
    seen.set(file, await cloneOne(from, at, tree));
  });
  for (const file of base.linked) {
    seen.set(file, await linkOne(from.source, tree, file));
  }
  const folders = expectedFolders(base);
  await eachAtOnce([...folders], async (folder) => {
    seen.set(folder, seenOf(await lstatOf(path.join(tree, folder), { bigint: true })));
  });
  return { state: await settled(seen, beside), bytes: bytesOf(seen) };
}

/** Every folder of a run's tree, the root as ''. */
export function expectedFolders(base: Base): ReadonlySet<string> {
  const folders = new Set(['']);
  const add = (folder: string): void => {
    if (!folders.has(folder)) {
      folders.add(folder);
      add(parentOf(folder));
    }
  };
  base.folders.forEach(add);
  for (const file of [...base.files, ...base.linked]) {
    add(parentOf(file));
  }
  return folders;
}

/**
 * One file or link of a run's tree, to a place where nothing is.
 * @param at its place in `base.files`
 */
export async function cloneOne(
  { base, folder }: BaseTreeParts,
  at: number,
  tree: string,
): Promise<SeenEntry> {
  const file = base.files[at] ?? '';
  const from = path.join(folder, file);
  const to = path.join(tree, file);
  const status = await lstatOf(from, { bigint: true }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? spoilt(from) : error;
  });
  const own = base.version?.own[at];
  if (own !== undefined && own !== identityOf(status)) {
    throw spoilt(from);
  }
  if (status.isSymbolicLink()) {
    await makeLink(await targetOf(from), to);
  } else {
    await copyOf(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    if ((status.mode & 0o200n) === 0n) {
      await setMode(to, Number(status.mode & 0o777n) | 0o200);
    }
  }
  return seenOf(await lstatOf(to, { bigint: true }));
}

/** @param source absolute: the folder `file` is linked from */
export async function linkOne(source: string, tree: string, file: string): Promise<SeenEntry> {
  const at = path.join(tree, file);
  await fs.symlink(path.join(source, file), at, 'junction');
  return seenOf(await lstatOf(at, { bigint: true }));
}

export function bytesOf(seen: ReadonlyMap<string, SeenEntry>): number {
  let bytes = 0;
  for (const entry of seen.values()) {
    bytes += entry.bytes;
  }
  return bytes;
}

export function parentOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

function inside(folder: string): string {
  return `${folder}/.`;
}

function spoilt(file: string): Error {
  return new Error(
    `${file} was changed since the run began: its tree is for reading only. Start the workflow again; should it happen once more, see what writes there`,
  );
}
