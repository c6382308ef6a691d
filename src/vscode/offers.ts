import { isDraftRun } from '../core/draftsApi.ts';
import { makersOf } from '../core/domain/gateMakers.ts';
import type { TaskId } from '../core/domain/ids.ts';
import type { RunState, TaskState } from '../core/domain/runState.ts';
import type { RunPlan } from '../core/domain/workflow.ts';
import type { GraphMoment } from '../core/projections/graphPicture.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import { runVerbs, taskVerbs, type RunVerb, type TaskVerb } from '../core/projections/verbs.ts';
import { plannedById, type Driven, type TaskRow } from '../core/projections/taskRows.ts';

export type ReadableRun = Extract<BookEntry, { readonly kind: 'readable' }> & {
  /** Set where plan and state are those of an earlier moment; nothing can be asked of that but what is about it. */
  readonly past?: PastMoment;
};

export interface PastMoment {
  readonly moment: GraphMoment;
  /** The run as it is. */
  readonly now: Extract<BookEntry, { readonly kind: 'readable' }>;
}

/**
 * What people can ask of a run or a task, as the words that rows of the tree (`viewItem`), cards of the
 * graph (`taskVerbs`, `runVerbs`) and the palette go by. package.json names them in its `when` clauses.
 */
export type RunOffer =
  | RunVerb
  | 'takeOver'
  | 'changes'
  | 'forecast'
  | 'checkout'
  | 'merge'
  | 'drop'
  | 'backToNow'
  | 'keepPlan';
export type TaskOffer =
  | TaskVerb
  | 'similar'
  | 'prompt'
  | 'otherModel'
  | 'command'
  | 'changes'
  | 'forecast'
  | 'rollBack'
  | 'rerunFromHere'
  | 'redo';

/**
 * `takeOver`: whether the program that drives the run still lives only a person can tell. `changes`, `forecast`: tasks
 * have changed files. `checkout`: the user's checkout has changed. `merge`: results stand on branches. `drop`: nobody
 * drives it. `keepPlan`: it has drafted a list that can be kept. `backToNow`: an earlier moment is shown, and nothing else can be asked of that.
 */
export function runOffers({ plan, state, driven, past }: ReadableRun): RunOffer[] {
  if (past !== undefined) {
    return ['backToNow'];
  }
  const isOpen = state.phase.kind !== 'finished';
  const isMerging = state.merge?.place.kind === 'merging';
  return [
    ...runVerbs(state, driven.kind !== 'nobody'),
    ...(isOpen && isOutOfSight(driven) ? (['takeOver'] as const) : []),
    ...([...state.tasks.values()].some(hasChanges) ? (['changes', 'forecast'] as const) : []),
    ...(state.checkout.changes.length + state.checkout.more > 0 ? (['checkout'] as const) : []),
    ...(hasLanded(state) && (!isMerging || driven.kind === 'nobody') ? (['merge'] as const) : []),
    ...(!isOpen || driven.kind === 'nobody' ? (['drop'] as const) : []),
    ...(!isOpen && isDraftRun(plan) && [...state.tasks.values()].every(isAnswered)
      ? (['keepPlan'] as const)
      : []),
  ];
}

/** Also where the answer is no list: it can go back to its planner. */
function isAnswered(task: TaskState): boolean {
  return (
    task.kind === 'succeeded' || (task.kind === 'failed' && task.failure.reason === 'bad-output')
  );
}

function hasLanded({ landings }: RunState): boolean {
  return [...landings.values()].some(({ kind }) => kind === 'done');
}

function hasChanges(task: TaskState | undefined): boolean {
  return task?.kind === 'succeeded' && task.artifacts.length + task.removed.length > 0;
}

export function isOutOfSight(driven: Driven): boolean {
  return driven.kind === 'elsewhere' && !driven.isLocal;
}

/**
 * `similar`: the answer to a similar question stands for it, and its own can be asked. `prompt`, `otherModel`: it can
 * be made again with another one. `command`: a command can be run where it works or worked. `changes`: it changed files, or is a
 * gate that waits and guards what did; `forecast`, such a gate. `rollBack`: its result stands on a branch. `rerunFromHere`: an earlier
 * moment is shown, and the task has ended since or had then.
 */
export function taskOffers(
  { plan, state: run, past }: Pick<ReadableRun, 'plan' | 'state' | 'past'>,
  {
    task,
    step,
    state,
    verbs,
    reused,
  }: Pick<TaskRow, 'task' | 'step' | 'state' | 'verbs' | 'reused'>,
): TaskOffer[] {
  if (past !== undefined) {
    return taskVerbs(past.now.plan, past.now.state, task).includes('rerun')
      ? ['rerunFromHere']
      : [];
  }
  if (step.kind === 'gate') {
    const entry = { plan, state: run };
    return [
      ...verbs,
      ...(state === 'waiting' ? [...gateOffers(entry, task), ...redoOffers(entry, task)] : []),
    ];
  }
  const rerun = verbs.includes('rerun');
  const runner = plan.agents[step.agent]?.runner.kind;
  const hasModel = runner !== undefined && runner !== 'command';
  return [
    ...verbs,
    ...(rerun && reused?.similar !== undefined ? (['similar'] as const) : []),
    ...(rerun ? (['prompt'] as const) : []),
    ...(rerun && hasModel ? (['otherModel'] as const) : []),
    ...(HAS_WORKED.has(state) ? (['command'] as const) : []),
    ...(hasChanges(run.tasks.get(task)) ? (['changes'] as const) : []),
    ...(run.landings.get(task)?.kind === 'done' ? (['rollBack'] as const) : []),
  ];
}

/** What can be asked of a gate that waits, beside its answer. */
export function gateOffers(
  { plan, state }: Pick<ReadableRun, 'plan' | 'state'>,
  gate: TaskId,
): readonly ('changes' | 'forecast')[] {
  return guardedBy(plan, gate).some((task) => hasChanges(state.tasks.get(task)))
    ? ['changes', 'forecast']
    : [];
}

/** `redo`: somebody can make again what a gate that waits asks about. */
export function redoOffers(
  { plan, state }: Pick<ReadableRun, 'plan' | 'state'>,
  gate: TaskId,
): readonly 'redo'[] {
  return makersOf(gate, plannedById(plan), state.tasks).length > 0 ? ['redo'] : [];
}

/**
 * The tasks upstream of a gate: what they made reaches branches once it is approved. In the order of the plan; what a fix
 * made is the result of what it mended, and a gate that asks how a failure is to be mended guards nothing.
 */
export function guardedBy(plan: RunPlan, gate: TaskId): readonly TaskId[] {
  const byId = new Map(plan.tasks.map((planned) => [planned.id, planned]));
  const upstream = new Set<TaskId>();
  if (byId.get(gate)?.fix !== undefined) {
    return [];
  }
  const open = [...(byId.get(gate)?.needs ?? [])];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (!upstream.has(task)) {
      upstream.add(task);
      open.push(...(byId.get(task)?.needs ?? []));
    }
  }
  return plan.tasks.flatMap(({ id, fix }) => (fix === undefined && upstream.has(id) ? id : []));
}

const HAS_WORKED: ReadonlySet<TaskState['kind']> = new Set<TaskState['kind']>([
  'running',
  'unknown',
  'succeeded',
  'failed',
  'cancelled',
]);
