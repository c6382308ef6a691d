import { normalQuantile } from './normal.ts';

// How often something succeeds, from counts.

export interface Count {
  readonly successes: number;
  /** At least `successes`. */
  readonly of: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of every interval here. */
export const CONFIDENCE = 0.95;
const Z = normalQuantile(1 - (1 - CONFIDENCE) / 2);

/** Where the true rate lies: Wilson's score interval. Everything is possible where nothing was tried. */
export function wilson({ successes, of }: Count): Interval {
  if (of === 0) {
    return { low: 0, high: 1 };
  }
  const rate = successes / of;
  const square = Z * Z;
  const centre = (rate + square / (2 * of)) / (1 + square / of);
  const half =
    (Z / (1 + square / of)) * Math.sqrt((rate * (1 - rate)) / of + square / (4 * of * of));
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === of ? 1 : Math.min(1, centre + half),
  };
}

/** Where the difference of the rates lies, the other's less the one's: Newcombe's interval, made of two of Wilson's. */
export function rateDifference(one: Count, other: Count): Interval & { readonly estimate: number } {
  if (one.of === 0 || other.of === 0) {
    return { estimate: 0, low: -1, high: 1 };
  }
  const [a, b] = [wilson(one), wilson(other)];
  const [rateA, rateB] = [one.successes / one.of, other.successes / other.of];
  const estimate = rateB - rateA;
  return {
    estimate,
    low: estimate - Math.hypot(rateB - b.low, a.high - rateA),
    high: estimate + Math.hypot(b.high - rateB, rateA - a.low),
  };
}

/**
 * Fisher's exact test, two-sided: how often chance alone, with as many successes in all, gives a split that is as
 * unlikely as this one or more so.
 */
export function fisher(one: Count, other: Count): number {
  const [n, m] = [one.of, other.of];
  const successes = one.successes + other.successes;
  const logs = logFactorials(n + m);
  const log = (k: number) => logs[k] ?? 0;
  const choose = (of: number, k: number) => log(of) - log(k) - log(of - k);
  const all = choose(n + m, successes);
  const chance = (k: number) => Math.exp(choose(n, k) + choose(m, successes - k) - all);
  // What is equally unlikely differs by the last digits of a logarithm.
  const limit = chance(one.successes) * (1 + 1e-7);
  let p = 0;
  for (let k = Math.max(0, successes - m); k <= Math.min(n, successes); k += 1) {
    const each = chance(k);
    p += each <= limit ? each : 0;
  }
  return Math.min(1, p);
}

/** The smallest p that so many tries of each can give: every one of the one succeeds, and none of the other. */
export function leastFisher(n: number, m: number): number {
  return n === 0 || m === 0 ? 1 : fisher({ successes: n, of: n }, { successes: 0, of: m });
}

function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let k = 2; k <= most; k += 1) {
    logs[k] = (logs[k - 1] ?? 0) + Math.log(k);
  }
  return logs;
}
