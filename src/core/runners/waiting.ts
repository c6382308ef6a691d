import type { Clock } from '../base/clock.ts';

/** Resolves after `ms` milliseconds. Rejects with the signal's reason as soon as it aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      timer.dispose();
      reject(signal?.reason as Error);
    };
    const timer = clock.timer(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** True when the promise is fulfilled within `ms` milliseconds, false when it is not yet. */
export function fulfilledWithin(promise: Promise<unknown>, ms: number, clock: Clock) {
  return new Promise<boolean>((resolve, reject) => {
    const timer = clock.timer(ms, () => resolve(false));
    promise.finally(() => timer.dispose()).then(() => resolve(true), reject);
  });
}
