import { setImmediate } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Milliseconds of work in one go: a window's other work waits that long, and for the step begun last. */
const SLICE_MS = 4;

/** Long work without waiting in it, cut into slices between which the program does what else is due. */
export class Slices {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #signal: AbortSignal;
  readonly #sliceMs: number;
  #begun: number;

  /** @param sliceMs milliseconds @default SLICE_MS */
  constructor(clock: Pick<Clock, 'monotonic'>, signal: AbortSignal, sliceMs = SLICE_MS) {
    this.#clock = clock;
    this.#signal = signal;
    this.#sliceMs = sliceMs;
    this.#begun = clock.monotonic();
  }

  get isOver(): boolean {
    return this.#clock.monotonic() - this.#begun >= this.#sliceMs;
  }

  /** Resolves when the next slice may begin. @throws the signal's reason once it aborts */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#begun = this.#clock.monotonic();
  }
}
