import { normalTail } from './normal.ts';

// Two samples of amounts, compared by their ranks alone: a run that hung for an hour counts as the longest, not as
// sixty runs.

/** More values in all are compared by the normal distribution: to count every split would take too long. */
export const MOST_EXACT = 40;

export interface RankTest {
  /** Pairs in which the other's value is the larger one; of equal values a half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /** Every split of the ranks was counted; else the normal distribution stands for that. */
  readonly isExact: boolean;
}

/** The test of Mann and Whitney (Wilcoxon's rank sum). `p` is 1 where one sample is empty. */
export function rankTest(one: readonly number[], other: readonly number[]): RankTest {
  const [n, m] = [one.length, other.length];
  const isExact = n + m <= MOST_EXACT;
  if (n === 0 || m === 0) {
    return { u: 0, p: 1, isExact };
  }
  const { doubled, ties } = midRanks([...one, ...other]);
  const sum = doubled.slice(n).reduce((all, rank) => all + rank, 0) / 2;
  const u = sum - (m * (m + 1)) / 2;
  return {
    u,
    p: isExact ? exactP(doubled, m, 2 * sum) : normalP(u, n, m, ties),
    isExact,
  };
}

/** The smallest p that so many values of each can give: every one of the one is below every one of the other. */
export function leastRankP(n: number, m: number): number {
  if (n === 0 || m === 0) {
    return 1;
  }
  const upTo = (count: number, from: number) => Array.from({ length: count }, (_, at) => from + at);
  return rankTest(upTo(n, 0), upTo(m, n)).p;
}

/**
 * How often `u` takes each of its values from 0 to n·m, of as many splits as there are, where no two values are equal.
 * Counts are exact below 2^53, which 40 values in all do not reach.
 */
export function splitsByU(n: number, m: number): readonly number[] {
  const ranks = Array.from({ length: n + m }, (_, at) => at + 1);
  const least = (m * (m + 1)) / 2;
  return Array.from(sumsOf(ranks, m).slice(least, least + n * m + 1));
}

/** Twice the rank of each value, whole numbers also where equal values share theirs; and how many are equal each time. */
function midRanks(values: readonly number[]): {
  readonly doubled: readonly number[];
  readonly ties: readonly number[];
} {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const doubled = new Array<number>(values.length).fill(0);
  const ties: number[] = [];
  for (let first = 0; first < order.length;) {
    let next = first + 1;
    while (next < order.length && values[order[next] ?? 0] === values[order[first] ?? 0]) {
      next += 1;
    }
    for (const at of order.slice(first, next)) {
      doubled[at] = first + 1 + next;
    }
    ties.push(next - first);
    first = next;
  }
  return { doubled, ties };
}

/** The share of all splits whose sum is as far from the middle as this one, or farther. */
function exactP(doubled: readonly number[], m: number, sum: number): number {
  const middle = (doubled.reduce((all, rank) => all + rank, 0) * m) / doubled.length;
  const far = Math.abs(sum - middle) - 1e-9;
  let all = 0;
  let asFar = 0;
  for (const [at, splits] of sumsOf(doubled, m).entries()) {
    all += splits;
    asFar += Math.abs(at - middle) >= far ? splits : 0;
  }
  return Math.min(1, asFar / all);
}

/** In how many ways so many of the ranks can be chosen, by their sum. */
function sumsOf(ranks: readonly number[], chosen: number): Float64Array {
  const most = ranks.reduce((all, rank) => all + rank, 0);
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(most + 1));
  const none = ways[0];
  if (none !== undefined) {
    none[0] = 1;
  }
  for (const rank of ranks) {
    for (let count = chosen; count >= 1; count -= 1) {
      const [to, from] = [ways[count], ways[count - 1]];
      for (let sum = most; to !== undefined && from !== undefined && sum >= rank; sum -= 1) {
        to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0);
      }
    }
  }
  return ways[chosen] ?? new Float64Array();
}

/** With the correction for equal values, and half a step towards the middle, as R does it. */
function normalP(u: number, n: number, m: number, ties: readonly number[]): number {
  const all = n + m;
  const tied = ties.reduce((sum, t) => sum + (t ** 3 - t), 0);
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - tied / (all * (all - 1))));
  const off = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return deviation === 0 ? 1 : Math.min(1, 2 * normalTail(off / deviation));
}
