import type { RunEvent } from '../domain/event.ts';
import { attemptsOf, type TaskState } from '../domain/runState.ts';

// What a task comes to by an event.

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

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
    inputBytes: event.inputBytes,
    accepted: event.accepted,
  };
}

export function failed(event: Event<'task-failed'>): TaskState {
  return {
    kind: 'failed',
    attempt: event.attempt,
    endedAt: event.at,
    durationMs: event.durationMs,
    failure: event.failure,
    log: event.log,
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
  };
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
      }
    : {
        kind: 'failed',
        attempt: 1,
        endedAt: event.at,
        durationMs: event.at - gate.openedAt,
        failure: { reason: 'rejected', by: event.by.name, note: event.note },
        log: undefined,
      };
}
