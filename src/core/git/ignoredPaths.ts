import { copyFile, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { hasCode } from '../base/disk.ts';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';
import { eachEntry } from './listing.ts';

export interface IgnoreParts {
  readonly places: RepositoryPlaces;
  readonly program: GitProgram;
  /** Absolute; a folder of Sluice's own that is there, for what lives as long as one question. */
  readonly scratch: string;
}

/**
 * Which of these paths Git would ignore if the copy were the folder opened: by the ignore files in the copy, those of the
 * folders above the folder opened, `info/exclude` and the user's own. What Git tracks is never ignored. The paths need not
 * be there; a link on the way to one is taken for a folder without an ignore file.
 *
 * The ignore files are laid out by themselves and Git is asked there: so nothing that an agent has made in its copy, a
 * repository or a link, leads Git elsewhere.
 *
 * @param paths relative to the folder opened, as they are to the copy, with `/`
 * @param copy absolute
 * @returns those of `paths`. Rejects only with the reason of `signal`, and with what the disk throws
 */
export async function ignoredAmong(
  { places, program, scratch }: IgnoreParts,
  paths: readonly string[],
  copy: string,
  signal: AbortSignal,
): Promise<Result<ReadonlySet<string>, GitProgramProblem>> {
  if (paths.length === 0) {
    return ok(new Set());
  }
  const tree = await mkdtemp(path.join(scratch, 'ignored-'));
  try {
    const prefix = path.relative(places.workTree, places.folder);
    await layAbove(places.workTree, tree, prefix);
    await layBelow(copy, path.join(tree, prefix), paths, signal);
    // Where it ignores nothing Git says so by failing: this is always ignored.
    await mkdir(path.join(tree, ALWAYS));
    await writeFile(path.join(tree, ALWAYS, '.gitignore'), '*\n');

    // A colon at its beginning would have a meaning of its own.
    const begin = prefix === '' ? './' : `./${prefix.split(path.sep).join('/')}/`;
    const asked = [...paths.map((file) => `${begin}${file}`).sort(), `./${ALWAYS}/x`];
    const printed = await program.run(
      // Without the index, in which a path below a submodule would be an error.
      ['check-ignore', '--no-index', '-z', '--stdin'],
      {
        folder: tree,
        env: { GIT_DIR: places.gitDir, GIT_WORK_TREE: tree },
        input: Buffer.from(asked.map((file) => `${file}\0`).join('')),
      },
      signal,
    );
    if (!printed.ok) {
      return printed;
    }
    const wanted = new Set(paths);
    const ignored = new Set<string>();
    await eachEntry(printed.value, signal, (entry) => {
      const file = entry.toString('utf8').slice(begin.length);
      if (wanted.has(file)) {
        ignored.add(file);
      }
    });
    return await withoutTracked(ignored, { places, program }, signal);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** No path that Git tracks begins like this, or it would be ignored by nobody but us. */
const ALWAYS = '.sluice-ignored';

async function withoutTracked(
  ignored: Set<string>,
  { places, program }: Omit<IgnoreParts, 'scratch'>,
  signal: AbortSignal,
): Promise<Result<ReadonlySet<string>, GitProgramProblem>> {
  if (ignored.size === 0) {
    return ok(ignored);
  }
  const printed = await program.run(
    ['ls-files', '--cached', '-z'],
    {
      folder: places.folder,
      env: { GIT_DIR: places.gitDir, GIT_WORK_TREE: places.workTree },
    },
    signal,
  );
  if (!printed.ok) {
    return printed;
  }
  await eachEntry(printed.value, signal, (entry) => ignored.delete(entry.toString('utf8')));
  return ok(ignored);
}

/** @param to the root of the tree that is laid out */
async function layAbove(workTree: string, to: string, prefix: string): Promise<void> {
  const names = prefix === '' ? [] : prefix.split(path.sep);
  for (const [depth] of names.entries()) {
    const folder = names.slice(0, depth).join(path.sep);
    await layOne(path.join(workTree, folder), path.join(to, folder));
  }
}

/** @param to where the copy's own root belongs */
async function layBelow(
  copy: string,
  to: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const isReal = new Map<string, boolean>([['.', true]]);
  const visit = async (folder: string): Promise<boolean> => {
    const known = isReal.get(folder);
    if (known !== undefined) {
      return known;
    }
    const above = await visit(path.posix.dirname(folder));
    const real = above && (await kindOf(path.join(copy, folder))) === 'folder';
    isReal.set(folder, real);
    if (real) {
      await layOne(path.join(copy, folder), path.join(to, folder));
    }
    return real;
  };
  await layOne(copy, to);
  for (const file of paths) {
    signal.throwIfAborted();
    await visit(path.posix.dirname(file));
  }
}

/** As Git does, links are not followed. */
async function layOne(from: string, to: string): Promise<void> {
  const file = path.join(from, '.gitignore');
  if ((await kindOf(file)) === 'file') {
    await mkdir(to, { recursive: true });
    await copyFile(file, path.join(to, '.gitignore'));
  }
}

async function kindOf(at: string): Promise<'file' | 'folder' | 'other'> {
  try {
    const status = await lstat(at);
    return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) {
      return 'other';
    }
    throw error;
  }
}
