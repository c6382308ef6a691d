import type { Actor } from '../domain/actor.ts';
import type { TaskEdit } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';

/**
 * Who held a task that the new plan does not have holds what stands in its place: its lanes, or the task that
 * stands for them again. Changes the map.
 */
export function carryHolds(held: Map<TaskId, Actor>, before: RunPlan, after: RunPlan): void {
  if (held.size === 0) {
    return;
  }
  const stay = new Set(after.tasks.map(({ id }) => id));
  for (const task of before.tasks) {
    const by = held.get(task.id);
    if (by !== undefined && !stay.has(task.id)) {
      held.delete(task.id);
      after.tasks.filter((other) => isSameStep(other, task)).forEach(({ id }) => held.set(id, by));
    }
  }
}

function isSameStep(one: PlannedTask, other: PlannedTask): boolean {
  return (
    one.step.id === other.step.id &&
    one.groups.length === other.groups.length &&
    one.groups.every((group, index) => group === other.groups[index])
  );
}

/** What people changed about a task, with what they changed before. */
export function editedAgain(edit: TaskEdit, before: TaskEdit | undefined): TaskEdit {
  const { task, prompt, model } = edit;
  return { task, prompt: prompt ?? before?.prompt, model: model ?? before?.model };
}
