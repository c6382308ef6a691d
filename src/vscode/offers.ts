import type { TaskState } from '../core/domain/runState.ts';
import type { RunPlan } from '../core/domain/workflow.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import { runVerbs, type RunVerb, type TaskVerb } from '../core/projections/verbs.ts';
import type { Driven, TaskRow } from '../core/projections/taskRows.ts';

export type ReadableRun = Extract<BookEntry, { readonly kind: 'readable' }>;

/**
 * What people can ask of a run or a task, as the words that rows of the tree (`viewItem`), cards of the
 * graph (`taskVerbs`, `runVerbs`) and the palette go by. package.json names them in its `when` clauses.
 */
export type RunOffer = RunVerb | 'takeOver';
export type TaskOffer = TaskVerb | 'similar' | 'prompt' | 'otherModel' | 'command';

/** `takeOver`: whether the program that drives the run still lives only a person can tell. */
export function runOffers({ state, driven }: ReadableRun): RunOffer[] {
  const verbs = runVerbs(state, driven.kind !== 'nobody');
  const isOpen = state.phase.kind !== 'finished';
  return isOpen && isOutOfSight(driven) ? [...verbs, 'takeOver'] : [...verbs];
}

export function isOutOfSight(driven: Driven): boolean {
  return driven.kind === 'elsewhere' && !driven.isLocal;
}

/**
 * `similar`: the answer to a similar question stands for it, and its own can be asked. `prompt`, `otherModel`: it can
 * be made again with another one. `command`: a command can be run where it works or worked.
 */
export function taskOffers(
  plan: RunPlan,
  { step, state, verbs, reused }: Pick<TaskRow, 'step' | 'state' | 'verbs' | 'reused'>,
): TaskOffer[] {
  if (step.kind === 'gate') {
    return [...verbs];
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
  ];
}

const HAS_WORKED: ReadonlySet<TaskState['kind']> = new Set<TaskState['kind']>([
  'running',
  'unknown',
  'succeeded',
  'failed',
  'cancelled',
]);
