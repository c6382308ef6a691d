import type { RunStatus } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import { isDone, isFine, type RunState } from '../domain/runState.ts';
import { askedTheSame } from '../domain/sameQuestion.ts';
import type { Graph } from '../graph/graph.ts';
import { fixesOf } from '../journal/mendingFold.ts';

/** What the driver does next. */
export type Action =
  | { readonly kind: 'start'; readonly task: TaskId }
  /** Find out whether its conditions hold. */
  | { readonly kind: 'judge'; readonly task: TaskId }
  /** Find out whether what was made before stands for it. */
  | { readonly kind: 'ask-cache'; readonly task: TaskId }
  /** Find out which lanes it and others stand for. */
  | { readonly kind: 'unfold'; readonly task: TaskId }
  /** Find out what becomes of its failure: who mends it, or that nobody does. */
  | { readonly kind: 'debug'; readonly task: TaskId }
  | { readonly kind: 'open-gate'; readonly task: TaskId }
  | { readonly kind: 'skip'; readonly task: TaskId }
  | { readonly kind: 'land'; readonly task: TaskId }
  /** End its attempt. */
  | { readonly kind: 'stop'; readonly task: TaskId }
  /** It will not begin any more, or not be answered: the run is being ended. */
  | { readonly kind: 'drop'; readonly task: TaskId }
  | { readonly kind: 'finish'; readonly status: RunStatus };

export interface Rules {
  readonly graph: Graph<TaskId>;
  /** Tasks running at once, 1 or more. Gates wait without taking a slot. */
  readonly maxParallel: number;
  /** False in a folder without a Git repository: artifacts stay with the run. */
  readonly canLand: boolean;
  /** True where one of the others may change the same paths: two of them are never under way at once. */
  readonly isRival: (task: TaskId, others: Iterable<TaskId>) => boolean;
  /** The first failure ends the run. */
  readonly stopAtFailure: boolean;
}

/**
 * How long the longest way still to go may be, as a share of the time the rest takes on all slots, before
 * it decides the end of the run and goes first. Below that the deepest task goes first, which finishes what
 * is begun. 0 would be the critical path alone, which begins everything before it ends anything.
 */
export const SLACK = 0.3;

/** Tasks that the cache is asked about at once: enough to keep it busy, few enough to look through every turn. */
const ASKED_AT_ONCE = 32;

/**
 * What is to be done now. Pure: the same state and time give the same actions. An action whose effect is
 * already under way is given again; the driver knows which those are.
 * @param now milliseconds since 1970
 */
export function decide(state: RunState, rules: Rules, now: number): Action[] {
  const { phase, frontier } = state;
  if (phase.kind === 'finished') {
    return [];
  }
  const ending = isEnding(state, rules);
  const actions = ending
    ? decideEnd(state, rules)
    : phase.kind === 'paused'
      ? decidePaused(state, phase.running)
      : decideNext(state, rules, now);
  const mayLand = rules.canLand && !ending && frontier.landable.size > 0;
  if (actions.length === 0 && frontier.unfinished === 0 && !mayLand) {
    return [{ kind: 'finish', status: statusOf(state, rules.graph) }];
  }
  return actions;
}

/** True once nothing begins any more: somebody cancels the run, or its first failure ends it. */
export function isEnding({ phase, frontier }: RunState, { stopAtFailure }: Rules): boolean {
  return phase.kind === 'cancelling' || (stopAtFailure && frontier.failed > 0);
}

/** When `decide` has more to say although nothing has happened, in milliseconds since 1970. */
export function nextLook({ phase, frontier }: RunState): number | undefined {
  return phase.kind === 'active' && frontier.delayed.size > 0
    ? Math.min(...frontier.delayed.values())
    : undefined;
}

function decideNext(state: RunState, rules: Rules, now: number): Action[] {
  const { frontier } = state;
  const actions: Action[] = [];
  for (const task of frontier.stopping) {
    actions.push({ kind: 'stop', task });
  }
  for (const task of frontier.doomed) {
    actions.push({ kind: 'skip', task });
  }
  for (const task of rules.canLand ? frontier.landable : []) {
    actions.push({ kind: 'land', task });
  }
  const folded = firstToUnfold(state);
  if (folded !== undefined) {
    actions.push({ kind: 'unfold', task: folded });
  }
  for (const task of frontier.undecided) {
    actions.push({ kind: 'judge', task });
  }
  for (const task of frontier.faulty) {
    actions.push({ kind: 'debug', task });
  }
  for (const task of frontier.dueGates) {
    actions.push({ kind: 'open-gate', task });
  }
  for (const task of firstOf(frontier.unasked, ASKED_AT_ONCE)) {
    actions.push({ kind: 'ask-cache', task });
  }
  for (const task of tasksToStart(state, rules, now)) {
    actions.push({ kind: 'start', task });
  }
  return actions;
}

/** The first task that stands for lanes, once those of any such task can be told: all are told at once. */
function firstToUnfold({ frontier, tasks }: RunState): TaskId | undefined {
  if (frontier.folded.size === 0) {
    return undefined;
  }
  const isKnown = [...frontier.folded.values()].some((sources) =>
    sources.every((source) => tasks.get(source)?.kind === 'succeeded'),
  );
  return isKnown ? frontier.folded.keys().next().value : undefined;
}

function* firstOf(tasks: Iterable<TaskId>, most: number): Generator<TaskId> {
  let left = most;
  for (const task of tasks) {
    if (left-- === 0) {
      return;
    }
    yield task;
  }
}

function tasksToStart(
  state: RunState,
  { maxParallel, isRival }: Rules,
  now: number,
): ReadonlySet<TaskId> {
  const { frontier, asking } = state;
  const isFree = (task: TaskId) => !isRival(task, frontier.running) && !isRival(task, chosen);
  // Whoever waits for a person takes no slot.
  const slots = maxParallel - frontier.running.size + asking.size;
  const chosen = new Set<TaskId>();
  for (const [task, until] of frontier.delayed) {
    if (until <= now && chosen.size < slots && isFree(task)) {
      chosen.add(task);
    }
  }
  const { ready, workLeftMs } = frontier;
  if (ready.size === 0) {
    return chosen;
  }
  const decisiveMs = (SLACK * workLeftMs) / maxParallel;
  const mayGo = (task: TaskId) =>
    !chosen.has(task) &&
    frontier.mayBegin(task, chosen) &&
    isFree(task) &&
    askedTheSame(state, task, chosen) === undefined;
  const longest = ready.longestFirst()[Symbol.iterator]();
  const deepest = ready.deepestFirst()[Symbol.iterator]();
  let candidate = nextOf(longest, mayGo);
  while (candidate !== undefined && chosen.size < slots) {
    const isDecisive = ready.wayLeftMs(candidate) >= decisiveMs;
    chosen.add(isDecisive ? candidate : (nextOf(deepest, mayGo) ?? candidate));
    if (!mayGo(candidate)) {
      candidate = nextOf(longest, mayGo);
    }
  }
  return chosen;
}

function nextOf(tasks: Iterator<TaskId>, mayGo: (task: TaskId) => boolean): TaskId | undefined {
  for (let next = tasks.next(); next.done !== true; next = tasks.next()) {
    if (mayGo(next.value)) {
      return next.value;
    }
  }
  return undefined;
}

/** Nothing begins; what was begun on a branch is brought to its end. */
function decidePaused(state: RunState, running: 'finish' | 'interrupt'): Action[] {
  const { frontier } = state;
  const stopping = running === 'interrupt' ? frontier.running : frontier.stopping;
  return [...stop(stopping), ...begunLandings(state)];
}

function decideEnd(state: RunState, { graph }: Rules): Action[] {
  const { frontier, tasks } = state;
  const actions: Action[] = [...stop(frontier.running), ...begunLandings(state)];
  if (frontier.unfinished > frontier.running.size) {
    for (const task of graph.ids) {
      const kind = tasks.get(task)?.kind;
      if (kind === 'pending' || kind === 'waiting' || kind === 'unknown') {
        actions.push({ kind: 'drop', task });
      }
    }
  }
  return actions;
}

function stop(tasks: ReadonlySet<TaskId>): Action[] {
  return [...tasks].map((task) => ({ kind: 'stop', task }));
}

function begunLandings({ frontier, landings }: RunState): Action[] {
  return [...frontier.landable].flatMap((task) =>
    landings.get(task)?.kind === 'started' ? [{ kind: 'land', task } as const] : [],
  );
}

function statusOf(state: RunState, graph: Graph<TaskId>): RunStatus {
  const fixes = fixesOf(state.mending);
  const is = (what: typeof isDone) => (id: TaskId) => {
    const task = state.tasks.get(id);
    return task !== undefined && what(task);
  };
  if (graph.ids.every((id) => fixes.has(id) || is(isFine)(id))) {
    const landed = [...state.landings.values()].every(({ kind }) => kind !== 'failed');
    return landed ? 'succeeded' : 'degraded';
  }
  if (state.phase.kind === 'cancelling') {
    return 'cancelled';
  }
  return graph.ends.some(is(isDone)) ? 'degraded' : 'failed';
}
