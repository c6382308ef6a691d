import type { Result } from './base/result.ts';
import type { FileVersion } from './domain/event.ts';
import type { ObjectId, RunId, TaskId } from './domain/ids.ts';
import type { ConflictChoice, FileChange, MergeConflict, MergePlace } from './domain/merge.ts';
import type { RunForecast } from './projections/forecast.ts';

/** What a run's tasks have made, and what a person does with it. Errors continue "…, because". */
export interface Results {
  /** What each task did to files, in the order of their paths; none: it made nothing, or is not done. */
  changes(run: RunId, task: TaskId): readonly FileChange[];
  /** The bytes of one version of a file. Rejects when they cannot be read any more. */
  bytes(version: FileVersion): Promise<Uint8Array>;
  /** What would happen if all results of the run that count were merged now, approved or not. Writes nothing. */
  forecast(run: RunId, signal: AbortSignal): Promise<Result<ShownForecast, string>>;
  /** Conflicts of merges that wait for a person, newest run first. */
  openConflicts(): readonly OpenConflict[];
  /**
   * Merges the results that stand on branches onto the branch the run began on, as it is now, in the order of the
   * graph, into `<prefix>/<run>/merged`; goes on where a conflict was, once every path of it has a choice. Between two
   * results the workflow's `validate` must pass. Resolves with where it came to; nothing but that branch is written.
   */
  merge(run: RunId, options: MergeRequest): Promise<Result<MergePlace, string>>;
  /** What a person takes for a path that could not be merged. Bytes of their own are kept first. */
  choose(
    conflict: { readonly run: RunId; readonly task: TaskId; readonly path: string },
    choice: 'ours' | 'theirs' | { readonly bytes: Uint8Array; readonly executable: boolean },
  ): Promise<Result<void, string>>;
  /** Takes one task's result back: its branch and tags. Others, and what the run shows of it, stay. */
  rollBack(run: RunId, task: TaskId): Promise<Result<RolledBack, string>>;
  /** What `drop` would remove. */
  dropping(run: RunId): Promise<Result<Dropped, string>>;
  /** Removes a run that nobody drives: its branches, tags, copies and its journal. */
  drop(run: RunId): Promise<Result<Dropped, string>>;
  /** Finished runs that ended longer ago than this, newest first. */
  prunable(olderThanMs: number): readonly RunId[];
}

export interface MergeRequest {
  readonly signal: AbortSignal;
  /** Of each result that is about to be merged. */
  readonly told?: (task: TaskId) => void;
  /** From the start, on the branch as it is now, also where an earlier merge waits: its choices count no more. */
  readonly anew?: boolean | undefined;
}

export interface ShownForecast extends RunForecast {
  /** What people call the branch the run began on: `main`, or a commit. */
  readonly base: string;
}

export interface OpenConflict {
  readonly run: RunId;
  /** The task whose result could not be merged. */
  readonly task: TaskId;
  /** Those without a choice yet come first. */
  readonly conflicts: readonly (MergeConflict & { readonly choice: ConflictChoice | undefined })[];
}

export interface RolledBack {
  /** Full names of the refs that are gone. */
  readonly refs: readonly string[];
  /** Refs that stay, each with the reason as the end of a sentence: somebody moved them, or has them checked out. */
  readonly kept: readonly { readonly ref: string; readonly why: string }[];
  /** Tasks that were built on it, whose results stay. */
  readonly builtOn: readonly TaskId[];
  /** The merged branch holds it; merge again to be rid of it. */
  readonly isMerged: boolean;
}

export interface Dropped extends Pick<RolledBack, 'refs' | 'kept'> {
  readonly run: RunId;
  /** Milliseconds since 1970; `undefined`: it has not ended, or cannot be read. */
  readonly endedAt: number | undefined;
  /** What the merged branch names, where there is one. */
  readonly merged: ObjectId | undefined;
}
