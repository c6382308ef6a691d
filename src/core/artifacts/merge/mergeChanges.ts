import type { Digest } from '../../base/digest.ts';
import type { FileVersion } from '../../domain/event.ts';
import type { TaskId } from '../../domain/ids.ts';
import type {
  ConflictChoice,
  ConflictKind,
  FileChange,
  MergeConflict,
} from '../../domain/merge.ts';
import { choiceKey } from '../../domain/merge.ts';
import { isSameVersion, mergeFile, type ReadVersion } from './mergeFile.ts';
import { isFile, isFolder, joined, type MergeTree } from './mergeTree.ts';

export type MergedChanges =
  /** Nothing counts until each of them has a choice; by path. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly MergeConflict[] }
  | {
      readonly kind: 'merged';
      readonly tree: MergeTree;
      /** What it has that the tree before did not, by path. */
      readonly files: readonly { readonly path: string; readonly version: FileVersion }[];
      /** What the tree before had and it has not, by path. */
      readonly removed: readonly string[];
      /** Bytes of versions that came of merging: the next merge, and the commit, have to be able to read them. */
      readonly made: ReadonlyMap<Digest, Uint8Array>;
      /** Choices that counted, by path. */
      readonly chosen: readonly { readonly path: string; readonly choice: ConflictChoice }[];
    };

/**
 * Puts what one task did over a tree. Besides files that cannot be merged, a conflict is a path that has no room: under
 * or over a file, at a link or a submodule (`folder`, `kind`), or at a name that differs from another in capitals or
 * Unicode form alone, which is one file on many machines (`added`: two have made it).
 *
 * A choice of `theirs` or of a version takes out what stands in the way; `ours` leaves the task's change out. A submodule
 * is never taken out: only `ours` counts there.
 *
 * @param choices by `choiceKey`; those of other tasks and paths may be among them
 */
export async function mergeChanges(
  task: TaskId,
  tree: MergeTree,
  changes: readonly FileChange[],
  read: ReadVersion,
  choices: ReadonlyMap<string, ConflictChoice>,
): Promise<MergedChanges> {
  const merging: Merging = {
    read,
    choiceAt: (path) => choices.get(choiceKey(task, path)),
    conflicts: [],
    made: new Map(),
    chosen: [],
  };
  const ordered = [...changes].sort((one, other) => (one.path < other.path ? -1 : 1));
  // First what goes, so that a file can take the place of a folder that the task emptied.
  const emptied = await putOver(
    tree,
    ordered.filter(({ is }) => is === undefined),
    merging,
  );
  const merged = await putOver(
    emptied,
    ordered.filter(({ is }) => is !== undefined),
    merging,
  );
  if (merging.conflicts.length > 0) {
    return { kind: 'conflict', conflicts: merging.conflicts.sort(byPath) };
  }
  const files: { readonly path: string; readonly version: FileVersion }[] = [];
  const removed: string[] = [];
  for (const [path, version] of merged.changes) {
    if (tree.changes.has(path) && isSameVersion(tree.changes.get(path), version)) {
      continue;
    }
    if (version !== undefined) {
      files.push({ path, version });
    } else if ((await tree.at(path)) !== undefined) {
      removed.push(path);
    }
  }
  return {
    kind: 'merged',
    tree: merged,
    files: files.sort(byPath),
    removed: removed.sort(),
    made: merging.made,
    chosen: merging.chosen.sort(byPath),
  };
}

interface Merging {
  readonly read: ReadVersion;
  readonly choiceAt: (path: string) => ConflictChoice | undefined;
  readonly conflicts: MergeConflict[];
  readonly made: Map<Digest, Uint8Array>;
  readonly chosen: { readonly path: string; readonly choice: ConflictChoice }[];
}

async function putOver(
  tree: MergeTree,
  changes: readonly FileChange[],
  merging: Merging,
): Promise<MergeTree> {
  const over = new Map<string, FileVersion | undefined>();
  const names = new Map<string, readonly string[]>();
  for (const { path, was, is } of changes) {
    const standing = await tree.at(path);
    const ours = isFile(standing) ? standing : undefined;
    const obstacle = isFile(standing) ? undefined : await obstacleTo(tree, path, is, names);
    let conflict: ConflictKind | undefined = obstacle?.conflict;
    if (obstacle === undefined) {
      const merged = await mergeFile(was, ours, is, merging.read);
      if (merged.kind === 'clean') {
        if (!isSameVersion(ours, merged.version)) {
          over.set(path, merged.version);
        }
        if (merged.version !== undefined && merged.bytes !== undefined) {
          merging.made.set(merged.version.digest, merged.bytes);
        }
        continue;
      }
      conflict = merged.conflict;
    }
    const choice = merging.choiceAt(path);
    if (
      choice === undefined ||
      conflict === undefined ||
      (choice !== 'ours' && obstacle?.isFixed === true)
    ) {
      merging.conflicts.push({
        path,
        kind: conflict ?? 'kind',
        was,
        ours: obstacle === undefined ? ours : obstacle.file,
        theirs: is,
      });
      continue;
    }
    merging.chosen.push({ path, choice });
    if (choice !== 'ours') {
      for (const inTheWay of obstacle?.paths ?? []) {
        over.set(inTheWay, undefined);
      }
      over.set(path, choice === 'theirs' ? is : choice);
    }
  }
  return tree.with(over);
}

/** What keeps a file from being at a path. */
interface Obstacle {
  readonly conflict: ConflictKind;
  /** Where it is one file. */
  readonly file: FileVersion | undefined;
  /** All that would have to go. */
  readonly paths: readonly string[];
  /** A submodule is in it. */
  readonly isFixed: boolean;
}

/** @param names what was looked up before, by folder */
async function obstacleTo(
  tree: MergeTree,
  path: string,
  is: FileVersion | undefined,
  names: Map<string, readonly string[]>,
): Promise<Obstacle | undefined> {
  if (is === undefined) {
    // Of a file that became a folder both took the file away.
    const standing = await tree.at(path);
    return standing === undefined || isFolder(standing)
      ? undefined
      : await obstacleAt(tree, path, path);
  }
  let folders: readonly string[] = [''];
  const parts = path.split('/');
  for (const [index, part] of parts.entries()) {
    const alike: string[] = [];
    for (const folder of folders) {
      const there = names.get(folder) ?? (await tree.names(folder));
      names.set(folder, there);
      alike.push(
        ...there
          .filter((name) => folded(name) === folded(part))
          .map((name) => joined(folder, name)),
      );
    }
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const each of alike) {
      if (!isLast && isFolder(await tree.at(each))) {
        next.push(each);
      } else {
        return await obstacleAt(tree, each, path);
      }
    }
    folders = next;
  }
  return undefined;
}

async function obstacleAt(tree: MergeTree, at: string, path: string): Promise<Obstacle> {
  const standing = await tree.at(at);
  if (isFile(standing)) {
    const isDouble = at.split('/').length === path.split('/').length;
    return { conflict: isDouble ? 'added' : 'folder', file: standing, paths: [at], isFixed: false };
  }
  if (isFolder(standing)) {
    const paths = await tree.below(at);
    const kinds = await Promise.all(paths.map((below) => tree.at(below)));
    const isFixed = kinds.some(
      (kind) => kind !== undefined && 'kind' in kind && kind.kind === 'submodule',
    );
    return { conflict: 'folder', file: undefined, paths, isFixed };
  }
  const isFixed = standing?.kind === 'submodule';
  return { conflict: 'kind', file: undefined, paths: [at], isFixed };
}

/** One form for the spellings that file systems take for one name. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
