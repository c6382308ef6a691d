import type { TaskId } from '../domain/ids.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';

export function graphOf(plan: RunPlan): Graph<TaskId> {
  return buildGraph(plan.tasks.map(({ id, needs }) => ({ id, needs })));
}
