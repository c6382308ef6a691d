import type { Disposable } from '../core/base/disposables.ts';

/** A save or a checkout makes a burst of events, which are answered once. */
const QUIET_MS = 50;
/** A burst that goes on is answered while it does. */
const AT_LATEST_MS = 200;

/** Answers many calls together: when they have stopped for a moment, or have gone on for long. */
export class Together implements Disposable {
  readonly #answer: () => void;
  #quiet: NodeJS.Timeout | undefined;
  #latest: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(answer: () => void) {
    this.#answer = answer;
  }

  soon(): void {
    if (this.#disposed) {
      return;
    }
    const answer = () => {
      this.#clear();
      this.#answer();
    };
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(answer, QUIET_MS);
    this.#latest ??= setTimeout(answer, AT_LATEST_MS);
  }

  dispose(): void {
    this.#disposed = true;
    this.#clear();
  }

  #clear(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#latest);
    this.#latest = undefined;
  }
}
