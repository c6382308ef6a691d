/** The nearest rank: the smallest value that is not less than `share` of all. `undefined`: there is none. */
export function nearestRank(values: readonly number[], share: number): number | undefined {
  const sorted = new Float64Array(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
