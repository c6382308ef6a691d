import type { Failure } from './failure.ts';
import type { FileVersion } from './event.ts';
import type { ObjectId, TaskId } from './ids.ts';
import type { Actor } from './actor.ts';

// The results of a run as one branch. What a task made is a list of changes of paths, each with what stood there
// before: so merging is putting one list after another over a tree, and needs nothing but bytes.

/** What a task did to one path. Not both sides are `undefined`. */
export interface FileChange {
  /** Relative to the folder of the run, with `/`. */
  readonly path: string;
  /** What stood there when the task began; `undefined`: nothing. */
  readonly was: FileVersion | undefined;
  /** `undefined`: the task removed it. */
  readonly is: FileVersion | undefined;
}

/**
 * Why two changes of a path cannot both stand. `content`: they changed the same lines. `added`: both made the file, and
 * differently. `removed`: one changed what the other removed. `binary`: both changed what has no lines, or is too large
 * to be merged. `folder`: a file of the one is a folder of the other. `mode`: only one of them makes it executable, and
 * the other takes it back. `kind`: there is a link or a submodule.
 */
export const CONFLICT_KINDS = [
  'content',
  'added',
  'removed',
  'binary',
  'folder',
  'mode',
  'kind',
] as const;
export type ConflictKind = (typeof CONFLICT_KINDS)[number];

/** Whose change it is: a task's, or that of the branch the run began on, since it began. */
export type MergeSide = { readonly by: 'task'; readonly task: TaskId } | { readonly by: 'base' };

export interface ForecastConflict {
  readonly path: string;
  readonly kind: ConflictKind;
  /** In the order they would be merged. */
  readonly between: readonly [MergeSide, MergeSide];
}

/** What would happen if the results of a run were merged now. */
export interface Forecast {
  /** In the order they would be merged. */
  readonly tasks: readonly TaskId[];
  /** By path, then by side. */
  readonly conflicts: readonly ForecastConflict[];
  /** Paths that several sides changed and that can be merged. */
  readonly clean: readonly string[];
  /** Commits since the run began on the branch it began on; `undefined`: it was not looked. */
  readonly baseMoved: boolean | undefined;
}

/** The three versions of a path that could not be merged. */
export interface MergeConflict {
  readonly path: string;
  readonly kind: ConflictKind;
  readonly was: FileVersion | undefined;
  /** What was merged before. */
  readonly ours: FileVersion | undefined;
  /** What the task made of it. */
  readonly theirs: FileVersion | undefined;
}

/** What a person takes for a path that could not be merged. */
export type ConflictChoice = 'ours' | 'theirs' | FileVersion;

/** Where the merge of a run's results is. The latest one counts. */
export interface MergeState {
  /** The commit it is put on; `undefined`: the repository has none. */
  readonly onto: ObjectId | undefined;
  /** Approved results, in the order they are merged. */
  readonly tasks: readonly TaskId[];
  readonly by: Actor;
  readonly startedAt: number;
  /** What people chose, by `choiceKey`. */
  readonly choices: ReadonlyMap<string, ConflictChoice>;
  readonly place: MergePlace;
  /** Commits the branch was to name, of this merge and of earlier ones: anything else there is somebody else's. */
  readonly intended: readonly ObjectId[];
}

export type MergePlace =
  | { readonly kind: 'merging' }
  /** A person has to choose. */
  | {
      readonly kind: 'conflict';
      readonly task: TaskId;
      readonly conflicts: readonly MergeConflict[];
    }
  /** With this task's result a check fails that passed without it. */
  | {
      readonly kind: 'broken';
      readonly task: TaskId;
      readonly command: string;
      readonly code: number | undefined;
      readonly tail: string;
    }
  /** Intent: the branch is about to name the commit. */
  | { readonly kind: 'publishing'; readonly branch: string; readonly commit: ObjectId }
  | { readonly kind: 'done'; readonly branch: string; readonly commit: ObjectId }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Names a choice: the task whose result met the conflict, and the path. */
export function choiceKey(task: TaskId, path: string): string {
  return `${task}\n${path}`;
}
