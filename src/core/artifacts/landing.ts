import type { Digest } from '../base/digest.ts';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Failure } from '../domain/failure.ts';
import type { ObjectId, RunId, TaskId } from '../domain/ids.ts';
import type { LandingProblem } from './landingProblem.ts';
import { landingFailure } from './landingProblem.ts';
import type { Author, LandingRequest, LandingRules, PreparedLanding } from '../domain/landing.ts';
import { landingMessage } from './message.ts';
import { protectedPath } from '../domain/protectedPaths.ts';

/** What landing needs of a repository. */
export interface LandingTarget {
  /** The folder that artifact paths are relative to, relative to the root of the repository, with `/`; `''` for the root. */
  readonly prefix: string;
  /** Durable when it resolves, named by no ref; equal requests give the same commit. */
  commit(request: {
    readonly base: ObjectId | undefined;
    readonly parents: readonly ObjectId[];
    readonly files: readonly {
      readonly path: string;
      readonly executable: boolean;
      readonly read: () => Promise<Uint8Array>;
    }[];
    readonly removed: readonly string[];
    readonly message: string;
    readonly author: Author;
    readonly timestamp: { readonly seconds: number; readonly offsetMinutes: number };
  }): Promise<Result<ObjectId, { readonly message: string }>>;
  /** Full name, `refs/…`. */
  resolve(ref: string): Promise<ObjectId | undefined>;
  /** Both refuse, as a bug, what is neither a branch below the prefix nor one of Sluice's tags. */
  createRef(ref: string, id: ObjectId, rules: RefRules): Promise<RefOutcome>;
  updateRef(ref: string, id: ObjectId, expected: ObjectId, rules: RefRules): Promise<RefOutcome>;
}

interface RefRules extends Pick<LandingRules, 'prefix'> {
  /** Commits that an earlier try was to put there: a lock that holds one of them is of no use to anybody. */
  readonly left: readonly ObjectId[];
}

type RefOutcome =
  | { readonly kind: 'created' | 'updated' | 'exists-same' }
  | { readonly kind: 'conflict'; readonly ref: string; readonly value: ObjectId | undefined }
  | { readonly kind: 'locked'; readonly file: string }
  | { readonly kind: 'missing-object'; readonly id: ObjectId };

export type LandingCommit = Parameters<LandingTarget['commit']>[0];

export interface LandingOptions {
  readonly target: LandingTarget;
  /** Rejects when the blob is missing or damaged. */
  readonly readBlob: (digest: Digest) => Promise<Uint8Array>;
}

/**
 * Makes what a task did a commit on the branch `<prefix>/<run>/<task>` and the tag `workflow_<run>_<task>` (`…__2` for
 * the second result of a task that was asked for again), in two steps with room for a journal entry between them. Each
 * step may be repeated after a crash: the same request gives the same commit, a ref that is right is left alone.
 * Nothing else in the repository changes.
 */
export class Landing {
  readonly #target: LandingTarget;
  readonly #readBlob: (digest: Digest) => Promise<Uint8Array>;

  constructor({ target, readBlob }: LandingOptions) {
    this.#target = target;
    this.#readBlob = readBlob;
  }

  /**
   * Writes the commit, no ref. All that the task did lands, or nothing.
   * @param named as of `check`
   */
  async prepare(
    request: LandingRequest,
    named: readonly string[] = [],
  ): Promise<Result<PreparedLanding, Failure>> {
    const paths = [...request.artifacts, ...request.removed].map(({ path }) => path);
    const problem = this.check(paths, named);
    if (problem !== undefined) {
      return err(landingFailure(problem));
    }
    return await guarded(async () => {
      const commit = await this.#target.commit({
        base: request.base,
        parents: [request.follows ?? request.base].filter((one) => one !== undefined),
        files: request.artifacts.map(({ path, executable, digest }) => ({
          path,
          executable,
          read: () => this.#readBlob(digest),
        })),
        removed: request.removed.map(({ path }) => path),
        message: landingMessage(request),
        author: request.rules.author,
        timestamp: { seconds: Math.floor(request.endedAt / 1000), offsetMinutes: 0 },
      });
      return commit.ok
        ? ok({
            ...namesOf(request),
            prefix: request.rules.prefix,
            commit: commit.value,
            follows: request.follows,
            replaces: request.intended.filter((one) => !request.earlier.includes(one)),
          })
        : err(landingFailure({ reason: 'refused', message: commit.error.message }));
    });
  }

  /**
   * Makes branch and tag name the commit. When either is taken by something else than what it follows,
   * neither is written.
   */
  async publish(prepared: PreparedLanding): Promise<Result<void, Failure>> {
    const { branch, tag, commit, follows, replaces, prefix } = prepared;
    const refs = [
      { ref: `refs/heads/${branch}`, follows },
      { ref: `refs/tags/${tag}`, follows: undefined },
    ];
    return await guarded(async () => {
      for (const { ref, follows: expected } of refs) {
        const value = await this.#target.resolve(ref);
        const isOurs = value === commit || value === expected;
        if (value !== undefined && !isOurs && !replaces.includes(value)) {
          return err(landingFailure({ reason: 'ref-conflict', ref, value }));
        }
      }
      for (const { ref } of refs) {
        const problem = await this.#point(ref, commit, { prefix, left: replaces });
        if (problem !== undefined) {
          return err(landingFailure(problem));
        }
      }
      return ok(undefined);
    });
  }

  /**
   * The first path that a task may not write. Paths are relative to the folder of the run, with `/`.
   * @param named globs that say what it owns; a protected path is allowed where one of them names it without a wildcard
   */
  check(paths: readonly string[], named: readonly string[]): LandingProblem | undefined {
    // From the root, because the folder of the run may itself lie in a protected one.
    const fromRoot = (path: string) =>
      this.#target.prefix === '' ? path : `${this.#target.prefix}/${path}`;
    const allowed = named.map(fromRoot);
    for (const path of paths.map(fromRoot)) {
      const name = protectedPath(path, allowed);
      if (name !== undefined) {
        return { reason: 'protected-path', path, name };
      }
    }
    return undefined;
  }

  async #point(
    ref: string,
    commit: ObjectId,
    rules: RefRules,
  ): Promise<LandingProblem | undefined> {
    const value = await this.#target.resolve(ref);
    const outcome =
      value === undefined || value === commit
        ? await this.#target.createRef(ref, commit, rules)
        : await this.#target.updateRef(ref, commit, value, rules);
    switch (outcome.kind) {
      case 'created':
      case 'updated':
      case 'exists-same':
        return undefined;
      case 'conflict':
        return { reason: 'ref-conflict', ref: outcome.ref, value: outcome.value };
      case 'locked':
        return { reason: 'locked', file: outcome.file };
      case 'missing-object':
        return { reason: 'missing-object', id: outcome.id };
    }
  }
}

/** The branch moves on with each result of the task; a tag stays where it is, so each result has its own. */
function namesOf({
  rules,
  run,
  task,
  earlier,
}: LandingRequest): Pick<PreparedLanding, 'branch' | 'tag'> {
  const tag = `workflow_${run}_${task}`;
  return {
    branch: branchOfTask(rules, run, task),
    tag: earlier.length === 0 ? tag : `${tag}__${earlier.length + 1}`,
  };
}

/** Without `refs/heads/`. */
export function branchOfTask({ prefix }: LandingRules, run: RunId, task: TaskId): string {
  return `${prefix}/${run}/${task}`;
}

/** A full disk, a damaged repository or a lost blob is a failure of the landing; a bug stays an exception. */
async function guarded<T>(work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && !error.message.startsWith('Internal error')) {
      return err(landingFailure({ reason: 'refused', message: error.message }));
    }
    throw error;
  }
}
