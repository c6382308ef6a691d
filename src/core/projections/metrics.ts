import type { RunFacts, SpentFact, TaskFact } from './metricsFacts.ts';
import { MendingSum, testMetrics } from './metricsFixes.ts';
import type { TestedFact } from './metricsFixFacts.ts';
import { periodStarts, unitOf, windowStart, type ZoneOffset } from './metricsPeriods.ts';
import type {
  AgentMetrics,
  CacheMetrics,
  Cost,
  MetricsPicture,
  MetricsWindow,
  Period,
  RunGroup,
  RunMetrics,
  TaskMetrics,
} from './metricsPicture.ts';
import { nearestRank } from './metricsRank.ts';

// Sums of the facts of runs over a window. What each figure counts stands in `metricsPicture.ts`.

export interface MetricsAsked {
  readonly window: MetricsWindow;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of whoever looks: what an hour, a day, a week and a month is. */
  readonly zone: ZoneOffset;
}

/** @param runs of one folder or of several: agents of the same name count together */
export function metricsOf(
  runs: readonly RunFacts[],
  { window, now, zone }: MetricsAsked,
): MetricsPicture {
  const from = windowStart(window, now);
  const inWindow = isWithin(from, now);
  const groups = { running: 0, paused: 0, completed: 0, terminated: 0, failed: 0 };
  const agents = new Map<string | undefined, TaskSum>();
  const cache = new CacheSum();
  const mending = new MendingSum();
  const tested: TestedFact[] = [];
  for (const run of runs) {
    groups[run.group] += isShown(run, inWindow) ? 1 : 0;
    for (const fact of run.facts) {
      if (inWindow(fact.at)) {
        sumOf(agents, fact.agent).add(fact);
        cache.add(fact);
      }
    }
    for (const fact of run.mended) {
      if (inWindow(fact.at)) {
        mending.add(fact);
      }
    }
    for (const fact of run.tested) {
      if (inWindow(fact.at)) {
        tested.push(fact);
      }
    }
  }
  const fixes = mending.agents();
  for (const fixer of fixes.keys()) {
    // Its own work may have ended before the window, or may not have begun.
    sumOf(agents, fixer);
  }
  const all = new TaskSum();
  const named: AgentMetrics[] = [];
  for (const [agent, sum] of agents) {
    all.addAll(sum);
    if (agent !== undefined) {
      named.push({ agent, ...sum.metrics(), fixes: fixes.get(agent) });
    }
  }
  const first = from ?? firstMoment(runs, now);
  const unit = unitOf(window, first, now);
  const periods = periodsOf(runs, periodStarts(unit, first, now, zone), inWindow);
  return {
    window,
    from,
    to: now,
    runs: groups,
    tasks: all.metrics(),
    agents: named.filter(hasSomething).sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    cache: cache.metrics(),
    mending: mending.metrics(),
    tests: testMetrics(tested),
    unit,
    periods,
  };
}

/** Those that are running or paused, and those that ended in the window; in the order given. */
export function runsIn(
  runs: readonly RunFacts[],
  { window, now }: Pick<MetricsAsked, 'window' | 'now'>,
): RunFacts[] {
  const inWindow = isWithin(windowStart(window, now), now);
  return runs.filter((run) => isShown(run, inWindow));
}

export function runMetrics(facts: RunFacts, now: number): RunMetrics {
  const { run, workflow, status, group, startedAt, endedAt, done, tasks, reused, missed } = facts;
  const { fixes, tested } = facts;
  const { inputTokens: input, outputTokens: output, isEstimate } = facts.spent;
  return {
    ...{ run, workflow, status, group, startedAt, endedAt },
    tookMs: Math.max(0, (endedAt ?? now) - startedAt),
    ...{ done, tasks },
    tokens: { input, output, isEstimate },
    cost: costOf(facts.spent),
    ...{ reused, missed, fixes, tests: testMetrics(tested) },
  };
}

export function costOf({
  inputTokens,
  outputTokens,
  usd,
  unpricedCalls,
}: Omit<SpentFact, 'isEstimate'>): Cost {
  if (inputTokens + outputTokens === 0) {
    return { kind: 'none' };
  }
  // Sums of prices have crumbs far behind the point.
  const rounded = Math.round(usd * 1e9) / 1e9;
  if (unpricedCalls === 0) {
    return { kind: 'known', usd: rounded };
  }
  return usd === 0 ? { kind: 'unknown' } : { kind: 'partly', usd: rounded };
}

/** Clocks of machines differ: what another one says ended in a moment has ended. */
const AHEAD_MS = 5 * 60_000;

function isWithin(from: number | undefined, now: number): (at: number) => boolean {
  return (at) => (from === undefined || at > from) && at <= now + AHEAD_MS;
}

function isShown({ endedAt }: RunFacts, inWindow: (at: number) => boolean): boolean {
  return endedAt === undefined || inWindow(endedAt);
}

/** When the first run began; now, where there is none. */
function firstMoment(runs: readonly RunFacts[], now: number): number {
  return runs.reduce((first, { startedAt }) => Math.min(first, startedAt), now);
}

function hasSomething(metrics: AgentMetrics): boolean {
  const { succeeded, failed, cancelled, reused, tokens, fixes } = metrics;
  const used = tokens.input + tokens.output;
  return succeeded + failed + cancelled + reused + used > 0 || fixes !== undefined;
}

const ENDED: Readonly<Record<RunGroup, 'completed' | 'terminated' | 'failed' | undefined>> = {
  running: undefined,
  paused: undefined,
  completed: 'completed',
  terminated: 'terminated',
  failed: 'failed',
};

function periodsOf(
  runs: readonly RunFacts[],
  starts: readonly number[],
  inWindow: (at: number) => boolean,
): Period[] {
  const periods = starts.map((start) => ({
    start,
    runs: { completed: 0, terminated: 0, failed: 0 },
    tasks: new TaskSum(),
  }));
  // What a clock ahead of ours has told belongs to the last.
  const at = (moment: number) => periods[placeIn(starts, moment)];
  for (const { group, endedAt, facts } of runs) {
    const ended = ENDED[group];
    if (ended !== undefined && endedAt !== undefined && inWindow(endedAt)) {
      const period = at(endedAt);
      if (period !== undefined) {
        period.runs[ended] += 1;
      }
    }
    for (const fact of facts) {
      if (inWindow(fact.at)) {
        at(fact.at)?.tasks.add(fact);
      }
    }
  }
  return periods.map(({ start, runs: ended, tasks }) => {
    const { p95Ms, tokens, cost } = tasks.metrics();
    return { start, ...ended, p95Ms, tokens: tokens.input + tokens.output, cost };
  });
}

/** The last of the starts that is not after the moment; the first one, where all are. */
function placeIn(starts: readonly number[], moment: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= moment) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** Added to ten thousand times for one picture: plain fields, and nothing made on the way. */
class TaskSum {
  #succeeded = 0;
  #failed = 0;
  #cancelled = 0;
  #reused = 0;
  #retries = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #usd = 0;
  #unpricedCalls = 0;
  #isEstimate = false;
  readonly #times: number[] = [];

  add(fact: TaskFact): void {
    if (!fact.isFix) {
      this.#addTask(fact);
    }
    const { spent } = fact;
    if (spent !== undefined) {
      this.#inputTokens += spent.inputTokens;
      this.#outputTokens += spent.outputTokens;
      this.#usd += spent.usd;
      this.#unpricedCalls += spent.unpricedCalls;
      this.#isEstimate ||= spent.isEstimate;
    }
  }

  #addTask(fact: TaskFact): void {
    switch (fact.end) {
      case 'succeeded':
        this.#succeeded += 1;
        break;
      case 'failed':
        this.#failed += 1;
        break;
      case 'cancelled':
        this.#cancelled += 1;
        break;
      case 'reused':
        this.#reused += 1;
        break;
      case 'other':
      case 'open':
        break;
    }
    this.#retries += fact.retries;
    if (fact.ms !== undefined) {
      this.#times.push(fact.ms);
    }
  }

  addAll(other: TaskSum): void {
    this.#succeeded += other.#succeeded;
    this.#failed += other.#failed;
    this.#cancelled += other.#cancelled;
    this.#reused += other.#reused;
    this.#retries += other.#retries;
    this.#inputTokens += other.#inputTokens;
    this.#outputTokens += other.#outputTokens;
    this.#usd += other.#usd;
    this.#unpricedCalls += other.#unpricedCalls;
    this.#isEstimate ||= other.#isEstimate;
    for (const ms of other.#times) {
      this.#times.push(ms);
    }
  }

  metrics(): TaskMetrics {
    const [succeeded, failed, times] = [this.#succeeded, this.#failed, this.#times];
    const [inputTokens, outputTokens] = [this.#inputTokens, this.#outputTokens];
    const ran = succeeded + failed;
    return {
      ...{ succeeded, failed, cancelled: this.#cancelled, reused: this.#reused },
      successRate: ran === 0 ? undefined : succeeded / ran,
      meanMs:
        times.length === 0 ? undefined : times.reduce((sum, ms) => sum + ms, 0) / times.length,
      p95Ms: nearestRank(times, 0.95),
      retries: this.#retries,
      tokens: { input: inputTokens, output: outputTokens, isEstimate: this.#isEstimate },
      cost: costOf({
        ...{ inputTokens, outputTokens, usd: this.#usd, unpricedCalls: this.#unpricedCalls },
      }),
    };
  }
}

class CacheSum {
  #reused = 0;
  #missed = 0;
  #unpriced = 0;
  readonly #saved = { ms: 0, calls: 0, tokens: 0, usd: 0 };

  add({ end, saved, missed }: TaskFact): void {
    this.#reused += end === 'reused' ? 1 : 0;
    this.#missed += missed && end !== 'open' ? 1 : 0;
    if (saved !== undefined) {
      this.#saved.ms += saved.ms;
      this.#saved.calls += saved.calls;
      this.#saved.tokens += saved.tokens;
      this.#saved.usd += saved.usd;
      this.#unpriced += saved.tokens > 0 && saved.usd === 0 ? 1 : 0;
    }
  }

  metrics(): CacheMetrics {
    const [reused, missed] = [this.#reused, this.#missed];
    const { ms, calls, tokens, usd } = this.#saved;
    return {
      ...{ reused, missed },
      rate: reused + missed === 0 ? undefined : reused / (reused + missed),
      savedMs: ms,
      savedCalls: calls,
      savedTokens: tokens,
      savedCost: costOf({
        inputTokens: tokens,
        outputTokens: 0,
        usd,
        unpricedCalls: this.#unpriced,
      }),
    };
  }
}

function sumOf(sums: Map<string | undefined, TaskSum>, agent: string | undefined): TaskSum {
  let sum = sums.get(agent);
  if (sum === undefined) {
    sum = new TaskSum();
    sums.set(agent, sum);
  }
  return sum;
}
