import type { TaskId } from '../domain/ids.ts';
import type { RunEvent } from '../domain/event.ts';
import {
  hasEnded,
  isDone,
  isFine,
  type Frontier,
  type RunState,
  type SkipReason,
  type TaskState,
} from '../domain/runState.ts';
import type { Graph } from '../graph/graph.ts';
import { ImpossibleEvent, type Expectations } from './expectations.ts';

/** A person may go on without a task in these states. */
export const MAY_BE_SKIPPED: ReadonlySet<TaskState['kind']> = new Set([
  'pending',
  'unknown',
  'failed',
  'cancelled',
]);

/** The tasks among the needs of `id` that ended without being done, in the order written. */
export function failedNeeds(state: RunState, graph: Graph<TaskId>, id: TaskId): TaskId[] {
  return graph.needs(id).filter((need) => {
    const task = state.tasks.get(need);
    return task !== undefined && hasEnded(task) && !isDone(task);
  });
}

/** @throws ImpossibleEvent when it may still run */
export function whySkipped(
  event: Extract<RunEvent, { readonly type: 'task-skipped' }>,
  expect: Expectations,
  frontier: Frontier,
): SkipReason {
  const task = expect.task(event, event.task);
  if (event.by !== undefined) {
    if (!MAY_BE_SKIPPED.has(task.kind)) {
      throw new ImpossibleEvent(event, `the task is ${task.kind}`);
    }
    return { kind: 'person', by: event.by };
  }
  if (task.kind !== 'pending' || !frontier.doomed.has(event.task)) {
    throw new ImpossibleEvent(event, 'it may still run');
  }
  // Behind a task that nobody wanted nothing went wrong.
  const wrong = event.because.filter((id) => !isFine(expect.task(event, id)));
  return wrong.length === 0 ? { kind: 'unwanted' } : { kind: 'needs', tasks: wrong };
}
