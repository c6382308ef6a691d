import type { RunEvent } from '../domain/event.ts';
import { attemptsOf, type TaskState } from '../domain/runState.ts';

// What a task comes to by an event.

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;
type State<Kind extends TaskState['kind']> = Extract<TaskState, { readonly kind: Kind }>;

export const UNTOUCHED: State<'pending'> = {
  kind: 'pending',
  attempts: 0,
  tries: 0,
  retry: undefined,
  parked: undefined,
};

export function started(event: Event<'task-started'>, { tries }: State<'pending'>): TaskState {
  return {
    kind: 'running',
    attempt: event.attempt,
    tries,
    startedAt: event.at,
    process: undefined,
    workedMs: 0,
  };
}

export function parked(event: Event<'task-parked'>, running: State<'running'>): TaskState {
  return {
    ...UNTOUCHED,
    attempts: event.attempt,
    tries: running.tries,
    parked: {
      why: event.why,
      since: event.at,
      until: event.until,
      workedMs: running.workedMs + event.durationMs,
    },
  };
}

/** @returns what keeps it from being, as the end of a sentence */
export function continued(
  event: Event<'task-continued'>,
  { attempts, tries, parked: was }: State<'pending'>,
): TaskState | string {
  if (was === undefined || attempts !== event.attempt) {
    return 'that attempt is not parked';
  }
  const { workedMs } = was;
  const { attempt, at: startedAt } = event;
  return { kind: 'running', attempt, tries, startedAt, process: undefined, workedMs };
}

function retried(event: Event<'task-retried'>, { tries }: State<'running'>): TaskState {
  const { attempt: attempts, failure, until } = event;
  return { ...UNTOUCHED, attempts, tries: tries + 1, retry: { failure, until } };
}

export function interrupted(
  event: Event<'task-interrupted'>,
  { tries }: State<'running'>,
): TaskState {
  return { ...UNTOUCHED, attempts: event.attempt, tries };
}

export function unknown(event: Event<'task-unknown'>): TaskState {
  return { kind: 'unknown', attempt: event.attempt, since: event.at, log: event.log };
}

export function cancelled(event: Event<'task-cancelled'>, task: TaskState): TaskState {
  return {
    kind: 'cancelled',
    endedAt: event.at,
    attempts: attemptsOf(task),
    durationMs: event.durationMs,
  };
}

export function succeeded(event: Event<'task-succeeded'>): TaskState {
  return {
    kind: 'succeeded',
    attempt: event.attempt,
    endedAt: event.at,
    durationMs: event.durationMs,
    exitCode: event.exitCode,
    output: event.output,
    log: event.log,
    artifacts: event.artifacts,
    removed: event.removed ?? [],
    inputBytes: event.inputBytes,
    accepted: event.accepted,
    reused: undefined,
    tests: event.tests ?? [],
  };
}

/** Nothing ran; what had run before for it, and was thrown away, still counts as attempts. */
export function reused(event: Event<'task-reused'>, { attempts }: State<'pending'>): TaskState {
  return {
    kind: 'succeeded',
    attempt: attempts,
    endedAt: event.at,
    durationMs: 0,
    exitCode: event.exitCode,
    output: event.output,
    log: event.log,
    artifacts: event.artifacts,
    removed: event.removed ?? [],
    inputBytes: event.inputBytes,
    accepted: undefined,
    reused: event.reuse,
    tests: [],
  };
}

/** An attempt that did not do what it was to: it has failed, is made again, or is mended. */
export function ended(
  event: Event<'task-failed' | 'task-retried' | 'task-faulted'>,
  running: State<'running'>,
): TaskState {
  switch (event.type) {
    case 'task-failed':
      return failed(event);
    case 'task-retried':
      return retried(event, running);
    case 'task-faulted':
      return { ...UNTOUCHED, attempts: event.attempt };
  }
}

function failed(event: Event<'task-failed'>): TaskState {
  return {
    kind: 'failed',
    attempt: event.attempt,
    endedAt: event.at,
    durationMs: event.durationMs,
    failure: event.failure,
    log: event.log,
    tests: event.tests ?? [],
  };
}

export function givenUp(event: Event<'task-given-up'>, { attempts }: State<'pending'>): TaskState {
  return {
    kind: 'failed',
    attempt: attempts,
    endedAt: event.at,
    durationMs: 0,
    failure: event.failure,
    log: undefined,
    tests: [],
  };
}

/** A task whose lanes cannot be told: nothing was attempted. */
export function refused(event: Event<'lanes-refused'>, task: TaskState): TaskState {
  return {
    kind: 'failed',
    attempt: attemptsOf(task),
    endedAt: event.at,
    durationMs: 0,
    failure: event.failure,
    log: undefined,
    tests: [],
  };
}

export function opened({ at: openedAt, digest, ask }: Event<'gate-opened'>): TaskState {
  return { kind: 'waiting', openedAt, digest, ask };
}

export function answered(
  event: Event<'gate-answered'>,
  gate: Extract<TaskState, { readonly kind: 'waiting' }>,
): TaskState {
  return event.decision === 'approved'
    ? {
        kind: 'approved',
        openedAt: gate.openedAt,
        endedAt: event.at,
        digest: event.digest,
        by: event.by,
        note: event.note,
        choice: event.choice,
      }
    : {
        kind: 'failed',
        attempt: 1,
        endedAt: event.at,
        durationMs: event.at - gate.openedAt,
        failure: { reason: 'rejected', by: event.by.name, note: event.note },
        log: undefined,
        tests: [],
      };
}
