import type { TaskId } from './ids.ts';
import type { RunState } from './runState.ts';
import type { PlannedTask } from './workflow.ts';

/**
 * The tasks whose work a gate asks about, and who make it again where changes are requested: the agents' tasks right
 * before it, those behind another gate too. In the order of its needs; only those that succeeded.
 */
export function makersOf(
  gate: TaskId,
  planned: ReadonlyMap<TaskId, Pick<PlannedTask, 'needs' | 'step'>>,
  tasks: RunState['tasks'],
): readonly TaskId[] {
  const found = new Set<TaskId>();
  const seen = new Set<TaskId>();
  const open = [...(planned.get(gate)?.needs ?? [])].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const task = planned.get(next);
    if (task === undefined || seen.has(next)) {
      continue;
    }
    seen.add(next);
    if (task.step.kind === 'gate') {
      open.push(...[...task.needs].reverse());
    } else if (tasks.get(next)?.kind === 'succeeded') {
      found.add(next);
    }
  }
  return [...found];
}
