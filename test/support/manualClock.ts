import type { Clock } from '../../src/core/base/clock.ts';
import type { Disposable } from '../../src/core/base/disposables.ts';

interface PendingTimer {
  readonly due: number;
  readonly fire: () => void;
}

/**
 * A clock whose hands the test turns.
 *
 * M1. Time passes only in `advance`, `advanceToNextTimer` and `sleep`.
 * M2. Timers fire in the order they are due, those due at once in the order they were set.
 * M3. While a timer fires, the clock shows the moment it was due; after `sleep`, the moment of waking.
 */
export class ManualClock implements Clock {
  #pending: PendingTimer[] = [];
  #monotonic = 0;
  #startedAt: number;
  #waiting: (() => void)[] = [];

  /** @param startedAt milliseconds since 1970 that `now()` begins with */
  constructor(startedAt = Date.UTC(2026, 0, 1)) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  timer(ms: number, fire: () => void): Disposable {
    const timer: PendingTimer = { due: this.#monotonic + Math.max(0, ms), fire };
    const later = this.#pending.findIndex((other) => other.due > timer.due);
    this.#pending.splice(later < 0 ? this.#pending.length : later, 0, timer);
    for (const told of this.#waiting.splice(0)) {
      told();
    }
    return {
      dispose: () => {
        this.#pending = this.#pending.filter((other) => other !== timer);
      },
    };
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Milliseconds until the next timer is due, or `undefined` when none is set. */
  nextTimer(): number | undefined {
    const first = this.#pending[0];
    return first === undefined ? undefined : first.due - this.#monotonic;
  }

  /** Resolves once a timer is set; at once when one is. */
  async timerSet(): Promise<void> {
    if (this.#pending.length === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Lets `ms` milliseconds pass and fires what comes due, also what is set meanwhile. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (let first = this.#pending[0]; first !== undefined && first.due <= end;) {
      this.#pending.shift();
      this.#monotonic = Math.max(this.#monotonic, first.due);
      first.fire();
      first = this.#pending[0];
    }
    this.#monotonic = end;
  }

  /** Advances to the next timer and fires it; false when none is set. */
  advanceToNextTimer(): boolean {
    const ms = this.nextTimer();
    if (ms === undefined) {
      return false;
    }
    this.advance(ms);
    return true;
  }

  /** The machine sleeps for `ms` milliseconds: what came due meanwhile fires when it wakes. */
  sleep(ms: number): void {
    this.#monotonic += ms;
    this.advance(0);
  }

  /** Somebody sets the date: `now()` leaps by `ms`, durations and timers do not notice. */
  setDate(ms: number): void {
    this.#startedAt += ms;
  }
}
