import type {
  Cost,
  FixMetrics,
  MetricsPicture,
  MetricsWindow,
  PeriodUnit,
  RunGroup,
  RunMetrics,
  TestMetrics,
  Tokens,
} from '../../core/projections/metricsPicture.ts';
import type { DashboardVerb } from './protocol.ts';

// Figures as people read them. What there is none of is a dash; what nobody knows says so.

export const NONE = '–';

export const WINDOWS: readonly (readonly [MetricsWindow, string, string])[] = [
  ['24h', '24 h', 'the last 24 hours'],
  ['7d', '7 d', 'the last 7 days'],
  ['30d', '30 d', 'the last 30 days'],
  ['all', 'All', 'all time'],
];

export const GROUPS: readonly (readonly [RunGroup, string])[] = [
  ['running', 'Running'],
  ['paused', 'Paused'],
  ['completed', 'Completed'],
  ['terminated', 'Terminated'],
  ['failed', 'Failed'],
];

export const STATUS_TEXT: Readonly<Record<RunMetrics['status'], string>> = {
  running: 'Running',
  waiting: 'Waits for you',
  cancelling: 'Cancelling',
  pausing: 'Pausing',
  paused: 'Paused',
  interrupted: 'Interrupted',
  succeeded: 'Completed',
  degraded: 'Degraded',
  failed: 'Failed',
  cancelled: 'Terminated',
};

export const VERB_TEXT: Readonly<Record<DashboardVerb, string>> = {
  pause: 'Pause',
  unpause: 'Resume',
  resume: 'Resume',
  takeOver: 'Take over',
  cancel: 'Cancel',
  graph: 'Show the graph of',
  changes: 'Show the changes of',
  forecast: 'Show the conflict forecast of',
  checkout: 'Show what changed in the checkout during',
  merge: 'Merge what was approved of',
  drop: 'Drop',
};

export function windowText(window: MetricsWindow): string {
  return WINDOWS.find(([each]) => each === window)?.[2] ?? window;
}

export function numberText(n: number): string {
  return n.toLocaleString('en');
}

/** `1,234`, `12.3K`, `4.5M`: for axes. */
export function shortNumber(n: number): string {
  return n.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
}

/** `850 ms`, `12.4 s`, `3 min 05 s`, `2 h 07 min`. */
export function timeText(ms: number): string {
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 59_950) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `850 ms`, `12 s`, `3 min`, `2.5 h`: for axes. */
export function shortTime(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms >= size) {
      return `${shortNumber(ms / size)} ${unit}`;
    }
  }
  return ms === 0 ? '0' : `${Math.round(ms)} ms`;
}

/** Down, so that only all is `100 %`. */
export function rateText(rate: number | undefined): string {
  return rate === undefined ? NONE : `${Math.floor(rate * 100)} %`;
}

export function moneyText(usd: number): string {
  if (usd > 0 && usd < 0.01) {
    return '< $0.01';
  }
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Never `$0.00` for what nobody knows. */
export function costText(cost: Cost): string {
  switch (cost.kind) {
    case 'none':
      return NONE;
    case 'known':
      return moneyText(cost.usd);
    case 'partly':
      return `≥ ${moneyText(cost.usd)}`;
    case 'unknown':
      return 'unknown';
  }
}

/** What the short word leaves out. */
export function costTitle(cost: Cost): string {
  switch (cost.kind) {
    case 'none':
      return 'No model was asked';
    case 'known':
      return '';
    case 'partly':
      return 'Some calls asked models without a price: it cost more than this';
    case 'unknown':
      return 'The models that were asked have no price. Give them one with the setting sluice.models.prices';
  }
}

export function tokensText({ input, output, isEstimate }: Tokens): string {
  const total = input + output;
  return total === 0 ? NONE : `${isEstimate ? '~' : ''}${numberText(total)}`;
}

export function tokensTitle({ input, output, isEstimate }: Tokens): string {
  return input + output === 0
    ? 'No model was asked'
    : `${numberText(input)} in, ${numberText(output)} out${isEstimate ? '; some were counted here, because the provider does not tell' : ''}`;
}

/** `3 of 5 reused` */
export function cacheText({ reused, missed }: Pick<RunMetrics, 'reused' | 'missed'>): string {
  return reused + missed === 0 ? NONE : `${reused} of ${reused + missed} reused`;
}

/** `4 of 6`, `4 of 6 + 2 fixes` */
export function doneText({ done, tasks, fixes }: Pick<RunMetrics, 'done' | 'tasks' | 'fixes'>) {
  const also =
    fixes === undefined || fixes === 0
      ? ''
      : ` + ${numberText(fixes)} ${fixes === 1 ? 'fix' : 'fixes'}`;
  return `${numberText(done)} of ${numberText(tasks)}${also}`;
}

/** `missing dependency` */
export function faultText(fault: string): string {
  return fault.replaceAll('_', ' ');
}

/** `2 of 3`: mended, of those that were opened. */
export function fixesText(fixes: FixMetrics | undefined): string {
  return fixes === undefined ? NONE : `${numberText(fixes.mended)} of ${numberText(fixes.opened)}`;
}

/** `2 mended, 1 did not` */
export function fixesTitle(fixes: FixMetrics | undefined): string {
  if (fixes === undefined) {
    return '';
  }
  const { opened, mended, missed, medianMs } = fixes;
  const others = opened - mended - missed;
  return [
    `${numberText(mended)} mended`,
    `${numberText(missed)} did not`,
    ...(others === 0 ? [] : [`${numberText(others)} under way or stopped`]),
    ...(medianMs === undefined ? [] : [`half of them took no longer than ${timeText(medianMs)}`]),
  ].join(', ');
}

/** `84 %`, `70 to 84.5 %` */
export function coverageText({ lowest, highest }: NonNullable<TestMetrics['coverage']>): string {
  const [from, to] = [lowest, highest].map((percent) => String(Math.round(percent * 10) / 10));
  return from === to ? `${from} %` : `${from} to ${to} %`;
}

/** `12 tests passed, 1 failed, 2 skipped, 84 % covered`; empty where nothing reported any. */
export function testsText(tests: TestMetrics | undefined): string {
  if (tests === undefined) {
    return '';
  }
  const { passed, failed, skipped, coverage } = tests;
  return [
    `${numberText(passed)} ${passed === 1 ? 'test' : 'tests'} passed`,
    ...(failed === 0 ? [] : [`${numberText(failed)} failed`]),
    ...(skipped === 0 ? [] : [`${numberText(skipped)} skipped`]),
    ...(coverage === undefined ? [] : [`${coverageText(coverage)} covered`]),
  ].join(', ');
}

/** Of today the time, else the day too. @param locale `undefined`: the reader's */
export function momentText(at: number, now: number, locale?: string): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  return new Date(at).toLocaleString(
    locale,
    isToday ? time : { day: 'numeric', month: 'short', ...time },
  );
}

/** What stands under a bar. */
export function periodText(unit: PeriodUnit, start: number, locale?: string): string {
  const formats = {
    hour: { hour: '2-digit', minute: '2-digit' },
    day: { day: 'numeric', month: 'short' },
    week: { day: 'numeric', month: 'short' },
    month: { month: 'short', year: '2-digit' },
  } as const;
  return new Date(start).toLocaleString(locale, formats[unit]);
}

/** `Runs per day` */
export function perUnit(what: string, unit: PeriodUnit): string {
  return `${what} per ${unit}`;
}

/** What a screen reader is told when the figures have changed; empty where nothing is worth a word. */
export function newsBetween(before: MetricsPicture | undefined, now: MetricsPicture): string {
  if (before === undefined || before.window !== now.window) {
    return '';
  }
  return GROUPS.filter(([group]) => before.runs[group] !== now.runs[group])
    .map(([group, name]) => `${name}: ${now.runs[group]}`)
    .join(', ');
}
