import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';

export interface RefParts {
  readonly places: RepositoryPlaces;
  readonly program: GitProgram;
}

export interface RefValue {
  /** Full name: `refs/…`. */
  readonly ref: string;
  readonly id: ObjectId;
}

export interface RefToDelete {
  /** Full name: `refs/…`. */
  readonly ref: string;
  /** It goes only while it names this. */
  readonly expected: ObjectId;
}

export type RefDeletion =
  | {
      readonly ref: string;
      /**
       * `absent`: somebody else had deleted it. `changed`: it names something else, or another ref. `checked-out`: a work
       * tree of the repository is on it, or is in the midst of rebasing or bisecting it.
       */
      readonly outcome: 'deleted' | 'absent' | 'changed' | 'checked-out';
    }
  /** `message` is one sentence for people: mostly that another program holds its lock. */
  | { readonly ref: string; readonly outcome: 'failed'; readonly message: string };

/**
 * Deletes refs, loose and packed, with their reflogs and the folders that are empty then; each of them whatever becomes
 * of the others, and all at once where nothing keeps any. Nothing else of the repository changes, its configuration
 * neither. What they named goes when Git next collects what nothing names.
 * @param isOwn says which refs may be deleted; being asked for another is a bug
 * @returns one for each ref, in their order. Rejects only with the reason of `signal`
 */
export async function deleteRefs(
  parts: RefParts,
  refs: readonly RefToDelete[],
  isOwn: (ref: string) => boolean,
  signal: AbortSignal,
): Promise<Result<readonly RefDeletion[], GitProgramProblem>> {
  for (const { ref } of refs) {
    if (!isOwn(ref) || !REF.test(ref)) {
      throw new Error(`Internal error: Sluice may not delete the ref ${JSON.stringify(ref)}`);
    }
  }
  const before = await lookAtRefs(parts, refs, signal);
  if (!before.ok) {
    return before;
  }
  const open = refs.filter((one) => before.value(one) === 'as expected');
  const refused = await deleteTogether(parts, [...new Set(open)], signal);
  const after = refused.size === 0 ? before : await lookAtRefs(parts, refs, signal);
  if (!after.ok) {
    return after;
  }
  const outcomes = refs.map((one): RefDeletion => {
    const { ref } = one;
    const was = before.value(one);
    if (was !== 'as expected') {
      return { ref, outcome: was };
    }
    const message = refused.get(ref);
    if (message === undefined) {
      return { ref, outcome: 'deleted' };
    }
    const is = after.value(one);
    return is === 'as expected' ? { ref, outcome: 'failed', message } : { ref, outcome: is };
  });
  for (const { ref, outcome } of outcomes) {
    if (outcome === 'deleted' || outcome === 'absent') {
      await removeEmptyFolders(parts.places, ref);
    }
  }
  return ok(outcomes);
}

/**
 * Removes the locks of refs that a program of ours left when it was killed on the way to writing them: those that hold a
 * commit which was to stand there. Others stay, and folders that are empty then go. Only for refs that nobody writes.
 * @param refs each with the commits that Sluice has put there or was about to
 * @throws what the disk throws
 */
export async function removeLeftLocks(
  places: RepositoryPlaces,
  refs: readonly { readonly ref: string; readonly ours: ReadonlySet<ObjectId> }[],
): Promise<void> {
  for (const { ref, ours } of refs) {
    const lock = path.join(places.commonDir, `${ref}.lock`);
    const held = await readFile(lock, 'utf8').catch(() => '');
    if ([...ours].some((id) => held === `${id}\n`)) {
      // Another program may tidy up as well.
      await rm(lock, { force: true });
      if (!(await isFile(path.join(places.commonDir, ref)))) {
        await removeEmptyFolders(places, ref);
      }
    }
  }
}

/**
 * Refs whose full names begin with one of these texts, with what they name, by name; those that name other refs are not
 * among them. Rejects only with the reason of `signal`.
 * @param prefixes `refs/heads/ai/generated/`, `refs/tags/workflow_`
 */
export async function listOwnRefs(
  parts: RefParts,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly RefValue[], GitProgramProblem>> {
  const listed = await listRefs(parts, prefixes, signal);
  return listed.ok
    ? ok(
        listed.value.flatMap(({ ref, id, isSymbolic }) =>
          !isSymbolic && prefixes.some((prefix) => ref.startsWith(prefix)) ? [{ ref, id }] : [],
        ),
      )
    : listed;
}

/** What keeps a name from being taken for anything else in a line to Git. */
const REF = /^refs\/[^\s\0]+$/;

interface ListedRef extends RefValue {
  readonly isSymbolic: boolean;
  /** A work tree is on it. */
  readonly isCheckedOut: boolean;
}

async function listRefs(
  { places, program }: RefParts,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly ListedRef[], GitProgramProblem>> {
  const folders = [...new Set(prefixes.map((prefix) => path.posix.dirname(`${prefix}x`)))];
  if (folders.length === 0) {
    // Asked for none, Git would list all.
    return ok([]);
  }
  const printed = await program.run(
    [
      'for-each-ref',
      `--format=${['objectname', 'refname', 'symref', 'worktreepath'].map((name) => `%(${name})`).join('%00')}`,
      '--',
      ...folders,
    ],
    callIn(places),
    signal,
  );
  if (!printed.ok) {
    return printed;
  }
  const lines = printed.value.toString('utf8').split('\n');
  return ok(
    lines.flatMap((line) => {
      const [id, ref, symbolic, workTree] = line.split('\0');
      // A line without them is the rest of the name of a work tree.
      return ref === undefined
        ? []
        : [
            {
              ref,
              id: objectId(id ?? ''),
              isSymbolic: symbolic !== '',
              isCheckedOut: workTree !== '',
            },
          ];
    }),
  );
}

type Standing = 'as expected' | 'absent' | 'changed' | 'checked-out';

async function lookAtRefs(
  parts: RefParts,
  refs: readonly RefToDelete[],
  signal: AbortSignal,
): Promise<Result<(one: RefToDelete) => Standing, GitProgramProblem>> {
  const listed = await listRefs(
    parts,
    refs.map(({ ref }) => `${path.posix.dirname(ref)}/`),
    signal,
  );
  if (!listed.ok) {
    return listed;
  }
  const known = new Map(listed.value.map((one) => [one.ref, one]));
  const inUse = await refsInUse(parts.places);
  const damaged = new Set<string>();
  for (const { ref } of refs) {
    if (!known.has(ref) && (await isFile(path.join(parts.places.commonDir, ref)))) {
      // Git lists none that name nothing it can find.
      damaged.add(ref);
    }
  }
  return ok(({ ref, expected }) => {
    const found = known.get(ref);
    if (found === undefined) {
      return damaged.has(ref) ? 'changed' : 'absent';
    }
    if (found.isSymbolic || found.id !== expected) {
      return 'changed';
    }
    return found.isCheckedOut || inUse.has(ref) ? 'checked-out' : 'as expected';
  });
}

/** Branches whose names a work tree will need again although its HEAD names none just now. */
async function refsInUse({ commonDir }: RepositoryPlaces): Promise<ReadonlySet<string>> {
  const linked = path.join(commonDir, 'worktrees');
  const names = await readdir(linked).catch(() => []);
  const inUse = new Set<string>();
  for (const gitDir of [commonDir, ...names.map((name) => path.join(linked, name))]) {
    for (const file of ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']) {
      const text = (await readFile(path.join(gitDir, file), 'utf8').catch(() => '')).trim();
      if (text !== '') {
        // A bisection keeps the short name.
        inUse.add(text.startsWith('refs/') ? text : `refs/heads/${text}`);
      }
    }
  }
  return inUse;
}

/**
 * In one transaction; where that is refused, in two of half the size, so that one ref keeps only itself.
 * @returns those that stay, with the words of Git
 */
async function deleteTogether(
  parts: RefParts,
  refs: readonly RefToDelete[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (refs.length === 0) {
    return new Map();
  }
  const lines = refs.map(({ ref, expected }) => `delete ${ref} ${expected}\n`);
  const done = await parts.program.run(
    ['update-ref', '--no-deref', '--stdin'],
    { ...callIn(parts.places), input: Buffer.from(lines.join('')) },
    signal,
  );
  if (done.ok) {
    return new Map();
  }
  if (refs.length === 1) {
    return new Map(refs.map(({ ref }) => [ref, done.error.message]));
  }
  const half = Math.ceil(refs.length / 2);
  return new Map([
    ...(await deleteTogether(parts, refs.slice(0, half), signal)),
    ...(await deleteTogether(parts, refs.slice(half), signal)),
  ]);
}

/** Git leaves some where refs were packed. Never takes one with something in it. */
async function removeEmptyFolders({ commonDir }: RepositoryPlaces, ref: string): Promise<void> {
  for (const root of [commonDir, path.join(commonDir, 'logs')]) {
    // `refs/heads` and `refs/tags` stay.
    for (let at = path.posix.dirname(ref); at.split('/').length > 2; at = path.posix.dirname(at)) {
      try {
        await rmdir(path.join(root, at));
      } catch {
        break;
      }
    }
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch {
    return false;
  }
}

function callIn({ workTree, gitDir }: RepositoryPlaces) {
  return { folder: workTree, env: { GIT_DIR: gitDir, GIT_WORK_TREE: workTree } };
}
