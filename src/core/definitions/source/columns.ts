/** A table as one list for each field: much faster to serialize and to read back than its rows. */
export type Columns<Row> = { readonly [Field in keyof Row]: readonly Row[Field][] };

/** Columns to be serialized; texts stand elsewhere. */
export type PackedColumns<Row> = {
  readonly [Field in keyof Row]: readonly Row[Field][] | TextPlaces;
};

/** Where each text of a column stands among all texts: below 0 among the wide ones, counted from -1 downwards. */
interface TextPlaces {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
}

/**
 * All texts of a table, one behind the other. Engines cut texts out of a longer one without copying them:
 * a thousand long texts read one by one would be moved about in memory several times.
 */
export interface Texts {
  /** Of those that have no character above 255: in memory and on the disk one byte each. */
  readonly narrow: string;
  readonly wide: string;
}

export class TextWriter {
  readonly #parts = { narrow: [] as string[], wide: [] as string[] };
  readonly #lengths = { narrow: 0, wide: 0 };

  /** @returns where it starts, as `TextPlaces` has it */
  add(text: string): number {
    // eslint-disable-next-line no-control-regex -- every character that one byte can hold
    const kind = /^[\u0000-\u00ff]*$/.test(text) ? 'narrow' : 'wide';
    const start = this.#lengths[kind];
    this.#parts[kind].push(text);
    this.#lengths[kind] += text.length;
    return kind === 'narrow' ? start : -1 - start;
  }

  get texts(): Texts {
    return { narrow: this.#parts.narrow.join(''), wide: this.#parts.wide.join('') };
  }
}

export function pack<Row extends object>(
  rows: readonly Row[],
  texts: TextWriter,
): PackedColumns<Row> {
  const fields = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  const packed = fields.map((field) => {
    const column = rows.map((row) => row[field]);
    return [field, isTexts(column) ? packTexts(column, texts) : column] as const;
  });
  return Object.fromEntries(packed) as unknown as PackedColumns<Row>;
}

export function unpack<Row>(packed: PackedColumns<Row>, texts: Texts): Columns<Row> {
  const fields = Object.keys(packed) as (keyof Row)[];
  const columns = fields.map((field) => {
    const column = packed[field];
    return [field, 'starts' in column ? unpackTexts(column, texts) : column] as const;
  });
  return Object.fromEntries(columns) as unknown as Columns<Row>;
}

/** One value of a column; a row that is not there is a bug. */
export function cell<T>(column: readonly T[], row: number): T {
  return column[row] as T;
}

function isTexts(column: readonly unknown[]): column is readonly string[] {
  return column.every((value) => typeof value === 'string');
}

function packTexts(column: readonly string[], texts: TextWriter): TextPlaces {
  return {
    starts: column.map((text) => texts.add(text)),
    lengths: column.map(({ length }) => length),
  };
}

function unpackTexts({ starts, lengths }: TextPlaces, { narrow, wide }: Texts): string[] {
  return starts.map((start, row) => {
    const length = cell(lengths, row);
    return start < 0
      ? wide.slice(-1 - start, -1 - start + length)
      : narrow.slice(start, start + length);
  });
}
