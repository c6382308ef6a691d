import fs from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { Base } from './baseRecord.ts';
import { digestOfContent } from './fileDigest.ts';
import { expectedFolders } from './cloneTree.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { foldersOf } from './folders.ts';
import type { LaidFile } from './layIn.ts';
import {
  lstatOf,
  seeTree,
  statusOf,
  type EntryKind,
  type SeenEntry,
  type TreeState,
} from './treeState.ts';

/** What an attempt has done to one path of its copy. */
export interface TreeChange {
  /** Relative, with `/`; as the run's tree spells it where the disk takes several spellings for one. */
  readonly path: string;
  /** `changed`: also nothing but its owner's execute bit. */
  readonly how: 'added' | 'changed' | 'removed';
  /** Of what is there; of what was removed, what was there. A folder in the place of something else is told, and what is in it. */
  readonly kind: EntryKind;
  readonly was: VersionBefore | undefined;
}

/** The plain file an attempt found at a path: of the run's tree, with its absolute path, or as it was laid into the copy. */
export type VersionBefore =
  | { readonly file: string; readonly executable: boolean }
  | { readonly blob: Digest; readonly bytes: number; readonly executable: boolean };

/** What an attempt began with. */
export interface TreeBegun {
  readonly base: Base;
  /** Absolute: the run's tree. */
  readonly folder: string;
  /** In the order they were laid into the copy. */
  readonly laid: readonly LaidFile[];
  /** Of the copy when it was made, as far as known: spares reading what was not touched. */
  readonly state: TreeState | undefined;
}

type Begun =
  | { readonly kind: 'base'; readonly identity: string | undefined }
  | {
      readonly kind: 'blob';
      readonly blob: Digest;
      readonly bytes: number;
      readonly executable: boolean;
    }
  | { readonly kind: 'dependency' };

/**
 * What is not as the attempt found it, in the order of the paths.
 * @param tree absolute: the copy, in which nobody works
 * @param isSame whether two names, absolute, are of one entry; left out: the disk is asked
 * @throws what the disk throws, or the signal's reason
 */
export async function treeChanges(
  begun: TreeBegun,
  tree: string,
  signal: AbortSignal,
  isSame: (one: string, other: string) => Promise<boolean> = isSameEntry,
): Promise<readonly TreeChange[]> {
  const expected = expectedEntries(begun);
  const linked = new Set(begun.base.linked);
  const seen = await seeTree(tree, signal, async (folder, { mode }) => {
    if (!linked.has(folder) && (mode & 0o500) !== 0o500) {
      // Its task closed it to itself.
      await fs.chmod(path.join(tree, folder), (mode & 0o777) | 0o700);
    }
    return !linked.has(folder);
  });
  const found = await respelled(seen, expected, begun.base, tree, isSame);
  const changes: TreeChange[] = [];
  const add = async (
    file: string,
    was: Begun | undefined,
    how: TreeChange['how'],
    kind?: EntryKind,
  ): Promise<void> => {
    const before = was && (await beginOf(begun, file, was));
    changes.push({ path: file, how, kind: kind ?? before?.kind ?? 'other', was: before?.version });
  };
  await eachAtOnce([...found], async ([file, { at, entry }]) => {
    signal.throwIfAborted();
    const was = expected.get(file);
    if (was === undefined) {
      // Git knows no folders: what is in it is told.
      if (entry.kind !== 'folder') {
        await add(file, was, 'added', entry.kind);
      }
      return;
    }
    if (!(await isAsBegun(begun, file, was, path.join(tree, at), entry))) {
      await add(file, was, 'changed', entry.kind);
    }
  });
  const removed = [...expected].filter(([file]) => !found.has(file));
  await eachAtOnce(removed, ([file, was]) => add(file, was, 'removed'));
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files and links of the run's tree with what was laid over them, as `layIn` does. */
function expectedEntries({ base, laid, state }: TreeBegun): Map<string, Begun> {
  const expected = new Map<string, Begun>();
  const folders = new Set(expectedFolders(base));
  for (const file of base.files) {
    expected.set(file, { kind: 'base', identity: state?.get(file) });
  }
  for (const file of base.linked) {
    expected.set(file, { kind: 'dependency' });
  }
  for (const file of laid) {
    if (folders.has(file.path)) {
      for (const other of [...expected.keys()].filter((one) => one.startsWith(`${file.path}/`))) {
        expected.delete(other);
      }
    }
    expected.delete(file.path);
    if (!('removed' in file)) {
      for (const folder of foldersOf(file.path)) {
        expected.delete(folder);
        folders.add(folder);
      }
      const { blob, bytes, executable } = file;
      expected.set(file.path, { kind: 'blob', blob, bytes, executable });
    }
  }
  return expected;
}

interface Found {
  /** As it is spelled in the copy. */
  readonly at: string;
  readonly entry: SeenEntry;
}

/** What was seen, by the spelling of the run's tree: on some disks `README` and `readme` are one. */
async function respelled(
  seen: ReadonlyMap<string, SeenEntry>,
  expected: ReadonlyMap<string, Begun>,
  base: Base,
  tree: string,
  isSame: (one: string, other: string) => Promise<boolean>,
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  let folds: Map<string, string> | undefined;
  for (const [at, entry] of seen) {
    if (at === '') {
      continue;
    }
    if (expected.has(at)) {
      found.set(at, { at, entry });
      continue;
    }
    folds ??= new Map(
      [...expected.keys(), ...expectedFolders(base)].map((file) => [folded(file), file]),
    );
    const spelled = await spelling(at, folds, tree, isSame);
    found.set(spelled, { at, entry });
  }
  return found;
}

/** Folder by folder, since a folder may be spelled otherwise around a new file. */
async function spelling(
  at: string,
  folds: ReadonlyMap<string, string>,
  tree: string,
  isSame: (one: string, other: string) => Promise<boolean>,
): Promise<string> {
  for (const one of [at, ...foldersOf(at)]) {
    const other = folds.get(folded(one));
    if (other === one) {
      return at;
    }
    if (other !== undefined && (await isSame(path.join(tree, one), path.join(tree, other)))) {
      return other + at.slice(one.length);
    }
  }
  return at;
}

function folded(file: string): string {
  return file.normalize('NFC').toLowerCase();
}

async function isSameEntry(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([statusOf(one), statusOf(other)]);
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

/** @param at absolute: where the entry lies */
async function isAsBegun(
  begun: TreeBegun,
  file: string,
  was: Begun,
  at: string,
  entry: SeenEntry,
): Promise<boolean> {
  if (was.kind === 'base' && was.identity !== undefined && was.identity === entry.identity) {
    return true;
  }
  const isExecutable = (entry.mode & 0o100) !== 0;
  if (was.kind === 'blob') {
    return (
      entry.kind === 'file' && isExecutable === was.executable && (await readable(at)) === was.blob
    );
  }
  const before = path.join(begun.folder, file);
  const status = await lstatOf(before, { bigint: true });
  if (status.isSymbolicLink()) {
    return entry.kind === 'link' && (await fs.readlink(before)) === (await fs.readlink(at));
  }
  return (
    entry.kind === 'file' &&
    isExecutable === ((status.mode & 0o100n) !== 0n) &&
    (await hasSameBytes(before, at))
  );
}

async function hasSameBytes(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([fs.stat(one), fs.stat(other)]);
  return a.size === b.size && (await readable(other)) === (await digestOfContent(one));
}

/** `undefined`: its task made it unreadable. */
async function readable(at: string): Promise<Digest | undefined> {
  try {
    return await digestOfContent(at);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}

/** What stood at a path when the attempt began; `undefined`: no plain file. @throws what the disk throws */
export async function versionBefore(
  begun: TreeBegun,
  file: string,
): Promise<VersionBefore | undefined> {
  const was = expectedEntries(begun).get(file);
  return was && (await beginOf(begun, file, was)).version;
}

async function beginOf(
  { folder }: TreeBegun,
  file: string,
  was: Begun,
): Promise<{ readonly kind: EntryKind; readonly version: VersionBefore | undefined }> {
  if (was.kind === 'dependency') {
    return { kind: 'link', version: undefined };
  }
  if (was.kind === 'blob') {
    const { blob, bytes, executable } = was;
    return { kind: 'file', version: { blob, bytes, executable } };
  }
  const at = path.join(folder, file);
  const status = await lstatOf(at, { bigint: true });
  return status.isSymbolicLink()
    ? { kind: 'link', version: undefined }
    : { kind: 'file', version: { file: at, executable: (status.mode & 0o100n) !== 0n } };
}
