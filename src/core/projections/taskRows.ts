import { unreachable } from '../base/exhaustive.ts';
import { formatDuration, oneLine } from '../base/text.ts';
import type { Artifact } from '../domain/event.ts';
import { failureText } from '../domain/failureText.ts';
import { taskIdOf, type TaskId } from '../domain/ids.ts';
import { isDone, type LandingState, type RunState, type TaskState } from '../domain/runState.ts';
import type { RunPlan, Step } from '../domain/workflow.ts';
import type { ShownStatus } from './graphPicture.ts';

/** One task as every face shows it: the tree's row, the graph's card, the terminal's line. */
export interface TaskRow {
  readonly task: TaskId;
  readonly step: Step;
  readonly state: TaskState['kind'];
  /** One line: what it waits for, how long it took, what went wrong. Empty while it runs. */
  readonly detail: string;
  /** What to do about a failure. */
  readonly fix: string | undefined;
  readonly startedAt: number | undefined;
  readonly durationMs: number | undefined;
  readonly artifacts: readonly Artifact[];
  readonly branch: string | undefined;
}

/** Whoever drives a run, as far as this program can tell. */
export type Driven =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly pid: number; readonly isLocal: boolean }
  | { readonly kind: 'nobody' };

export type { ShownStatus } from './graphPicture.ts';

/** The one word for a run: its end, or how it stands. */
export function shownStatus(state: RunState, driven: Driven): ShownStatus {
  const { phase, frontier } = state;
  if (phase.kind === 'finished') {
    return phase.status;
  }
  const onlyGatesLeft =
    frontier.waiting.size > 0 && frontier.running.size === 0 && frontier.ready.length === 0;
  if (phase.kind === 'cancelling') {
    return driven.kind === 'nobody' ? 'interrupted' : 'cancelling';
  }
  if (onlyGatesLeft) {
    return 'waiting';
  }
  return driven.kind === 'nobody' ? 'interrupted' : 'running';
}

export function taskRows(plan: RunPlan, state: RunState): TaskRow[] {
  return plan.workflow.steps.map((step) => {
    const task = taskIdOf(step.id);
    const at = state.tasks.get(task);
    if (at === undefined) {
      throw new Error(`Internal error: the run has no task ${task}`);
    }
    const landing = state.landings.get(task);
    return {
      task,
      step,
      state: at.kind,
      detail: detailOf(step, at, landing, state),
      fix: fixOf(at, landing),
      startedAt: at.kind === 'running' ? at.startedAt : undefined,
      durationMs: 'durationMs' in at ? at.durationMs : undefined,
      artifacts: at.kind === 'succeeded' ? at.artifacts : [],
      branch: landing?.kind === 'done' ? landing.branch : undefined,
    };
  });
}

function detailOf(
  step: Step,
  task: TaskState,
  landing: LandingState | undefined,
  state: RunState,
): string {
  switch (task.kind) {
    case 'pending':
      return pendingReason(step, state);
    case 'running':
      return task.attempt > 1 ? `attempt ${task.attempt}` : '';
    case 'waiting':
      return oneLine(task.ask);
    case 'succeeded':
      return landing?.kind === 'failed'
        ? failureText(landing.failure).title
        : formatDuration(task.durationMs);
    case 'approved':
      return oneLine(
        task.note === undefined ? `by ${task.by.name}` : `by ${task.by.name}: ${task.note}`,
      );
    case 'failed':
      return oneLine(failureText(task.failure).title);
    case 'skipped':
      return `because ${task.because.join(', ')} did not succeed`;
    case 'cancelled':
      return '';
    default:
      return unreachable(task);
  }
}

function pendingReason(step: Step, state: RunState): string {
  const unmet = step.needs.filter((need) => {
    const kind = state.tasks.get(taskIdOf(need))?.kind;
    return kind !== 'succeeded' && kind !== 'approved';
  });
  return unmet.length > 0 ? `needs ${unmet.join(', ')}` : 'waits for a free slot';
}

function fixOf(task: TaskState, landing: LandingState | undefined): string | undefined {
  if (task.kind === 'failed') {
    return failureText(task.failure).fix;
  }
  return landing?.kind === 'failed' ? failureText(landing.failure).fix : undefined;
}

/** `4 of 6 done` */
export function doneCount(state: RunState): string {
  let done = 0;
  for (const task of state.tasks.values()) {
    done += isDone(task) ? 1 : 0;
  }
  return `${done} of ${state.tasks.size} done`;
}

/** `4 of 6 done`, with what else is worth a word: `1 running`, `1 failed`, `2 skipped`. */
export function census(state: RunState): string {
  const counts = new Map<TaskState['kind'], number>();
  for (const { kind } of state.tasks.values()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = [doneCount(state)];
  for (const kind of ['running', 'waiting', 'failed', 'skipped', 'cancelled'] as const) {
    const some = counts.get(kind);
    if (some !== undefined) {
      parts.push(`${some} ${kind}`);
    }
  }
  return parts.join(' · ');
}

/** Wall time of the run in milliseconds, up to its end or to `now`. */
export function runDuration(state: RunState, now: number): number {
  const end = state.phase.kind === 'finished' ? state.phase.at : now;
  return Math.max(0, end - state.createdAt);
}
