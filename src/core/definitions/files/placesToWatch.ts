import fs from 'node:fs';
import path from 'node:path';
import { AGENTS_OVERLAY, agentPlaces } from '../agents/agentPlaces.ts';
import { isCandidate, WORKFLOW_FOLDER } from './discovery.ts';
import { CLAUDE_JSON, TODO_FOLDER } from './workflowFiles.ts';

/** A file or folder that a change in may change what a folder defines; one that is not there may come. */
interface Place {
  /** Relative to the folder with `/`, or absolute. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'nested folders';
}

/** What is to be watched so that no change of a folder's definitions goes unseen. */
export interface WatchedPlaces {
  /** Globs of paths below the folder. */
  readonly patterns: readonly string[];
  /** Each folder in which one of these paths may come, go or change, and those outside the folder. */
  readonly folders: () => Iterable<WatchedFolder>;
}

export interface WatchedFolder {
  /** Absolute; it may not be there. */
  readonly path: string;
  /** Names in it that count; `undefined`: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether it is outside the folder whose definitions these are. */
  readonly outside: boolean;
}

/**
 * @param folder absolute
 * @param home absolute; `undefined`: the agents a user has in every folder are not looked for
 * @param files that were read, also those other files name; relative to the folder, or absolute
 */
export function placesToWatch(
  folder: string,
  home: string | undefined,
  files: readonly string[],
): WatchedPlaces {
  const known = knownPlaces(home);
  const folders = known.filter(({ kind }) => kind !== 'file');
  const isNamed = (file: string) => !folders.some(({ path: at }) => isInside(at, file));
  const named = files.filter(isNamed).map((file): Place => ({ path: file, kind: 'file' }));
  const places = [...known, ...named];
  const inside = places.filter((place) => !path.isAbsolute(place.path));
  return {
    patterns: [...new Set(inside.flatMap(patternsOf))],
    folders: () => foldersOf(folder, home, places),
  };
}

function knownPlaces(home: string | undefined): Place[] {
  const folderOf = (wanted: { readonly path: string; readonly nested: boolean }): Place => ({
    path: wanted.path,
    kind: wanted.nested ? 'nested folders' : 'folder',
  });
  return [
    ...agentPlaces(home).map((place): Place =>
      place.kind === 'folder' ? folderOf(place) : { path: place.file, kind: 'file' },
    ),
    ...[WORKFLOW_FOLDER, TODO_FOLDER].map(folderOf),
    { path: AGENTS_OVERLAY, kind: 'file' },
    { path: CLAUDE_JSON, kind: 'file' },
  ];
}

/** Of the place and of the folders above it: one that appears may hold files already. */
function patternsOf({ path: place, kind }: Place): string[] {
  const names = place.split('/').map(asGlob);
  const above = names.map((_, index) => names.slice(0, index + 1).join('/'));
  const whole = names.join('/');
  switch (kind) {
    case 'file':
      return above;
    case 'folder':
      return [...above, `${whole}/*`];
    case 'nested folders':
      return [...above, `${whole}/**`];
  }
}

/** That matches this name alone. */
function asGlob(name: string): string {
  return name.replace(/[*?{}[\]!]/g, '[$&]');
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder) && /^[\\/]/.test(file.slice(folder.length));
}

/** Outer before inner, and lazily: who watches each as it comes sees what appears in it while inner ones are listed. */
function* foldersOf(
  folder: string,
  home: string | undefined,
  places: readonly Place[],
): Generator<WatchedFolder> {
  const isOutside = (at: string) => at !== folder && !isInside(folder, at);
  const counted = new Map<string, Set<string> | undefined>();
  for (const place of places) {
    const top = path.isAbsolute(place.path) ? home : folder;
    const at = path.resolve(folder, place.path);
    if (top === undefined || !isInside(top, at)) {
      continue;
    }
    if (place.kind !== 'file') {
      counted.set(at, undefined);
    }
    for (let inner = at; inner !== top; inner = path.dirname(inner)) {
      const outer = path.dirname(inner);
      const names = counted.has(outer) ? counted.get(outer) : new Set<string>();
      names?.add(path.basename(inner));
      counted.set(outer, names);
    }
  }
  const byDepth = [...counted].sort(([a], [b]) => a.length - b.length);
  for (const [at, only] of byDepth) {
    yield { path: at, only, outside: isOutside(at) };
  }
  for (const place of places) {
    if (place.kind === 'nested folders') {
      const at = path.resolve(folder, place.path);
      for (const inner of foldersBelow(at)) {
        yield { path: inner, only: undefined, outside: isOutside(at) };
      }
    }
  }
}

/** Through links too, but into no folder twice. */
function* foldersBelow(folder: string, seen = new Set([identityOf(folder)])): Generator<string> {
  for (const entry of entriesOf(folder)) {
    if (!isCandidate(entry.name) || !(entry.isDirectory() || entry.isSymbolicLink())) {
      continue;
    }
    const inner = path.join(folder, entry.name);
    const identity = identityOf(inner);
    if (identity !== undefined && !seen.has(identity)) {
      seen.add(identity);
      yield inner;
      yield* foldersBelow(inner, seen);
    }
  }
}

/** `undefined`: it is no folder, or cannot be looked at. */
function identityOf(folder: string): string | undefined {
  try {
    const stats = fs.statSync(folder, { throwIfNoEntry: false, bigint: true });
    return stats?.isDirectory() === true ? `${stats.dev} ${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is not there, or not ours to read, which the reading of definitions reports.
    return [];
  }
}
