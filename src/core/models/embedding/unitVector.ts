/** Numbers of a vector: models of fewer tell nothing apart, and of more there are none. */
const FEWEST = 16;
const MOST = 16_384;

/** The same direction with length 1; `undefined`: it is no vector of an embedding model. */
export function unitVector(values: readonly number[]): Float32Array | undefined {
  if (values.length < FEWEST || values.length > MOST) {
    return undefined;
  }
  let squares = 0;
  for (const value of values) {
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length < 1e-30) {
    return undefined;
  }
  return Float32Array.from(values, (value) => value / length);
}
