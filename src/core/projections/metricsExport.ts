import type {
  Cost,
  FixMetrics,
  MetricsPicture,
  RunMetrics,
  TestMetrics,
} from './metricsPicture.ts';

// The figures for other programs: the contract of docs/dashboard.md.

/** Changes with every change of the JSON that is not an addition. */
export const METRICS_VERSION = 1;

export const METRICS_TABLES = ['agents', 'runs', 'periods', 'fixes'] as const;
export type MetricsTable = (typeof METRICS_TABLES)[number];

export interface MetricsReport {
  readonly picture: MetricsPicture;
  /** As `runsIn` gives them, newest first. */
  readonly runs: readonly ReportedRun[];
}

export interface ReportedRun extends RunMetrics {
  /** Its name; `undefined`: the report is of one folder alone. */
  readonly folder: string | undefined;
}

/**
 * One JSON object, with a line end. What there is none of is `null`; moments are ISO 8601 in UTC, times milliseconds.
 * @param indent 0: all on one line
 */
export function metricsJson({ picture, runs }: MetricsReport, indent: 0 | 2): string {
  const { window, from, to, runs: counts, tasks, agents, cache, unit, periods } = picture;
  const { mending, tests } = picture;
  const report = {
    kind: 'sluice-metrics',
    version: METRICS_VERSION,
    window,
    from: moment(from),
    to: moment(to),
    counts,
    tasks,
    agents,
    cache,
    mending,
    tests,
    unit,
    periods: periods.map(({ start, ...figures }) => ({ start: moment(start), ...figures })),
    runs: runs.map(({ startedAt, endedAt, ...figures }) => ({
      ...figures,
      startedAt: moment(startedAt),
      endedAt: moment(endedAt),
    })),
  };
  return `${JSON.stringify(report, (_key, value: unknown) => (value === undefined ? null : value), indent)}\n`;
}

/** A table as RFC 4180 has it: with a heading, lines end in CR LF, texts are quoted where they must be. */
export function metricsCsv(report: MetricsReport, table: MetricsTable): string {
  return TABLES[table](report)
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

type Cell = string | number | undefined;

const TABLES: Readonly<
  Record<MetricsTable, (report: MetricsReport) => readonly (readonly Cell[])[]>
> = {
  agents: ({ picture }) => [
    [
      ...['agent', 'succeeded', 'failed', 'cancelled', 'reused', 'success_rate'],
      ...['mean_ms', 'p95_ms', 'input_tokens', 'output_tokens', 'tokens_estimated'],
      ...['usd', 'usd_complete', 'retries', ...FIX_HEADINGS],
    ],
    ...picture.agents.map((each) => [
      ...[each.agent, each.succeeded, each.failed, each.cancelled, each.reused, each.successRate],
      ...[each.meanMs, each.p95Ms, each.tokens.input, each.tokens.output],
      ...[String(each.tokens.isEstimate), ...costCells(each.cost), each.retries],
      ...fixCells(each.fixes),
    ]),
  ],
  runs: ({ runs }) => [
    [
      ...['run', 'folder', 'workflow', 'status', 'started_at', 'ended_at', 'took_ms'],
      ...['tasks_done', 'tasks', 'input_tokens', 'output_tokens', 'tokens_estimated'],
      ...['usd', 'usd_complete', 'reused', 'missed', 'fixes'],
      ...['tests_passed', 'tests_failed', 'tests_skipped', 'coverage_lowest', 'coverage_highest'],
    ],
    ...runs.map((each) => [
      ...[each.run, each.folder, each.workflow, each.status],
      ...[moment(each.startedAt), moment(each.endedAt), each.tookMs, each.done, each.tasks],
      ...[each.tokens.input, each.tokens.output, String(each.tokens.isEstimate)],
      ...[...costCells(each.cost), each.reused, each.missed, each.fixes],
      ...testCells(each.tests),
    ]),
  ],
  periods: ({ picture }) => [
    [
      ...['start', 'unit', 'completed', 'terminated', 'failed', 'p95_ms', 'tokens'],
      ...['usd', 'usd_complete'],
    ],
    ...picture.periods.map((each) => [
      ...[moment(each.start), picture.unit, each.completed, each.terminated, each.failed],
      ...[each.p95Ms, each.tokens, ...costCells(each.cost)],
    ]),
  ],
  fixes: ({ picture: { mending } }) => [
    ['kind', ...FIX_HEADINGS, 'asked', 'given_up'],
    ...(mending?.kinds.map((each) => [
      ...[each.fault, ...fixCells(each), each.asked, each.givenUp],
    ]) ?? []),
  ],
};

const FIX_HEADINGS = ['fixes_opened', 'fixes_mended', 'fixes_missed', 'fixes_median_ms'] as const;

function fixCells(fixes: FixMetrics | undefined): Cell[] {
  return [fixes?.opened, fixes?.mended, fixes?.missed, fixes?.medianMs];
}

function testCells(tests: TestMetrics | undefined): Cell[] {
  const { lowest, highest } = tests?.coverage ?? {};
  return [tests?.passed, tests?.failed, tests?.skipped, lowest, highest];
}

/** `unknown` is a word on purpose: a sum in a spreadsheet passes it over, and nobody takes it for nothing. */
function costCells(cost: Cost): [Cell, Cell] {
  switch (cost.kind) {
    case 'none':
      return [undefined, undefined];
    case 'known':
      return [cost.usd, 'true'];
    case 'partly':
      return [cost.usd, 'false'];
    case 'unknown':
      return ['unknown', 'false'];
  }
}

/** With these a spreadsheet begins a formula; agents and workflows are named by files of the folder. */
const BEGINS_FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

function cell(value: Cell): string {
  if (value === undefined || typeof value === 'number') {
    return value === undefined ? '' : String(value);
  }
  const text = BEGINS_FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function moment(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
