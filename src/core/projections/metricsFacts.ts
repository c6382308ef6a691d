import type { Saved } from '../domain/cache.ts';
import type { TaskId } from '../domain/ids.ts';
import type { Spent, TaskLedger } from '../domain/ledger.ts';
import { attemptsOf, isDone, type RunState, type TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { ShownStatus } from './graphPicture.ts';
import type { RunGroup } from './metricsPicture.ts';
import type { BookEntry } from './runBook.ts';
import { shownStatus } from './taskRows.ts';

// What the figures of the dashboard are summed from: a few numbers of each task, taken from the folded run once. A run
// that has ended is not looked at again until something more happens to it.

export type ReadableRun = Extract<BookEntry, { readonly kind: 'readable' }>;

/** What of a task can count. Tasks of which nothing can are left out. */
export interface TaskFact {
  /** `undefined`: a gate, or a task that the plan does not have any more. */
  readonly agent: string | undefined;
  /** `open`: it has not ended; only what it has spent counts. `other`: a gate that was answered, or it was skipped. */
  readonly end: 'succeeded' | 'failed' | 'cancelled' | 'reused' | 'other' | 'open';
  /** When it ended; of an open one when it last asked a model. Milliseconds since 1970. */
  readonly at: number;
  /** Work of the attempt that decided; `undefined`: none did by itself. */
  readonly ms: number | undefined;
  readonly retries: number;
  /** As it was then: the ledger goes on. */
  readonly spent: SpentFact | undefined;
  readonly saved: Saved | undefined;
  /** The cache was asked, and it ran. */
  readonly missed: boolean;
}

export type SpentFact = Pick<
  Spent,
  'inputTokens' | 'outputTokens' | 'usd' | 'unpricedCalls' | 'isEstimate'
>;

export interface RunFacts {
  readonly run: string;
  readonly workflow: string;
  readonly status: ShownStatus;
  readonly group: RunGroup;
  readonly startedAt: number;
  /** `undefined`: it has not ended. */
  readonly endedAt: number | undefined;
  readonly done: number;
  readonly tasks: number;
  readonly spent: SpentFact;
  readonly reused: number;
  readonly missed: number;
  readonly facts: readonly TaskFact[];
}

export function factsOfRun({ plan, state, driven }: ReadableRun): RunFacts {
  const status = shownStatus(state, driven);
  const agents = agentsOf(plan);
  const facts: TaskFact[] = [];
  let done = 0;
  let reused = 0;
  let missed = 0;
  for (const [id, task] of state.tasks) {
    done += isDone(task) ? 1 : 0;
    const isReused = task.kind === 'succeeded' && task.reused !== undefined;
    const isMissed = !isReused && state.misses.has(id);
    reused += isReused ? 1 : 0;
    missed += isMissed ? 1 : 0;
    const fact = factOf(task, agents.get(id), state.ledger.tasks.get(id), isMissed);
    if (fact !== undefined) {
      facts.push(fact);
    }
  }
  for (const [id, ledger] of state.ledger.tasks) {
    // Lanes that the plan had and has no more were paid all the same.
    if (!state.tasks.has(id)) {
      facts.push(...openFact(undefined, ledger));
    }
  }
  return {
    run: state.run,
    workflow: state.workflow,
    status,
    group: groupOf(status),
    startedAt: state.createdAt,
    endedAt: state.phase.kind === 'finished' ? state.phase.at : undefined,
    done,
    tasks: state.tasks.size,
    spent: spentOf(state.ledger.total),
    reused,
    missed,
    facts,
  };
}

/** Keeps what was taken from each run for as long as nothing more has happened to it. */
export class FactsShelf {
  readonly #kept = new WeakMap<RunState, { readonly key: string; readonly facts: RunFacts }>();

  /** In the order given; runs whose journals cannot be read are left out. */
  of(entries: readonly BookEntry[]): RunFacts[] {
    return entries.flatMap((entry) => (entry.kind === 'readable' ? this.ofRun(entry) : []));
  }

  ofRun(entry: ReadableRun): RunFacts {
    const { state, driven } = entry;
    // The state is one object for as long as its journal is only added to, and changes with it.
    const key = `${state.seq} ${driven.kind}`;
    const kept = this.#kept.get(state);
    if (kept?.key === key) {
      return kept.facts;
    }
    const facts = factsOfRun(entry);
    this.#kept.set(state, { key, facts });
    return facts;
  }
}

export function groupOf(status: ShownStatus): RunGroup {
  switch (status) {
    case 'running':
    case 'waiting':
    case 'pausing':
    case 'cancelling':
      return 'running';
    case 'paused':
    case 'interrupted':
      return 'paused';
    case 'succeeded':
    case 'degraded':
      return 'completed';
    case 'cancelled':
      return 'terminated';
    case 'failed':
      return 'failed';
  }
}

const agentsByPlan = new WeakMap<RunPlan, ReadonlyMap<TaskId, string>>();

function agentsOf(plan: RunPlan): ReadonlyMap<TaskId, string> {
  let agents = agentsByPlan.get(plan);
  if (agents === undefined) {
    agents = new Map(
      plan.tasks.flatMap(({ id, step }) =>
        step.kind === 'agent' ? [[id, step.agent] as const] : [],
      ),
    );
    agentsByPlan.set(plan, agents);
  }
  return agents;
}

function factOf(
  task: TaskState,
  agent: string | undefined,
  ledger: TaskLedger | undefined,
  isMissed: boolean,
): TaskFact | undefined {
  const ended = {
    agent,
    ms: undefined,
    retries: Math.max(0, attemptsOf(task) - 1),
    spent: ledger === undefined ? undefined : spentOf(ledger.spent),
    saved: undefined,
    missed: isMissed,
  };
  switch (task.kind) {
    case 'pending':
    case 'running':
    case 'waiting':
    case 'unknown':
      return openFact(agent, ledger)[0];
    case 'succeeded':
      return task.reused === undefined
        ? {
            ...ended,
            end: 'succeeded',
            at: task.endedAt,
            // What a person accepts was cut off: nobody knows how long it took.
            ms: task.accepted === undefined ? task.durationMs : undefined,
          }
        : { ...ended, end: 'reused', at: task.endedAt, saved: task.reused.saved };
    case 'failed':
      // Without an attempt the agent had no part in it: lanes that could not be told.
      return task.attempt === 0
        ? { ...ended, end: 'other', at: task.endedAt }
        : { ...ended, end: 'failed', at: task.endedAt, ms: task.durationMs };
    case 'cancelled':
      return { ...ended, end: 'cancelled', at: task.endedAt };
    case 'skipped':
    case 'approved':
      return { ...ended, end: 'other', at: task.endedAt };
  }
}

/** Nothing for a task that has not asked a model. */
function openFact(agent: string | undefined, ledger: TaskLedger | undefined): TaskFact[] {
  const last = ledger?.calls.at(-1);
  return ledger === undefined || last === undefined
    ? []
    : [
        {
          agent,
          end: 'open',
          at: last.startedAt + (last.end?.durationMs ?? 0),
          ms: undefined,
          retries: 0,
          spent: spentOf(ledger.spent),
          saved: undefined,
          missed: false,
        },
      ];
}

function spentOf(spent: SpentFact): SpentFact {
  const { inputTokens, outputTokens, usd, unpricedCalls, isEstimate } = spent;
  return { inputTokens, outputTokens, usd, unpricedCalls, isEstimate };
}
