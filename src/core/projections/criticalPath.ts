import type { RunState, TaskState } from '../domain/runState.ts';
import type { PlannedTask } from '../domain/workflow.ts';
import { buildGraph, type GraphItem } from '../graph/graph.ts';
import { orderOf } from '../graph/order.ts';

/**
 * The items on the longest way from a start to an end, in its order: of equally long ones the first as written. Empty
 * where nothing takes time.
 * @param weight of an item in milliseconds, 0 or more
 */
export function criticalPath<Id extends string>(
  items: readonly GraphItem<Id>[],
  weight: (id: Id) => number,
): readonly Id[] {
  const graph = buildGraph(items);
  const order = orderOf(graph, weight);
  const first = order.byWay.find((id) => graph.needs(id).length === 0);
  if (first === undefined || order.wayLeft(first) <= 0) {
    return [];
  }
  const path = [first];
  for (let at = first; ;) {
    let next: Id | undefined;
    for (const id of graph.dependents(at)) {
      if (next === undefined || order.wayLeft(id) > order.wayLeft(next)) {
        next = id;
      }
    }
    // What comes behind and takes no time decides nothing.
    if (next === undefined || order.wayLeft(next) <= 0) {
      return path;
    }
    path.push(next);
    at = next;
  }
}

/**
 * How long a task takes as far as it is known, in milliseconds: what it took once it has ended, what is expected while
 * it has not, and for one that runs longer than that, what it has taken so far.
 * @param now milliseconds since 1970; by default the time of no clock: running tasks count as expected
 */
export function lengthOf(task: PlannedTask, state: RunState, now?: number): number {
  const at = state.tasks.get(task.id);
  return at === undefined ? task.estimateMs : lengthNow(task.estimateMs, at, now);
}

function lengthNow(estimateMs: number, at: TaskState, now: number | undefined): number {
  const since = (start: number): number => (now === undefined ? 0 : Math.max(0, now - start));
  switch (at.kind) {
    case 'pending':
    case 'unknown':
      return estimateMs;
    case 'running':
      return Math.max(estimateMs, at.workedMs + since(at.startedAt));
    case 'waiting':
      return since(at.openedAt);
    case 'approved':
      return Math.max(0, at.endedAt - at.openedAt);
    case 'succeeded':
      return at.reused === undefined ? at.durationMs : 0;
    case 'failed':
      return at.durationMs;
    // Nothing waited for it.
    case 'skipped':
    case 'cancelled':
      return 0;
  }
}
