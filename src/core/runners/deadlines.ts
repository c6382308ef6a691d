import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';

/** Longest time between two looks at the clock, in milliseconds. */
const TICK_MS = 10_000;
/** A tick that comes this much later than asked for means that the machine slept, in milliseconds. */
const SLEPT_MS = 30_000;

export interface Limits {
  /** Longest time altogether, in milliseconds. */
  readonly wallMs: number;
  /** Longest time without a word, in milliseconds; `undefined`: any. */
  readonly idleMs: number | undefined;
}

/**
 * Watches the time of one attempt.
 *
 * D1. Only waking time counts: a laptop that is closed over lunch does not use up the limit.
 * D2. `expired` is called at most once, and never after `dispose`.
 */
export class Deadlines implements Disposable {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #expired: (limit: 'wall' | 'idle', afterMs: number) => void;
  #timer: Disposable | undefined;
  /** Waking milliseconds until the last tick. */
  #awake = 0;
  #tickedAt: number;
  /** In waking milliseconds. */
  #heardAt = 0;

  constructor(
    clock: Clock,
    limits: Limits,
    expired: (limit: 'wall' | 'idle', afterMs: number) => void,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#expired = expired;
    this.#tickedAt = clock.monotonic();
    this.#next();
  }

  /** The attempt said something. */
  heard(): void {
    this.#heardAt = this.#awake + Math.min(this.#clock.monotonic() - this.#tickedAt, TICK_MS);
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #next(): void {
    const wallLeft = this.#limits.wallMs - this.#awake;
    const idleLeft =
      this.#limits.idleMs === undefined
        ? Infinity
        : this.#limits.idleMs - (this.#awake - this.#heardAt);
    if (wallLeft <= 0) {
      this.#expired('wall', this.#limits.wallMs);
      return;
    }
    if (idleLeft <= 0) {
      this.#expired('idle', this.#limits.idleMs ?? 0);
      return;
    }
    const ms = Math.min(TICK_MS, wallLeft, idleLeft);
    this.#timer = this.#clock.timer(ms, () => this.#tick(ms));
  }

  #tick(expectedMs: number): void {
    const now = this.#clock.monotonic();
    const elapsed = now - this.#tickedAt;
    this.#tickedAt = now;
    // How much of a tick was awake is not known; the attempt is given the benefit of it.
    this.#awake += elapsed > expectedMs + SLEPT_MS ? 0 : elapsed;
    this.#next();
  }
}
