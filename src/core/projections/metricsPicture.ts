import type { ShownStatus } from './graphPicture.ts';

// Types only, and of nothing else: the dashboard in the browser is checked against this file. What each figure counts
// stands here and in docs/dashboard.md, and nowhere else. Times are milliseconds, moments milliseconds since 1970.

/** What is looked at: what ended in the last 24 hours, 7 days or 30 days (of 24 hours each), or ever. */
export type MetricsWindow = '24h' | '7d' | '30d' | 'all';

/**
 * How runs are told apart at a glance. `running`: some program drives it, or only people can move it on. `paused`: a
 * person paused it, or whoever drove it is gone. `completed`: it came to an end of its workflow, `degraded` ones too.
 * `terminated`: somebody cancelled it. `failed`: it came to no end of its workflow.
 */
export type RunGroup = 'running' | 'paused' | 'completed' | 'terminated' | 'failed';

/** US dollars of model calls. What has no price is never counted as nothing. */
export type Cost =
  /** No model was asked, or none used a token. */
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly usd: number }
  /** At least so much: some of the calls have no price. */
  | { readonly kind: 'partly'; readonly usd: number }
  /** None of the calls has a price. */
  | { readonly kind: 'unknown' };

export interface Tokens {
  readonly input: number;
  readonly output: number;
  /** Some were counted here, because the provider does not tell. */
  readonly isEstimate: boolean;
}

/**
 * What tasks came to. A task counts in the window in which it ended, by how it ended last. Tasks for which nothing ran
 * are `reused` and count nowhere else but in `tokens`, `cost` and `retries`, by what had run for them before. Fixes are
 * no tasks of a workflow: they count in `tokens` and `cost` alone, and how they did stands in `FixMetrics`. A task that
 * fixes mended has succeeded, once, as its own agent's.
 */
export interface TaskMetrics {
  /** Tasks that were attempted and succeeded; those a person accepted are among them. */
  readonly succeeded: number;
  /** Tasks that were attempted and failed for good. */
  readonly failed: number;
  /** Tasks that were stopped, or still to run when their run was cancelled. */
  readonly cancelled: number;
  /** Tasks for which what was made before stands. */
  readonly reused: number;
  /** `succeeded` of `succeeded` and `failed`, from 0 to 1; `undefined`: there is neither. */
  readonly successRate: number | undefined;
  /**
   * Of the attempts that decided: time of work, without what they were parked. Over tasks in `succeeded` and
   * `failed`, without those a person accepted and those a fix was opened for: what decided there is checks.
   * `undefined`: there is none.
   */
  readonly meanMs: number | undefined;
  /** The smallest of the same times that is not less than 95 % of them: the nearest rank, never between two. */
  readonly p95Ms: number | undefined;
  /**
   * Attempts beyond the first of each task that ended: after a failure, a crash or a pause, or because a person asked.
   * Those that only prove a fix are none.
   */
  readonly retries: number;
  /** Of all attempts. What tasks that have not ended have used so far counts when they last asked a model. */
  readonly tokens: Tokens;
  readonly cost: Cost;
}

export interface AgentMetrics extends TaskMetrics {
  readonly agent: string;
  /** What it did for tasks that had failed, its own among them; `undefined`: nothing. */
  readonly fixes: FixMetrics | undefined;
}

/**
 * What fixes came to. A fix counts in the window in which the task it is for ended, all of that task's together; while
 * that task is open, when it last failed.
 */
export interface FixMetrics {
  /** Those of agents. Some are neither `mended` nor `missed`: under way, to be proved, or stopped. */
  readonly opened: number;
  /** Fixes that their task succeeded with: the last that was opened for it. */
  readonly mended: number;
  /** Fixes that failed, or whose task did all the same. */
  readonly missed: number;
  /** Work of their attempts that decided, the nearest rank of 50 %; `undefined`: there is none. */
  readonly medianMs: number | undefined;
}

/** Of one kind of fault. */
export interface FaultMetrics extends FixMetrics {
  /** As `FaultKind`: `missing_dependency` */
  readonly fault: string;
  /** How many times a person was asked what is to be done. */
  readonly asked: number;
  /** Tasks that failed in spite of fixes, by the kind that was found last. */
  readonly givenUp: number;
}

/** Tasks whose steps say that failures are mended. */
export interface MendingMetrics {
  /** Of those that were attempted and ended in the window: they succeeded, and no fix was opened for them. */
  readonly withoutFix: number;
  /** They succeeded after one was. */
  readonly withFixes: number;
  readonly failed: number;
  /** Those there are, the one with the most fixes first. */
  readonly kinds: readonly FaultMetrics[];
}

/** What the last attempts of tasks that ended reported of tests; fixes are none of them. */
export interface TestMetrics {
  /** Those with a report. */
  readonly tasks: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Percent, of the last report of each task that says; `undefined`: none does. */
  readonly coverage: { readonly lowest: number; readonly highest: number } | undefined;
}

/** What the cache spared, of tasks that ended in the window. */
export interface CacheMetrics {
  /** Tasks it answered. */
  readonly reused: number;
  /** Tasks it was asked about, and that ran. */
  readonly missed: number;
  /** `reused` of both, from 0 to 1; `undefined`: it was not asked. */
  readonly rate: number | undefined;
  /** What making the reused results took when they were made. */
  readonly savedMs: number;
  readonly savedCalls: number;
  readonly savedTokens: number;
  /** Results that used tokens and cost nothing are taken as without a price: a price of nothing is not remembered. */
  readonly savedCost: Cost;
}

/** The unit of the charts: hours in 24 hours, days in 7 and 30; of all: days, weeks or months, so that they fit. */
export type PeriodUnit = 'hour' | 'day' | 'week' | 'month';

/** One of the periods that cover the window without a gap, in the time zone of whoever looks. */
export interface Period {
  /** The first one begins before the window does; what was before the window is not in it. */
  readonly start: number;
  /** Runs that ended in it. */
  readonly completed: number;
  readonly terminated: number;
  readonly failed: number;
  /** Tasks that ended in it, and what was spent, as in `TaskMetrics`. */
  readonly p95Ms: number | undefined;
  readonly tokens: number;
  readonly cost: Cost;
}

export interface MetricsPicture {
  readonly window: MetricsWindow;
  /** Where the window begins; `undefined`: at the beginning of all. */
  readonly from: number | undefined;
  /** When the picture was made: where the window ends. */
  readonly to: number;
  /** All that are running or paused, and those that ended in the window. */
  readonly runs: Readonly<Record<RunGroup, number>>;
  /** Of all agents together. */
  readonly tasks: TaskMetrics;
  /** Agents that have something to tell, by name. */
  readonly agents: readonly AgentMetrics[];
  readonly cache: CacheMetrics;
  /** `undefined`: nothing in the window is of a step that is mended when it fails. */
  readonly mending: MendingMetrics | undefined;
  /** `undefined`: no task that ended in the window reported tests. */
  readonly tests: TestMetrics | undefined;
  readonly unit: PeriodUnit;
  /** In order, up to now. */
  readonly periods: readonly Period[];
}

/** One run, whole: its figures do not depend on the window. */
export interface RunMetrics {
  readonly run: string;
  readonly workflow: string;
  readonly status: ShownStatus;
  readonly group: RunGroup;
  readonly startedAt: number;
  /** `undefined`: it has not ended. */
  readonly endedAt: number | undefined;
  /** From its start to its end, or until now: time by the clock, waits for people among it. */
  readonly tookMs: number;
  /** Tasks that are done; those a person skipped are among them. Fixes are no tasks. */
  readonly done: number;
  readonly tasks: number;
  readonly tokens: Tokens;
  readonly cost: Cost;
  /** Tasks the cache answered, and those it was asked about that ran or will. */
  readonly reused: number;
  readonly missed: number;
  /** Fixes that were opened; `undefined`: none of its steps is mended when it fails. */
  readonly fixes: number | undefined;
  /** `undefined`: none of its tasks that ended reported tests. */
  readonly tests: TestMetrics | undefined;
}
