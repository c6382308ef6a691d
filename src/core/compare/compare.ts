import { shiftOf, spreadOf, type Shift, type Spread } from './amounts.ts';
import {
  isCounted,
  isMeasured,
  iterationsOf,
  type ComparedRun,
  type WayId,
} from './comparedRun.ts';
import { holm, SIGNIFICANT } from './holm.ts';
import { fewest, neededForRanks, neededForRates } from './needed.ts';
import { leastRankP, rankTest } from './ranks.ts';
import {
  fisher,
  leastFisher,
  rateDifference,
  wilson,
  type Count,
  type Interval,
} from './success.ts';

// Two ways of doing the same work, compared by their runs. Pure: runs in, figures out; what is said of them stands in
// `words.ts`. Differences are B's less A's.

export type Measure = 'success' | 'time' | 'iterations' | 'cost';
export type AmountMeasure = Exclude<Measure, 'success'>;

export interface Comparison {
  readonly ways: Readonly<Record<WayId, WayReport>>;
  readonly success: SuccessReport;
  readonly amounts: readonly AmountReport[];
  /** Measures of which a difference was tested; their p-values are corrected for each other. */
  readonly tested: number;
  /** Runs of each way with which every tested measure could be significant. */
  readonly fewestRuns: number;
  /** In the order they began. */
  readonly runs: readonly ComparedRun[];
}

export interface WayReport {
  /** Its workflow's name. */
  readonly workflow: string;
  /** Runs that say whether it succeeds. */
  readonly counted: number;
  /** Runs that say what it takes. */
  readonly measured: number;
  /** Cancelled, or not over. */
  readonly leftOut: number;
}

export interface SuccessReport {
  readonly a: Count & Interval;
  readonly b: Count & Interval;
  readonly difference: Interval & { readonly estimate: number };
  /** `undefined`: one way has no run that counts. */
  readonly test: Tested | undefined;
}

export interface AmountReport {
  readonly measure: AmountMeasure;
  /** Milliseconds, a number of iterations, or US dollars. `undefined`: nothing is known. */
  readonly a: Spread | undefined;
  readonly b: Spread | undefined;
  /** Runs that were measured and of which this is not known. */
  readonly unknown: number;
  readonly shift: Shift | undefined;
  /** `undefined`: one way has no value, or it is nothing for all, as the cost of runs that asked no model. */
  readonly test: Tested | undefined;
}

export interface Tested {
  /** By itself. */
  readonly p: number;
  /** Corrected for the other measures. */
  readonly adjusted: number;
  readonly isSignificant: boolean;
  /** The smallest corrected p that so many runs could have given at all. */
  readonly least: number;
  /** Runs of each way with which such a difference would be told four times of five; `undefined`: none, or too many. */
  readonly needed: number | undefined;
  readonly isExact: boolean;
}

/** @param workflows names of the two ways */
export function compare(
  workflows: Readonly<Record<WayId, string>>,
  runs: readonly ComparedRun[],
): Comparison {
  const of = (way: WayId) => runs.filter((run) => run.way === way);
  const [a, b] = [of('A'), of('B')];
  const counts = [countOf(a), countOf(b)] as const;
  const amounts = MEASURES.map((measure) => amountsOf(measure, a, b));
  const questions: readonly (Question | undefined)[] = [
    successQuestion(...counts),
    ...amounts.map(amountQuestion),
  ];
  const [success, ...others] = testsOf(questions);
  const tested = questions.filter((question) => question !== undefined).length;
  return {
    ways: { A: wayReport(workflows.A, a), B: wayReport(workflows.B, b) },
    success: {
      a: { ...counts[0], ...wilson(counts[0]) },
      b: { ...counts[1], ...wilson(counts[1]) },
      difference: rateDifference(...counts),
      test: success,
    },
    amounts: amounts.map(({ measure, one, other, unknown }, index) => ({
      measure,
      a: spreadOf(one),
      b: spreadOf(other),
      unknown,
      shift: shiftOf(one, other),
      test: others[index],
    })),
    tested,
    fewestRuns: fewest(SIGNIFICANT / Math.max(1, tested), (n, m) =>
      Math.max(leastFisher(n, m), leastRankP(n, m)),
    ),
    runs: [...runs].sort((one, other) => one.createdAt - other.createdAt),
  };
}

export const MEASURES: readonly AmountMeasure[] = ['time', 'iterations', 'cost'];

/** What one measure asks, before it is known how many ask. */
interface Question {
  readonly p: number;
  readonly least: number;
  readonly isExact: boolean;
  readonly needed: (alpha: number) => number | undefined;
}

function testsOf(questions: readonly (Question | undefined)[]): readonly (Tested | undefined)[] {
  const asked = questions.filter((question) => question !== undefined);
  const adjusted = holm(asked.map(({ p }) => p));
  // The correction grows with every p: what no p reaches at its smallest, none reaches.
  const least = holm(asked.map((question) => question.least));
  return questions.map((question) => {
    const place = question === undefined ? -1 : asked.indexOf(question);
    return (
      question && {
        p: question.p,
        adjusted: adjusted[place] ?? 1,
        isSignificant: (adjusted[place] ?? 1) <= SIGNIFICANT,
        least: least[place] ?? 1,
        needed: question.needed(SIGNIFICANT / asked.length),
        isExact: question.isExact,
      }
    );
  });
}

function successQuestion(one: Count, other: Count): Question | undefined {
  return one.of === 0 || other.of === 0
    ? undefined
    : {
        p: fisher(one, other),
        least: leastFisher(one.of, other.of),
        isExact: true,
        needed: (alpha) =>
          neededForRates(one.successes / one.of, other.successes / other.of, alpha),
      };
}

interface Amounts {
  readonly measure: AmountMeasure;
  readonly one: readonly number[];
  readonly other: readonly number[];
  readonly unknown: number;
}

function amountQuestion({ one, other }: Amounts): Question | undefined {
  const [n, m] = [one.length, other.length];
  if (n === 0 || m === 0 || [...one, ...other].every((value) => value === 0)) {
    return undefined;
  }
  const { u, p, isExact } = rankTest(one, other);
  return {
    p,
    least: leastRankP(n, m),
    isExact,
    needed: (alpha) => neededForRanks(u / (n * m), alpha),
  };
}

function amountsOf(
  measure: AmountMeasure,
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
): Amounts {
  const valuesOf = (runs: readonly ComparedRun[]) =>
    runs.filter(isMeasured).map((run) => amountOf(measure, run));
  if (
    measure === 'cost' &&
    [...a, ...b].filter(isMeasured).every(({ cost }) => cost.kind === 'none')
  ) {
    // What commands spend by themselves is not seen: that is not nothing.
    return { measure, one: [], other: [], unknown: 0 };
  }
  const [one, other] = [valuesOf(a), valuesOf(b)];
  const unknown = [...one, ...other].filter((value) => value === undefined).length;
  return { measure, one: onlyWhole(one), other: onlyWhole(other), unknown };
}

/** The values, where all are known: those of some runs only would be of the cheap ones, as often as not. */
function onlyWhole(values: readonly (number | undefined)[]): readonly number[] {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : [];
}

function amountOf(measure: AmountMeasure, run: ComparedRun): number | undefined {
  switch (measure) {
    case 'time':
      return run.wallMs;
    case 'iterations':
      return iterationsOf(run.iterations);
    case 'cost':
      return run.cost.kind === 'none' ? 0 : run.cost.kind === 'known' ? run.cost.usd : undefined;
  }
}

function countOf(runs: readonly ComparedRun[]): Count {
  const counted = runs.filter(isCounted);
  const successes = counted.filter(({ status }) => status === 'succeeded').length;
  return { successes, of: counted.length };
}

function wayReport(workflow: string, runs: readonly ComparedRun[]): WayReport {
  const counted = runs.filter(isCounted).length;
  return {
    workflow,
    counted,
    measured: runs.filter(isMeasured).length,
    leftOut: runs.length - counted,
  };
}
