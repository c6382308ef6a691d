import { isUtf8 } from 'node:buffer';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import * as path from 'node:path';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';
import { fillFromLfsStore } from './lfsContent.ts';
import { eachEntry } from './listing.ts';

export interface CheckOutParts {
  readonly places: RepositoryPlaces;
  readonly program: GitProgram;
}

export interface CheckOutOptions {
  /** Absolute, in a folder that is there; nobody else's. It is gone when the call has ended. */
  readonly temporaryIndex: string;
}

/**
 * Writes what a commit has below the folder opened, as `git checkout` would write it: with the line ends, filters,
 * execute bits and links the repository and the user's configuration ask for. Index, HEAD and work tree of the user are
 * neither read nor written.
 *
 * Content that Git LFS keeps comes from its store on this machine; what is not in it stays a pointer, and nothing is
 * fetched. A submodule is an empty folder. A folder that the commit does not have gives no files.
 *
 * @param folder absolute; empty, or not there yet. After a problem or a rejection it may hold a part
 * @returns the files and links it holds, relative to it, with `/`, sorted; those whose names are no UTF-8 are there and
 *   not told. Rejects only with the reason of `signal`, and with what the disk throws
 */
export async function checkOutTree(
  { places, program }: CheckOutParts,
  commit: ObjectId,
  folder: string,
  { temporaryIndex }: CheckOutOptions,
  signal: AbortSignal,
): Promise<Result<readonly string[], GitProgramProblem>> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new Error(`Internal error: ${folder} is not empty, and a tree was to be written there`);
  }
  const prefix = path.relative(places.workTree, places.folder);
  // Attributes of the folders above count for what is below, so all paths stay as they are in the commit.
  const root = prefix === '' ? folder : await mkdtemp(path.join(folder, '.tmp-'));
  try {
    const env = { GIT_DIR: places.gitDir, GIT_WORK_TREE: root, GIT_INDEX_FILE: temporaryIndex };
    const below = path.join(root, prefix);
    const run: Run = (args, at = below) =>
      program.run([...SETTINGS, ...args], { folder: at, env }, signal);
    const read = await run(['read-tree', commit], root);
    if (!read.ok) {
      return read;
    }
    await mkdir(below, { recursive: true });
    const [listed, large] = await Promise.all([
      run(['ls-files', '--stage', '-z']),
      // Of all: asked about a folder, Git would not know the attributes of those above.
      run(['ls-files', '-z', '--', ':(attr:filter=lfs)'], root),
    ]);
    if (!listed.ok) {
      return listed;
    }
    if (!large.ok) {
      return large;
    }
    const written = await run(['checkout-index', '--all', '--quiet']);
    if (!written.ok) {
      return written;
    }
    if (large.value.length > 0) {
      const store = await lfsStore(run, places);
      if (!store.ok) {
        return store;
      }
      const begin = prefix === '' ? '' : `${prefix.split(path.sep).join('/')}/`;
      const names = await namesBelow(begin, large.value, signal);
      await fillFromLfsStore(root, names, store.value, signal);
    }
    if (root !== folder) {
      await moveInside(below, folder);
    }
    return ok(await filesIn(listed.value, signal));
  } finally {
    const left = [temporaryIndex, `${temporaryIndex}.lock`, ...(root === folder ? [] : [root])];
    for (const one of left) {
      await rm(one, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

const SETTINGS = [
  // Without these the repository's own settings could leave files out, put a part of the index beside the user's, or
  // go into submodules.
  ...['-c', 'core.sparseCheckout=false'],
  ...['-c', 'core.splitIndex=false'],
  ...['-c', 'submodule.recurse=false'],
  // Its content is put in afterwards: see `fillFromLfsStore`.
  ...['-c', 'filter.lfs.process='],
  ...['-c', 'filter.lfs.smudge='],
  ...['-c', 'filter.lfs.required=false'],
  // As many processes as there are processors; Git begins further ones where there are many files.
  ...['-c', 'checkout.workers=0'],
] as const;

type Run = (args: readonly string[], at?: string) => Promise<Result<Buffer, GitProgramProblem>>;

async function lfsStore(
  run: Run,
  { commonDir }: RepositoryPlaces,
): Promise<Result<string, GitProgramProblem>> {
  const asked = ['config', '--type=path', '--null', '--default=lfs', '--get', 'lfs.storage'];
  const printed = await run(asked);
  return printed.ok
    ? ok(path.resolve(commonDir, printed.value.toString('utf8').replace(/\0.*$/s, '')))
    : printed;
}

async function moveInside(from: string, to: string): Promise<void> {
  const within = (folder: string, name: Buffer) =>
    Buffer.concat([Buffer.from(`${folder}${path.sep}`), name]);
  for (const name of await readdir(from, { encoding: 'buffer' })) {
    await rename(within(from, name), within(to, name));
  }
}

async function namesBelow(
  begin: string,
  printed: Buffer,
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const bytes = Buffer.from(begin);
  const names: Buffer[] = [];
  await eachEntry(printed, signal, (name) => {
    if (name.subarray(0, bytes.length).equals(bytes)) {
      names.push(name);
    }
  });
  return names;
}

async function filesIn(printed: Buffer, signal: AbortSignal): Promise<readonly string[]> {
  const files: string[] = [];
  await eachEntry(printed, signal, (entry) => {
    // "100644 <id> <stage>\tpath", with another mode for a submodule.
    const file = entry.subarray(entry.indexOf(TAB) + 1);
    if (isUtf8(file) && !entry.subarray(0, SUBMODULE.length).equals(SUBMODULE)) {
      files.push(file.toString('utf8'));
    }
  });
  return files.sort();
}

const TAB = 0x09;
const SUBMODULE = Buffer.from('160000');
