import type { SourcePath } from '../definitions/source/sourceDocument.ts';
import {
  graphItem,
  type StepDraft,
  type WorkflowDraft,
} from '../definitions/workflows/workflowDraft.ts';
import { pathKey } from './pathKey.ts';
import { stepPlaceOf } from './roles.ts';

/** The step that a path leads into. */
export function stepAt(draft: WorkflowDraft | undefined, path: SourcePath): StepDraft | undefined {
  const place = stepPlaceOf(path);
  if (draft === undefined || place === undefined) {
    return undefined;
  }
  const key = pathKey(place.step);
  return draft.steps.find((step) => pathKey(step.path) === key);
}

/** All that must be done before a step, directly or not. Cycles and unknown names are allowed. */
export function ancestorsOf(id: string, steps: readonly StepDraft[]): ReadonlySet<string> {
  return reachable(id, new Map(steps.map((step) => [step.id, graphItem(step).needs])));
}

/** All that waits for a step, directly or not. */
export function dependentsOf(id: string, steps: readonly StepDraft[]): ReadonlySet<string> {
  const dependents = new Map<string, string[]>();
  for (const step of steps) {
    for (const need of graphItem(step).needs) {
      const known = dependents.get(need);
      if (known === undefined) {
        dependents.set(need, [step.id]);
      } else {
        known.push(step.id);
      }
    }
  }
  return reachable(id, dependents);
}

function reachable(id: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of edges.get(next) ?? []) {
      if (!found.has(other)) {
        found.add(other);
        open.push(other);
      }
    }
  }
  return found;
}
