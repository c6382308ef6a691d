// The normal distribution, to about 14 digits: enough that no p-value depends on how it was worked out.

/** The chance of a value above `z`. */
export function normalTail(z: number): number {
  if (z < 0) {
    return 1 - normalTail(-z);
  }
  return z < 4 ? 0.5 - middle(z) : density(z) / farTail(z);
}

/** The `z` that a share of `p` lies below. @param p between 0 and 1 */
export function normalQuantile(p: number): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 100; step += 1) {
    const z = (low + high) / 2;
    if (1 - normalTail(z) < p) {
      low = z;
    } else {
      high = z;
    }
  }
  return (low + high) / 2;
}

/** The chance of a value between 0 and `z`: a series that is quick for a small `z`. */
function middle(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return sum * density(z);
}

/** Laplace's continued fraction, which is quick for a large `z`. */
function farTail(z: number): number {
  let fraction = z;
  for (let n = 60; n >= 1; n -= 1) {
    fraction = z + n / fraction;
  }
  return fraction;
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
