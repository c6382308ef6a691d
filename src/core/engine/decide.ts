import type { RunStatus } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import { isDone, type RunState } from '../domain/runState.ts';
import type { Graph } from '../graph/graph.ts';

/** What the driver does next. */
export type Action =
  | { readonly kind: 'start'; readonly task: TaskId }
  | { readonly kind: 'open-gate'; readonly task: TaskId }
  | { readonly kind: 'skip'; readonly task: TaskId }
  | { readonly kind: 'land'; readonly task: TaskId }
  /** End its attempt: the run is being cancelled. */
  | { readonly kind: 'stop'; readonly task: TaskId }
  /** It will not begin any more, or not be answered: the run is being cancelled. */
  | { readonly kind: 'drop'; readonly task: TaskId }
  | { readonly kind: 'finish'; readonly status: RunStatus };

export interface Rules {
  readonly graph: Graph<TaskId>;
  /** Tasks running at once, 1 or more. Gates wait without taking a slot. */
  readonly maxParallel: number;
  /** False in a folder without a Git repository: artifacts stay with the run. */
  readonly canLand: boolean;
}

/**
 * What is to be done now. Pure: the same state gives the same actions. An action whose effect is
 * already under way is given again; the driver knows which those are.
 */
export function decide(state: RunState, rules: Rules): Action[] {
  if (state.phase.kind === 'finished') {
    return [];
  }
  const actions =
    state.phase.kind === 'cancelling' ? decideCancel(state, rules) : decideNext(state, rules);
  if (actions.length === 0 && state.frontier.unfinished === 0) {
    return [{ kind: 'finish', status: statusOf(state, rules.graph) }];
  }
  return actions;
}

function decideNext({ frontier }: RunState, { maxParallel, canLand }: Rules): Action[] {
  const actions: Action[] = [];
  for (const task of frontier.doomed) {
    actions.push({ kind: 'skip', task });
  }
  for (const task of canLand ? frontier.landable : []) {
    actions.push({ kind: 'land', task });
  }
  for (const task of frontier.dueGates) {
    actions.push({ kind: 'open-gate', task });
  }
  const slots = Math.max(0, maxParallel - frontier.running.size);
  for (const task of frontier.ready.slice(0, slots)) {
    actions.push({ kind: 'start', task });
  }
  return actions;
}

/** Nothing begins; a landing whose intent is in the journal is brought to its end. */
function decideCancel({ frontier, tasks, landings }: RunState, { graph }: Rules): Action[] {
  const actions: Action[] = [];
  for (const task of frontier.running) {
    actions.push({ kind: 'stop', task });
  }
  for (const task of frontier.landable) {
    if (landings.get(task)?.kind === 'started') {
      actions.push({ kind: 'land', task });
    }
  }
  if (frontier.unfinished > frontier.running.size) {
    for (const task of graph.ids) {
      const kind = tasks.get(task)?.kind;
      if (kind === 'pending' || kind === 'waiting') {
        actions.push({ kind: 'drop', task });
      }
    }
  }
  return actions;
}

function statusOf(state: RunState, graph: Graph<TaskId>): RunStatus {
  const done = (id: TaskId) => {
    const task = state.tasks.get(id);
    return task !== undefined && isDone(task);
  };
  const landed = [...state.landings.values()].every((landing) => landing.kind !== 'failed');
  if (graph.ids.every(done)) {
    return landed ? 'succeeded' : 'degraded';
  }
  if ([...state.tasks.values()].some((task) => task.kind === 'cancelled')) {
    return 'cancelled';
  }
  return graph.ends.some(done) ? 'degraded' : 'failed';
}
