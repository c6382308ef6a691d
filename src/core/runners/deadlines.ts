import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import type { Limits } from '../domain/agent.ts';

/** Longest time between two looks at the clock, in milliseconds. */
const TICK_MS = 10_000;
/** A tick that comes this much later than asked for means that the machine slept, in milliseconds. */
const SLEPT_MS = 30_000;

export type WatchedLimits = Omit<Limits, 'graceMs'>;

/**
 * Watches the time of one attempt.
 *
 * D1. Only waking time counts: a laptop that is closed over lunch does not use up the limit.
 * D2. `expired` is called at most once, and never after `dispose`.
 * D3. While it is held no time counts: an answer of a person is waited for as long as it takes.
 */
export class Deadlines implements Disposable {
  readonly #clock: Clock;
  readonly #limits: WatchedLimits;
  readonly #expired: (limit: 'wall' | 'idle', afterMs: number) => void;
  #timer: Disposable | undefined;
  /** Waking milliseconds until the last tick. */
  #awake = 0;
  #tickedAt: number;
  /** In waking milliseconds. */
  #heardAt = 0;
  #holds = 0;
  #isOver = false;

  constructor(
    clock: Clock,
    limits: WatchedLimits,
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
    this.#heardAt = this.#awake + this.#sinceTick();
  }

  /** Holds add up; what has been waited for counts as heard. */
  hold(): Disposable {
    if (this.#holds === 0) {
      this.#timer?.dispose();
      this.#awake += this.#sinceTick();
      this.#tickedAt = this.#clock.monotonic();
    }
    this.#holds += 1;
    return {
      dispose: () => {
        this.#holds -= 1;
        if (this.#holds === 0 && !this.#isOver) {
          this.#tickedAt = this.#clock.monotonic();
          this.#heardAt = this.#awake;
          this.#next();
        }
      },
    };
  }

  dispose(): void {
    this.#isOver = true;
    this.#timer?.dispose();
  }

  #sinceTick(): number {
    return Math.min(this.#clock.monotonic() - this.#tickedAt, TICK_MS);
  }

  #next(): void {
    const { timeoutMs, idleTimeoutMs = Infinity } = this.#limits;
    const wallLeft = timeoutMs - this.#awake;
    const idleLeft = idleTimeoutMs - (this.#awake - this.#heardAt);
    if (wallLeft <= 0) {
      this.#isOver = true;
      this.#expired('wall', timeoutMs);
      return;
    }
    if (idleLeft <= 0) {
      this.#isOver = true;
      this.#expired('idle', idleTimeoutMs);
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
