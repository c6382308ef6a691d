import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';

/** Looked at at once. */
const AT_ONCE = 64;
/** In which `Stats.blocks` counts. */
const BLOCK_BYTES = 512;
/** What a file or folder takes at least, though it is empty: without this a million of them would be nothing. */
export const LEAST_BYTES = 4096;

/**
 * What everything in the folders takes on the disk, in bytes. Follows no link; what goes away meanwhile is not counted.
 * @param enough bytes from which on it does not matter how many more there are
 * @param onLink told of each link, by its absolute path
 */
export async function diskUse(
  folders: readonly string[],
  enough: number,
  onLink: (link: string) => void = () => undefined,
): Promise<number> {
  let sum = 0;
  const open = [...folders];
  for (let at = open.pop(); at !== undefined && sum < enough; at = open.pop()) {
    const folder = at;
    const names = await fs.readdir(folder).catch(() => []);
    for (let begin = 0; begin < names.length && sum < enough; begin += AT_ONCE) {
      const paths = names.slice(begin, begin + AT_ONCE).map((name) => path.join(folder, name));
      const found = await Promise.all(paths.map((at) => fs.lstat(at).catch(() => undefined)));
      found.forEach((status, index) => {
        const at = paths[index];
        if (status === undefined || at === undefined) {
          return;
        }
        sum += bytesOf(status);
        if (status.isDirectory()) {
          open.push(at);
        } else if (status.isSymbolicLink()) {
          onLink(at);
        }
      });
    }
  }
  return sum;
}

export function bytesOf({ blocks }: Pick<Stats, 'blocks'>): number {
  return Math.max(blocks * BLOCK_BYTES, LEAST_BYTES);
}
