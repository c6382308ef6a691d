import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { hasCode } from '../base/disk.ts';
import type { GitSetting } from './gitConfig.ts';
import { isTrue, lastSetting, parseGitConfig } from './gitConfig.ts';
import type { ObjectHash } from './objects.ts';

/** How the objects of a repository are reached; its refs are always files. */
export type Access =
  | { readonly by: 'files' }
  /** `because` is a clause: "it …". */
  | { readonly by: 'program'; readonly because: string };

/** Where a repository keeps things. Absolute, with links resolved. */
export interface RepositoryPlaces {
  readonly folder: string;
  readonly workTree: string;
  /** HEAD and the index: `.git`, or a linked worktree's own folder. */
  readonly gitDir: string;
  /** Objects, refs and configuration: the same, or that of the main worktree. */
  readonly commonDir: string;
  readonly hash: ObjectHash;
  readonly access: Access;
}

type Folders = Omit<RepositoryPlaces, 'hash' | 'access'>;

export type FoundRepository =
  | { readonly kind: 'none' }
  | { readonly kind: 'unsupported'; readonly problem: string }
  | ({ readonly kind: 'found' } & RepositoryPlaces);

/** Looks in the folder and above it, as Git does. @throws what the disk throws when the folder is not there */
export async function findRepository(disk: Disk, folder: string): Promise<FoundRepository> {
  const start = await realpath(folder);
  for (let at = start; ; at = path.dirname(at)) {
    const dotGit = path.join(at, '.git');
    const kind = await kindOf(disk, dotGit);
    if (kind === 'file') {
      return await followLink(disk, start, at, dotGit);
    }
    if (kind === 'folder' && (await isGitDir(disk, dotGit))) {
      const gitDir = await realpath(dotGit);
      return await examine(disk, { folder: start, workTree: at, gitDir, commonDir: gitDir });
    }
    if (await isGitDir(disk, at)) {
      return unsupported(
        `${at} is a Git folder itself, or a bare repository, without files to work on; open a work tree of it, as "git worktree add" makes one`,
      );
    }
    if (path.dirname(at) === at) {
      return { kind: 'none' };
    }
  }
}

/** `.git` is a file in a submodule and in a linked worktree. */
async function followLink(
  disk: Disk,
  folder: string,
  workTree: string,
  dotGit: string,
): Promise<FoundRepository> {
  const target = /^gitdir: (.+?)\r?\n?$/.exec(await readText(disk, dotGit))?.[1];
  const named = target === undefined ? undefined : path.resolve(workTree, target);
  if (named === undefined || (await kindOf(disk, path.join(named, 'HEAD'))) !== 'file') {
    return unsupported(`${dotGit} names no Git folder; "git worktree repair" may mend it`);
  }
  const gitDir = await realpath(named);
  const common = await readOptional(disk, path.join(gitDir, 'commondir'));
  const commonDir =
    common === undefined ? gitDir : await realpath(path.resolve(gitDir, common.trim()));
  if (!(await isGitDir(disk, commonDir))) {
    return unsupported(`${dotGit} names no Git folder; "git worktree repair" may mend it`);
  }
  return await examine(disk, { folder, workTree, gitDir, commonDir });
}

async function examine(disk: Disk, folders: Folders): Promise<FoundRepository> {
  try {
    const format = await formatOf(disk, folders);
    if (typeof format === 'string') {
      return unsupported(format);
    }
    const because = format.because ?? (await borrowing(disk, folders));
    const access: Access = because === undefined ? { by: 'files' } : { by: 'program', because };
    return { kind: 'found', ...folders, hash: format.hash, access };
  } catch (error) {
    return unsupported(error instanceof Error ? error.message : String(error));
  }
}

/** Extensions that change nothing Sluice reads or writes. */
const HARMLESS_EXTENSIONS: ReadonlySet<string> = new Set([
  'noop',
  'noop-v1',
  'preciousobjects',
  'relativeworktrees',
  'worktreeconfig',
]);

interface Format {
  readonly hash: ObjectHash;
  /** Why its objects are not read from files here. */
  readonly because: string | undefined;
}

/** A string says why it is unsupported. */
async function formatOf(disk: Disk, folders: Folders): Promise<Format | string> {
  const { commonDir, gitDir } = folders;
  const settings = parseGitConfig((await readOptional(disk, path.join(commonDir, 'config'))) ?? '');
  const version = lastSetting(settings, 'core', 'repositoryformatversion')?.value ?? '0';
  if (version !== '0' && version !== '1') {
    return `its format has the version ${version}, and only 0 and 1 are known here; a newer version of Sluice may know it`;
  }
  let hash: ObjectHash = 'sha1';
  let partial = false;
  for (const { section, name, value } of settings) {
    if (section === 'remote') {
      partial ||= name === 'promisor' || name === 'partialclonefilter';
    } else if (section !== 'extensions') {
      continue;
    } else if (name === 'partialclone') {
      partial = true;
    } else if (name === 'objectformat') {
      const named = value?.toLowerCase();
      if ((named !== 'sha1' && named !== 'sha256') || (named === 'sha256' && version === '0')) {
        return `its objects are named by ${value ?? 'nothing'} (extensions.objectFormat) in the format version ${version}, which Git itself does not know; mend its configuration`;
      }
      hash = named;
    } else if (name === 'refstorage') {
      if (value?.toLowerCase() !== 'files') {
        return `its refs are kept in the ${value ?? 'unnamed'} format (extensions.refStorage), not in files; "git refs migrate --ref-format=files" changes that`;
      }
    } else if (version === '1' && !HARMLESS_EXTENSIONS.has(name)) {
      return `it uses the extension ${name}, which is not known here; a newer version of Sluice may know it`;
    }
  }
  const own = isTrue(lastSetting(settings, 'extensions', 'worktreeconfig'))
    ? parseGitConfig((await readOptional(disk, path.join(gitDir, 'config.worktree'))) ?? '')
    : [];
  // What the common configuration says here is about the main worktree only.
  const about = gitDir === commonDir ? [...settings, ...own] : own;
  return (await workTreeProblem(folders, about)) ?? { hash, because: reasonOf(hash, partial) };
}

function reasonOf(hash: ObjectHash, partial: boolean): string | undefined {
  if (hash === 'sha256') {
    return 'its objects are named by SHA-256';
  }
  return partial ? 'it is a partial clone, which has only some of its objects' : undefined;
}

async function workTreeProblem(
  { gitDir, workTree }: Folders,
  settings: readonly GitSetting[],
): Promise<string | undefined> {
  if (isTrue(lastSetting(settings, 'core', 'bare'))) {
    return 'it is a bare repository (core.bare), without files to work on; open a work tree of it, as "git worktree add" makes one';
  }
  const named = lastSetting(settings, 'core', 'worktree')?.value;
  if (named !== undefined && (await realpath(path.resolve(gitDir, named))) !== workTree) {
    return `its files are in another folder, ${named} (core.worktree); open that one`;
  }
  return undefined;
}

/** Objects of another repository that are read as if they were of this one: `git clone --shared`. */
async function borrowing(disk: Disk, { commonDir }: Folders): Promise<string | undefined> {
  const alternates = await readOptional(disk, path.join(commonDir, 'objects/info/alternates'));
  const isBorrowing = alternates
    ?.split('\n')
    .some((line) => line.trim() !== '' && !line.startsWith('#'));
  return isBorrowing === true
    ? 'it borrows objects from another repository (objects/info/alternates)'
    : undefined;
}

function unsupported(problem: string): FoundRepository {
  return { kind: 'unsupported', problem };
}

async function isGitDir(disk: Disk, folder: string): Promise<boolean> {
  const kinds = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => kindOf(disk, path.join(folder, name))),
  );
  return kinds[0] === 'file' && kinds[1] === 'folder' && kinds[2] === 'folder';
}

async function kindOf(disk: Disk, file: string): Promise<string | undefined> {
  try {
    return (await disk.stat(file)).kind;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) {
      return undefined;
    }
    throw error;
  }
}

async function readText(disk: Disk, file: string): Promise<string> {
  return (await disk.readFile(file)).toString('utf8');
}

async function readOptional(disk: Disk, file: string): Promise<string | undefined> {
  try {
    return await readText(disk, file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}
