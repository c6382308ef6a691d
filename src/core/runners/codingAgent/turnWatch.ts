import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';

/** How often people's wishes are asked for while an agent is at work, in milliseconds. */
const LOOK_MS = 250;

/** Looks, while a turn lasts, at what people want by now. */
export class TurnWatch implements Disposable {
  readonly #clock: Clock;
  readonly #look: () => void;
  #timer: Disposable | undefined;

  constructor(clock: Clock, look: () => void) {
    this.#clock = clock;
    this.#look = look;
    this.#next();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #next(): void {
    this.#timer = this.#clock.timer(LOOK_MS, () => {
      this.#next();
      this.#look();
    });
  }
}
