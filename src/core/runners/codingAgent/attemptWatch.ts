import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { Limits } from '../../domain/agent.ts';
import type { Failure } from '../../domain/failure.ts';
import { Deadlines } from '../deadlines.ts';

export type Raced<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'broke'; readonly thrown: unknown }
  /** The attempt is stopped; `failure` says why. */
  | { readonly kind: 'stopped' };

/**
 * What may stop a coding agent's attempt: its limits, whoever asked for its end, and what goes wrong on our side.
 *
 * W1. The first reason to stop is the one told, but an abort goes before all others.
 * W2. While a person is waited for, no limit runs out.
 */
export class AttemptWatch implements Disposable {
  readonly #outer: AbortSignal;
  readonly #inner = new AbortController();
  readonly #deadlines: Deadlines;
  readonly #cancel = () => this.stop({ reason: 'cancelled' });
  #failure: Failure | undefined;

  constructor(limits: Limits, clock: Clock, signal: AbortSignal) {
    this.#outer = signal;
    this.#deadlines = new Deadlines(clock, limits, (limit, afterMs) =>
      this.stop({ reason: 'timed-out', limit, afterMs }),
    );
    signal.addEventListener('abort', this.#cancel, { once: true });
    if (signal.aborted) {
      this.#cancel();
    }
  }

  /** Aborts with the first reason to stop. */
  get signal(): AbortSignal {
    return this.#inner.signal;
  }

  get failure(): Failure | undefined {
    return this.#outer.aborted ? { reason: 'cancelled' } : this.#failure;
  }

  stop(failure: Failure): void {
    if (this.#failure === undefined) {
      this.#failure = failure;
      this.#deadlines.dispose();
      this.#inner.abort();
    }
  }

  /** The agent said or did something. */
  heard(): void {
    this.#deadlines.heard();
  }

  /** Never rejects. What the work comes to after a stop is passed over. */
  race<T>(work: Promise<T>): Promise<Raced<T>> {
    return new Promise((resolve) => {
      const stopped = () => resolve({ kind: 'stopped' });
      const settle = (raced: Raced<T>) => {
        this.signal.removeEventListener('abort', stopped);
        resolve(raced);
      };
      this.signal.addEventListener('abort', stopped, { once: true });
      work.then(
        (value) => settle({ kind: 'done', value }),
        (thrown: unknown) =>
          settle(this.failure === undefined ? { kind: 'broke', thrown } : { kind: 'stopped' }),
      );
      if (this.signal.aborted) {
        stopped();
      }
    });
  }

  /** As `race`, for what only a person can do (W2). */
  async waitForPerson<T>(answer: Promise<T>): Promise<Raced<T>> {
    const hold = this.#deadlines.hold();
    try {
      return await this.race(answer);
    } finally {
      hold.dispose();
    }
  }

  dispose(): void {
    this.#deadlines.dispose();
    this.#outer.removeEventListener('abort', this.#cancel);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
