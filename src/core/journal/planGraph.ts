import type { TaskId } from '../domain/ids.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';

export function graphOf(plan: RunPlan): Graph<TaskId> {
  return buildGraph(plan.tasks.map(({ id, needs }) => ({ id, needs })));
}

const known = new WeakMap<RunPlan, ReadonlyMap<TaskId, PlannedTask>>();

/** Rows are drawn every second, and a plan never changes. */
export function plannedById(plan: RunPlan): ReadonlyMap<TaskId, PlannedTask> {
  const before = known.get(plan);
  if (before !== undefined) {
    return before;
  }
  const byId = new Map(plan.tasks.map((planned) => [planned.id, planned]));
  known.set(plan, byId);
  return byId;
}
