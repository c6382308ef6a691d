import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { Failure } from './failure.ts';
import type { ObjectId, RunId, TaskId } from './ids.ts';
import type { ProcessIdentity } from './runner.ts';

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
  /** A program took the run over; every later event of this epoch is its. */
  | { readonly type: 'run-claimed'; readonly by: Actor; readonly pid: number }
  /** Intent: from here on the attempt may have had effects. */
  | { readonly type: 'task-started'; readonly task: TaskId; readonly attempt: number }
  /** The process to look for if whoever drives the run dies. */
  | {
      readonly type: 'task-process';
      readonly task: TaskId;
      readonly attempt: number;
      readonly process: ProcessIdentity;
    }
  /** Outcome: it never runs again in this run. */
  | {
      readonly type: 'task-succeeded';
      readonly task: TaskId;
      readonly attempt: number;
      readonly exitCode: number;
      readonly durationMs: number;
      readonly output: BlobRef;
      readonly log: BlobRef;
      readonly artifacts: readonly Artifact[];
    }
  | {
      readonly type: 'task-failed';
      readonly task: TaskId;
      readonly attempt: number;
      readonly durationMs: number;
      readonly failure: Failure;
      /** What it printed before it failed, when it got that far. */
      readonly log: BlobRef | undefined;
    }
  /** An attempt without an outcome was found after a crash. Its copy is thrown away; it is tried again. */
  | { readonly type: 'task-interrupted'; readonly task: TaskId; readonly attempt: number }
  /** It can never run: these did not succeed. */
  | { readonly type: 'task-skipped'; readonly task: TaskId; readonly because: readonly TaskId[] }
  /** It was still to run when the run was cancelled. */
  | { readonly type: 'task-cancelled'; readonly task: TaskId; readonly durationMs: number }
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
  | { readonly type: 'cancel-requested'; readonly by: Actor }
  /** Always the last. */
  | { readonly type: 'run-finished'; readonly status: RunStatus };

export type Decision = 'approved' | 'rejected';

/**
 * `succeeded`: every task did. `degraded`: some failed, yet some end of the workflow was reached.
 * `failed`: no end of the workflow was reached. `cancelled`: somebody stopped it before its end.
 */
export type RunStatus = 'succeeded' | 'degraded' | 'failed' | 'cancelled';

/** Bytes in the blob store. */
export interface BlobRef {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A file a task made, kept in the blob store. */
export interface Artifact extends BlobRef {
  /** Relative to the workspace copy, with `/`. */
  readonly path: string;
  readonly executable: boolean;
}
