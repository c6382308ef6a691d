/** A table as one list for each field: much faster to serialize and to read back than its rows. */
export type Columns<Row> = { readonly [Field in keyof Row]: readonly Row[Field][] };

export function columnsOf<Row extends object>(rows: readonly Row[]): Columns<Row> {
  const fields = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  return Object.fromEntries(
    fields.map((field) => [field, rows.map((row) => row[field])]),
  ) as unknown as Columns<Row>;
}

/** One value of a column; a row that is not there is a bug. */
export function cell<T>(column: readonly T[], row: number): T {
  return column[row] as T;
}
