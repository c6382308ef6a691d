// How many calls of one model run at once: grows slowly, halves when the provider has too much.

/** With so many a new model begins. */
export const START = 10;
export const FLOOR = 1;
/** Halving again within this time would count one moment of overload many times; in milliseconds. */
export const CUT_PAUSE_MS = 5000;
/** Up to this part of what was good before the first cut the limit comes back by one per answer, not per window. */
export const QUICK_PART = 0.75;
/** After so long without a cut, what was good before is forgotten; in milliseconds. */
const CALM_MS = 120_000;

/**
 * Additive increase, multiplicative decrease.
 *
 * C1. FLOOR <= limit <= ceiling.
 * C2. The limit grows only while at least half of it is used.
 * C3. It halves at most once in CUT_PAUSE_MS.
 */
export class Concurrency {
  readonly #ceiling: () => number;
  #limit: number;
  /** Answers since the limit last grew. */
  #answers = 0;
  /** The most calls at once since then. */
  #most = 0;
  #cutAt = -Infinity;
  /** The limit before the first of the cuts that follow each other. */
  #goodBefore = 0;

  /** @param ceiling asked each time: people change it */
  constructor(ceiling: () => number) {
    this.#ceiling = ceiling;
    this.#limit = START;
  }

  get limit(): number {
    return Math.min(this.#limit, Math.max(FLOOR, Math.floor(this.#ceiling())));
  }

  /** What the limit was when all was well, or is. */
  get good(): number {
    return Math.max(this.limit, Math.min(this.#goodBefore, Math.floor(this.#ceiling())));
  }

  /** @param running calls, the one that answered included */
  answered(running: number, now: number): void {
    const limit = this.limit;
    if (now - this.#cutAt > CALM_MS) {
      this.#goodBefore = 0;
    }
    this.#most = Math.max(this.#most, running);
    if (this.#most * 2 < limit) {
      return;
    }
    this.#answers += 1;
    if (this.#answers >= limit || limit < this.#goodBefore * QUICK_PART) {
      this.#answers = 0;
      this.#most = 0;
      this.#limit = Math.min(limit + 1, Math.max(FLOOR, Math.floor(this.#ceiling())));
    }
  }

  /** The provider has too much. */
  overrun(now: number): void {
    if (now - this.#cutAt < CUT_PAUSE_MS) {
      return;
    }
    const limit = this.limit;
    this.#goodBefore = now - this.#cutAt > CALM_MS ? limit : Math.max(this.#goodBefore, limit);
    this.#cutAt = now;
    this.#answers = 0;
    this.#limit = Math.max(FLOOR, Math.floor(limit / 2));
  }
}
