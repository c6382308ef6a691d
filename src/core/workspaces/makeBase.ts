import { chmod } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LimitFunction } from 'p-limit';
import type { ObjectId } from '../domain/ids.ts';
import type { Base, BaseSource, BaseVersion } from './baseRecord.ts';
import { linkOne } from './cloneTree.ts';
import { copyTree, staysInside, type CopiedTree, type LeftOut } from './copyTree.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { identityOf, type IdentityNotes } from './fileIdentity.ts';
import { foldersOf, makeFolders, realFolders } from './folders.ts';
import { lstatOf, seenOf, seeTree, statusOf, type SeenEntry } from './treeState.ts';

/** What belongs to a folder. Paths are relative to it, with `/`. */
export interface FolderListing {
  readonly files: readonly string[];
  /** Folders that are linked instead of copied: dependencies. */
  readonly linked: readonly string[];
  /** Ignored files that are copied all the same. */
  readonly included?: readonly string[];
}

export interface BaseOptions {
  /** Absolute: the user's folder. */
  readonly source: string;
  /** Writes the files of a commit into an empty folder; resolves with their paths, relative, with `/`. */
  readonly checkOut:
    | ((commit: ObjectId, folder: string, signal: AbortSignal) => Promise<readonly string[]>)
    | undefined;
  readonly limit: LimitFunction;
  /** Milliseconds since 1970; left out: no file is known to be what it was, and no tree can be taken over. */
  readonly now: (() => number) | undefined;
}

const setMode = promisify(chmod);

/** A tree that was taken over is not what its record says. */
export class NotAsRecorded extends Error {}

/**
 * The tree of a run, made in an empty place.
 * @param folder absolute; must not be there
 * @throws what the disk throws, what `checkOut` rejects with, or the signal's reason
 */
export async function makeBase(
  options: BaseOptions,
  from: BaseSource,
  listing: FolderListing,
  folder: string,
  signal: AbortSignal,
): Promise<Base> {
  const notes = notesFor(options);
  const tracked =
    from.kind === 'worktree'
      ? await copyTree(options.source, folder, listing.files, options.limit, signal, notes)
      : await checkedOut(options, from.commit, folder, signal);
  const free = freeOf(tracked.files, listing.included ?? []);
  const included = await copyTree(options.source, folder, free, options.limit, signal, notes);
  const copied = joined(tracked, included);
  const linked = await linkAll(options.source, folder, listing.linked);
  const { own, bytes } = await seal(folder, copied.files, signal);
  return {
    ...copied,
    source: from,
    linked,
    included: included.files,
    ...(notes && { identities: copied.files.map((file) => notes.identities.get(file) ?? 0) }),
    version: {
      lineage: await lineageOf(folder),
      generation: 1,
      since: own.map(() => 1),
      own,
      bytes,
    },
  };
}

/**
 * Makes a tree that another run had what one made now would be: only what has changed since is copied.
 * @param folder absolute: the tree @param old as it was recorded, of the same source
 * @throws NotAsRecorded, and as `makeBase` does; the tree is of no use then
 */
export async function renewBase(
  options: BaseOptions,
  old: Base & { readonly version: BaseVersion },
  listing: FolderListing,
  folder: string,
  signal: AbortSignal,
): Promise<Base> {
  const notes = notesFor(options);
  const places = new Map(old.files.map((file, at) => [file, at]));
  const [seen, real] = await Promise.all([
    seeTree(folder, signal),
    realFolders(options.source, [...listing.files, ...(listing.included ?? [])]),
  ]);
  if ([...seen.values()].some(({ isShared }) => isShared)) {
    throw new NotAsRecorded(`${folder} was written to: something in it has another name`);
  }
  const isOwn = (file: string): boolean => {
    const at = places.get(file);
    return at !== undefined && seen.get(file)?.identity === old.version.own[at];
  };
  const wasIncluded = new Set(old.included);
  const committed =
    old.source.kind === 'commit' ? old.files.filter((file) => !wasIncluded.has(file)) : undefined;
  if (committed?.some((file) => !isOwn(file)) === true) {
    throw new NotAsRecorded(`${folder} was written to`);
  }
  const included = freeOf(committed ?? listing.files, listing.included ?? []);
  const asked = new Set(listing.included);
  const kept = new Set(committed);
  const changed: string[] = [];
  await eachAtOnce(
    [...(committed === undefined ? listing.files : []), ...included],
    async (file) => {
      signal.throwIfAborted();
      const at = places.get(file);
      const isReal = real.has(path.posix.dirname(file));
      if (at !== undefined && isReal && isOwn(file)) {
        const status = await statusOf(path.join(options.source, file));
        if (status !== undefined && identityOf(status) === old.identities?.[at]) {
          kept.add(file);
          return;
        }
      }
      changed.push(file);
    },
  );
  const folders = committed === undefined ? [] : old.folders;
  await clear(folder, seen, kept, folders);
  const copied = await copyTree(options.source, folder, changed, options.limit, signal, notes);
  const linked = await linkAll(options.source, folder, listing.linked);
  const { own, bytes } = await seal(folder, copied.files, signal);
  const generation = old.version.generation + (copied.files.length > 0 ? 1 : 0);
  const fresh = new Map(copied.files.map((file, index) => [file, own[index] ?? '']));
  const files = [...(committed ?? listing.files), ...included].filter(
    (file) => kept.has(file) || fresh.has(file),
  );
  const oldAt = (file: string) => (fresh.has(file) ? undefined : places.get(file));
  const inBase = new Set(files);
  return {
    source: old.source,
    files,
    folders: [...folders, ...copied.folders],
    leftOut: [
      ...(committed === undefined ? [] : old.leftOut.filter((one) => !asked.has(one.path))),
      ...copied.leftOut,
    ],
    linked,
    included: included.filter((file) => inBase.has(file)),
    ...(notes && {
      identities: files.map((file) => {
        const at = oldAt(file);
        return (at === undefined ? notes.identities.get(file) : old.identities?.[at]) ?? 0;
      }),
    }),
    version: {
      lineage: old.version.lineage,
      generation,
      since: files.map((file) => old.version.since[oldAt(file) ?? -1] ?? generation),
      own: files.map((file) => fresh.get(file) ?? old.version.own[places.get(file) ?? -1] ?? ''),
      bytes: bytes + keptBytes(seen, kept),
    },
  };
}

function notesFor({ now }: BaseOptions): IdentityNotes | undefined {
  return now && { now, identities: new Map() };
}

async function checkedOut(
  { checkOut }: BaseOptions,
  commit: ObjectId,
  folder: string,
  signal: AbortSignal,
): Promise<CopiedTree> {
  if (checkOut === undefined) {
    throw new Error(
      'Internal error: a run is to begin with a commit, and nothing can check it out',
    );
  }
  await fs.mkdir(folder, { recursive: true });
  const paths = await checkOut(commit, folder, signal);
  const files: string[] = [];
  // A submodule is an empty folder.
  const folders = await emptyFolders(folder, signal);
  const leftOut: LeftOut[] = [];
  await eachAtOnce(paths, async (file) => {
    const at = path.join(folder, file);
    const status = await statusOf(at);
    if (status?.isSymbolicLink() === true) {
      const target = await fs.readlink(at);
      if (staysInside(file, target)) {
        files.push(file);
      } else {
        await fs.unlink(at);
        leftOut.push({
          path: file,
          why: `it is a link that leads out of the folder, to ${target}`,
        });
      }
    } else if (status?.isFile() === true) {
      files.push(file);
    }
  });
  return { files: files.sort(), folders, leftOut };
}

async function emptyFolders(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const seen = await seeTree(folder, signal);
  const above = new Set([...seen.keys()].flatMap(foldersOf));
  return [...seen]
    .filter(([at, { kind }]) => at !== '' && kind === 'folder' && !above.has(at))
    .map(([at]) => at)
    .sort();
}

/** Those with a place of their own beside the others. */
function freeOf(files: readonly string[], included: readonly string[]): readonly string[] {
  if (included.length === 0) {
    return [];
  }
  const taken = new Set(files);
  const folders = new Set(files.flatMap(foldersOf));
  return [...new Set(included)].filter(
    (file) =>
      !taken.has(file) &&
      !folders.has(file) &&
      !foldersOf(file).some((folder) => taken.has(folder)),
  );
}

function joined(one: CopiedTree, other: CopiedTree): CopiedTree {
  return {
    files: [...one.files, ...other.files],
    folders: [...one.folders, ...other.folders],
    leftOut: [...one.leftOut, ...other.leftOut],
  };
}

/** Links the folders that have a place in the tree; resolves with these. */
async function linkAll(
  source: string,
  folder: string,
  linked: readonly string[],
): Promise<readonly string[]> {
  const done: string[] = [];
  for (const one of linked) {
    const above = foldersOf(one);
    const statuses = await Promise.all(above.map((at) => statusOf(path.join(folder, at))));
    const isFree =
      statuses.every((status) => status === undefined || status.isDirectory()) &&
      (await statusOf(path.join(folder, one))) === undefined;
    if (isFree) {
      await makeFolders(folder, [one]);
      await linkOne(source, folder, one);
      done.push(one);
    }
  }
  return done;
}

/** Makes files read-only, and tells what they are then. Folders stay as they are, so that anybody can remove them. */
async function seal(
  folder: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly own: readonly string[]; readonly bytes: number }> {
  const own: string[] = [];
  let bytes = 0;
  await eachAtOnce(files, async (file, index) => {
    signal.throwIfAborted();
    const at = path.join(folder, file);
    let status = await lstatOf(at, { bigint: true });
    // Where files have no such modes, read-only is something else, which keeps them from being removed.
    if (status.isFile() && path.sep === '/' && (status.mode & 0o222n) !== 0n) {
      await setMode(at, Number(status.mode & 0o555n));
      status = await lstatOf(at, { bigint: true });
    }
    own[index] = identityOf(status);
    bytes += seenOf(status).bytes;
  });
  return { own, bytes };
}

/** Removes what is not kept, and folders with nothing in them. */
async function clear(
  folder: string,
  seen: ReadonlyMap<string, SeenEntry>,
  kept: ReadonlySet<string>,
  folders: readonly string[],
): Promise<void> {
  const needed = new Set([...folders, '']);
  for (const file of [...kept, ...folders]) {
    for (const above of foldersOf(file)) {
      needed.add(above);
    }
  }
  const gone = [...seen].filter(([file, { kind }]) => kind !== 'folder' && !kept.has(file));
  await eachAtOnce(gone, ([file]) => fs.unlink(path.join(folder, file)));
  const empty = [...seen].filter(([file, { kind }]) => kind === 'folder' && !needed.has(file));
  // Those in others first.
  for (const [file] of empty.sort(([a], [b]) => b.length - a.length)) {
    await fs.rmdir(path.join(folder, file));
  }
}

function keptBytes(seen: ReadonlyMap<string, SeenEntry>, kept: ReadonlySet<string>): number {
  let bytes = 0;
  for (const file of kept) {
    bytes += seen.get(file)?.bytes ?? 0;
  }
  return bytes;
}

/** Its place and time on the disk, which nothing else has had. */
async function lineageOf(folder: string): Promise<string> {
  const { ino, ctimeNs, dev } = await lstatOf(folder, { bigint: true });
  return [dev, ino, ctimeNs].map((part) => part.toString(36)).join('.');
}
