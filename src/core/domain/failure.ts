import { unreachable } from '../base/exhaustive.ts';
import type { CallFailure, CallFailureKind } from './call.ts';
import type { BudgetReached } from './question.ts';
import type { SandboxLimit } from './sandbox.ts';

/**
 * Why a task, a landing or a run did not come to its good end. `reason` is stable: journals keep it,
 * tests and views switch on it. What people read is made in one place, failureText.ts.
 */
export type Failure =
  /** No program of that name was found on PATH or in `node_modules/.bin`. */
  | {
      readonly reason: 'command-not-found';
      readonly command: string;
      readonly install: string | undefined;
    }
  /** The program was found but the system would not start it. */
  | { readonly reason: 'spawn-failed'; readonly command: string; readonly message: string }
  /** The program ended with a code that is not one of its success codes. */
  | {
      readonly reason: 'exited';
      readonly command: string;
      readonly code: number;
      readonly tail: string;
    }
  /** A signal ended the program, and it was not Sluice that sent it. */
  | {
      readonly reason: 'signalled';
      readonly command: string;
      readonly signal: string;
      readonly tail: string;
    }
  /** Stopped: it ran longer than allowed (`wall`), or was silent for too long (`idle`). */
  | { readonly reason: 'timed-out'; readonly limit: 'wall' | 'idle'; readonly afterMs: number }
  /** Stopped: it printed more than is kept. */
  | { readonly reason: 'output-cap'; readonly limitBytes: number }
  /** It ended well, but these declared files are missing or are not plain files inside the copy. */
  | { readonly reason: 'not-produced'; readonly paths: readonly string[] }
  /** A declared file does not satisfy its JSON Schema. */
  | { readonly reason: 'bad-product'; readonly path: string; readonly problems: readonly string[] }
  /** A check of the step did not exit with 0. */
  | {
      readonly reason: 'check-failed';
      readonly command: string;
      /** `undefined`: it could not be started, or ran too long. */
      readonly code: number | undefined;
      readonly tail: string;
    }
  /** It changed files that it does not own, or must never change: the first of them, and how many there are. */
  | { readonly reason: 'out-of-bounds'; readonly paths: readonly string[]; readonly count: number }
  /** Two tasks it is built on made the same file differently. */
  | { readonly reason: 'overlap'; readonly path: string; readonly tasks: readonly string[] }
  /** An expression in the step could not be rendered. */
  | { readonly reason: 'expression'; readonly where: string; readonly message: string }
  /** Nothing here can run this kind of agent. */
  | { readonly reason: 'no-runner'; readonly agent: string; readonly kind: string }
  /** None of the models it may use can be asked: why, a sentence each. */
  | { readonly reason: 'no-model'; readonly problems: readonly string[] }
  /** A model was asked and gave no answer, also not when asked again. */
  | {
      readonly reason: 'call-failed';
      readonly provider: string;
      readonly model: string;
      readonly failure: CallFailure;
      /** Tries with this model. */
      readonly tries: number;
    }
  /** Another model answered than was asked, and the agent's policy forbids that. */
  | { readonly reason: 'other-model'; readonly requested: string; readonly served: string }
  /** The model went on using tools and came to no end. */
  | { readonly reason: 'too-many-turns'; readonly turns: number }
  /** What it answered does not satisfy the step's output schema, also not after it was told. */
  | { readonly reason: 'bad-output'; readonly problems: readonly string[] }
  /** A person let it end where its budget was spent. */
  | ({ readonly reason: 'budget-spent' } & BudgetReached)
  /** A coding agent could not be started, or broke off the conversation. */
  | {
      readonly reason: 'agent-broke';
      readonly command: string;
      readonly message: string;
      readonly tail: string;
    }
  /** Its sandbox stopped it. */
  | {
      readonly reason: 'sandbox-limit';
      readonly limit: SandboxLimit;
      /** Bytes, or processes. */
      readonly most: number;
    }
  /** It was to be shut in, nothing here can, and nobody allowed it to run outside. */
  | { readonly reason: 'no-sandbox'; readonly why: string; readonly cure: string }
  /** The workspace copy could not be made. */
  | { readonly reason: 'workspace'; readonly message: string }
  /** The artifacts could not be committed. */
  | { readonly reason: 'landing'; readonly message: string }
  /** A person rejected the gate. */
  | { readonly reason: 'rejected'; readonly by: string; readonly note: string | undefined }
  /** Somebody asked for it to stop. */
  | { readonly reason: 'cancelled' }
  /** The program driving it died in the middle. */
  | { readonly reason: 'interrupted' }
  /** A bug in Sluice. */
  | { readonly reason: 'internal'; readonly message: string };

export function internalFailure(thrown: unknown): Failure {
  return {
    reason: 'internal',
    message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  };
}

/** @param thrown what the disk gave */
export function workspaceFailure(thrown: unknown): Failure {
  return {
    reason: 'workspace',
    message: thrown instanceof Error ? thrown.message : String(thrown),
  };
}

/** True when another attempt may end otherwise without anybody changing anything. */
export function mayPass(failure: Failure): boolean {
  switch (failure.reason) {
    case 'spawn-failed':
    case 'exited':
    case 'signalled':
    case 'timed-out':
    case 'not-produced':
    case 'bad-product':
    case 'check-failed':
    case 'workspace':
    case 'interrupted':
    case 'agent-broke':
    case 'bad-output':
    case 'too-many-turns':
      return true;
    case 'call-failed':
      return TRANSIENT.has(failure.failure.kind);
    case 'command-not-found':
    case 'output-cap':
    case 'out-of-bounds':
    case 'overlap':
    case 'expression':
    case 'no-runner':
    case 'no-model':
    case 'other-model':
    case 'budget-spent':
    case 'landing':
    case 'rejected':
    case 'cancelled':
    case 'internal':
    case 'sandbox-limit':
    case 'no-sandbox':
      return false;
  }
}

/** Calls that may go well later without anybody changing anything. */
const TRANSIENT: ReadonlySet<CallFailureKind> = new Set<CallFailureKind>([
  'rate-limit',
  'overloaded',
  'timeout',
  'network',
  'server-error',
  'truncated',
  'malformed-output',
]);

/** True where work on what the task made can cure it; false where a person, a setting or this machine must change. */
export function mayBeMended(failure: Failure): boolean {
  switch (failure.reason) {
    case 'check-failed':
    case 'exited':
    case 'signalled':
    case 'timed-out':
    case 'not-produced':
    case 'bad-product':
    case 'out-of-bounds':
    case 'landing': // of an attempt: it changed what is protected, or made what is no plain file
      return true;
    // The program itself is not there, or may not be started: what an agent writes into a copy does not install it.
    case 'command-not-found':
    case 'spawn-failed':
    case 'no-runner':
    case 'no-model':
    case 'no-sandbox':
      return false;
    // A model or an agent did not do its part: asking again is for the attempts, what it made is no fault.
    case 'call-failed':
    case 'other-model':
    case 'too-many-turns':
    case 'bad-output':
    case 'agent-broke':
      return false;
    // Somebody set a limit, and raising it is theirs. A sandbox's too: what was stopped there left no verdict.
    case 'output-cap':
    case 'budget-spent':
    case 'sandbox-limit':
      return false;
    // The plan is wrong, not the work.
    case 'overlap':
    case 'expression':
      return false;
    case 'workspace':
    case 'interrupted':
    case 'internal':
      return false;
    // A person has said no.
    case 'rejected':
    case 'cancelled':
      return false;
    default:
      return unreachable(failure);
  }
}
