const BITS = 32;

/**
 * A set of whole numbers below a fixed size that is read from the lowest up. Adding, removing and finding
 * the next one cost log₃₂(size), whatever is in it: a tree of words in which a bit says that there is
 * something below.
 */
export class PlaceSet {
  /** The numbers themselves first, then what tells of 32 of them, and so on up to one word. */
  readonly #levels: readonly Uint32Array[];
  #size = 0;

  constructor(limit: number) {
    const levels: Uint32Array[] = [];
    let words = Math.max(1, Math.ceil(limit / BITS));
    levels.push(new Uint32Array(words));
    while (words > 1) {
      words = Math.ceil(words / BITS);
      levels.push(new Uint32Array(words));
    }
    this.#levels = levels;
  }

  get size(): number {
    return this.#size;
  }

  has(place: number): boolean {
    return ((this.#word(0, place >>> 5) >>> (place & 31)) & 1) === 1;
  }

  add(place: number): void {
    if (this.has(place)) {
      return;
    }
    this.#size += 1;
    let at = place;
    for (const level of this.#levels) {
      level[at >>> 5] = (level[at >>> 5] ?? 0) | (1 << (at & 31));
      at >>>= 5;
    }
  }

  delete(place: number): void {
    if (!this.has(place)) {
      return;
    }
    this.#size -= 1;
    let at = place;
    for (const level of this.#levels) {
      const left = (level[at >>> 5] ?? 0) & ~(1 << (at & 31));
      level[at >>> 5] = left;
      if (left !== 0) {
        return;
      }
      at >>>= 5;
    }
  }

  /** The lowest number from `from` on; -1 when there is none. */
  next(from: number): number {
    let at = from;
    for (let height = 0; height < this.#levels.length; height += 1) {
      const rest = this.#word(height, at >>> 5) >>> (at & 31);
      if (rest !== 0) {
        return this.#lowestBelow(height, at + lowestBit(rest));
      }
      at = (at >>> 5) + 1;
    }
    return -1;
  }

  #lowestBelow(height: number, place: number): number {
    let at = place;
    for (let level = height - 1; level >= 0; level -= 1) {
      at = at * BITS + lowestBit(this.#word(level, at));
    }
    return at;
  }

  #word(height: number, index: number): number {
    return this.#levels[height]?.[index] ?? 0;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
