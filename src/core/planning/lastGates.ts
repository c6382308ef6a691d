import type { TaskId } from '../domain/ids.ts';
import type { PlannedTask } from '../domain/workflow.ts';

/** A workflow's tasks, told apart by whether anything is worked on behind them. */
export interface WorkAndGates {
  /** All but the gates behind which there are at most other gates. */
  readonly work: readonly PlannedTask[];
  /** Of those gates the ones that come behind all work. */
  readonly last: ReadonlySet<TaskId>;
}

/** O(tasks and needs), but for gates in a row, which each look at what the one before has behind it. */
export function workAndGates(tasks: readonly PlannedTask[]): WorkAndGates {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ending = endingGates(tasks, byId);
  const isEnding = new Set(ending.map(({ id }) => id));
  const work = tasks.filter(({ id }) => !isEnding.has(id));
  const needed = new Set(work.flatMap(({ needs }) => needs));
  const ends = new Set(work.map(({ id }) => id).filter((id) => !needed.has(id)));
  const last = new Set<TaskId>();
  const behind = new Map<TaskId, ReadonlySet<TaskId>>();
  for (const { id, needs } of ending) {
    const found = new Set<TaskId>();
    for (const need of needs) {
      if (last.has(need)) {
        last.add(id);
        break;
      }
      for (const end of behind.get(need) ?? (ends.has(need) ? [need] : [])) {
        found.add(end);
      }
    }
    if (last.has(id) || found.size === ends.size) {
      last.add(id);
    } else {
      behind.set(id, found);
    }
  }
  return { work, last };
}

/** Gates that nothing but such gates needs, each behind those it needs. */
function endingGates(
  tasks: readonly PlannedTask[],
  byId: ReadonlyMap<TaskId, PlannedTask>,
): readonly PlannedTask[] {
  const dependents = new Map<TaskId, number>();
  for (const { needs } of tasks) {
    for (const need of needs) {
      dependents.set(need, (dependents.get(need) ?? 0) + 1);
    }
  }
  const ending = tasks.filter(
    ({ id, step }) => step.kind === 'gate' && (dependents.get(id) ?? 0) === 0,
  );
  // The list grows while it is walked.
  for (const { needs } of ending) {
    for (const need of needs) {
      const left = (dependents.get(need) ?? 0) - 1;
      dependents.set(need, left);
      const task = byId.get(need);
      if (left === 0 && task?.step.kind === 'gate') {
        ending.push(task);
      }
    }
  }
  return ending.reverse();
}
