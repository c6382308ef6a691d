import path from 'node:path/posix';
import { digestOf } from './base/digest.ts';
import type { CommitTree, Standing } from './artifacts/merge/mergeTree.ts';
import type { FileVersion } from './domain/event.ts';
import type { ObjectId } from './domain/ids.ts';
import type { FileChange } from './domain/merge.ts';
import type { CheckoutParts } from './git/checkoutState.ts';

interface Entry {
  readonly mode: string;
  readonly id: string;
}

interface CommitFilesParts {
  readonly checkout: CheckoutParts;
  readonly commit: ObjectId;
  /** From the root of the work tree, with `/`; `''` for the root. */
  readonly prefix: string;
  /** All that is to be put over the commit. */
  readonly changes: readonly FileChange[];
  readonly read: (version: FileVersion) => Promise<Uint8Array>;
  /** Keeps the bytes, so that `read` finds them. */
  readonly keep: (bytes: Uint8Array) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Text that `git lfs` leaves in a commit in place of a file; its oid is the SHA-256 of the file, as our digests are. */
const LFS_POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n[^]*?^oid sha256:([0-9a-f]{64})$/m;

/**
 * The files of a commit as merging needs them. Tasks see files as Git checks them out, and a commit holds them as Git
 * stores them: a file whose stored form is that of what a task began with counts as that.
 * @throws when `git` cannot be asked
 */
export async function commitFiles(parts: CommitFilesParts): Promise<CommitTree> {
  const { checkout, commit, prefix, changes, read, keep, signal } = parts;
  const git = async (args: readonly string[]): Promise<Buffer> => {
    const { gitDir, workTree } = checkout.places;
    const printed = await checkout.program.run(
      args,
      { folder: workTree, env: { GIT_DIR: gitDir } },
      signal,
    );
    if (!printed.ok) {
      throw new Error(printed.error.message);
    }
    return printed.value;
  };
  const listed = await git(['ls-tree', '-r', '-z', '--full-tree', commit]);
  const { files, folders } = entriesOf(listed.toString('utf8'), prefix);
  const befores = new Map<string, FileVersion[]>();
  for (const { path: file, was } of changes) {
    if (was !== undefined) {
      befores.set(file, [...(befores.get(file) ?? []), was]);
    }
  }
  const known = new Map<string, FileVersion>();
  const versionAt = async (file: string, { mode, id }: Entry): Promise<FileVersion> => {
    const bytes = await git(['cat-file', 'blob', id]);
    const executable = mode === '100755';
    const digest = digestOf(bytes);
    for (const was of befores.get(file) ?? []) {
      if (was.digest !== digest && (await isStoredForm(bytes, was, read))) {
        return { digest: was.digest, bytes: was.bytes, executable };
      }
    }
    await keep(bytes);
    return { digest, bytes: bytes.length, executable };
  };
  return {
    at: async (file): Promise<Standing> => {
      const entry = files.get(file);
      if (entry === undefined) {
        return folders.has(file) ? { kind: 'folder' } : undefined;
      }
      if (entry.mode === '120000' || entry.mode === '160000') {
        return { kind: entry.mode === '120000' ? 'link' : 'submodule' };
      }
      const version = known.get(file) ?? (await versionAt(file, entry));
      known.set(file, version);
      return version;
    },
    names: (folder) => Promise.resolve([...(folders.get(folder) ?? [])]),
  };
}

function entriesOf(listed: string, prefix: string) {
  const files = new Map<string, Entry>();
  const folders = new Map<string, Set<string>>();
  const start = prefix === '' ? '' : `${prefix}/`;
  for (const line of listed.split('\0')) {
    const [, mode, id, full] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
    if (mode === undefined || id === undefined || full?.startsWith(start) !== true) {
      continue;
    }
    const file = full.slice(start.length);
    files.set(file, { mode, id });
    for (let at = file; at !== '';) {
      const folder = path.dirname(at) === '.' ? '' : path.dirname(at);
      const names = folders.get(folder);
      if (names?.has(path.basename(at)) === true) {
        break;
      }
      folders.set(folder, (names ?? new Set()).add(path.basename(at)));
      at = folder;
    }
  }
  return { files, folders };
}

/** True where Git stores a file so that it checks out as this version: with other line ends, or elsewhere. */
async function isStoredForm(
  stored: Buffer,
  version: FileVersion,
  read: CommitFilesParts['read'],
): Promise<boolean> {
  if (stored.length < 1024) {
    const pointed = LFS_POINTER.exec(stored.toString('utf8'))?.[1];
    if (pointed !== undefined) {
      return pointed === version.digest;
    }
  }
  if (version.bytes <= stored.length || stored.includes('\r')) {
    return false;
  }
  const text = Buffer.from(await read(version)).toString('latin1');
  return Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1').equals(stored);
}
