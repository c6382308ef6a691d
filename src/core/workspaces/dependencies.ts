import type { BigIntStats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { digestOf, type Digest } from '../base/digest.ts';
import type { TreeFile } from '../domain/trace.ts';
import type { Dependency } from './treeEntries.ts';

/** Looked at at once. */
const AT_ONCE = 64;

/**
 * A path in a linked dependency folder. Those are the user's own and not of the run's tree: too many files to read,
 * and they change when a package manager says so. So a file of one is told by its size, its modification time and
 * its place on the disk alone, as it is now: a package manager that puts another file there changes one of them;
 * whoever edits it by hand and sets the time back goes unseen.
 * @param source absolute @param linked relative to it, with `/`
 */
export function dependencyAt(
  source: string,
  linked: readonly string[],
  file: string,
): Dependency | undefined {
  if (!linked.some((folder) => file === folder || file.startsWith(`${folder}/`))) {
    return undefined;
  }
  const at = path.join(source, ...file.split('/'));
  return {
    digest: () => digestOfDependency(at, 'follow'),
    within: () => dependencyFiles(at, file),
  };
}

async function digestOfDependency(
  at: string,
  links: 'follow' | 'tell',
): Promise<Digest | undefined> {
  try {
    const status: BigIntStats =
      links === 'follow'
        ? await fs.stat(at, { bigint: true })
        : await fs.lstat(at, { bigint: true });
    return status.isDirectory()
      ? undefined
      : digestOf(`dependency:${status.size}:${status.mtimeNs}:${status.ino}`);
  } catch {
    return undefined;
  }
}

/** Follows no link but one that `at` itself is: so do the tools that are asked about a folder. */
async function dependencyFiles(at: string, file: string): Promise<readonly TreeFile[]> {
  const own = await digestOfDependency(at, 'follow');
  if (own !== undefined) {
    return [{ path: file, digest: own }];
  }
  const paths: string[] = [];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const inside = await fs.readdir(path.join(at, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of inside) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      (entry.isDirectory() ? open : paths).push(relative);
    }
  }
  const files: TreeFile[] = [];
  for (let begin = 0; begin < paths.length; begin += AT_ONCE) {
    const some = paths.slice(begin, begin + AT_ONCE);
    const digests = await Promise.all(
      some.map((one) => digestOfDependency(path.join(at, one), 'tell')),
    );
    some.forEach((one, index) => {
      const digest = digests[index];
      if (digest !== undefined) {
        files.push({ path: `${file}/${one}`, digest });
      }
    });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
