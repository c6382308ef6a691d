import type { TaskId } from '../domain/ids.ts';
import { isDone, type RunState, type TaskState } from '../domain/runState.ts';
import { fixesIn } from './mending.ts';
import { fixesText } from './mendingWords.ts';
import { askingTasks } from './questions.ts';

// How a run, or a part of one, stands in numbers.

/** The steps of a run: fixes are told beside them. */
export interface StepCount {
  readonly done: number;
  readonly total: number;
  /** Opened for steps that failed, by agents. */
  readonly fixes: number;
}

export function stepCount(state: RunState): StepCount {
  const fixes = fixesIn(state);
  let done = 0;
  let gates = 0;
  for (const [id, task] of state.tasks) {
    const isFix = fixes.size > 0 && fixes.has(id);
    done += !isFix && isDone(task) ? 1 : 0;
    gates += isFix && isGate(id, task, state) ? 1 : 0;
  }
  return { done, total: state.tasks.size - fixes.size, fixes: fixes.size - gates };
}

/** `4 of 6 done`, `4 of 6 done + 2 fixes` */
export function doneCount(state: RunState): string {
  const { done, total, fixes } = stepCount(state);
  return `${done} of ${total} done${fixes === 0 ? '' : ` + ${fixesText(fixes)}`}`;
}

/** `4 of 6 done`, with what else is worth a word: `1 running`, `2 skipped`, `1 asks you`, `2 need a look`. */
export function census(state: RunState): string {
  const counts = new Map<TaskState['kind'], number>();
  const fixes = fixesIn(state);
  for (const [id, { kind }] of state.tasks) {
    // How a fix ended is told by the task it is for.
    if (fixes.size === 0 || OPEN.has(kind) || !fixes.has(id)) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  const asking = askingTasks(state).size;
  counts.set('running', (counts.get('running') ?? 0) - state.asking.size);
  const parts = [doneCount(state)];
  for (const kind of ['running', 'waiting', 'failed', 'skipped', 'cancelled'] as const) {
    const some = counts.get(kind);
    if (some !== undefined && some > 0) {
      parts.push(`${some} ${kind}`);
    }
  }
  if (asking > 0) {
    parts.push(asking === 1 ? '1 asks you' : `${asking} ask you`);
  }
  const unknown = counts.get('unknown') ?? 0;
  if (unknown > 0) {
    parts.push(unknown === 1 ? '1 needs a look' : `${unknown} need a look`);
  }
  return parts.join(' · ');
}

/** Of fixes, what is worth a word. */
const OPEN: ReadonlySet<TaskState['kind']> = new Set<TaskState['kind']>([
  'running',
  'waiting',
  'unknown',
]);

/** A gate that stands where fixes are spent is no fix; of a gate that was cancelled nothing tells that it was one. */
function isGate(id: TaskId, task: TaskState, { frontier }: RunState): boolean {
  return (
    task.kind === 'waiting' ||
    task.kind === 'approved' ||
    (task.kind === 'failed' && task.failure.reason === 'rejected') ||
    frontier.dueGates.has(id)
  );
}

/** Wall time of the run in milliseconds, up to its end or to `now`. */
export function runDuration(state: RunState, now: number): number {
  const end = state.phase.kind === 'finished' ? state.phase.at : now;
  return Math.max(0, end - state.createdAt);
}

/** How some tasks stand. */
export interface Tally {
  readonly total: number;
  readonly done: number;
  readonly reused: number;
  /** Those that wait for a person's answer are not among them. */
  readonly running: number;
  /** Wait for a person: gates, questions, what needs a look. */
  readonly forPeople: number;
  readonly pending: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
}

/**
 * @param places of the tasks that are counted, in `states`
 * @param asking places of tasks that wait for a person's answer
 * @param fixes places of their fixes: only what goes on and what asks people is counted of these
 */
export function tallyOf(
  places: readonly number[],
  states: readonly TaskState[],
  asking: ReadonlySet<number>,
  fixes: readonly number[] = [],
): Tally {
  const tally = { total: 0, done: 0, reused: 0, running: 0, forPeople: 0, pending: 0 };
  const ends = { failed: 0, skipped: 0, cancelled: 0 };
  for (const place of places) {
    const task = states[place];
    if (task === undefined) {
      continue;
    }
    tally.total += 1;
    tally.done += isDone(task) ? 1 : 0;
    tally.reused += task.kind === 'succeeded' && task.reused !== undefined ? 1 : 0;
    const asks = asking.size > 0 && asking.has(place);
    if (asks || task.kind === 'waiting' || task.kind === 'unknown') {
      tally.forPeople += 1;
    } else if (task.kind === 'running' || task.kind === 'pending') {
      tally[task.kind] += 1;
    } else if (task.kind === 'failed' || task.kind === 'skipped' || task.kind === 'cancelled') {
      ends[task.kind] += 1;
    }
  }
  for (const place of fixes) {
    const kind = states[place]?.kind;
    if (asking.has(place) || kind === 'waiting' || kind === 'unknown') {
      tally.forPeople += 1;
    } else if (kind === 'running') {
      tally.running += 1;
    }
  }
  return { ...tally, ...ends };
}
