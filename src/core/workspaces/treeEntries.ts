import path from 'node:path';
import { folderOfGlob, globCovers, globMatches, parseGlob, type Glob } from '../base/glob.ts';
import { digestOf, type Digest } from '../base/digest.ts';
import type { TreeFile } from '../domain/trace.ts';
import { fileDigestOf, type KnownFile } from './fileDigest.ts';
import { inPieces } from './inPieces.ts';

// What can be asked of a tree, answered from its entries: files and links. Whoever reads a tree follows its links, so
// the answers do too: what a link leads to counts wherever the link does, or a change behind it would go unseen.

export interface TreeEntries {
  /** In their order. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** Of entries: rejects for another path. */
  known(path: string): KnownFile | Promise<KnownFile>;
  /** Makes what is asked of many at once cheaper; afterwards `known` of them answers at once. */
  prepare(paths: readonly string[]): Promise<void>;
  /** Where a link leads, as it says. */
  target(link: string): Promise<string>;
  /** Every entry the glob means. */
  matching(glob: string): Promise<readonly string[]>;
  /** Which path there is meant, on a disk that takes several spellings for one. */
  spelled(path: string): Promise<string | undefined>;
  /** For what lies in a dependency folder; `undefined`: it does not. */
  dependency(path: string): Dependency | undefined;
}

export interface Dependency {
  digest(): Promise<Digest | undefined>;
  /** By their paths in the tree. */
  within(): Promise<readonly TreeFile[]>;
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** As `TreeView.digest`. Of a link: where it leads, and what file is there. */
export async function digestAt(entries: TreeEntries, file: string): Promise<Digest | undefined> {
  const parent = await realPath(entries, path.posix.dirname(file));
  const at = parent === undefined ? undefined : joined(parent, path.posix.basename(file));
  if (at === undefined) {
    return undefined;
  }
  if (entries.has(at)) {
    return digestOfEntry(entries, at);
  }
  const dependency = entries.dependency(at);
  if (dependency !== undefined) {
    return dependency.digest();
  }
  const spelled = await entries.spelled(at);
  return spelled !== undefined && entries.has(spelled)
    ? digestOfEntry(entries, spelled)
    : undefined;
}

/** As `TreeView.within`. */
export async function filesWithin(
  entries: TreeEntries,
  folder: string,
): Promise<readonly TreeFile[]> {
  const real = await realPath(entries, folder);
  if (real === undefined) {
    // A link that leads nowhere is all there is.
    return entries.has(folder) ? filesOf(entries, [folder]) : [];
  }
  if (real === '') {
    return filesOf(entries, entries.paths);
  }
  const dependency = entries.has(real) ? undefined : entries.dependency(real);
  if (dependency !== undefined) {
    return dependency.within();
  }
  let paths = pathsWithin(entries.paths, real);
  if (paths.length === 0) {
    const spelled = await entries.spelled(real);
    paths = spelled === undefined ? [] : pathsWithin(entries.paths, spelled);
  }
  const link = real !== folder && entries.has(folder) ? [folder] : [];
  return filesOf(entries, await withTargets(entries, [...link, ...paths]));
}

/** As `TreeView.like`. @throws for a text that is no glob */
export async function filesLike(
  entries: TreeEntries,
  globs: readonly string[],
): Promise<readonly TreeFile[]> {
  const matching = await Promise.all([...new Set(globs)].map((glob) => entries.matching(glob)));
  const paths = matching.length === 1 ? (matching[0] ?? []) : [...new Set(matching.flat())];
  return filesOf(entries, await withTargets(entries, paths));
}

/** What a glob means: files it matches; where it ends with a plain name, all in a folder of that name as well. */
export function globMeaning(text: string): {
  /** All it means lies in there. */
  readonly folder: string;
  readonly means: (path: string) => boolean;
} {
  const { alternatives } = parseGlob(text);
  const covers = (segments: Glob['alternatives'][number]) =>
    text.endsWith('/') || isPlain(segments.at(-1));
  const whole = { text, alternatives: alternatives.filter(covers) };
  const alone = { text, alternatives: alternatives.filter((segments) => !covers(segments)) };
  return {
    folder: folderOfGlob(text),
    means: (file) => globCovers(whole, file) || globMatches(alone, file),
  };
}

function isPlain(segment: Glob['alternatives'][number][number] | undefined): boolean {
  return (
    typeof segment === 'object' && segment.every((token) => token.kind === 'one' && !token.not)
  );
}

/** Of sorted paths the part that is in the folder, or the file itself. */
export function pathsWithin(sorted: readonly string[], folder: string): readonly string[] {
  const below = folder === '' ? '' : `${folder}/`;
  const begin = placeOf(sorted, below);
  // The character after the slash.
  const end = folder === '' ? sorted.length : placeOf(sorted, `${folder}0`);
  const own = placeOf(sorted, folder);
  return folder !== '' && sorted[own] === folder
    ? [folder, ...sorted.slice(begin, end)]
    : sorted.slice(begin, end);
}

/** Of the first that is not before `path`. */
export function placeOf(sorted: readonly string[], path: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < path) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** In their order; the list itself when it is. */
export function inOrder(paths: readonly string[]): readonly string[] {
  return paths.every((file, at) => at === 0 || (paths[at - 1] ?? '') < file)
    ? paths
    : [...paths].sort();
}

/** The path with every link in it followed; `undefined` for one that leads in a circle or out of the tree. */
export async function realPath(entries: TreeEntries, file: string): Promise<string | undefined> {
  const left = file.split('/').reverse();
  let at = '';
  let followed = 0;
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === '' || name === '.') {
      continue;
    }
    if (name === '..') {
      if (at === '') {
        return undefined;
      }
      at = joined(path.posix.dirname(at), '');
      continue;
    }
    const next = joined(at, name);
    if (!entries.has(next) || (await entries.known(next)).kind !== 'link') {
      at = next;
      continue;
    }
    followed += 1;
    const target = await entries.target(next);
    if (followed > MOST_LINKS || path.isAbsolute(target)) {
      return undefined;
    }
    left.push(...target.split(path.sep).reverse());
  }
  return at;
}

function joined(folder: string, name: string): string {
  const parent = folder === '.' ? '' : folder;
  return parent === '' || name === '' ? `${parent}${name}` : `${parent}/${name}`;
}

async function digestOfEntry(entries: TreeEntries, at: string): Promise<Digest> {
  const { digest, kind } = await entries.known(at);
  if (kind !== 'link') {
    return digest;
  }
  const real = await realPath(entries, at);
  const there = real === undefined ? undefined : await digestThere(entries, real);
  return fileDigestOf(digestOf(`${digest}:${there ?? ''}`), 'link');
}

async function digestThere(entries: TreeEntries, real: string): Promise<Digest | undefined> {
  return entries.has(real)
    ? (await entries.known(real)).digest
    : entries.dependency(real)?.digest();
}

/** These, and all that is reached by links among them, links reached that way included; in their order. */
async function withTargets(
  entries: TreeEntries,
  paths: readonly string[],
): Promise<readonly string[]> {
  await entries.prepare(paths);
  let open = await linksOf(entries, paths);
  if (open.length === 0) {
    return inOrder(paths);
  }
  const reached = new Set(paths);
  while (open.length > 0) {
    const found: string[] = [];
    for (const link of open) {
      const real = await realPath(entries, link);
      for (const file of real === undefined ? [] : pathsWithin(entries.paths, real)) {
        if (!reached.has(file)) {
          reached.add(file);
          found.push(file);
        }
      }
    }
    await entries.prepare(found);
    open = await linksOf(entries, found);
  }
  return [...reached].sort();
}

async function linksOf(entries: TreeEntries, paths: readonly string[]): Promise<readonly string[]> {
  const links: string[] = [];
  await inPieces(paths, (file) => {
    if (prepared(entries, file).kind === 'link') {
      links.push(file);
    }
  });
  return links;
}

async function filesOf(
  entries: TreeEntries,
  paths: readonly string[],
): Promise<readonly TreeFile[]> {
  await entries.prepare(paths);
  const files: TreeFile[] = [];
  const links: number[] = [];
  await inPieces(paths, (file, at) => {
    const { digest, kind } = prepared(entries, file);
    files.push({ path: file, digest });
    if (kind === 'link') {
      links.push(at);
    }
  });
  for (const at of links) {
    const file = paths[at] ?? '';
    files[at] = { path: file, digest: await digestOfEntry(entries, file) };
  }
  return files;
}

function prepared(entries: TreeEntries, file: string): KnownFile {
  const known = entries.known(file);
  if (known instanceof Promise) {
    throw new Error(`Internal error: the digest of ${file} was prepared and is not known`);
  }
  return known;
}
