import { count, formatDuration, oneLine } from '../core/base/text.ts';
import { moneyText, roundTimeText } from '../core/domain/amounts.ts';
import {
  metricsCsv,
  metricsJson,
  type MetricsReport,
  type MetricsTable,
} from '../core/projections/metricsExport.ts';
import { FactsShelf } from '../core/projections/metricsFacts.ts';
import { metricsOf, runMetrics, runsIn } from '../core/projections/metrics.ts';
import type {
  AgentMetrics,
  CacheMetrics,
  Cost,
  MetricsPicture,
  MetricsWindow,
  RunGroup,
} from '../core/projections/metricsPicture.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { CommandFailure, type Session } from './session.ts';
import { table } from './terminal.ts';

export interface MetricsOptions {
  readonly since: MetricsWindow;
  readonly json?: true;
  /** `true`: the table that nobody named. */
  readonly csv?: MetricsTable | true;
}

/** `sluice metrics`: how runs and agents have done, what it cost and what the cache has saved. */
export function metrics(
  { sluice, terminal, now }: Session,
  _arguments: readonly string[],
  { since: window, json, csv }: MetricsOptions,
): Promise<ExitCode> {
  if (json === true && csv !== undefined) {
    throw new CommandFailure('Choose one of --json and --csv.');
  }
  const at = now();
  const entries = sluice.runs();
  const facts = new FactsShelf().of(entries);
  const report: MetricsReport = {
    picture: metricsOf(facts, { window, now: at, zone: localOffset }),
    runs: runsIn(facts, { window, now: at }).map((run) => ({
      ...runMetrics(run, at),
      folder: undefined,
    })),
  };
  const unread = entries.length - facts.length;
  if (unread > 0) {
    terminal.err(
      `${count(unread, 'run')} cannot be read and ${unread === 1 ? 'is' : 'are'} not counted. "sluice runs" says why.\n`,
    );
  }
  terminal.out(
    json === true
      ? metricsJson(report, 0)
      : csv === undefined
        ? metricsText(report.picture)
        : metricsCsv(report, csv === true ? 'agents' : csv),
  );
  return Promise.resolve(EXIT.succeeded);
}

const WINDOWS: Readonly<Record<MetricsWindow, string>> = {
  '24h': 'In the last 24 hours',
  '7d': 'In the last 7 days',
  '30d': 'In the last 30 days',
  all: 'Of all time',
};
const GROUPS: readonly RunGroup[] = ['running', 'paused', 'completed', 'terminated', 'failed'];

/** The picture as people read it in a terminal. */
export function metricsText(picture: MetricsPicture): string {
  const { window, runs, agents, cache } = picture;
  const counts = GROUPS.map((group) => `${runs[group]} ${group}`).join(' · ');
  return [
    `${WINDOWS[window]}: ${counts}\n`,
    agents.length === 0
      ? 'No task of an agent has ended in this time.\n'
      : `\n${table([HEADINGS, ...agents.map(cellsOf)])}`,
    `\n${cacheLine(cache)}\n`,
  ].join('');
}

const HEADINGS = [
  ...['agent', 'tasks', 'success', 'mean', 'p95', 'tokens', 'cost', 'retries', 'reused'],
];

function cellsOf(metrics: AgentMetrics): readonly string[] {
  const { agent, succeeded, failed, successRate, meanMs, p95Ms, tokens, cost } = metrics;
  const used = tokens.input + tokens.output;
  return [
    oneLine(agent, 40),
    figure(succeeded + failed),
    rateText(successRate),
    timeText(meanMs),
    timeText(p95Ms),
    used === 0 ? '-' : `${tokens.isEstimate ? '~' : ''}${figure(used)}`,
    costWords(cost),
    figure(metrics.retries),
    figure(metrics.reused),
  ];
}

function cacheLine({ reused, missed, rate, ...saved }: CacheMetrics): string {
  if (rate === undefined) {
    return 'The cache was not asked in this time.';
  }
  const { savedMs, savedCalls, savedTokens, savedCost } = saved;
  const parts = [
    savedMs === 0 ? '' : roundTimeText(savedMs),
    savedCalls === 0 ? '' : count(savedCalls, 'call'),
    savedTokens === 0 ? '' : `${figure(savedTokens)} tokens`,
    savedCost.kind === 'none'
      ? ''
      : savedCost.kind === 'unknown'
        ? 'money unknown'
        : costWords(savedCost),
  ].filter((part) => part !== '');
  const told = parts.length === 0 ? '' : `, saved ${parts.join(', ')}`;
  return `Cache: ${figure(reused)} of ${figure(reused + missed)} tasks answered (${rateText(rate)})${told}`;
}

function costWords(cost: Cost): string {
  switch (cost.kind) {
    case 'none':
      return '-';
    case 'known':
      return moneyText(cost.usd);
    case 'partly':
      return `at least ${moneyText(cost.usd)}`;
    case 'unknown':
      return 'unknown';
  }
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? '-' : formatDuration(ms);
}

/** Down, so that only all is `100 %`. */
function rateText(rate: number | undefined): string {
  return rate === undefined ? '-' : `${Math.floor(rate * 100)} %`;
}

function figure(n: number): string {
  return n.toLocaleString('en');
}

/** As of the person's machine. */
function localOffset(at: number): number {
  return -new Date(at).getTimezoneOffset() * 60_000;
}
