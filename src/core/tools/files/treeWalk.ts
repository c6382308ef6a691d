import type { Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { globFault, globMatches, parseGlob } from '../../base/glob.ts';
import { err, ok, type Result } from '../../base/result.ts';
import * as problems from '../toolProblems.ts';
import { isGitName } from './copyPaths.ts';

export interface WalkedEntry {
  /** Relative to where the walk began, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Its contents are passed over: a folder of dependencies, or deeper than asked. */
  readonly isClosed: boolean;
}

/**
 * What is in a folder, by name, each folder right before its contents. Follows no link; nothing of Git's is in it.
 * A folder that cannot be read is shown as one without contents.
 * @param folder absolute @param depth levels; 1: what is in the folder itself
 * @throws for the folder itself what the disk throws, or the signal's reason
 */
export async function* walkTree(
  folder: string,
  depth: number,
  signal: AbortSignal,
): AsyncGenerator<WalkedEntry, undefined> {
  yield* walkFolder(folder, '', depth, signal, await namesIn(folder));
}

async function* walkFolder(
  root: string,
  at: string,
  depth: number,
  signal: AbortSignal,
  entries: readonly Dirent[],
): AsyncGenerator<WalkedEntry, undefined> {
  for (const entry of entries) {
    signal.throwIfAborted();
    const relative = at === '' ? entry.name : `${at}/${entry.name}`;
    const kind = kindOf(entry);
    const isClosed = kind === 'folder' && (depth <= 1 || CLOSED.has(entry.name));
    yield { path: relative, kind, isClosed };
    if (kind === 'folder' && !isClosed) {
      const inside = await namesIn(path.join(root, relative)).catch(() => []);
      yield* walkFolder(root, relative, depth - 1, signal, inside);
    }
  }
}

/** Their contents are shown only to who asks for the folder itself. */
const CLOSED: ReadonlySet<string> = new Set(['node_modules', '.venv']);

async function namesIn(folder: string): Promise<readonly Dirent[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => !isGitName(name))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function kindOf(entry: Dirent): WalkedEntry['kind'] {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'folder';
  }
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/**
 * Which files a glob means, as ripgrep takes it: without a slash it is about names at any depth, else about paths;
 * after `!` all but those.
 */
export function fileFilter(text: string | undefined): Result<(file: string) => boolean, string> {
  if (text === undefined) {
    return ok(() => true);
  }
  const isNot = text.startsWith('!');
  const bare = isNot ? text.slice(1) : text;
  const fault = globFault(bare);
  if (fault !== undefined) {
    return err(problems.badGlob(text, fault));
  }
  const glob = parseGlob(bare.includes('/') ? bare : `**/${bare}`);
  return ok((file) => globMatches(glob, file) !== isNot);
}
