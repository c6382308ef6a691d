import { count } from '../base/text.ts';
import type { TaskId } from '../domain/ids.ts';
import { hasEnded, isFine, type RunState } from '../domain/runState.ts';
import { effectsOf, type RunPlan } from '../domain/workflow.ts';

/** What going on with a run will do, before anything is spent. In the order written. */
export interface ResumePreview {
  /** Done: they are not run again. */
  readonly kept: readonly TaskId[];
  /** Not over: they go on where they were. */
  readonly goesOn: readonly TaskId[];
  /** Cut off, and made again from the start. */
  readonly again: readonly TaskId[];
  /** Cut off with effects elsewhere: looked into first, and asked about when that cannot tell. */
  readonly look: readonly TaskId[];
  /** Not begun. */
  readonly run: readonly TaskId[];
  /** Gates that are or will be asked. */
  readonly asked: readonly TaskId[];
}

export function resumePreview(plan: RunPlan, state: RunState): ResumePreview {
  const kept: TaskId[] = [];
  const goesOn: TaskId[] = [];
  const again: TaskId[] = [];
  const look: TaskId[] = [];
  const run: TaskId[] = [];
  const asked: TaskId[] = [];
  for (const { id, step } of plan.tasks) {
    const task = state.tasks.get(id);
    if (task === undefined || (hasEnded(task) && !isFine(task))) {
      continue;
    }
    if (hasEnded(task)) {
      kept.push(id);
    } else if (step.kind === 'gate') {
      asked.push(id);
    } else if (task.kind === 'unknown') {
      look.push(id);
    } else if (task.kind === 'running') {
      const agent = plan.agents[step.agent];
      // A conversation with a model is kept turn by turn.
      const isKept = agent?.runner.kind === 'model';
      (isKept ? goesOn : effectsOf(step, agent) === 'external' ? look : again).push(id);
    } else if (task.kind === 'pending' && task.parked !== undefined) {
      goesOn.push(id);
    } else {
      run.push(id);
    }
  }
  return { kept, goesOn, again, look, run, asked };
}

/** `keeps 12, runs 16, goes on with 2, makes 1 again, asks 2, 1 needs a look` */
export function previewText({ kept, goesOn, again, look, run, asked }: ResumePreview): string {
  const parts = [`keeps ${kept.length}`, `runs ${run.length}`];
  if (goesOn.length > 0) {
    parts.push(`goes on with ${goesOn.length}`);
  }
  if (again.length > 0) {
    parts.push(`makes ${again.length} again`);
  }
  if (asked.length > 0) {
    parts.push(`asks ${count(asked.length, 'gate')}`);
  }
  if (look.length > 0) {
    parts.push(look.length === 1 ? '1 needs a look' : `${look.length} need a look`);
  }
  return parts.join(', ');
}
