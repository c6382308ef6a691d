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
  FaultMetrics,
  FixMetrics,
  MendingMetrics,
  MetricsPicture,
  MetricsWindow,
  RunGroup,
  TestMetrics,
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
  const { window, runs, agents, cache, mending, tests } = picture;
  const counts = GROUPS.map((group) => `${runs[group]} ${group}`).join(' · ');
  return [
    `${WINDOWS[window]}: ${counts}\n`,
    agents.length === 0
      ? 'No task of an agent has ended in this time.\n'
      : `\n${table(agentRows(agents))}`,
    mending === undefined ? '' : mendingText(mending),
    tests === undefined ? '' : `\n${testLine(tests)}\n`,
    `\n${cacheLine(cache)}\n`,
  ].join('');
}

const HEADINGS = [
  ...['agent', 'tasks', 'success', 'mean', 'p95', 'tokens', 'cost', 'retries', 'reused'],
];

/** Fixes have a column only where there are any. */
function agentRows(agents: readonly AgentMetrics[]): (readonly string[])[] {
  const hasFixes = agents.some(({ fixes }) => fixes !== undefined);
  return hasFixes
    ? [
        [...HEADINGS, 'fixes'],
        ...agents.map((agent) => [...cellsOf(agent), fixesText(agent.fixes)]),
      ]
    : [HEADINGS, ...agents.map(cellsOf)];
}

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

/** `2 of 3`: mended, of those that were opened. */
function fixesText(fixes: FixMetrics | undefined): string {
  return fixes === undefined ? '-' : `${figure(fixes.mended)} of ${figure(fixes.opened)}`;
}

const FIX_HEADINGS = [
  ...['kind of fault', 'opened', 'mended', 'asked a person', 'given up', 'typical time'],
];

function mendingText({ withoutFix, withFixes, failed, kinds }: MendingMetrics): string {
  const all = withoutFix + withFixes + failed;
  const share = (n: number) => `${figure(n)} (${rateText(n / all)})`;
  return [
    kinds.length === 0 ? '' : `\n${table([FIX_HEADINGS, ...kinds.map(faultCells)])}`,
    all === 0
      ? ''
      : `\nFixes: of ${count(all, 'task')} that ${all === 1 ? 'is' : 'are'} mended on failure ${share(withoutFix)} succeeded without a fix, ${share(withFixes)} with fixes, ${share(failed)} failed\n`,
  ].join('');
}

function faultCells({ fault, opened, mended, asked, givenUp, medianMs }: FaultMetrics) {
  return [
    fault.replaceAll('_', ' '),
    ...[opened, mended, asked, givenUp].map(figure),
    timeText(medianMs),
  ] as const;
}

function testLine({ tasks, passed, failed, skipped, coverage }: TestMetrics): string {
  const percent = (value: number) => String(Math.round(value * 10) / 10);
  const [lowest, highest] = [coverage?.lowest ?? 0, coverage?.highest ?? 0].map(percent);
  const covered = lowest === highest ? `${lowest} %` : `${lowest} to ${highest} %`;
  return [
    `Tests: ${figure(passed)} passed`,
    ...(failed === 0 ? [] : [`${figure(failed)} failed`]),
    ...(skipped === 0 ? [] : [`${figure(skipped)} skipped`]),
    ...(coverage === undefined ? [] : [`${covered} covered`]),
    `in ${count(tasks, 'task')}`,
  ].join(', ');
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
