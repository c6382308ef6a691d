import type { TaskId } from '../domain/ids.ts';
import { hasEnded, isDone, type RunState, type TaskState } from '../domain/runState.ts';
import type { Graph } from '../graph/graph.ts';

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
