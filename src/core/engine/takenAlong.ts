import type { EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';

/** The tasks behind these that have come to something which does not hold any more, in the order written. */
export function takenAlong(
  ids: readonly TaskId[],
  graph: Graph<TaskId>,
  tasks: RunState['tasks'],
  isTaken: (task: TaskState) => boolean,
): TaskId[] {
  const found = new Set<TaskId>();
  const open = [...ids];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependent of graph.dependents(next)) {
      const task = tasks.get(dependent);
      if (!found.has(dependent) && task !== undefined && isTaken(task)) {
        found.add(dependent);
        open.push(dependent);
      }
    }
  }
  return graph.ids.filter((other) => found.has(other));
}

/** Lanes that were told from what one of these printed are to be told again: the plan folds up. */
export function foldsUp({ unfolded }: RunPlan, tasks: readonly TaskId[]): readonly EventBody[] {
  return unfolded?.by.some((source) => tasks.includes(source)) === true
    ? [{ type: 'plan-changed', plan: unfolded.from }]
    : [];
}
