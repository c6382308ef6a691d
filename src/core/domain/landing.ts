import type { Digest } from '../base/digest.ts';
import type { Artifact, Decision, RemovedFile } from './event.ts';
import type { ObjectId, RunId, TaskId } from './ids.ts';

/** Who commits are by. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** How results reach branches, fixed when the run starts. */
export interface LandingRules {
  /** `<prefix>/<run>/<task>` below `refs/heads/`. */
  readonly prefix: string;
  readonly author: Author;
}

export const DEFAULT_LANDING_RULES: LandingRules = {
  prefix: 'ai/generated',
  author: { name: 'Sluice', email: 'sluice@localhost' },
};

/** A task's artifacts, about to become a commit. */
export interface LandingRequest {
  readonly run: RunId;
  readonly workflow: string;
  readonly task: TaskId;
  readonly attempt: number;
  readonly agent: { readonly name: string; readonly version: string | undefined };
  /** As in the plan. */
  readonly rules: LandingRules;
  /** Follows the run through other systems' records. */
  readonly correlation: string;
  /** Of its last call that was answered; `undefined`: no model was asked. */
  readonly model: { readonly requested: string; readonly served: string | undefined } | undefined;
  /** US dollars of all its calls; `undefined`: no model was asked, or not all of them have a price. */
  readonly usd: number | undefined;
  /** Of the rendered prompt. */
  readonly promptDigest: Digest;
  /** The commit the run was planned on; `undefined` on a branch without a commit. */
  readonly base: ObjectId | undefined;
  /** What its branch names, which this one follows; `undefined`: nothing, or what was there was taken back. */
  readonly follows: ObjectId | undefined;
  /** Commits of all its earlier results, the last one newest. */
  readonly earlier: readonly ObjectId[];
  /** Commits that may stand on its refs because an earlier landing of the task was cut off or failed. */
  readonly intended: readonly ObjectId[];
  readonly artifacts: readonly Artifact[];
  readonly removed: readonly RemovedFile[];
  /** Decisions at the gates that guard it. */
  readonly gates: readonly {
    readonly gate: TaskId;
    readonly decision: Decision;
    readonly by: string;
  }[];
  /** Milliseconds since 1970; the commit's date. */
  readonly endedAt: number;
}

/** A commit that no ref names yet. */
export interface PreparedLanding {
  /** The first part of the branch's name. */
  readonly prefix: string;
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
