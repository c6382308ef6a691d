import { MOST_EXACT, splitsByU } from './ranks.ts';
import { normalQuantile } from './normal.ts';
import { CONFIDENCE, type Interval } from './success.ts';

// Amounts of one way of working, and how far those of another lie from them.

export interface Spread {
  readonly n: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** `undefined`: there is no value. Quartiles lie between values as R's do (type 7). */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) {
    return undefined;
  }
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? 0;
    return low + (high - low) * (place - Math.floor(place));
  };
  return { n: sorted.length, q1: at(0.25), median: at(0.5), q3: at(0.75) };
}

export interface Shift {
  /** The other's less the one's. */
  readonly estimate: number;
  /** `undefined`: so few values give none at this confidence. */
  readonly interval: Interval | undefined;
}

/**
 * By how much the other's values lie above the one's: the estimate of Hodges and Lehmann, the median of all differences
 * in pairs, and the interval that belongs to it. `undefined`: one sample is empty.
 */
export function shiftOf(one: readonly number[], other: readonly number[]): Shift | undefined {
  const [n, m] = [one.length, other.length];
  if (n === 0 || m === 0) {
    return undefined;
  }
  const differences = new Float64Array(n * m);
  for (const [row, a] of one.entries()) {
    for (const [column, b] of other.entries()) {
      differences[row * m + column] = b - a;
    }
  }
  differences.sort();
  const place = placeOfLimit(n, m);
  const at = (index: number) => differences[index] ?? 0;
  const middle = (n * m - 1) / 2;
  return {
    estimate: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    interval: place === 0 ? undefined : { low: at(place - 1), high: at(n * m - place) },
  };
}

/** Which of the sorted differences, from 1, is the lower limit; 0: even the smallest is not low enough. */
function placeOfLimit(n: number, m: number): number {
  const tail = (1 - CONFIDENCE) / 2;
  if (n + m > MOST_EXACT) {
    const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
    return Math.max(0, Math.floor((n * m) / 2 + normalQuantile(tail) * deviation));
  }
  const splits = splitsByU(n, m);
  const all = splits.reduce((sum, each) => sum + each, 0);
  let below = 0;
  for (const [u, each] of splits.entries()) {
    below += each / all;
    if (below > tail) {
      return u;
    }
  }
  return 0;
}
