import { digestOfJson } from './base/digest.ts';
import type {
  ComparedRun,
  ComparedStatus,
  Iterations,
  RunCost,
  RunTests,
  WayId,
} from './compare/comparedRun.ts';
import type { TaskId } from './domain/ids.ts';
import type { TaskLedger } from './domain/ledger.ts';
import { attemptsOf, type RunState } from './domain/runState.ts';
import type { RunPlan } from './domain/workflow.ts';
import { runReuse } from './projections/reasons.ts';
import type { BookEntry } from './projections/runBook.ts';
import { runDuration, shownStatus } from './projections/taskRows.ts';

// What of a run counts when two ways of doing the same work are compared, taken from its folded journal.

export type ReadableRun = Extract<BookEntry, { readonly kind: 'readable' }>;

export interface CountedAs {
  readonly way: WayId;
  readonly isKept: boolean;
  /** It was cancelled because its time was up, and by no person. */
  readonly isTimedOut: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function comparedRun(
  entry: ReadableRun,
  { way, isKept, isTimedOut, now }: CountedAs,
): ComparedRun {
  const { plan, state } = entry;
  const { inputTokens: input, outputTokens: output, isEstimate, workedMs } = state.ledger.total;
  return {
    way,
    run: entry.run,
    status: statusOf(entry, isTimedOut),
    isKept,
    isDrawn: plan.drawn !== undefined,
    createdAt: state.createdAt,
    wallMs: runDuration(state, now),
    workedMs,
    iterations: iterationsOf(plan, state),
    tokens: { input, output, isEstimate },
    cost: costOf(state),
    tests: testsOf(state),
    reused: runReuse(state).tasks,
    setup: setupOf(plan),
  };
}

export interface KeptWanted {
  /** Names of the two workflows. */
  readonly workflows: Readonly<Record<WayId, string>>;
  /** Only what began then or later, in milliseconds since 1970. */
  readonly since: number | undefined;
  /** Only so many of each way, the newest. */
  readonly last: number | undefined;
  /** Only those whose way the shares of runs drew. */
  readonly onlyDrawn: boolean;
  /** Runs that are counted already. */
  readonly without: ReadonlySet<string>;
  readonly now: number;
}

/** Runs that are there. @param entries newest first */
export function keptRuns(entries: readonly BookEntry[], wanted: KeptWanted): ComparedRun[] {
  const { workflows, since, last, onlyDrawn, without, now } = wanted;
  return (['A', 'B'] as const).flatMap((way) =>
    entries
      .flatMap((entry) =>
        entry.kind === 'readable' &&
        entry.state.workflow === workflows[way] &&
        entry.state.createdAt >= (since ?? 0) &&
        (!onlyDrawn || wasDrawnAmong(entry.plan, workflows)) &&
        !without.has(entry.run)
          ? [entry]
          : [],
      )
      .slice(0, last)
      .map((entry) => comparedRun(entry, { way, isKept: true, isTimedOut: false, now })),
  );
}

/** Between these two: a draw between others is another experiment. */
function wasDrawnAmong({ drawn }: RunPlan, { A, B }: Readonly<Record<WayId, string>>): boolean {
  return drawn !== undefined && [A, B].includes(drawn.asked) && [A, B].includes(drawn.other);
}

function statusOf({ state, driven }: ReadableRun, isTimedOut: boolean): ComparedStatus {
  const status = shownStatus(state, driven);
  switch (status) {
    case 'succeeded':
    case 'degraded':
    case 'failed':
      return status;
    case 'cancelled':
      return isTimedOut ? 'timed-out' : 'cancelled';
    case 'waiting':
    case 'paused':
      return 'waits';
    case 'running':
    case 'pausing':
    case 'cancelling':
    case 'interrupted':
      return 'unfinished';
  }
}

function iterationsOf(plan: RunPlan, state: RunState): Iterations {
  const isFix = new Set<TaskId>(
    plan.tasks.flatMap(({ id, fix }) => (fix === undefined ? [] : [id])),
  );
  let attempts = 0;
  let fixes = 0;
  for (const [id, task] of state.tasks) {
    if (isFix.has(id)) {
      fixes += attemptsOf(task);
    } else {
      attempts += attemptsOf(task);
    }
  }
  let turns = 0;
  for (const { calls } of state.ledger.tasks.values()) {
    turns += calls.filter(({ end }) => end !== undefined && end.failure === undefined).length;
  }
  return { attempts, fixes, turns };
}

/** What has no price is unknown, also where it used no token that somebody counted: never nothing. */
function costOf({ ledger }: RunState): RunCost {
  const { calls, usd, unpricedCalls, lostCalls } = ledger.total;
  if (calls === 0) {
    return { kind: 'none' };
  }
  // Sums of prices have crumbs far behind the point, which would make a difference of nothing.
  const rounded = Math.round(usd * 1e9) / 1e9;
  const isWhole =
    unpricedCalls === 0 && lostCalls === 0 && ![...ledger.tasks.values()].some(hasUnpriced);
  return isWhole ? { kind: 'known', usd: rounded } : { kind: 'unknown', atLeastUsd: rounded };
}

function hasUnpriced({ calls }: TaskLedger): boolean {
  return calls.some(
    ({ end }) => end !== undefined && end.failure === undefined && end.usd === undefined,
  );
}

/** Of the last attempt of each task. */
function testsOf(state: RunState): RunTests | undefined {
  const reports = [...state.tasks.values()].flatMap((task) =>
    task.kind === 'succeeded' || task.kind === 'failed' ? task.tests : [],
  );
  return reports.length === 0
    ? undefined
    : reports.reduce<RunTests>(
        (sum, { passed, failed, skipped }) => ({
          passed: sum.passed + passed,
          failed: sum.failed + failed,
          skipped: sum.skipped + skipped,
        }),
        { passed: 0, failed: 0, skipped: 0 },
      );
}

/** Digests: an input may be a secret. */
function setupOf({ workflow, inputs, base }: RunPlan): ComparedRun['setup'] {
  return {
    workflow: workflow.digest,
    inputs: digestOfJson(inputs),
    commit: (base.kind === 'git' ? base.commit : undefined) ?? '',
  };
}
