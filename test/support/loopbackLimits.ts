import type { Clock } from '../../src/core/base/clock.ts';

/** How a provider says when to come again. */
export type RetryAfter = 'seconds' | 'milliseconds' | 'date' | 'none' | 'junk';

export interface LoopbackLimit {
  readonly requests: number;
  /** Milliseconds. */
  readonly perMs: number;
  readonly retryAfter: RetryAfter;
}

/** A fixed window: `requests` in each `perMs` since the first request. */
export class LoopbackWindow {
  readonly #limit: LoopbackLimit;
  readonly #clock: Clock;
  #startedAt: number | undefined;
  #window = 0;
  #used = 0;

  constructor(limit: LoopbackLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Lets a request in, or says which headers refuse it. */
  admit(): { readonly refused: Readonly<Record<string, string>> } | 'admitted' {
    const now = this.#clock.monotonic();
    this.#startedAt ??= now;
    const elapsed = now - this.#startedAt;
    const window = Math.floor(elapsed / this.#limit.perMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    if (this.#used < this.#limit.requests) {
      this.#used += 1;
      return 'admitted';
    }
    const left = (window + 1) * this.#limit.perMs - elapsed;
    return { refused: retryAfterHeaders(this.#limit.retryAfter, left, this.#clock.now()) };
  }
}

/** Headers that say: come again in `ms` milliseconds. Whole seconds are rounded up. */
export function retryAfterHeaders(
  form: RetryAfter,
  ms: number,
  now = Date.now(),
): Readonly<Record<string, string>> {
  switch (form) {
    case 'seconds':
      return { 'retry-after': String(Math.ceil(ms / 1000)) };
    case 'milliseconds':
      return { 'retry-after-ms': String(Math.ceil(ms)) };
    case 'date':
      return { 'retry-after': new Date(now + ms + 999).toUTCString() };
    case 'none':
      return {};
    case 'junk':
      return { 'retry-after': 'soon, please' };
  }
}
