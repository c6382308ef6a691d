/** The middle of several measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** @param sorted in ascending order */
export function part(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Each goes first as often as the others. */
export function turned<T>(values: readonly T[], by: number): readonly T[] {
  const at = by % values.length;
  return [...values.slice(at), ...values.slice(0, at)];
}

export interface BenchRow {
  readonly name: string;
  /** Milliseconds, one for each round. */
  readonly rounds: readonly number[];
}

/** Prints each row's median and its ratio to the row named `beside`, all from one run. */
export function printRows(
  title: string,
  unit: string,
  beside: string,
  rows: readonly BenchRow[],
): void {
  const reference = median(rows.find(({ name }) => name === beside)?.rounds ?? []);
  console.log(`\n${title} (median of ${rows[0]?.rounds.length ?? 0}, ${unit})`);
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, rounds } of rows) {
    const value = median(rounds);
    const ratio = Number.isNaN(reference) ? '' : `  ${(value / reference).toFixed(2)} x ${beside}`;
    console.log(`  ${name.padEnd(width)}  ${value.toFixed(1).padStart(8)}${ratio}`);
  }
}
