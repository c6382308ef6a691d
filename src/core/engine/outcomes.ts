import type { EventBody } from '../domain/event.ts';
import { mayBeMended, mayPass, type Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { AgentStep, RetryRule } from '../domain/workflow.ts';
import type { Effects } from '../domain/agent.ts';
import type { AttemptOutcome } from './attempt.ts';

export interface EndedAttempt {
  readonly task: TaskId;
  readonly step: AgentStep;
  readonly effects: Effects;
  /** Of this stretch of work. */
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
}

/** What turns time and chance into a moment. */
export interface Chance {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** From 0 up to 1. */
  readonly random: number;
}

/** What the journal is told of an attempt that has ended. Pure. @param isEnding the run takes no more attempts */
export function outcomeEvent(
  state: RunState,
  { task, step, effects, durationMs, outcome }: EndedAttempt,
  isEnding: boolean,
  chance: Chance,
): EventBody {
  const running = state.tasks.get(task);
  if (running?.kind !== 'running') {
    throw new Error(`Internal error: ${task} ended without running`);
  }
  const { attempt, workedMs } = running;
  // With what it took before it was parked.
  const tookMs = durationMs + workedMs;
  if (outcome.kind === 'succeeded') {
    const { exitCode, output, log, artifacts, removed, inputBytes, tests } = outcome;
    return {
      type: 'task-succeeded',
      task,
      attempt,
      exitCode,
      durationMs: tookMs,
      output,
      log,
      artifacts,
      ...(removed.length > 0 && { removed }),
      inputBytes,
      accepted: undefined,
      ...(tests && { tests }),
    };
  }
  const isForGood = isEnding || (state.frontier.stopping.has(task) && !state.held.has(task));
  if (outcome.kind === 'parked') {
    return isForGood
      ? { type: 'task-cancelled', task, durationMs: tookMs }
      : { type: 'task-parked', task, attempt, durationMs, until: outcome.until, why: outcome.why };
  }
  const { failure, log, hasBegun } = outcome;
  if (failure.reason === 'interrupted') {
    return { type: 'task-interrupted', task, attempt };
  }
  if (failure.reason === 'cancelled') {
    if (isForGood) {
      return { type: 'task-cancelled', task, durationMs: tookMs };
    }
    return effects === 'external' && hasBegun
      ? { type: 'task-unknown', task, attempt, log }
      : { type: 'task-interrupted', task, attempt };
  }
  const { retry, debug } = step;
  // What is to be proved is not asked of its agent again.
  const isAgain = retry !== undefined && !state.mending.has(task) && !isEnding;
  if (isAgain && isWorthRetrying(retry, running, failure)) {
    return {
      type: 'task-retried',
      task,
      attempt,
      durationMs: tookMs,
      failure,
      log,
      until: Math.round(chance.now + waitMs(retry, running.tries, chance.random)),
    };
  }
  const { made, again = [], tests = [] } = outcome;
  const found = {
    task,
    attempt,
    durationMs: tookMs,
    failure,
    log,
    ...(tests.length > 0 && { tests }),
  };
  return debug !== undefined && mayBeMended(failure) && !isEnding
    ? { type: 'task-faulted', ...found, ...(made && { made }), ...(again.length > 0 && { again }) }
    : { type: 'task-failed', ...found };
}

function isWorthRetrying(
  { attempts, on }: RetryRule,
  { tries }: Extract<TaskState, { kind: 'running' }>,
  failure: Failure,
): boolean {
  return (
    tries + 1 < attempts && (on === undefined ? mayPass(failure) : on.includes(failure.reason))
  );
}

/** Twice as long each time, and spread over its upper half so that lanes do not come back all at once. */
function waitMs({ delayMs, maxDelayMs }: RetryRule, tries: number, random: number): number {
  return Math.min(maxDelayMs, delayMs * 2 ** tries) * (0.5 + random / 2);
}
