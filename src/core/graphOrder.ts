import type { TaskId } from './domain/ids.ts';
import type { RunPlan } from './domain/workflow.ts';
import { graphOf } from './journal/planGraph.ts';

/** Each task after all that it needs. */
export function inGraphOrder(plan: RunPlan): readonly TaskId[] {
  return [...graphOf(plan).forwards];
}
