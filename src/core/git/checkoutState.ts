import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { createReadStream, lstat, readFile, readlink } from 'node:fs';
import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasCode } from '../base/disk.ts';
import type { Digest } from '../base/digest.ts';
import { digestOf } from '../base/digest.ts';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { CheckoutChange, CheckoutState } from '../domain/checkout.ts';
import { MOST_CHECKOUT_CHANGES } from '../domain/checkout.ts';
import type { ObjectId } from '../domain/ids.ts';
import { isObjectId } from '../domain/ids.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';
import { eachEntry } from './listing.ts';
import { pathText } from './pathText.ts';

/** What a look needs of a repository. */
export interface CheckoutParts {
  readonly places: RepositoryPlaces;
  readonly program: GitProgram;
}

/**
 * Digests what the user has checked out, all of it, also where only a subfolder is open. Writes nothing, not even what
 * Git would refresh in the index.
 *
 * Names that are no UTF-8 are told as `pathText` does. Not seen are: what Git ignores; what a submodule holds, and which
 * of its commits is checked out; what a repository inside that Git does not track holds; folders without files; files
 * the user has told Git not to look at (`assume-unchanged`, `skip-worktree`, those a sparse checkout leaves out); and
 * the execute bit where `core.fileMode` is off and the content is as the index has it.
 *
 * Rejects only with the reason of `signal`.
 */
export async function lookAtCheckout(
  parts: CheckoutParts,
  signal: AbortSignal,
): Promise<Result<CheckoutState, GitProgramProblem>> {
  let before = await stampOf(parts.places);
  for (let left = LOOKS; ; left -= 1) {
    const looked = await look(parts, signal);
    const after = await stampOf(parts.places);
    // Somebody commits or stages just now: one half may be of before, the other of after.
    if (!looked.ok || after === before || left === 1) {
      return looked;
    }
    before = after;
  }
}

/**
 * What is not as it was: at most `MOST_CHECKOUT_CHANGES` told, files last and by path, the rest counted. Whether a file
 * that was as the index has it is now edited or was not there before, the states do not tell: it is `changed`, and so
 * is one that is now as the index has it, or gone without being tracked.
 * @param saved paths as in the states
 */
export function checkoutChanges(
  was: CheckoutState,
  is: CheckoutState,
  saved: ReadonlySet<string>,
): { readonly changes: readonly CheckoutChange[]; readonly more: number } {
  const changes: CheckoutChange[] = [];
  for (const what of ['branch', 'commit'] as const) {
    if (was[what] !== is[what]) {
      changes.push({ what, was: was[what], is: is[what] });
    }
  }
  if (was.index !== is.index) {
    changes.push({ what: 'index' });
  }
  const before = new Map(Object.entries(was.files));
  const after = new Map(Object.entries(is.files));
  for (const file of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(file), after.get(file)];
    if (old !== now) {
      const how = now === null ? 'removed' : old === null ? 'added' : 'changed';
      changes.push({ what: 'file', path: file, how, saved: saved.has(file) });
    }
  }
  const told = changes.slice(0, MOST_CHECKOUT_CHANGES);
  return { changes: told, more: changes.length - told.length };
}

/** Looks at most, where somebody else keeps writing. */
const LOOKS = 3;
/** Files read at once. */
const AT_ONCE = 16;
/** Bytes read in one go: about half a millisecond of digesting. */
const PIECE = 256 * 1024;

// Those with promises take three times the time for small files.
const lstatOf = promisify(lstat);
const bytesOf = promisify(readFile);
const targetOf = promisify<Buffer, { encoding: 'buffer' }, Buffer>(readlink);

async function look(
  { places, program }: CheckoutParts,
  signal: AbortSignal,
): Promise<Result<CheckoutState, GitProgramProblem>> {
  const call = {
    folder: places.workTree,
    env: { GIT_DIR: places.gitDir, GIT_WORK_TREE: places.workTree },
  };
  const [status, staged, branch] = await Promise.all([
    program.run(STATUS, call, signal),
    program.run(['ls-files', '--stage', '-z'], call, signal),
    branchOf(places),
  ]);
  if (!status.ok) {
    return status;
  }
  if (!staged.ok) {
    return staged;
  }
  if (!branch.ok) {
    return branch;
  }
  const { commit, entries } = await readStatus(status.value, signal);
  return ok({
    branch: branch.value,
    commit,
    index: await digestInPieces(staged.value, signal),
    files: await digestFiles(places.workTree, entries, signal),
  });
}

const STATUS = [
  'status',
  '--porcelain=v2',
  '-z',
  '--branch',
  '--no-ahead-behind',
  '--untracked-files=all',
  // What is inside of one is not looked at, which would also start a process for each.
  '--ignore-submodules=dirty',
  '--no-renames',
] as const;

/** Git's own words about HEAD leave out which ref it is where it is no branch. */
async function branchOf({
  gitDir,
}: RepositoryPlaces): Promise<Result<string | undefined, GitProgramProblem>> {
  try {
    const text = await bytesOf(path.join(gitDir, 'HEAD'), 'utf8');
    return ok(/^ref:\s*(\S+)/.exec(text)?.[1]);
  } catch (error) {
    return err({ reason: 'git-failed', message: `HEAD cannot be read: ${wordsOf(error)}` });
  }
}

/** A path that is not as the index has it. */
interface StatusEntry {
  readonly path: Buffer;
  readonly kind: 'tracked' | 'submodule' | 'removed' | 'untracked' | 'repository';
}

async function readStatus(
  printed: Buffer,
  signal: AbortSignal,
): Promise<{ commit: ObjectId | undefined; entries: readonly StatusEntry[] }> {
  const entries: StatusEntry[] = [];
  let commit: ObjectId | undefined;
  await eachEntry(printed, signal, (line) => {
    const kind = String.fromCharCode(line[0] ?? 0);
    if (kind === '#') {
      const id = /^# branch\.oid (\S+)$/.exec(line.toString('latin1'))?.[1] ?? '';
      commit = isObjectId(id) ? id : commit;
      return;
    }
    const entry = entryOf(kind, line);
    if (entry !== undefined) {
      entries.push(entry);
    }
  });
  return { commit, entries };
}

function entryOf(kind: string, line: Buffer): StatusEntry | undefined {
  if (kind === '?') {
    const isFolder = line.at(-1) === SLASH;
    return isFolder
      ? { path: line.subarray(2, -1), kind: 'repository' }
      : { path: line.subarray(2), kind: 'untracked' };
  }
  // "1 XY sub mH mI mW hH hI path", or "u XY sub m1 m2 m3 mW h1 h2 h3 path" for one that is in conflict.
  const fields = kind === 'u' ? 10 : 8;
  const inWorkTree = String.fromCharCode(line[3] ?? 0);
  if (kind !== 'u' && inWorkTree === '.') {
    return undefined;
  }
  let at = 0;
  for (let field = 0; field < fields; field += 1) {
    at = line.indexOf(SPACE, at) + 1;
  }
  const file = line.subarray(at);
  if (kind !== 'u' && inWorkTree === 'D') {
    // In a conflict the letter tells what one side did, not what is in the work tree.
    return { path: file, kind: 'removed' };
  }
  const isSubmodule = line.subarray(0, at).includes(' 160000 ');
  return { path: file, kind: isSubmodule ? 'submodule' : 'tracked' };
}

const SLASH = 0x2f;
const SPACE = 0x20;

async function digestFiles(
  workTree: string,
  entries: readonly StatusEntry[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Digest | null>>> {
  const root = Buffer.from(`${workTree}${path.sep}`);
  const files: [string, Digest | null][] = [];
  const open = entries.values();
  const readOn = async () => {
    for (const entry of open) {
      signal.throwIfAborted();
      const digest = await digestOfEntry(entry, Buffer.concat([root, entry.path]), signal);
      if (digest !== undefined) {
        files.push([pathText(entry.path), digest]);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readOn));
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `undefined`: it is nothing of this checkout. */
async function digestOfEntry(
  { kind }: StatusEntry,
  file: Buffer,
  signal: AbortSignal,
): Promise<Digest | null | undefined> {
  if (kind === 'removed') {
    return null;
  }
  if (kind === 'repository') {
    return digestOf('repository:');
  }
  let status: BigIntStats;
  try {
    status = await lstatOf(file, { bigint: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
      return kind === 'tracked' ? null : undefined;
    }
    return digestOf(`unreadable:${wordsOf(error)}`);
  }
  if (status.isDirectory()) {
    // What is in a folder that stands where a file was is told by itself.
    return kind === 'tracked' ? null : undefined;
  }
  try {
    return await digestOfFile(file, status, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
      return kind === 'tracked' ? null : undefined;
    }
    // Another user's: what can be seen of it from outside.
    const { mode, size, mtimeNs, ino } = status;
    return digestOf(`unreadable:${mode}:${size}:${mtimeNs}:${ino}`);
  }
}

/** Of kind, execute bit and content. Never follows a link. */
async function digestOfFile(
  file: Buffer,
  status: BigIntStats,
  signal: AbortSignal,
): Promise<Digest> {
  if (status.isSymbolicLink()) {
    return digestOf(`link:${digestOf(await targetOf(file, { encoding: 'buffer' }))}`);
  }
  if (!status.isFile()) {
    // Reading a pipe would wait for whoever writes to it.
    return digestOf('special:');
  }
  const kind = (status.mode & 0o100n) === 0n ? 'file' : 'exec';
  if (status.size <= PIECE) {
    return digestOf(`${kind}:${digestOf(await bytesOf(file))}`);
  }
  const hash = createHash('sha256');
  // Up to where it ended when it was looked at: somebody may go on writing.
  const end = Number(status.size) - 1;
  for await (const piece of createReadStream(file, { highWaterMark: PIECE, end, signal })) {
    hash.update(piece as Buffer);
  }
  return digestOf(`${kind}:${hash.digest('hex')}`);
}

async function digestInPieces(bytes: Buffer, signal: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  for (let begin = 0; begin < bytes.length; begin += PIECE) {
    if (begin > 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
    hash.update(bytes.subarray(begin, begin + PIECE));
  }
  return hash.digest('hex') as Digest;
}

/** Changes when somebody switches, stages or commits; also when only what Git remembers of files is refreshed. */
async function stampOf({ gitDir }: RepositoryPlaces): Promise<string> {
  const [head, index] = await Promise.all(
    ['HEAD', 'index'].map(async (name) => {
      try {
        const { ino, size, mtimeNs } = await lstatOf(path.join(gitDir, name), { bigint: true });
        return `${ino}:${size}:${mtimeNs}`;
      } catch {
        return 'absent';
      }
    }),
  );
  return `${head} ${index}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
