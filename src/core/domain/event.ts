import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { MissReason, Reuse } from './cache.ts';
import type { CheckoutChange } from './checkout.ts';
import type { AttemptDeed, ParkReason } from './deed.ts';
import type { Fix, UnprovedWork } from './debugging.ts';
import type { Failure } from './failure.ts';
import type { ObjectId, RunId, TaskId } from './ids.ts';
import type { ConflictChoice, MergePlace } from './merge.ts';
import type { BudgetReached, Question, QuestionId, Reply } from './question.ts';
import type { ProcessIdentity } from './runner.ts';
import type { PermissionMode } from './terms.ts';
import type { TestReport } from './testReport.ts';

/** The version this code writes. A reader refuses a newer one by name. */
export const EVENT_VERSION = 1;

/** Everything that can happen in a run. The journal is a list of these and the only truth. */
export type RunEvent = EventHeader & EventBody;

export interface EventHeader {
  readonly v: typeof EVENT_VERSION;
  readonly run: RunId;
  /** Dense from 1; a gap is damage. */
  readonly seq: number;
  /** Which claim on the run wrote it; never falls. */
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type EventBody =
  /** Always the first. The plan stands in the blob store under this digest. */
  | {
      readonly type: 'run-created';
      readonly plan: Digest;
      readonly workflow: string;
      /** The folder it works on, relative to the repository's main folder, with `/`; `''` for that folder itself. */
      readonly folder: string;
      readonly by: Actor;
    }
  /**
   * From here on the run has another plan under this digest: lanes that have become known stand where a task
   * stood for them, or that task stands there again. Tasks that both plans have stay what they are.
   */
  | { readonly type: 'plan-changed'; readonly plan: Digest }
  /** What the task stands for cannot be told from the outputs it was to be told from. */
  | { readonly type: 'lanes-refused'; readonly task: TaskId; readonly failure: Failure }
  /** A program took the run over; every later event of this epoch is its. */
  | { readonly type: 'run-claimed'; readonly by: Actor; readonly pid: number }
  /** Nothing that is kept stands for the task: it is to run. */
  | {
      readonly type: 'cache-missed';
      readonly task: TaskId;
      /** The question: of tasks that ask the same at the same moment one runs. */
      readonly key: Digest;
      readonly why: MissReason;
    }
  /** Outcome: what was made before, here or in another run, stands for the task. Nothing ran. */
  | {
      readonly type: 'task-reused';
      readonly task: TaskId;
      readonly reuse: Reuse;
      readonly exitCode: number;
      readonly output: BlobRef;
      readonly log: BlobRef;
      readonly artifacts: readonly Artifact[];
      /** Left out: none. */
      readonly removed?: readonly RemovedFile[] | undefined;
      readonly inputBytes: number | undefined;
    }
  /** Intent: from here on the attempt may have had effects. */
  | { readonly type: 'task-started'; readonly task: TaskId; readonly attempt: number }
  /** The process to look for if whoever drives the run dies. */
  | {
      readonly type: 'task-process';
      readonly task: TaskId;
      readonly attempt: number;
      readonly process: ProcessIdentity;
    }
  /**
   * The attempt is not over, and nothing of it runs until `until` (milliseconds since 1970; `undefined`: at once, when
   * it may). It holds no slot. What it is to go on with stands in its copy.
   */
  | {
      readonly type: 'task-parked';
      readonly task: TaskId;
      readonly attempt: number;
      /** Of this stretch of work. */
      readonly durationMs: number;
      readonly until: number | undefined;
      readonly why: ParkReason;
    }
  /** The attempt goes on where it was parked. */
  | { readonly type: 'task-continued'; readonly task: TaskId; readonly attempt: number }
  /** Something an attempt does that is worth remembering by itself. */
  | (AttemptDeed & { readonly task: TaskId; readonly attempt: number })
  /** An agent asks a person; the digest covers all that the person is shown. */
  | {
      readonly type: 'question-opened';
      readonly task: TaskId;
      readonly attempt: number;
      readonly question: QuestionId;
      readonly asks: Question;
      readonly digest: Digest;
    }
  | {
      readonly type: 'question-answered';
      readonly question: QuestionId;
      /** Of what was shown when the person answered. */
      readonly digest: Digest;
      readonly reply: Reply;
      readonly by: Actor;
    }
  /** A person chose another model for a task; an attempt under way goes on with it from its next turn. */
  | {
      readonly type: 'model-chosen';
      readonly task: TaskId;
      readonly model: string;
      readonly by: Actor;
    }
  | {
      readonly type: 'permissions-chosen';
      readonly task: TaskId;
      readonly mode: PermissionMode;
      readonly by: Actor;
    }
  /** Four fifths of a budget are spent. */
  | ({ readonly type: 'budget-noticed' } & BudgetReached)
  /** Outcome: it never runs again in this run, unless a person asks for it. */
  | {
      readonly type: 'task-succeeded';
      readonly task: TaskId;
      readonly attempt: number;
      readonly exitCode: number;
      readonly durationMs: number;
      readonly output: BlobRef;
      readonly log: BlobRef;
      readonly artifacts: readonly Artifact[];
      /** Left out: none. */
      readonly removed?: readonly RemovedFile[] | undefined;
      /** Bytes of the prompt and of what it was given to work on. */
      readonly inputBytes: number | undefined;
      /** Who said that an attempt without an outcome had done its work; `probe`: the agent's own. */
      readonly accepted: Actor | 'probe' | undefined;
      /** What its checks reported of tests. Left out: nothing. */
      readonly tests?: readonly TestReport[] | undefined;
    }
  | {
      readonly type: 'task-failed';
      readonly task: TaskId;
      readonly attempt: number;
      readonly durationMs: number;
      readonly failure: Failure;
      /** What it printed before it failed, when it got that far. */
      readonly log: BlobRef | undefined;
      readonly tests?: readonly TestReport[] | undefined;
    }
  /** An attempt failed, and its step says that failures are mended: a fix is opened for it. */
  | {
      readonly type: 'task-faulted';
      readonly task: TaskId;
      readonly attempt: number;
      readonly durationMs: number;
      readonly failure: Failure;
      readonly log: BlobRef | undefined;
      /** Of the agent's own attempt; an attempt that only proves a fix makes nothing. Left out: nothing. */
      readonly made?: UnprovedWork | undefined;
      /** As in `Fault`. Left out: the check was not run again, or no check failed. */
      readonly again?: readonly (number | null)[] | undefined;
      readonly tests?: readonly TestReport[] | undefined;
    }
  /** The plan has one task more: a fix, which mends what the task `fix.of` failed at. That one waits for it. */
  | { readonly type: 'fix-opened'; readonly fix: Fix }
  /** Outcome: nobody mends the task any more. */
  | { readonly type: 'task-given-up'; readonly task: TaskId; readonly failure: Failure }
  /** An attempt failed, and its step says that another is made, not before `until` (milliseconds since 1970). */
  | {
      readonly type: 'task-retried';
      readonly task: TaskId;
      readonly attempt: number;
      readonly durationMs: number;
      readonly failure: Failure;
      readonly log: BlobRef | undefined;
      readonly until: number;
    }
  /** An attempt ended without an outcome: by a crash, a pause or a hold. Its copy is thrown away; it is made again. */
  | { readonly type: 'task-interrupted'; readonly task: TaskId; readonly attempt: number }
  /** An attempt with effects elsewhere was cut off, and nobody can tell what it did: a person has to look. */
  | {
      readonly type: 'task-unknown';
      readonly task: TaskId;
      readonly attempt: number;
      /** What it printed until then. */
      readonly log: BlobRef | undefined;
    }
  /** Whether the task's conditions hold. A task whose conditions do not is skipped by this. */
  | { readonly type: 'condition-judged'; readonly task: TaskId; readonly met: boolean }
  /** It does not run: these did not succeed, or somebody said so; then what needs it goes on without it. */
  | {
      readonly type: 'task-skipped';
      readonly task: TaskId;
      readonly because: readonly TaskId[];
      readonly by: Actor | undefined;
    }
  /** Its attempt was stopped, or it was still to run when the run was cancelled. */
  | { readonly type: 'task-cancelled'; readonly task: TaskId; readonly durationMs: number }
  /** A person stops one task: what needs it cannot run. */
  | { readonly type: 'task-stop-requested'; readonly task: TaskId; readonly by: Actor }
  /** The task does not start until it is released; an attempt under way is thrown away. */
  | { readonly type: 'task-held'; readonly task: TaskId; readonly by: Actor }
  | { readonly type: 'task-released'; readonly task: TaskId; readonly by: Actor }
  /** A person said something to a running agent. */
  | {
      readonly type: 'task-steered';
      readonly task: TaskId;
      readonly attempt: number;
      readonly text: string;
      readonly by: Actor;
    }
  /** These are to run again, whatever they had come to; a finished run is thereby open again. */
  | {
      readonly type: 'tasks-reset';
      readonly tasks: readonly TaskId[];
      /** Those of them that the cache must not answer. */
      readonly fresh: readonly TaskId[];
      readonly by: Actor;
      readonly edit: TaskEdit | undefined;
    }
  /** A person ran a command in a task's workspace copy. */
  | {
      readonly type: 'command-ran';
      readonly task: TaskId;
      readonly command: readonly string[];
      /** `undefined`: it could not be started, or was stopped. */
      readonly exitCode: number | undefined;
      readonly by: Actor;
    }
  /** The gate waits for a person; the digest covers all that the person is shown. */
  | {
      readonly type: 'gate-opened';
      readonly task: TaskId;
      readonly digest: Digest;
      readonly ask: string;
    }
  | {
      readonly type: 'gate-answered';
      readonly task: TaskId;
      /** Of what was shown when the person answered. */
      readonly digest: Digest;
      readonly decision: Decision;
      readonly by: Actor;
      readonly note: string | undefined;
      /** What was chosen or written where the gate asks for that; only with an approval. Left out: nothing. */
      readonly choice?: string | undefined;
      /** Only where changes are requested: who makes them, and all that is to run again for it. */
      readonly changes?: RequestedChanges | undefined;
      /** Nobody answered now: the answer given before to the same digest stands. Left out: somebody did. */
      readonly stands?: true | undefined;
      /** Left out: an older version of Sluice wrote it, or one without a key. */
      readonly seal?: Seal | undefined;
    }
  /** An approval in the journal is not one that a program of this user gave: the gate is asked again. */
  | {
      readonly type: 'gate-doubted';
      readonly task: TaskId;
      readonly why: 'forged' | 'unsealed';
      /** All that is to be done again for it: the gate, and what has come of it. */
      readonly reset: readonly TaskId[];
    }
  /** Intent: the commit is written, the branch is about to be. */
  | {
      readonly type: 'landing-started';
      readonly task: TaskId;
      readonly branch: string;
      readonly tag: string;
      readonly commit: ObjectId;
    }
  | {
      readonly type: 'landing-done';
      readonly task: TaskId;
      readonly branch: string;
      readonly tag: string;
      readonly commit: ObjectId;
    }
  | { readonly type: 'landing-failed'; readonly task: TaskId; readonly failure: Failure }
  /** A person takes a task's result back: its branch and its tags go, what is in the run stays. */
  | { readonly type: 'landing-undone'; readonly task: TaskId; readonly by: Actor }
  /**
   * What HEAD names, the index and the working tree were digested again, and these were not as at the look before; the
   * first look is kept in the plan. None of it was Sluice's doing. The state stands in the blob store.
   */
  | {
      readonly type: 'checkout-looked';
      readonly state: Digest;
      /** At most `MOST_CHECKOUT_CHANGES`; empty: it is untouched. */
      readonly changes: readonly CheckoutChange[];
      /** Further ones. */
      readonly more: number;
    }
  /** A person merges the run's approved results; choices made for an earlier merge count no more. */
  | {
      readonly type: 'merge-started';
      readonly onto: ObjectId | undefined;
      readonly tasks: readonly TaskId[];
      readonly by: Actor;
    }
  | {
      readonly type: 'merge-chosen';
      readonly task: TaskId;
      readonly path: string;
      readonly choice: ConflictChoice;
      readonly by: Actor;
    }
  | { readonly type: 'merge-moved'; readonly place: MergePlace }
  | { readonly type: 'cancel-requested'; readonly by: Actor }
  /** Nothing new starts; running tasks finish or are interrupted. */
  | {
      readonly type: 'run-paused';
      readonly running: 'finish' | 'interrupt';
      readonly by: Actor;
      /** Nobody asked for it: the checkout is not what it was. Left out: `by` did. */
      readonly because?: 'checkout' | undefined;
    }
  | { readonly type: 'run-resumed'; readonly by: Actor }
  /** Only `tasks-reset`, and what is done with its results, can follow. */
  | { readonly type: 'run-finished'; readonly status: RunStatus };

/** What a person changed about a task before it runs again. `undefined` stays as it is. */
export interface TaskEdit {
  readonly task: TaskId;
  /** In place of the step's; may hold `${{ … }}`. */
  readonly prompt: string | undefined;
  /** In place of the agent's. */
  readonly model: string | undefined;
}

/** `changes-requested`: what is asked about is made again, with the note of whoever answered. */
export type Decision = 'approved' | 'rejected' | 'changes-requested';

export interface RequestedChanges {
  /** Tasks that are told of the note; at least one. */
  readonly redo: readonly TaskId[];
  /** All that runs again: those, what comes of them, and the gate. */
  readonly reset: readonly TaskId[];
}

/** Shows that an answer was given by a program that holds the user's key. */
export interface Seal {
  /** Which key: the first 16 hexadecimal digits of its SHA-256. */
  readonly key: string;
  /** When the answer was given, in milliseconds since 1970. */
  readonly at: number;
  /** HMAC-SHA-256 over what was answered, hexadecimal. */
  readonly mac: string;
}

/**
 * `succeeded`: every task that was wanted did. `degraded`: some failed, yet some end of the workflow was reached.
 * `failed`: no end of the workflow was reached. `cancelled`: somebody stopped it before its end.
 */
export type RunStatus = 'succeeded' | 'degraded' | 'failed' | 'cancelled';

/** Bytes in the blob store. */
export interface BlobRef {
  readonly digest: Digest;
  readonly bytes: number;
}

/** What a file is at one time, kept in the blob store. */
export interface FileVersion extends BlobRef {
  readonly executable: boolean;
}

/** A file a task made or changed. */
export interface Artifact extends FileVersion {
  /** Relative to the workspace copy, with `/`. */
  readonly path: string;
  /** What stood there when the attempt began; left out: nothing, or an older version of Sluice did not keep it. */
  readonly was?: FileVersion | undefined;
}

/** A file a task has removed. */
export interface RemovedFile {
  /** Relative to the workspace copy, with `/`. */
  readonly path: string;
  readonly was: FileVersion;
}
