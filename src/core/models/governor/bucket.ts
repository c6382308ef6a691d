/** Units that may be used, and how more of them come: `size` every `spanMs`, kept up to `most`. */
export interface BucketTerms {
  readonly size: number;
  readonly spanMs: number;
  readonly most: number;
}

/**
 * Requests or tokens that a provider allows. Time is monotonic milliseconds.
 *
 * K1. Never more than `most` are left.
 * K2. `renewsAt` is later than the last `renew`.
 */
export class Bucket {
  #terms: BucketTerms;
  #left: number;
  #renewsAt: number;

  constructor(terms: BucketTerms, left: number, renewsAt: number) {
    this.#terms = terms;
    this.#left = left;
    this.#renewsAt = renewsAt;
  }

  get terms(): BucketTerms {
    return this.#terms;
  }

  /** What is not used of a window can be used later. */
  get keepsRest(): boolean {
    return this.#terms.most > this.#terms.size;
  }

  get left(): number {
    return this.#left;
  }

  get renewsAt(): number {
    return this.#renewsAt;
  }

  /** Lets what has come by `now` come. @returns true where a window began */
  renew(now: number): boolean {
    if (now < this.#renewsAt) {
      return false;
    }
    const { size, spanMs, most } = this.#terms;
    const windows = 1 + Math.floor((now - this.#renewsAt) / spanMs);
    this.#left = Math.min(most, this.#left + windows * size);
    this.#renewsAt += windows * spanMs;
    return true;
  }

  take(units: number): void {
    this.#left -= units;
  }

  give(units: number): void {
    this.#left = Math.min(this.#terms.most, this.#left + units);
  }

  /** What a call of `units` must find: one that is larger than the bucket goes when it is full. */
  needed(units: number): number {
    return Math.min(units, this.#terms.most);
  }

  set(terms: BucketTerms, left: number, renewsAt: number): void {
    this.#terms = terms;
    this.#left = left;
    this.#renewsAt = renewsAt;
  }

  /** The window goes on for so much longer: it began later than thought. */
  postpone(until: number): void {
    this.#renewsAt = Math.max(this.#renewsAt, until);
  }

  empty(): void {
    this.#left = Math.min(0, this.#left);
  }
}
