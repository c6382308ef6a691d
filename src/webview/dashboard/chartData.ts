import type { MetricsPicture, Period } from '../../core/projections/metricsPicture.ts';
import {
  costText,
  moneyText,
  NONE,
  numberText,
  periodText,
  perUnit,
  shortNumber,
  shortTime,
  timeText,
} from './words.ts';

/** How a series is drawn; no two of a chart alike, so that colour is not needed to tell them apart. */
export type Look = 'solid' | 'hatched' | 'hollow' | 'line';

export interface ChartSeries {
  readonly name: string;
  /** One a period, as it is; `undefined`: there is none. */
  readonly values: readonly (number | undefined)[];
  /** The same as words. */
  readonly texts: readonly string[];
  /** Of all periods together, as words; empty: it cannot be told. */
  readonly total: string;
  /** A custom property of the page's style. */
  readonly colour: string;
  readonly look: Look;
}

export interface ChartData {
  readonly title: string;
  /** What stands in its place where there is nothing to draw; else empty. */
  readonly nothing: string;
  /** One a period. */
  readonly labels: readonly string[];
  /** Bars stand on one another, the first one at the bottom. */
  readonly series: readonly ChartSeries[];
  readonly axis: (value: number) => string;
  /** What lines of the axis are apart: whole numbers, times as clocks have them, or anything round. */
  readonly steps: 'whole' | 'time' | 'any';
}

/** Runs by how they ended, money or tokens, and time. @param locale `undefined`: the reader's */
export function chartsOf(picture: MetricsPicture, locale?: string): readonly ChartData[] {
  const labels = picture.periods.map(({ start }) => periodText(picture.unit, start, locale));
  return [runsChart(picture, labels), spentChart(picture, labels), timeChart(picture, labels)];
}

function runsChart({ unit, periods, runs }: MetricsPicture, labels: readonly string[]): ChartData {
  const series = (
    name: string,
    key: 'completed' | 'terminated' | 'failed',
    colour: string,
    look: Look,
  ): ChartSeries => ({
    name,
    values: periods.map((period) => period[key]),
    texts: periods.map((period) => numberText(period[key])),
    total: numberText(runs[key]),
    colour,
    look,
  });
  const ended = runs.completed + runs.terminated + runs.failed;
  return {
    title: perUnit('Runs', unit),
    nothing: ended === 0 ? 'No run has ended in this time.' : '',
    labels,
    series: [
      series('Completed', 'completed', '--passed', 'solid'),
      series('Terminated', 'terminated', '--terminated', 'hollow'),
      series('Failed', 'failed', '--failed', 'hatched'),
    ],
    axis: shortNumber,
    steps: 'whole',
  };
}

/** Money where any is known, else tokens. */
function spentChart(
  { unit, periods, tasks }: MetricsPicture,
  labels: readonly string[],
): ChartData {
  const shared = { labels, steps: 'any' } as const;
  if (periods.some(({ cost }) => usdOf(cost) > 0)) {
    return {
      ...shared,
      title: perUnit('Cost', unit),
      nothing: '',
      series: [
        {
          name: 'Cost',
          values: periods.map(({ cost }) => usdOf(cost)),
          texts: periods.map(({ cost }) => costText(cost)),
          total: costText(tasks.cost),
          colour: '--money',
          look: 'solid',
        },
      ],
      axis: (usd) => (usd === 0 ? '$0' : usd < 10 ? moneyText(usd) : `$${shortNumber(usd)}`),
    };
  }
  const used = tasks.tokens.input + tasks.tokens.output;
  return {
    ...shared,
    title: perUnit('Tokens', unit),
    nothing: used === 0 ? 'No model was asked in this time.' : '',
    series: [
      {
        name: 'Tokens',
        values: periods.map(({ tokens }) => tokens),
        texts: periods.map(({ tokens }) => (tokens === 0 ? NONE : numberText(tokens))),
        total: numberText(used),
        colour: '--money',
        look: 'solid',
      },
    ],
    axis: shortNumber,
    steps: 'whole',
  };
}

function timeChart({ unit, periods, tasks }: MetricsPicture, labels: readonly string[]): ChartData {
  return {
    title: perUnit('p95 task time', unit),
    nothing: tasks.p95Ms === undefined ? 'No task has run in this time.' : '',
    labels,
    series: [
      {
        name: 'p95',
        values: periods.map(({ p95Ms }) => p95Ms),
        texts: periods.map(({ p95Ms }) => (p95Ms === undefined ? NONE : timeText(p95Ms))),
        total: tasks.p95Ms === undefined ? NONE : timeText(tasks.p95Ms),
        colour: '--running',
        look: 'line',
      },
    ],
    axis: shortTime,
    steps: 'time',
  };
}

function usdOf(cost: Period['cost']): number {
  return cost.kind === 'known' || cost.kind === 'partly' ? cost.usd : 0;
}

/** A chart in a sentence, for those who do not see it. */
export function spokenChart({ title, nothing, series }: ChartData): string {
  return nothing === ''
    ? `${title}. In all: ${series.map(({ name, total }) => `${name} ${total}`).join(', ')}.`
    : `${title}. ${nothing}`;
}

/**
 * Bars on one another: for each series how high its top is; `undefined`: it has no bar there, and no line for one. Those
 * on top come first, to be drawn behind.
 */
export function stacked(
  series: readonly ChartSeries[],
): readonly (readonly (number | undefined)[])[] {
  const heights = series[0]?.values.map(() => 0) ?? [];
  return series
    .map(({ values }) =>
      values.map((value = 0, at) => {
        heights[at] = (heights[at] ?? 0) + value;
        return value === 0 ? undefined : heights[at];
      }),
    )
    .reverse();
}
