import type { Digest } from '../base/digest.ts';
import type { Artifact } from './event.ts';
import type { ObjectId, RunId, TaskId } from './ids.ts';

/** A task's artifacts, about to become a commit. */
export interface LandingRequest {
  readonly run: RunId;
  readonly workflow: string;
  readonly task: TaskId;
  readonly attempt: number;
  readonly agent: { readonly name: string; readonly version: string | undefined };
  /** Of the rendered prompt. */
  readonly promptDigest: Digest;
  /** The commit the run was planned on; `undefined` on a branch without a commit. */
  readonly base: ObjectId | undefined;
  /** Commits of earlier results of the task on its branch, the last one newest: this one follows it. */
  readonly earlier: readonly ObjectId[];
  /** Commits that may stand on its refs because an earlier landing of the task was cut off or failed. */
  readonly intended: readonly ObjectId[];
  readonly artifacts: readonly Artifact[];
  readonly approvals: readonly { readonly gate: TaskId; readonly by: string }[];
  /** Milliseconds since 1970; the commit's date. */
  readonly endedAt: number;
}

/** A commit that no ref names yet. */
export interface PreparedLanding {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** Without `refs/tags/`. */
  readonly tag: string;
  readonly commit: ObjectId;
  /** What the branch named before; `undefined`: it is new. */
  readonly follows: ObjectId | undefined;
  /** Commits of the task that may stand there instead, and count for nothing. */
  readonly replaces: readonly ObjectId[];
}
