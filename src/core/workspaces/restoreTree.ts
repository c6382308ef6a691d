import fs from 'node:fs/promises';
import path from 'node:path';
import {
  bytesOf,
  cloneOne,
  expectedFolders,
  linkOne,
  type BaseTreeParts,
  type ClonedTree,
} from './cloneTree.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { foldersByDepth } from './folders.ts';
import { removeFolder } from './removeFolder.ts';
import { lstatOf, seenOf, seeTree, settled, type SeenEntry, type TreeState } from './treeState.ts';

/** A copy as it was known to be, for a run's tree of some generation. */
export interface KnownCopy {
  readonly state: TreeState;
  readonly generation: number;
}

/** A copy cannot be made what it was, or not so that it is certain. It is to be removed. */
export class NotRestorable extends Error {}

/**
 * Makes a copy byte for byte what a run's tree is, whatever was done in it since it was known: what was added is
 * removed, what was changed or removed is copied again. Nothing is written into files that are there, so whatever
 * else names them is not written to.
 * @param tree absolute @param beside absolute: a folder on the same disk, outside the tree
 * @throws NotRestorable, what the disk throws, or the signal's reason; the copy is of no use then
 */
export async function restoreTree(
  from: BaseTreeParts,
  tree: string,
  known: KnownCopy,
  beside: string,
  signal: AbortSignal,
): Promise<ClonedTree> {
  const { base } = from;
  const folders = expectedFolders(base);
  const kept = new Map<string, SeenEntry>();
  const seen = await seeTree(tree, signal, async (folder, entry) => {
    const was = known.state.get(folder);
    // A folder that was made since is made again: what of it cannot be seen may not be as it would be.
    if (was === undefined || !folders.has(folder)) {
      return false;
    }
    kept.set(folder, await restoreFolder(path.join(tree, folder), entry, was));
    return true;
  });
  if (seen.get('')?.kind !== 'folder') {
    throw new NotRestorable('something else is in the place of the copy');
  }
  const places = new Map(base.files.map((file, at) => [file, at]));
  const linked = new Set(base.linked);
  const since = base.version?.since ?? [];
  const isAsKnown = (file: string, entry: SeenEntry): boolean => {
    const at = places.get(file);
    const isCurrent =
      linked.has(file) || (at !== undefined && (since[at] ?? Infinity) <= known.generation);
    return isCurrent && known.state.get(file) === entry.identity;
  };
  const gone: [string, SeenEntry][] = [];
  for (const [file, entry] of seen) {
    if (entry.isShared) {
      throw new NotRestorable(`${file} has another name, which may be anywhere`);
    }
    if (entry.kind !== 'folder' && isAsKnown(file, entry)) {
      kept.set(file, entry);
    } else if (!kept.has(file)) {
      gone.push([file, entry]);
    }
  }
  await eachAtOnce(gone, async ([file, { kind }]) => {
    const at = path.join(tree, file);
    await (kind === 'folder' ? removeFolder(at) : fs.unlink(at));
  });
  await makeMissing(tree, folders, kept);
  const missing = base.files.flatMap((file, at) => (kept.has(file) ? [] : [at]));
  await eachAtOnce(missing, async (at) => {
    signal.throwIfAborted();
    kept.set(base.files[at] ?? '', await cloneOne(from, at, tree));
  });
  for (const file of base.linked) {
    if (!kept.has(file)) {
      kept.set(file, await linkOne(from.source, tree, file));
    }
  }
  return { state: await settled(kept, beside), bytes: bytesOf(kept) };
}

/** What can be given back to a folder is its mode. */
async function restoreFolder(at: string, entry: SeenEntry, was: string): Promise<SeenEntry> {
  if (was === entry.identity) {
    return entry;
  }
  await fs.chmod(at, Number.parseInt(was, 36) & 0o7777);
  const restored = seenOf(await lstatOf(at, { bigint: true }));
  if (restored.identity !== was) {
    throw new NotRestorable(`${at} is not of the copy`);
  }
  return restored;
}

async function makeMissing(
  tree: string,
  folders: ReadonlySet<string>,
  kept: Map<string, SeenEntry>,
): Promise<void> {
  const missing = [...folders].filter((folder) => !kept.has(folder));
  for (const level of foldersByDepth(missing.map((folder) => `${folder}/.`))) {
    await eachAtOnce(level, async (folder) => {
      if (!kept.has(folder)) {
        const at = path.join(tree, folder);
        await fs.mkdir(at);
        kept.set(folder, seenOf(await lstatOf(at, { bigint: true })));
      }
    });
  }
}
