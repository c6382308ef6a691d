import type { Digest } from '../base/digest.ts';
import type { Reuse } from '../domain/cache.ts';
import { reuseText } from '../domain/cacheText.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import type { Artifact } from '../domain/event.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { reuseOf } from './reasons.ts';

/** A gate that waits for a person. */
export interface OpenGate {
  readonly run: RunId;
  readonly task: TaskId;
  readonly ask: string;
  /** What an answer must carry. */
  readonly digest: Digest;
  readonly openedAt: number;
  /** The artifacts the gate shows, in the order it names them. */
  readonly shown: readonly Artifact[];
  /** Tasks right before the gate for which nothing ran: what they made before stands for them. */
  readonly reused: readonly ReusedTask[];
}

export interface ReusedTask {
  readonly task: TaskId;
  readonly reuse: Reuse;
}

export function openGates(plan: RunPlan, state: RunState): OpenGate[] {
  const gates: OpenGate[] = [];
  if (state.frontier.waiting.size === 0) {
    return gates;
  }
  for (const { id, step, needs } of plan.tasks) {
    const task = state.tasks.get(id);
    if (step.kind !== 'gate' || task?.kind !== 'waiting') {
      continue;
    }
    const made = needs.flatMap((need) => {
      const needed = state.tasks.get(need);
      return needed?.kind === 'succeeded' ? needed.artifacts : [];
    });
    gates.push({
      run: state.run,
      task: id,
      ask: task.ask,
      digest: task.digest,
      openedAt: task.openedAt,
      shown: step.show.flatMap((path) => made.filter((artifact) => artifact.path === path)),
      reused: reusedAmong(state, needs),
    });
  }
  return gates;
}

function reusedAmong(state: RunState, tasks: readonly TaskId[]): ReusedTask[] {
  return tasks.flatMap((task) => {
    const reuse = reuseOf(state, task);
    return reuse === undefined ? [] : [{ task, reuse }];
  });
}

/** What a person who answers has to know: `lint reused: same prompt as run x-12 · 2 h ago`, a line each. */
export function reusedLines(
  { run, reused }: Pick<OpenGate, 'run' | 'reused'>,
  now: number,
): string[] {
  return reused.map(({ task, reuse }) => `${task} ${reuseText(reuse, { now, task, run })}`);
}

/** The tasks that made what a gate shows. */
export function whoMade(
  state: RunState,
  gate: OpenGate,
): { readonly task: TaskId; readonly path: string }[] {
  return gate.shown.flatMap((shown) => {
    for (const [task, made] of state.tasks) {
      if (made.kind === 'succeeded' && made.artifacts.includes(shown)) {
        return [{ task, path: shown.path }];
      }
    }
    return [];
  });
}
