import type { TaskId } from '../core/domain/ids.ts';
import type { RunState, TaskState } from '../core/domain/runState.ts';
import { resumePreview } from '../core/projections/resumePreview.ts';
import { census, shownStatus } from '../core/projections/taskRows.ts';
import { taskVerbs, type TaskVerb } from '../core/projections/verbs.ts';
import type { ReadableRun } from './session.ts';

// The journal of a run that was cut off ends in the middle: its last word on some tasks is that they
// run. What is told of such a run is how whoever goes on with it will find them.

/** True when the run would move on by itself if only somebody drove it. */
export function isInterrupted({ state, driven }: ReadableRun): boolean {
  return shownStatus(state, driven) === 'interrupted';
}

/** How many tasks are done, and what else is worth a word. */
export function standing(entry: ReadableRun): string {
  return census(asFound(entry));
}

export function verbsOf(entry: ReadableRun, task: TaskId): readonly TaskVerb[] {
  return taskVerbs(entry.plan, asFound(entry), task);
}

/** What was running when the driver went away is to be made again, or looked at by a person. */
function asFound({ plan, state, driven }: ReadableRun): RunState {
  if (driven.kind !== 'nobody' || state.frontier.running.size === 0) {
    return state;
  }
  const { look } = resumePreview(plan, state);
  const tasks = new Map<TaskId, TaskState>(state.tasks);
  for (const id of state.frontier.running) {
    const task = state.tasks.get(id);
    if (task?.kind === 'running') {
      const { attempt, tries, startedAt } = task;
      tasks.set(
        id,
        look.includes(id)
          ? { kind: 'unknown', attempt, since: startedAt, log: undefined }
          : { kind: 'pending', attempts: attempt, tries, retry: undefined, parked: undefined },
      );
    }
  }
  return { ...state, tasks };
}
