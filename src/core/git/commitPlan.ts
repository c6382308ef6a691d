import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import type { CommitFile, CommitProblem } from './commit.ts';
import type { Objects } from './objects.ts';
import { ID_DIGITS } from './objects.ts';
import type { TreeEntry } from './tree.ts';
import { isFolder, LINK_MODE, parseTree, SUBMODULE_MODE, treeName } from './tree.ts';
import { treePathProblem } from './treePath.ts';

/** A folder with what is in the base and what comes over it. */
export interface PlannedFolder {
  readonly kept: readonly TreeEntry[];
  readonly files: ReadonlyMap<string, PlannedFile>;
  readonly folders: ReadonlyMap<string, PlannedFolder>;
}

export interface PlannedFile {
  /** From the root of the work tree, with `/`. */
  readonly path: string;
  readonly file: CommitFile;
  /** The file of this path in the base. */
  readonly replaces: ObjectId | undefined;
}

/**
 * Lays what is written and removed over the tree `base`. Reads the trees that change, writes nothing.
 * @param prefix the folder that paths are relative to, from the root of the work tree
 */
export async function planCommit(
  objects: Objects,
  base: ObjectId | undefined,
  prefix: string,
  files: readonly CommitFile[],
  removed: readonly string[],
): Promise<Result<Plan, CommitProblem>> {
  const root = newLevel('');
  for (const file of files) {
    const problem = placeFile(root, prefix, file);
    if (problem !== undefined) {
      return err(problem);
    }
  }
  for (const path of removed) {
    const problem = placeRemoval(root, prefix, path);
    if (problem !== undefined) {
      return err(problem);
    }
  }
  const gone: string[] = [];
  const planned = await plan(objects, root, base, gone);
  return planned.ok ? ok({ root: planned.value, removed: gone }) : planned;
}

export interface Plan {
  readonly root: PlannedFolder;
  /** Paths that were in the base and are no more, from the root of the work tree. */
  readonly removed: readonly string[];
}

/** What is asked of one folder and of those below it. */
interface Level {
  /** From the root of the work tree, with `/`. */
  readonly path: string;
  readonly folders: Map<string, Level>;
  readonly files: Map<string, CommitFile>;
  /** Names, with the path as it was asked for. */
  readonly removed: Map<string, string>;
  /** Files come into it, or into one below it. */
  hasFiles: boolean;
}

function newLevel(path: string): Level {
  return { path, folders: new Map(), files: new Map(), removed: new Map(), hasFiles: false };
}

function split(
  prefix: string,
  path: string,
): { readonly folders: string[]; readonly name: string } {
  const folders = `${prefix === '' ? '' : `${prefix}/`}${path}`.split('/');
  return { name: folders.pop() ?? '', folders };
}

function childOf(level: Level, name: string): Level {
  let next = level.folders.get(name);
  if (next === undefined) {
    next = newLevel(inside(level, name));
    level.folders.set(name, next);
  }
  return next;
}

function inside(level: Level, name: string): string {
  return level.path === '' ? name : `${level.path}/${name}`;
}

function placeFile(root: Level, prefix: string, file: CommitFile): CommitProblem | undefined {
  const problem = treePathProblem(file.path);
  if (problem !== undefined) {
    return { reason: 'bad-path', path: file.path, message: `"${file.path}" ${problem}` };
  }
  const { folders, name } = split(prefix, file.path);
  let level = root;
  level.hasFiles = true;
  for (const part of folders) {
    if (level.files.has(part)) {
      return conflict(file.path, `"${inside(level, part)}" is both a file and a folder`);
    }
    level = childOf(level, part);
    level.hasFiles = true;
  }
  if (level.files.has(name)) {
    return conflict(file.path, `"${file.path}" is there twice`);
  }
  if (level.folders.has(name)) {
    return conflict(file.path, `"${file.path}" is both a file and a folder`);
  }
  level.files.set(name, file);
  return undefined;
}

function placeRemoval(root: Level, prefix: string, path: string): CommitProblem | undefined {
  const { folders, name } = split(prefix, path);
  const level = folders.reduce(childOf, root);
  if (level.files.has(name)) {
    return conflict(path, `"${path}" is both written and removed`);
  }
  level.removed.set(name, path);
  return undefined;
}

function conflict(path: string, message: string): CommitProblem {
  return { reason: 'path-conflict', path, message };
}

async function plan(
  objects: Objects,
  level: Level,
  base: ObjectId | undefined,
  gone: string[],
): Promise<Result<PlannedFolder, CommitProblem>> {
  const kept = new Map(
    base === undefined
      ? []
      : parseTree(await objects.read(base, 'tree'), ID_DIGITS[objects.hash]).map((entry) => [
          entry.name,
          entry,
        ]),
  );
  for (const [name, path] of level.removed) {
    const there = kept.get(treeName(name));
    if (there === undefined) {
      continue;
    }
    const what = folderKind(there);
    if (what !== undefined) {
      return err(conflict(path, `"${path}" is ${what}, and only files can be removed`));
    }
    kept.delete(treeName(name));
    gone.push(inside(level, name));
  }
  // Before the files: a folder that becomes empty makes room for one.
  const folders = await planFolders(objects, level, kept, gone);
  if (!folders.ok) {
    return folders;
  }
  const files = new Map<string, PlannedFile>();
  for (const [name, file] of level.files) {
    const there = kept.get(treeName(name));
    const what = folders.value.has(name) ? 'a folder' : folderKind(there);
    if (what !== undefined) {
      return err(conflict(file.path, `"${file.path}" is ${what} in the commit it is made on`));
    }
    kept.delete(treeName(name));
    const replaces = there?.mode === LINK_MODE ? undefined : there?.id;
    files.set(name, { path: inside(level, name), file, replaces });
  }
  return ok({ kept: [...kept.values()], files, folders: folders.value });
}

/** Takes out of `kept` what is planned. */
async function planFolders(
  objects: Objects,
  level: Level,
  kept: Map<string, TreeEntry>,
  gone: string[],
): Promise<Result<Map<string, PlannedFolder>, CommitProblem>> {
  const folders = new Map<string, PlannedFolder>();
  for (const [name, next] of level.folders) {
    const there = kept.get(treeName(name));
    if (there === undefined || !isFolder(there)) {
      if (!next.hasFiles) {
        // What is to be removed is not there.
        continue;
      }
      if (there !== undefined) {
        const what = KINDS[there.mode] ?? 'a file';
        return err(conflict(next.path, `"${next.path}" is ${what} in the commit it is made on`));
      }
    }
    const planned = await plan(objects, next, there?.id, gone);
    if (!planned.ok) {
      return planned;
    }
    kept.delete(treeName(name));
    if (!isEmpty(planned.value)) {
      folders.set(name, planned.value);
    }
  }
  return ok(folders);
}

function isEmpty({ kept, files, folders }: PlannedFolder): boolean {
  return kept.length === 0 && files.size === 0 && folders.size === 0;
}

/** What stands there that a file can neither replace nor be; `undefined`: nothing of the kind. */
function folderKind(entry: TreeEntry | undefined): string | undefined {
  if (entry === undefined) {
    return undefined;
  }
  if (isFolder(entry)) {
    return 'a folder';
  }
  return entry.mode === SUBMODULE_MODE ? KINDS[SUBMODULE_MODE] : undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  [LINK_MODE]: 'a symbolic link',
  [SUBMODULE_MODE]: 'a submodule',
};
