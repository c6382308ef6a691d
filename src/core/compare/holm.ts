/** What counts as significant, after the correction for several measures. */
export const SIGNIFICANT = 0.05;

/**
 * The p-values as they count when several questions are asked of the same runs: by Holm's method, so that the chance of
 * one wrong "this differs" is no larger than for a single question. In the order given.
 */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, at) => at).sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1));
  const adjusted = new Array<number>(ps.length).fill(1);
  let largest = 0;
  for (const [place, at] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - place) * (ps[at] ?? 1)));
    adjusted[at] = largest;
  }
  return adjusted;
}
