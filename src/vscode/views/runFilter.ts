import type { RunState } from '../../core/domain/runState.ts';
import type { PlannedTask, RunPlan } from '../../core/domain/workflow.ts';
import { askingTasks } from '../../core/projections/questions.ts';

// Which tasks the Runs view shows.

export const FILTER_STATES = ['failed', 'running', 'waiting', 'reused'] as const;
export type FilterState = (typeof FILTER_STATES)[number];

/** What `waiting` means is: for a person. */
export const FILTER_WORDS: Readonly<Record<FilterState, string>> = {
  failed: 'Failed',
  running: 'Running',
  waiting: 'Waiting for you',
  reused: 'Reused',
};

export interface RunFilter {
  /** Words, each of which stands in the name of the task, its agent, its groups or its run. Empty: any. */
  readonly text: string;
  /** One of them; none: any. */
  readonly states: readonly FilterState[];
}

export const NO_FILTER: RunFilter = { text: '', states: [] };

export function isFiltering({ text, states }: RunFilter): boolean {
  return text.trim() !== '' || states.length > 0;
}

/** `failed, waiting · “lint”`; empty where nothing is filtered. */
export function filterText({ text, states }: RunFilter): string {
  const words = text.trim();
  return [states.join(', '), words === '' ? '' : `“${words}”`]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What was remembered, which may be anything. */
export function readFilter(remembered: unknown): RunFilter {
  if (typeof remembered !== 'object' || remembered === null) {
    return NO_FILTER;
  }
  const text = 'text' in remembered && typeof remembered.text === 'string' ? remembered.text : '';
  const states =
    'states' in remembered && Array.isArray(remembered.states) ? remembered.states : [];
  return { text, states: FILTER_STATES.filter((state) => states.includes(state)) };
}

/** Tasks that are shown; the text of each is put together once for each plan. */
export function matcher(
  { text, states }: RunFilter,
  plan: RunPlan,
  state: RunState,
): (task: PlannedTask) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const asking = states.includes('waiting') ? askingTasks(state) : new Set();
  const { run } = state;
  // Those in the run's name hold for all of its tasks.
  const wanted = words.filter((word) => !run.includes(word));
  const texts = wanted.length === 0 ? undefined : textsOf(plan);
  const hasWords = ({ id }: PlannedTask) => {
    const own = texts?.get(id) ?? '';
    return wanted.every((word) => own.includes(word));
  };
  const hasState = ({ id }: PlannedTask) => {
    const at = state.tasks.get(id);
    const asks = asking.has(id);
    return states.some((one) => {
      switch (one) {
        case 'failed':
          return at?.kind === 'failed';
        case 'running':
          return at?.kind === 'running' && !asks;
        case 'waiting':
          return asks || at?.kind === 'waiting' || at?.kind === 'unknown';
        case 'reused':
          return at?.kind === 'succeeded' && at.reused !== undefined;
      }
    });
  };
  return (task) =>
    (states.length === 0 || hasState(task)) && (texts === undefined || hasWords(task));
}

const known = new WeakMap<RunPlan, ReadonlyMap<string, string>>();

function textsOf(plan: RunPlan): ReadonlyMap<string, string> {
  let texts = known.get(plan);
  if (texts === undefined) {
    texts = new Map(
      plan.tasks.map(({ id, step, groups, names }) => [
        id,
        [
          ...[...groups, id, ...Object.values(names.matrix)],
          step.kind === 'agent' ? step.agent : step.ask,
        ]
          .join('\n')
          .toLowerCase(),
      ]),
    );
    known.set(plan, texts);
  }
  return texts;
}

/** `3 of 12 shown`, for the row of a run of which not all tasks are. */
export function shownCount(shown: number, all: number): string {
  return `${shown} of ${all} shown`;
}
