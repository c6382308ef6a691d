import type { Saved } from '../domain/cache.ts';
import type { Mending } from '../domain/debugging.ts';
import type { Spent, TaskLedger } from '../domain/ledger.ts';
import { attemptsOf, type RunState, type TaskState } from '../domain/runState.ts';
import type { PlannedTask } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';
import type { ShownStatus } from './graphPicture.ts';
import type { RunGroup } from './metricsPicture.ts';
import type { BookEntry } from './runBook.ts';
import { stepCount } from './census.ts';
import {
  mayMend,
  mendedFacts,
  ownAttempts,
  testedFact,
  type MendedFact,
  type TestedFact,
} from './metricsFixFacts.ts';
import { shownStatus } from './taskRows.ts';

// What the figures of the dashboard are summed from: a few numbers of each task, taken from the folded run once. A run
// that has ended is not looked at again until something more happens to it.

export type ReadableRun = Extract<BookEntry, { readonly kind: 'readable' }>;

/** What of a task can count. Tasks of which nothing can are left out. */
export interface TaskFact {
  /** `undefined`: a gate, or a task that the plan does not have any more. */
  readonly agent: string | undefined;
  /** It mends another one: only what it has spent and what the cache did counts; the rest is told of that other one. */
  readonly isFix: boolean;
  /** `open`: it has not ended; only what it has spent counts. `other`: a gate that was answered, or it was skipped. */
  readonly end: 'succeeded' | 'failed' | 'cancelled' | 'reused' | 'other' | 'open';
  /** When it ended; of an open one when it last asked a model. Milliseconds since 1970. */
  readonly at: number;
  /** Work of the attempt that decided; `undefined`: none did by itself, or it only proved what mended the task. */
  readonly ms: number | undefined;
  /** Without attempts that only proved what mended it. */
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
  /** Steps of the workflow: fixes are counted by themselves. */
  readonly done: number;
  readonly tasks: number;
  /** That agents worked on or will; `undefined`: none of its steps is mended when it fails. */
  readonly fixes: number | undefined;
  readonly spent: SpentFact;
  readonly reused: number;
  readonly missed: number;
  readonly facts: readonly TaskFact[];
  readonly mended: readonly MendedFact[];
  readonly tested: readonly TestedFact[];
}

export function factsOfRun({ plan, state, driven }: ReadableRun): RunFacts {
  const status = shownStatus(state, driven);
  const planned = plannedById(plan);
  const facts: TaskFact[] = [];
  const tested: TestedFact[] = [];
  const mends = mayMend(plan);
  const steps = stepCount(state);
  let reused = 0;
  let missed = 0;
  for (const [id, task] of state.tasks) {
    const isReused = task.kind === 'succeeded' && task.reused !== undefined;
    const isMissed = !isReused && state.misses.has(id);
    reused += isReused ? 1 : 0;
    missed += isMissed ? 1 : 0;
    const step = planned.get(id);
    const mending = mends ? state.mending.get(id) : undefined;
    const fact = factOf(task, step, state.ledger.tasks.get(id), mending, isMissed);
    if (fact !== undefined) {
      facts.push(fact);
    }
    const report = testedFact(step, task, mending);
    if (report !== undefined) {
      tested.push(report);
    }
  }
  for (const [id, ledger] of state.ledger.tasks) {
    // Lanes that the plan had and has no more were paid all the same.
    if (!state.tasks.has(id)) {
      facts.push(...openFact(undefined, ledger, false));
    }
  }
  return {
    run: state.run,
    workflow: state.workflow,
    status,
    group: groupOf(status),
    startedAt: state.createdAt,
    endedAt: state.phase.kind === 'finished' ? state.phase.at : undefined,
    done: steps.done,
    tasks: steps.total,
    fixes: mends ? steps.fixes : undefined,
    spent: spentOf(state.ledger.total),
    reused,
    missed,
    facts,
    mended: mends ? mendedFacts(plan, state) : NOTHING,
    tested,
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

const NOTHING: readonly MendedFact[] = [];

function factOf(
  task: TaskState,
  planned: PlannedTask | undefined,
  ledger: TaskLedger | undefined,
  mending: Mending | undefined,
  isMissed: boolean,
): TaskFact | undefined {
  const agent = planned?.step.kind === 'agent' ? planned.step.agent : undefined;
  const isFix = planned?.fix !== undefined;
  const isProved = mending !== undefined && mending.fixes.length > 0;
  const ended = {
    agent,
    isFix,
    ms: undefined,
    retries: Math.max(0, ownAttempts(attemptsOf(task), mending) - 1),
    spent: ledger === undefined ? undefined : spentOf(ledger.spent),
    saved: undefined,
    missed: isMissed,
  };
  switch (task.kind) {
    case 'pending':
    case 'running':
    case 'waiting':
    case 'unknown':
      return openFact(agent, ledger, isFix)[0];
    case 'succeeded':
      return task.reused === undefined
        ? {
            ...ended,
            end: 'succeeded',
            at: task.endedAt,
            // What a person accepts was cut off: nobody knows how long it took.
            ms: task.accepted === undefined && !isProved ? task.durationMs : undefined,
          }
        : { ...ended, end: 'reused', at: task.endedAt, saved: task.reused.saved };
    case 'failed':
      // Without an attempt the agent had no part in it: lanes that could not be told.
      return task.attempt === 0
        ? { ...ended, end: 'other', at: task.endedAt }
        : {
            ...ended,
            end: 'failed',
            at: task.endedAt,
            ms: isProved ? undefined : task.durationMs,
          };
    case 'cancelled':
      return { ...ended, end: 'cancelled', at: task.endedAt };
    case 'skipped':
    case 'approved':
      return { ...ended, end: 'other', at: task.endedAt };
  }
}

/** Nothing for a task that has not asked a model. */
function openFact(
  agent: string | undefined,
  ledger: TaskLedger | undefined,
  isFix: boolean,
): TaskFact[] {
  const last = ledger?.calls.at(-1);
  return ledger === undefined || last === undefined
    ? []
    : [
        {
          agent,
          isFix,
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
