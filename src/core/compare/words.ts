import { count, formatDuration } from '../base/text.ts';
import type { Spread } from './amounts.ts';
import type { AmountMeasure, AmountReport, Comparison, SuccessReport, Tested } from './compare.ts';
import { isMeasured, iterationsOf, type ComparedRun, type ComparedStatus } from './comparedRun.ts';
import { SIGNIFICANT } from './holm.ts';

// What every face says of a comparison in the same words. Names of workflows stand in it as they are.

/** One sentence for each measure, the most telling first: what differs, what cannot be told, and what that would take. */
export function sentencesOf(comparison: Comparison): readonly string[] {
  const { amounts, success, tested } = comparison;
  const tests = [success.test, ...amounts.map(({ test }) => test)].filter(
    (test) => test !== undefined,
  );
  const isHopeless = tested > 0 && tests.every(({ least }) => least > SIGNIFICANT);
  return [
    ...(isHopeless ? [hopelessText(comparison, tests)] : []),
    successSentence(comparison, isHopeless),
    ...amounts.flatMap((amount) => amountSentence(comparison, amount, isHopeless)),
  ];
}

function hopelessText(comparison: Comparison, tests: readonly Tested[]): string {
  const least = Math.min(...tests.map((test) => test.least));
  return `From ${runsText(comparison)} nothing can be significant, however far the ways are apart: p cannot be below ${figure(least)}. It takes at least ${comparison.fewestRuns} of each.`;
}

function successSentence(comparison: Comparison, isHopeless: boolean): string {
  const { success, ways } = comparison;
  const { a, b, difference, test } = success;
  if (test === undefined) {
    const without = a.of === 0 ? ways.A : ways.B;
    return `Nothing can be told: no run of ${without.workflow} counts.`;
  }
  const isBetter = difference.estimate > 0;
  const [better, more, less] = isBetter ? [ways.B, b, a] : [ways.A, a, b];
  const [of, against] = [`${more.successes} of ${more.of}`, `${less.successes} of ${less.of}`];
  if (test.isSignificant) {
    return `${better.workflow} succeeds more often: ${of} against ${against}, ${pText(test)}.`;
  }
  const counts = `${a.successes} of ${a.of} against ${b.successes} of ${b.of}`;
  const rest =
    difference.estimate === 0
      ? ` The rates may still lie from ${points(difference.low)} to ${points(difference.high)} apart.`
      : '';
  return `${notTold('success', comparison, test, isHopeless)}: ${counts}, ${pText(test)}${neededText(comparison, test)}.${rest}`;
}

function amountSentence(
  comparison: Comparison,
  { measure, a, b, unknown, shift, test }: AmountReport,
  isHopeless: boolean,
): readonly string[] {
  const { ways } = comparison;
  const { noun, better } = MEASURE_WORDS[measure];
  if (unknown > 0) {
    return [`The ${noun} of ${count(unknown, 'run')} is not known, so it is not compared.`];
  }
  if (measure === 'cost' && a === undefined && b === undefined && hasMeasured(comparison)) {
    return ['No run asked a model, so nothing is known to have cost money.'];
  }
  if (a === undefined || b === undefined || shift === undefined) {
    const without = a === undefined ? ways.A : ways.B;
    return [`The ${noun} cannot be compared: no run of ${without.workflow} has come to an end.`];
  }
  if (test === undefined) {
    return [`The ${noun} is nothing for all.`];
  }
  const medianOf = (spread: Spread) => amountText(measure, spread.median);
  if (!test.isSignificant) {
    return [
      `${notTold(noun, comparison, test, isHopeless)}: ${medianOf(a)} against ${medianOf(b)} in the median, ${pText(test)}${neededText(comparison, test)}.`,
    ];
  }
  const isBLess = shift.estimate < 0;
  const [winner, less, more] = isBLess ? [ways.B, b, a] : [ways.A, a, b];
  return [
    `${winner.workflow} ${better}: ${medianOf(less)} against ${medianOf(more)} in the median, ${pText(test)}.`,
  ];
}

function hasMeasured({ ways }: Comparison): boolean {
  return ways.A.measured + ways.B.measured > 0;
}

export const MEASURE_WORDS: Readonly<
  Record<AmountMeasure, { readonly noun: string; readonly better: string }>
> = {
  time: { noun: 'time', better: 'is faster' },
  iterations: { noun: 'iterations', better: 'takes fewer iterations' },
  cost: { noun: 'cost', better: 'is cheaper' },
};

function notTold(
  noun: string,
  comparison: Comparison,
  { least }: Tested,
  isHopeless: boolean,
): string {
  const from = isHopeless ? '' : ` from ${runsText(comparison)}`;
  return least > SIGNIFICANT && !isHopeless
    ? `No difference in ${noun} can be told${from}, whatever it is`
    : `No difference in ${noun} can be told${from}`;
}

/** What is said only where it is more than there is: nobody needs to hear that half of the runs would do. */
function neededText({ ways }: Comparison, { needed }: Tested): string {
  return needed === undefined || needed <= Math.min(ways.A.counted, ways.B.counted)
    ? ''
    : `; if they differ as much as here, about ${roundly(needed)} runs of each would be needed`;
}

/** `5 runs each`; `5 and 7 runs`. */
export function runsText({ ways }: Pick<Comparison, 'ways'>): string {
  const [a, b] = [ways.A.counted, ways.B.counted];
  return a === b ? `${count(a, 'run')} each` : `${a} and ${count(b, 'run')}`;
}

/** The corrected one, which is what counts; where it differs also the one before. */
export function pText({ p, adjusted }: Tested): string {
  const by = figure(p);
  const said = figure(adjusted);
  const sign = said.startsWith('<') ? '' : '= ';
  return said === by ? `p ${sign}${said}` : `p ${sign}${said} (${by} by itself)`;
}

/** A p-value: `0.029`, `1.0`, `< 0.001`. */
export function figure(p: number): string {
  if (p < 0.001) {
    return '< 0.001';
  }
  return p >= 0.995 ? '1.0' : String(Number(p.toPrecision(2)));
}

/** One row for each measure: its name, both ways, what lies between them, p, and p corrected. */
export function figureRows({ success, amounts }: Comparison): readonly (readonly string[])[] {
  return [
    [
      'success',
      successCell(success.a),
      successCell(success.b),
      successDifference(success),
      ...pCells(success.test),
    ],
    ...amounts.map((amount) => [
      amount.measure,
      spreadCell(amount, amount.a),
      spreadCell(amount, amount.b),
      shiftCell(amount),
      ...pCells(amount.test),
    ]),
  ];
}

function pCells(test: Tested | undefined): readonly string[] {
  return test === undefined ? ['-', '-'] : [figure(test.p), figure(test.adjusted)];
}

function successCell({ successes, of, low, high }: SuccessReport['a']): string {
  return of === 0 ? '-' : `${successes} of ${of} (${percent(low)}–${percent(high)} %)`;
}

function successDifference({ difference, test }: SuccessReport): string {
  const { estimate, low, high } = difference;
  return test === undefined
    ? '-'
    : `${points(estimate)} points (${points(low)} to ${points(high)})`;
}

/** The median, with what lies between the quartiles. */
function spreadCell({ measure, unknown }: AmountReport, spread: Spread | undefined): string {
  return spread === undefined
    ? unknown > 0
      ? 'unknown'
      : '-'
    : `${amountText(measure, spread.median)} (${amountText(measure, spread.q1)}–${amountText(measure, spread.q3)})`;
}

function shiftCell({ measure, shift, test }: AmountReport): string {
  if (shift === undefined || test === undefined) {
    return '-';
  }
  const { estimate, interval } = shift;
  const range =
    interval === undefined
      ? 'too few for an interval'
      : `${signed(measure, interval.low)} to ${signed(measure, interval.high)}`;
  return `${signed(measure, estimate)} (${range})`;
}

/** What stands over the columns of `runCells`. */
export const RUN_HEADINGS = [
  ...['way', 'run', 'status', 'time', 'working', 'iterations', 'tokens', 'cost', 'tests'],
] as const;

/** What `iterations` are made of, for below the table. */
export const ITERATIONS_LEGEND =
  'iterations: attempts of tasks + attempts of fixes + answers of models';

export function runCells(run: ComparedRun): readonly string[] {
  const { attempts, fixes, turns } = run.iterations;
  const { input, output, isEstimate } = run.tokens;
  const used = input + output;
  return [
    run.way,
    run.run,
    STATUS_WORDS[run.status],
    isMeasured(run) ? formatDuration(run.wallMs) : '-',
    formatDuration(run.workedMs),
    `${iterationsOf(run.iterations)} (${attempts}+${fixes}+${turns})`,
    used === 0 ? '-' : `${isEstimate ? '~' : ''}${used.toLocaleString('en')}`,
    costCell(run),
    testsCell(run),
  ];
}

export const STATUS_WORDS: Readonly<Record<ComparedStatus, string>> = {
  succeeded: 'succeeded',
  degraded: 'degraded',
  failed: 'failed',
  'timed-out': 'timed out',
  waits: 'waits',
  cancelled: 'cancelled',
  unfinished: 'unfinished',
};

function costCell({ cost }: ComparedRun): string {
  switch (cost.kind) {
    case 'none':
      return '-';
    case 'known':
      return usdText(cost.usd);
    case 'unknown':
      return cost.atLeastUsd === 0 ? 'unknown' : `at least ${usdText(cost.atLeastUsd)}`;
  }
}

function testsCell({ tests }: ComparedRun): string {
  return tests === undefined
    ? '-'
    : `${tests.passed} passed${tests.failed === 0 ? '' : `, ${tests.failed} failed`}`;
}

function amountText(measure: AmountMeasure, amount: number): string {
  switch (measure) {
    case 'time':
      return formatDuration(amount);
    case 'iterations':
      return String(Number(amount.toFixed(2)));
    case 'cost':
      return usdText(amount);
  }
}

/** `$1.50`; of less than a cent two digits that say something: what is compared must not look alike. */
function usdText(usd: number): string {
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2))}`;
}

function signed(measure: AmountMeasure, amount: number): string {
  const text = amountText(measure, Math.abs(amount));
  return `${amount < 0 ? '−' : amount > 0 ? '+' : ''}${text}`;
}

/** Of a hundred, with its sign. */
function points(rate: number): string {
  const rounded = Math.round(rate * 100);
  return rounded < 0 ? `−${-rounded}` : `+${rounded}`;
}

function percent(rate: number): string {
  return String(Math.round(rate * 100));
}

/** Two digits: the number is a guess. */
function roundly(runs: number): string {
  return Number(runs.toPrecision(2)).toLocaleString('en');
}
