import { CHANGES_MODEL, type RunnerSpec } from '../domain/agent.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { TaskId } from '../domain/ids.ts';
import { hasEnded, type RunState } from '../domain/runState.ts';
import { plannedById } from '../journal/planGraph.ts';
import { questionsOf } from './questions.ts';
import { mayBeReused } from './reasons.ts';

/**
 * What a person can ask of a task. A face shows these and no others. `answer`: it asks something itself.
 * `rerun-without-cache`: what comes of it is made anew too.
 */
export type TaskVerb =
  | 'stop'
  | 'hold'
  | 'release'
  | 'rerun'
  | 'rerun-without-cache'
  | 'skip'
  | 'accept'
  | 'steer'
  | 'answer'
  | 'change-model'
  | 'change-permissions';
/** What a person can ask of a run. `resume`: nobody drives it. */
export type RunVerb = 'pause' | 'unpause' | 'cancel' | 'resume';

export function taskVerbs(plan: RunPlan, state: RunState, id: TaskId): readonly TaskVerb[] {
  const task = state.tasks.get(id);
  const { kind: phase } = state.phase;
  if (task === undefined || phase === 'cancelling') {
    return [];
  }
  const again: readonly TaskVerb[] = mayBeReused(plan, id)
    ? ['rerun', 'rerun-without-cache']
    : ['rerun'];
  if (phase === 'finished') {
    return hasEnded(task) ? again : [];
  }
  const hold = state.held.has(id) ? 'release' : 'hold';
  const answer: readonly TaskVerb[] = questionsOf(state, id).length > 0 ? ['answer'] : [];
  switch (task.kind) {
    case 'pending':
      return [...answer, hold, 'skip', ...changesOf(runnerOf(plan, id), false)];
    case 'running': {
      const runner = runnerOf(plan, id);
      return [
        ...answer,
        'stop',
        hold,
        ...(listens(runner) ? (['steer'] as const) : []),
        ...changesOf(runner, true),
      ];
    }
    case 'waiting':
      return [];
    case 'unknown':
      return [...again, 'accept', 'skip'];
    case 'failed':
    case 'cancelled':
      return [...again, 'skip'];
    case 'succeeded':
    case 'approved':
    case 'skipped':
      return again;
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

function runnerOf(plan: RunPlan, id: TaskId): RunnerSpec | undefined {
  const step = plannedById(plan).get(id)?.step;
  return step?.kind === 'agent' ? plan.agents[step.agent]?.runner : undefined;
}

/** Whether the agent hears what is said to it while it works. */
function listens(runner: RunnerSpec | undefined): boolean {
  return runner?.kind === 'command' && runner.stdin === 'messages';
}

/** What can be changed about an agent before it starts, or from its next turn on. */
function changesOf(runner: RunnerSpec | undefined, isRunning: boolean): readonly TaskVerb[] {
  if (runner === undefined || runner.kind === 'command') {
    return [];
  }
  // Who cannot change over is told when it is started.
  return !isRunning || CHANGES_MODEL.has(runner.kind) ? ['change-model', 'change-permissions'] : [];
}
