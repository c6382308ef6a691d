/** Longer names are not compared: nobody mistypes a paragraph. */
const MAX_LENGTH = 60;

/**
 * The candidate a mistyped name most likely means: the one with the fewest changed, added, left out
 * or swapped characters, of those with at most one in three; the first of equals.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted.length > MAX_LENGTH) {
    return undefined;
  }
  let best: string | undefined;
  let limit = Math.floor(wanted.length / 3);
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - wanted.length) > limit) {
      continue;
    }
    const distance = editDistance(wanted, candidate.toLowerCase(), limit);
    if (distance < limit || (distance === limit && best === undefined)) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

/** Changes from one text to the other, two neighbours swapped as one; above `limit` any number above it. */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    if (Math.min(...current) > limit && Math.min(...last) > limit) {
      return limit + 1;
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** What an unknown name most likely means, as often as looking is worth it. */
export class Suggestions {
  /** A file with hundreds of unknown names among thousands is not mistyped; looking would take seconds. */
  #comparisons = 20_000;

  /** @param candidates made only when they will be looked at */
  for(name: string, candidates: readonly string[] | (() => readonly string[])): string | undefined {
    if (this.#comparisons <= 0) {
      return undefined;
    }
    const known = typeof candidates === 'function' ? candidates() : candidates;
    this.#comparisons -= known.length;
    return this.#comparisons < 0 ? undefined : nearest(name, known);
  }
}
