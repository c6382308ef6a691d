/** Prints rows under their columns, numbers to the right. */
export function printTable(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const cells = [columns, ...rows.map((row) => row.map(shown))];
  const widths = columns.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  console.log(`\n${title}`);
  for (const row of cells) {
    const line = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${line.join('  ')}`);
  }
}

function shown(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}

/** The rows and one with the sum of each column of numbers. */
export function withTotal(
  rows: readonly (readonly (string | number)[])[],
): readonly (readonly (string | number)[])[] {
  const [first = []] = rows;
  const total = first.map((cell, column) =>
    typeof cell === 'number' ? rows.reduce((sum, row) => sum + Number(row[column]), 0) : '',
  );
  return [...rows, ['all', ...total.slice(1)]];
}
