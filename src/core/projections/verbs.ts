import type { RunPlan } from '../domain/workflow.ts';
import type { TaskId } from '../domain/ids.ts';
import { hasEnded, type RunState } from '../domain/runState.ts';

/** What a person can ask of a task, as `RunRequest` names it. A face shows these and no others. */
export type TaskVerb = 'stop' | 'hold' | 'release' | 'rerun' | 'skip' | 'accept' | 'steer';
/** What a person can ask of a run. `resume`: nobody drives it. */
export type RunVerb = 'pause' | 'unpause' | 'cancel' | 'resume';

export function taskVerbs(plan: RunPlan, state: RunState, id: TaskId): readonly TaskVerb[] {
  const task = state.tasks.get(id);
  const { kind: phase } = state.phase;
  if (task === undefined || phase === 'cancelling') {
    return [];
  }
  if (phase === 'finished') {
    return hasEnded(task) ? ['rerun'] : [];
  }
  const hold = state.held.has(id) ? 'release' : 'hold';
  switch (task.kind) {
    case 'pending':
      return [hold, 'skip'];
    case 'running':
      return ['stop', hold, ...(listens(plan, id) ? (['steer'] as const) : [])];
    case 'waiting':
      return [];
    case 'unknown':
      return ['rerun', 'accept', 'skip'];
    case 'failed':
    case 'cancelled':
      return ['rerun', 'skip'];
    case 'succeeded':
    case 'approved':
    case 'skipped':
      return ['rerun'];
  }
}

export function runVerbs({ phase }: RunState, isDriven: boolean): readonly RunVerb[] {
  switch (phase.kind) {
    case 'active':
      return [isDriven ? 'pause' : 'resume', 'cancel'];
    case 'paused':
      return ['unpause', 'cancel'];
    case 'cancelling':
      return isDriven ? [] : ['resume'];
    case 'finished':
      return [];
  }
}

/** Whether the task's agent hears what is said to it while it works. */
function listens(plan: RunPlan, id: TaskId): boolean {
  const step = plan.tasks.find((task) => task.id === id)?.step;
  const runner = step?.kind === 'agent' ? plan.agents[step.agent]?.runner : undefined;
  return runner?.kind === 'command' && runner.stdin === 'messages';
}
