import { normalQuantile } from './normal.ts';
import { leastRankP } from './ranks.ts';
import { leastFisher } from './success.ts';

// How many runs of each way it would take to tell a difference that is as large as the one these runs show.

/** How often so many runs would then tell it. */
export const POWER = 0.8;
/** Nobody makes more. */
export const MOST_NEEDED = 10_000;

/**
 * For rates: the formula of Fleiss with the correction of Casagrande, Pike and Smith, which is close to what Fisher's
 * exact test takes. `undefined`: the rates are alike, or so close that it would be more than `MOST_NEEDED`.
 */
export function neededForRates(one: number, other: number, alpha: number): number | undefined {
  const apart = Math.abs(one - other);
  if (apart === 0) {
    return undefined;
  }
  const mean = (one + other) / 2;
  const z = normalQuantile(1 - alpha / 2);
  const plain =
    (z * Math.sqrt(2 * mean * (1 - mean)) +
      normalQuantile(POWER) * Math.sqrt(one * (1 - one) + other * (1 - other))) **
      2 /
    apart ** 2;
  const corrected = (plain / 4) * (1 + Math.sqrt(1 + 4 / (plain * apart))) ** 2;
  return within(Math.max(corrected, fewest(alpha, leastFisher)));
}

/**
 * For amounts: Noether's formula for the test of ranks.
 * @param share of pairs in which the other's value is the larger one
 */
export function neededForRanks(share: number, alpha: number): number | undefined {
  if (share === 0.5) {
    return undefined;
  }
  const z = normalQuantile(1 - alpha / 2) + normalQuantile(POWER);
  const all = z ** 2 / (3 * (share - 0.5) ** 2);
  return within(Math.max(all / 2, fewest(alpha, leastRankP)));
}

/** The fewest runs of each way with which p can be as small as `alpha` at all. */
export function fewest(alpha: number, least: (n: number, m: number) => number): number {
  let n = 1;
  while (least(n, n) > alpha && n < 20) {
    n += 1;
  }
  return n;
}

function within(n: number): number | undefined {
  const runs = Math.ceil(n - 1e-9);
  return runs <= MOST_NEEDED ? runs : undefined;
}
