import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { TurnLimits } from './turn.ts';

/** What a call has died of. `silent`: bytes come, words do not. */
export type Death = 'no-first-byte' | 'idle' | 'silent';

/**
 * Watches whether a call is still alive.
 *
 * L1. One timer at a time, set anew when it fires: a byte costs no timer.
 * L2. Without bytes to see (a model that is not reached over our `fetch`) only silence kills.
 * L3. Death is told once, and not after `dispose`.
 */
export class LifeSigns implements Disposable {
  readonly #clock: Clock;
  readonly #limits: TurnLimits;
  readonly #died: (of: Death) => void;
  readonly #startedAt: number;
  #timer: Disposable | undefined;
  #openedAt: number | undefined;
  #movedAt: number;
  #spokeAt: number;
  #hasSpoken = false;
  #isOver = false;

  constructor(clock: Clock, limits: TurnLimits, died: (of: Death) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#died = died;
    this.#startedAt = this.#movedAt = this.#spokeAt = clock.monotonic();
    this.#watch();
  }

  /** Headers have come. */
  opened(): void {
    this.#openedAt = this.#movedAt = this.#clock.monotonic();
    // The next limit may be shorter than the one waited for.
    this.#watch();
  }

  /** Bytes have come. */
  moved(): void {
    this.#movedAt = this.#clock.monotonic();
  }

  /** A part of the answer has come. */
  spoke(): void {
    this.#spokeAt = this.#clock.monotonic();
    if (!this.#hasSpoken) {
      this.#hasSpoken = true;
      this.#watch();
    }
  }

  dispose(): void {
    this.#isOver = true;
    this.#timer?.dispose();
  }

  #watch(): void {
    if (this.#isOver) {
      return;
    }
    this.#timer?.dispose();
    const left = this.#next()[1] - this.#clock.monotonic();
    this.#timer = this.#clock.timer(Math.max(0, left), () => {
      const [of, dueAt] = this.#next();
      if (dueAt > this.#clock.monotonic()) {
        this.#watch();
      } else {
        this.dispose();
        this.#died(of);
      }
    });
  }

  /** The limit that is reached first if nothing comes any more. */
  #next(): readonly [Death, number] {
    const silent = this.#spokeAt + this.#limits.silentMs;
    if (this.#openedAt === undefined) {
      const first = this.#startedAt + this.#limits.firstByteMs;
      // Words without bytes: there are none to see.
      return this.#hasSpoken || silent < first ? ['silent', silent] : ['no-first-byte', first];
    }
    const idle = this.#movedAt + this.#limits.idleMs;
    return idle <= silent ? ['idle', idle] : ['silent', silent];
  }
}
