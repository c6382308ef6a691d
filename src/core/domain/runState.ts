import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { CheckoutChange } from './checkout.ts';
import type { ParkReason } from './deed.ts';
import type {
  Artifact,
  BlobRef,
  Decision,
  RemovedFile,
  RunStatus,
  Seal,
  TaskEdit,
} from './event.ts';
import type { MissReason, Reuse } from './cache.ts';
import type { Mending } from './debugging.ts';
import type { Failure } from './failure.ts';
import type { ObjectId, RunId, TaskId } from './ids.ts';
import type { Ledger } from './ledger.ts';
import type { MergeState } from './merge.ts';
import type { OpenQuestion, QuestionId, Reply } from './question.ts';
import type { ProcessIdentity } from './runner.ts';
import type { PermissionMode } from './terms.ts';
import type { TestReport } from './testReport.ts';

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
  /** Commits of the tasks' results on their branches, the newest last: also of results that were asked for again. */
  readonly landed: ReadonlyMap<TaskId, readonly ObjectId[]>;
  /** What the branches of tasks name: of those whose result nobody took back. */
  readonly standing: ReadonlyMap<TaskId, ObjectId>;
  /** Commits that were to be put on the tasks' branches: those above, and where that was cut off or failed. */
  readonly intended: ReadonlyMap<TaskId, readonly ObjectId[]>;
  /** What the looks at the user's checkout have shown. */
  readonly checkout: CheckoutLooks;
  /** `undefined`: nobody has merged the results. */
  readonly merge: MergeState | undefined;
  /** Tasks that do not start until they are released, and who holds them. */
  readonly held: ReadonlyMap<TaskId, Actor>;
  /** What people changed about tasks; each counts for every later attempt. */
  readonly edits: ReadonlyMap<TaskId, TaskEdit>;
  /** The last answer to each gate, also where the gate is asked again since. */
  readonly answers: ReadonlyMap<TaskId, GateAnswer>;
  /** What people want changed about what tasks have made, oldest first; each counts for every later attempt. */
  readonly wanted: ReadonlyMap<TaskId, readonly WantedChange[]>;
  /** Tasks that have failed and are mended, or were: how that stands. */
  readonly mending: ReadonlyMap<TaskId, Mending>;
  /** What agents ask people, by id. */
  readonly questions: ReadonlyMap<QuestionId, OpenQuestion>;
  /** Running tasks that wait for a person's answer, and since when: they take no slot. */
  readonly asking: ReadonlyMap<TaskId, number>;
  /** What people answered, of questions whose attempts are not over. */
  readonly replies: ReadonlyMap<QuestionId, Reply>;
  /** Tools that a person allowed a task for good. */
  readonly allowed: ReadonlyMap<TaskId, ReadonlySet<string>>;
  /** Permission modes that people chose. */
  readonly permissions: ReadonlyMap<TaskId, PermissionMode>;
  /** Budgets that people raised, by `budgetKey`, in their unit. */
  readonly raised: ReadonlyMap<string, number>;
  /** Budgets of which four fifths are spent, by `budgetKey`. */
  readonly noticed: ReadonlySet<string>;
  readonly ledger: Ledger;
  /** Why tasks run or ran although the cache was asked. */
  readonly misses: ReadonlyMap<TaskId, { readonly key: Digest; readonly why: MissReason }>;
  /** Tasks that the cache must not answer. */
  readonly fresh: ReadonlySet<TaskId>;
  /** Tasks that have waited for another one that was asked the same. They do so once. */
  readonly waited: ReadonlySet<TaskId>;
  readonly frontier: Frontier;
}

/** Where the run stands, kept up to date event by event so that deciding costs no look at the whole. */
export interface Frontier {
  /** Pending tasks that may start once the cache has been asked about them. */
  readonly unasked: ReadonlySet<TaskId>;
  /** Pending tasks of agents that may start now, but for those in `delayed`. */
  readonly ready: ReadyTasks;
  /** Tasks that may start once their time has come, in milliseconds since 1970. */
  readonly delayed: ReadonlyMap<TaskId, number>;
  /** Tasks whose needs allow it and whose conditions are to be judged. */
  readonly undecided: ReadonlySet<TaskId>;
  /** Pending tasks that have failed and for whose mending something is to be decided. */
  readonly faulty: ReadonlySet<TaskId>;
  /** Pending gates whose needs are all done: to be opened. */
  readonly dueGates: ReadonlySet<TaskId>;
  /** Pending tasks that can never run, because a task they need ended otherwise. */
  readonly doomed: ReadonlySet<TaskId>;
  readonly running: ReadonlySet<TaskId>;
  /** Pending tasks that stand for lanes, and the tasks that must have succeeded before these are known. */
  readonly folded: ReadonlyMap<TaskId, readonly TaskId[]>;
  /** False while as many lanes of its step are under way as may be. @param beside tasks that begin with it */
  mayBegin(task: TaskId, beside: Iterable<TaskId>): boolean;
  /** Open gates. */
  readonly waiting: ReadonlySet<TaskId>;
  /** Attempts that were cut off and that a person has to look at. */
  readonly unknown: ReadonlySet<TaskId>;
  /** Running tasks that a person stops, holds, or that the run's pause interrupts. */
  readonly stopping: ReadonlySet<TaskId>;
  /** Tasks whose artifacts may reach their branch and have not yet: every gate behind them is approved. */
  readonly landable: ReadonlySet<TaskId>;
  /** Tasks that have not ended. */
  readonly unfinished: number;
  readonly failed: number;
  /** What is expected to be left to do, in milliseconds of work. */
  readonly workLeftMs: number;
}

/** Tasks that may start, in the two orders `decide` chooses between. Reading costs next to nothing. */
export interface ReadyTasks {
  readonly size: number;
  has(task: TaskId): boolean;
  /** Those with the longest expected way to the end first, with that way in milliseconds. */
  longestFirst(): Iterable<TaskId>;
  /** Those that finish what is begun first. */
  deepestFirst(): Iterable<TaskId>;
  /** Milliseconds from the task's start to the end of the run if nothing had to wait. */
  wayLeftMs(task: TaskId): number;
}

export interface GateAnswer {
  readonly decision: Decision;
  readonly by: Actor;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly note: string | undefined;
  readonly choice: string | undefined;
  /** Of what was shown. */
  readonly digest: Digest;
  /** What was asked. */
  readonly ask: string;
  /** What each task right before the gate had come to. */
  readonly evidence: readonly GateEvidence[];
  readonly seal: Seal | undefined;
  /** It does not count, because nobody with the user's key gave it. */
  readonly isDoubted: boolean;
}

/** What a task had come to when a gate behind it was answered; of one that is not right before it, only its files. */
export interface GateEvidence {
  readonly task: TaskId;
  /** `undefined`: it had none. */
  readonly output: Digest | undefined;
  readonly artifacts: readonly Artifact[];
  readonly removed: readonly RemovedFile[];
}

/** A person wants it made again, otherwise. */
export interface WantedChange {
  readonly gate: TaskId;
  /** What the task had made then; `undefined`: the gate did not ask about it directly. */
  readonly made: GateEvidence | undefined;
  readonly note: string;
  readonly by: Actor;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface CheckoutLooks {
  /** After the one the plan holds. */
  readonly count: number;
  /** State of the last one; `undefined`: that of the plan. */
  readonly last: Digest | undefined;
  /** What all of them together found changed; of several changes of one thing the last. */
  readonly changes: readonly CheckoutChange[];
  /** Further ones. */
  readonly more: number;
}

export type RunPhase =
  | { readonly kind: 'active' }
  | {
      readonly kind: 'paused';
      readonly running: 'finish' | 'interrupt';
      readonly by: Actor;
      /** As in the event `run-paused`. */
      readonly because?: 'checkout' | undefined;
    }
  | { readonly kind: 'cancelling'; readonly by: Actor }
  | { readonly kind: 'finished'; readonly status: RunStatus; readonly at: number };

export type TaskState =
  | {
      readonly kind: 'pending';
      /** Attempts already made: thrown away, failed, or before it was to run again. */
      readonly attempts: number;
      /** Attempts that failed since the task was last asked for. */
      readonly tries: number;
      /** Why the last attempt is made again, and when. */
      readonly retry: { readonly failure: Failure; readonly until: number } | undefined;
      /** Set while its last attempt is not over, but waits. */
      readonly parked: ParkedAttempt | undefined;
    }
  | {
      readonly kind: 'running';
      readonly attempt: number;
      /** Attempts that failed before this one, since the task was last asked for. */
      readonly tries: number;
      readonly startedAt: number;
      readonly process: ProcessIdentity | undefined;
      /** Milliseconds of work before the attempt was parked. */
      readonly workedMs: number;
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
      readonly removed: readonly RemovedFile[];
      readonly inputBytes: number | undefined;
      readonly accepted: Actor | 'probe' | undefined;
      /** Set when nothing ran: what was made before stands for it. `durationMs` is 0 then. */
      readonly reused: Reuse | undefined;
      readonly tests: readonly TestReport[];
    }
  | {
      readonly kind: 'unknown';
      readonly attempt: number;
      readonly since: number;
      readonly log: BlobRef | undefined;
    }
  | {
      readonly kind: 'approved';
      readonly openedAt: number;
      readonly endedAt: number;
      readonly digest: Digest;
      readonly by: Actor;
      readonly note: string | undefined;
      /** Its output, where it asks for one. */
      readonly choice: string | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly attempt: number;
      readonly endedAt: number;
      readonly durationMs: number;
      readonly failure: Failure;
      readonly log: BlobRef | undefined;
      readonly tests: readonly TestReport[];
    }
  | {
      readonly kind: 'skipped';
      readonly endedAt: number;
      readonly attempts: number;
      readonly why: SkipReason;
    }
  | {
      readonly kind: 'cancelled';
      readonly endedAt: number;
      readonly attempts: number;
      readonly durationMs: number;
    };

export interface ParkedAttempt {
  readonly why: ParkReason;
  readonly since: number;
  /** Milliseconds since 1970; `undefined`: it goes on as soon as it may. */
  readonly until: number | undefined;
  readonly workedMs: number;
}

export type SkipReason =
  /** These did not succeed. */
  | { readonly kind: 'needs'; readonly tasks: readonly TaskId[] }
  /** Its conditions do not hold, or it needs only tasks that are not wanted either. */
  | { readonly kind: 'unwanted' }
  /** Somebody said so; what needs it goes on without it. */
  | { readonly kind: 'person'; readonly by: Actor };

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
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** A person took it back. */
  | { readonly kind: 'undone'; readonly by: Actor; readonly at: number };

/** True once nothing more will happen to the task by itself. */
export function hasEnded(task: TaskState): boolean {
  switch (task.kind) {
    case 'pending':
    case 'running':
    case 'waiting':
    case 'unknown':
      return false;
    default:
      return true;
  }
}

/** True when what depends on the task may run. */
export function isDone(task: TaskState): boolean {
  return (
    task.kind === 'succeeded' ||
    task.kind === 'approved' ||
    (task.kind === 'skipped' && task.why.kind === 'person')
  );
}

/** True when the task has ended without taking anything away from the run: it is done, or nobody wanted it. */
export function isFine(task: TaskState): boolean {
  return isDone(task) || (task.kind === 'skipped' && task.why.kind === 'unwanted');
}

/** Attempts made so far. */
export function attemptsOf(task: TaskState): number {
  switch (task.kind) {
    case 'pending':
    case 'skipped':
    case 'cancelled':
      return task.attempts;
    case 'running':
    case 'unknown':
    case 'succeeded':
    case 'failed':
      return task.attempt;
    case 'waiting':
    case 'approved':
      return 0;
  }
}
