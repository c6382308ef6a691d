import fs from 'node:fs/promises';
import path from 'node:path';
import type { Read } from '../../domain/trace.ts';
import { OUTSIDE } from '../looks.ts';
import { isDependencyName, pathInside, relativePath } from './copyPaths.ts';

/** More links than any system follows. */
const MOST_LINKS = 40;

/** How a path of the copy is found. Paths are relative to the copy, with `/`. */
export interface Way {
  /** Links on it, in order; the last may be what the path names. */
  readonly links: readonly string[];
  /** Where it ends, whether something is there or not; `undefined`: not in the copy. */
  readonly end: string | undefined;
}

/**
 * @param text as the model wrote it
 * @param real where the system says that it ends, absolute; `undefined`: nothing was found there
 */
export async function wayTo(root: string, text: string, real: string | undefined): Promise<Way> {
  const relative = relativePath(root, text);
  if (!relative.ok) {
    // Its text alone was judged.
    return { links: [], end: '' };
  }
  const found = real === undefined ? undefined : pathInside(root, real);
  if (found === relative.value) {
    return { links: [], end: found };
  }
  const way = await follow(root, relative.value);
  // In the spelling that it has on the disk.
  return found === undefined ? way : { ...way, end: found };
}

/** The looks of who wants a file, or finds that none is there. */
export async function looksAt(
  root: string,
  text: string,
  real: string | undefined,
): Promise<readonly Read[]> {
  const { links, end } = await wayTo(root, text, real);
  const files = end === undefined || end === '' ? links : [...links, end];
  const inside = files.map((file): Read => ({ kind: 'file', path: file }));
  return end === undefined ? [...inside, OUTSIDE] : inside;
}

async function follow(root: string, relative: string): Promise<Way> {
  const links: string[] = [];
  const rest = relative.split('/');
  let at: readonly string[] = [];
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '' || name === '.') {
      continue;
    }
    if (name === '..') {
      if (at.length === 0) {
        return { links, end: undefined };
      }
      at = at.slice(0, -1);
      continue;
    }
    const next = [...at, name];
    const target = await fs.readlink(path.join(root, ...next)).catch(() => undefined);
    if (target === undefined) {
      at = next;
      continue;
    }
    if (isDependencyName(name)) {
      // Laid into the copy, and no part of the tree.
      return { links, end: undefined };
    }
    links.push(next.join('/'));
    const inside = path.isAbsolute(target) ? pathInside(root, target) : undefined;
    if ((path.isAbsolute(target) && inside === undefined) || links.length > MOST_LINKS) {
      return { links, end: undefined };
    }
    at = inside === undefined ? at : [];
    rest.unshift(...(inside ?? target.split(path.sep).join('/')).split('/'));
  }
  return { links, end: at.join('/') };
}
