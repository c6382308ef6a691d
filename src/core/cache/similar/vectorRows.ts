import type { Slices } from '../../base/slices.ts';

/** Vectors kept together: of 384 numbers about 200 KB. */
const ROWS = 128;
/** So much may rounding take from a product. */
const SLACK = 1e-5;

/**
 * Vectors of length 1 and one size, each in its row.
 *
 * V1. What `nearest` finds is what a comparison with every row finds, up to rounding.
 * V2. It works in slices: nothing else waits for it longer than for one, and for 128 rows.
 */
export class VectorRows {
  readonly size: number;
  /** Of a vector so many numbers are compared first. */
  readonly #head: number;
  readonly #chunks: Float32Array[] = [];
  /** Of each row: the length of what is behind its head. */
  readonly #rests: Float32Array[] = [];
  #count = 0;

  constructor(size: number) {
    this.size = size;
    this.#head = Math.ceil(size / 3);
  }

  /** Rows there have been. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#chunks.length * ROWS * (this.size + 1) * 4;
  }

  /** @param row one that there is, or the next */
  set(row: number, vector: Float32Array): void {
    const at = Math.floor(row / ROWS);
    const chunk = (this.#chunks[at] ??= new Float32Array(ROWS * this.size));
    const rests = (this.#rests[at] ??= new Float32Array(ROWS));
    chunk.set(vector, (row % ROWS) * this.size);
    rests[row % ROWS] = restOf(vector, this.#head);
    this.#count = Math.max(this.#count, row + 1);
  }

  at(row: number): Float32Array {
    const from = (row % ROWS) * this.size;
    return (
      this.#chunks[Math.floor(row / ROWS)]?.subarray(from, from + this.size) ??
      new Float32Array(this.size)
    );
  }

  /**
   * The row nearest to the vector of those that `counts`, with the cosine of both; `undefined`: none is as near as
   * `least`. @throws the signal's reason of the slices
   */
  async nearest(
    vector: Float32Array,
    least: number,
    counts: (row: number) => boolean,
    slices: Slices,
  ): Promise<{ readonly row: number; readonly similarity: number } | undefined> {
    const rest = restOf(vector, this.#head);
    let best: { row: number; similarity: number } | undefined;
    let bar = least - SLACK;
    for (let at = 0; at < this.#chunks.length; at += 1) {
      if (slices.isOver) {
        await slices.next();
      }
      const chunk = this.#chunks[at];
      const rests = this.#rests[at];
      const rows = Math.min(ROWS, this.#count - at * ROWS);
      for (let n = 0; chunk !== undefined && rests !== undefined && n < rows; n += 1) {
        const row = at * ROWS + n;
        if (!counts(row)) {
          continue;
        }
        const from = n * this.size;
        const head = dot(chunk, from, vector, 0, this.#head);
        // The product of two rests is at most that of their lengths.
        if (head + rest * (rests[n] ?? 0) < bar) {
          continue;
        }
        const product =
          head + dot(chunk, from + this.#head, vector, this.#head, this.size - this.#head);
        if (product >= bar) {
          best = { row, similarity: Math.min(1, product) };
          bar = product;
        }
      }
    }
    return best;
  }
}

function restOf(vector: Float32Array, head: number): number {
  // Rounded up: it bounds.
  return Math.sqrt(dot(vector, head, vector, head, vector.length - head)) + SLACK / 4;
}

/** Four sums side by side: a processor adds them at once. */
function dot(
  a: Float32Array,
  fromA: number,
  b: Float32Array,
  fromB: number,
  length: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const fours = length - (length % 4);
  for (let n = 0; n < fours; n += 4) {
    s0 += (a[fromA + n] ?? 0) * (b[fromB + n] ?? 0);
    s1 += (a[fromA + n + 1] ?? 0) * (b[fromB + n + 1] ?? 0);
    s2 += (a[fromA + n + 2] ?? 0) * (b[fromB + n + 2] ?? 0);
    s3 += (a[fromA + n + 3] ?? 0) * (b[fromB + n + 3] ?? 0);
  }
  for (let n = fours; n < length; n += 1) {
    s0 += (a[fromA + n] ?? 0) * (b[fromB + n] ?? 0);
  }
  return s0 + s1 + (s2 + s3);
}
