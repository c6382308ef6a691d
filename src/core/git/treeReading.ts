import { isUtf8 } from 'node:buffer';
import type { ObjectId } from '../domain/ids.ts';
import { isObjectId } from '../domain/ids.ts';
import type { Objects } from './objects.ts';
import { ID_DIGITS, UnreadableObject } from './objects.ts';
import type { TreeEntry } from './tree.ts';
import { isFolder, LINK_MODE, parseTree, SUBMODULE_MODE, treeName } from './tree.ts';

/** What a commit has at a path that is no folder. */
export interface PathEntry {
  readonly kind: 'file' | 'link' | 'submodule';
  /** Of the bytes, of the link's target, of the submodule's commit. */
  readonly id: ObjectId;
  readonly executable: boolean;
}

export type FileAt =
  | {
      readonly kind: 'file';
      readonly id: ObjectId;
      /** As Git stores them: no filter and no line ends of a checkout are put on them. */
      readonly bytes: Buffer;
      readonly executable: boolean;
    }
  | { readonly kind: 'link' | 'submodule' | 'folder' };

/** Not both are `undefined`. */
export interface PathChange {
  readonly was: PathEntry | undefined;
  readonly is: PathEntry | undefined;
}

/** The tree of a commit. @throws UnreadableObject */
export async function treeOf(objects: Objects, commit: ObjectId): Promise<ObjectId> {
  const body = await objects.read(commit, 'commit');
  const id = /^tree ([0-9a-f]+)\n/.exec(body.toString('latin1', 0, 80))?.[1] ?? '';
  if (!isObjectId(id)) {
    throw new UnreadableObject(commit, 'it names no tree');
  }
  return id;
}

/** @param path from the root of the work tree, with `/`. @throws UnreadableObject */
export async function readFileAt(
  objects: Objects,
  commit: ObjectId,
  path: string,
): Promise<FileAt | undefined> {
  const found = await find(objects, commit, path.split('/'));
  if (found === undefined) {
    return undefined;
  }
  if (isFolder(found)) {
    return { kind: 'folder' };
  }
  const { kind, id, executable } = entryOf(found);
  return kind === 'file'
    ? { kind, id, executable, bytes: await objects.read(id, 'blob') }
    : { kind };
}

/**
 * The paths that two commits have differently, from `folder` on. Trees with equal ids are not read. Names that are no
 * UTF-8 are left out. @param folder from the root of the work tree; `''` for all. @throws UnreadableObject
 */
export async function changedPaths(
  objects: Objects,
  from: ObjectId | undefined,
  to: ObjectId,
  folder: string,
): Promise<ReadonlyMap<string, PathChange>> {
  const changes = new Map<string, PathChange>();
  const trees = await Promise.all(
    [from, to].map(async (commit) =>
      commit === undefined ? undefined : await folderAt(objects, commit, folder),
    ),
  );
  await compare(objects, trees[0], trees[1], '', changes);
  return changes;
}

async function folderAt(
  objects: Objects,
  commit: ObjectId,
  folder: string,
): Promise<ObjectId | undefined> {
  if (folder === '') {
    return await treeOf(objects, commit);
  }
  const found = await find(objects, commit, folder.split('/'));
  return found !== undefined && isFolder(found) ? found.id : undefined;
}

async function find(
  objects: Objects,
  commit: ObjectId,
  names: readonly string[],
): Promise<TreeEntry | undefined> {
  let tree = await treeOf(objects, commit);
  for (const [index, name] of names.entries()) {
    const entry = (await entriesOf(objects, tree)).get(treeName(name));
    if (entry === undefined || index === names.length - 1) {
      return entry;
    }
    if (!isFolder(entry)) {
      return undefined;
    }
    tree = entry.id;
  }
  return undefined;
}

async function compare(
  objects: Objects,
  from: ObjectId | undefined,
  to: ObjectId | undefined,
  above: string,
  changes: Map<string, PathChange>,
): Promise<void> {
  if (from === to) {
    return;
  }
  const [before, after] = await Promise.all([entriesOf(objects, from), entriesOf(objects, to)]);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name), after.get(name)];
    const text = textOf(name);
    if ((was?.id === is?.id && was?.mode === is?.mode) || text === undefined) {
      continue;
    }
    const path = `${above}${text}`;
    const [wasFile, isFile] = [fileOf(was), fileOf(is)];
    if (wasFile !== undefined || isFile !== undefined) {
      changes.set(path, { was: wasFile, is: isFile });
    }
    await compare(objects, folderOf(was), folderOf(is), `${path}/`, changes);
  }
}

async function entriesOf(
  objects: Objects,
  tree: ObjectId | undefined,
): Promise<ReadonlyMap<string, TreeEntry>> {
  if (tree === undefined) {
    return new Map();
  }
  const entries = parseTree(await objects.read(tree, 'tree'), ID_DIGITS[objects.hash]);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function fileOf(entry: TreeEntry | undefined): PathEntry | undefined {
  return entry === undefined || isFolder(entry) ? undefined : entryOf(entry);
}

function folderOf(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry !== undefined && isFolder(entry) ? entry.id : undefined;
}

function entryOf({ mode, id }: TreeEntry): PathEntry {
  const kind = mode === LINK_MODE ? 'link' : mode === SUBMODULE_MODE ? 'submodule' : 'file';
  // Git writes 100755 and 100644; others of old are read by the bit that counts.
  return { kind, id, executable: kind === 'file' && (Number.parseInt(mode, 8) & 0o100) !== 0 };
}

function textOf(name: string): string | undefined {
  const bytes = Buffer.from(name, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
