import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { Artifact, BlobRef, RunStatus } from './event.ts';
import type { Failure } from './failure.ts';
import type { ObjectId, RunId, TaskId } from './ids.ts';
import type { ProcessIdentity } from './runner.ts';

/** What a run is, folded from its journal. Every view and the engine itself read this and nothing else. */
export interface RunState {
  readonly run: RunId;
  readonly workflow: string;
  /** As in the event `run-created`. */
  readonly folder: string;
  readonly by: Actor;
  readonly createdAt: number;
  /** Of the last event folded in. */
  readonly seq: number;
  readonly epoch: number;
  readonly phase: RunPhase;
  readonly tasks: ReadonlyMap<TaskId, TaskState>;
  /** Only of tasks that made artifacts and began to land. */
  readonly landings: ReadonlyMap<TaskId, LandingState>;
  readonly frontier: Frontier;
}

/** Where the run stands, kept up to date event by event so that deciding costs no look at the whole. */
export interface Frontier {
  /** Pending tasks of agents whose needs are all done, the one to start first in front. */
  readonly ready: readonly TaskId[];
  /** Pending gates whose needs are all done: to be opened. */
  readonly dueGates: ReadonlySet<TaskId>;
  /** Pending tasks that can never run, because a task they need ended otherwise. */
  readonly doomed: ReadonlySet<TaskId>;
  readonly running: ReadonlySet<TaskId>;
  /** Open gates. */
  readonly waiting: ReadonlySet<TaskId>;
  /** Tasks whose artifacts may reach their branch and have not yet: every gate behind them is approved. */
  readonly landable: ReadonlySet<TaskId>;
  /** Tasks that have not ended. */
  readonly unfinished: number;
}

export type RunPhase =
  | { readonly kind: 'active' }
  | { readonly kind: 'cancelling'; readonly by: Actor }
  | { readonly kind: 'finished'; readonly status: RunStatus; readonly at: number };

export type TaskState =
  | {
      readonly kind: 'pending';
      /** Attempts already made and thrown away. */
      readonly attempts: number;
    }
  | {
      readonly kind: 'running';
      readonly attempt: number;
      readonly startedAt: number;
      readonly process: ProcessIdentity | undefined;
    }
  | {
      readonly kind: 'waiting';
      readonly openedAt: number;
      readonly digest: Digest;
      readonly ask: string;
    }
  | {
      readonly kind: 'succeeded';
      readonly attempt: number;
      readonly endedAt: number;
      readonly durationMs: number;
      readonly exitCode: number;
      readonly output: BlobRef;
      readonly log: BlobRef;
      readonly artifacts: readonly Artifact[];
    }
  | {
      readonly kind: 'approved';
      readonly openedAt: number;
      readonly endedAt: number;
      readonly digest: Digest;
      readonly by: Actor;
      readonly note: string | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly attempt: number;
      readonly endedAt: number;
      readonly durationMs: number;
      readonly failure: Failure;
      readonly log: BlobRef | undefined;
    }
  | { readonly kind: 'skipped'; readonly endedAt: number; readonly because: readonly TaskId[] }
  | { readonly kind: 'cancelled'; readonly endedAt: number; readonly durationMs: number };

export type LandingState =
  | {
      readonly kind: 'started';
      readonly branch: string;
      readonly tag: string;
      readonly commit: ObjectId;
    }
  | {
      readonly kind: 'done';
      readonly branch: string;
      readonly tag: string;
      readonly commit: ObjectId;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** True once nothing more will happen to the task by itself. */
export function hasEnded(task: TaskState): boolean {
  return task.kind !== 'pending' && task.kind !== 'running' && task.kind !== 'waiting';
}

/** True when what depends on the task may run. */
export function isDone(task: TaskState): boolean {
  return task.kind === 'succeeded' || task.kind === 'approved';
}
