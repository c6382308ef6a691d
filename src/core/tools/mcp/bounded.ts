import type { Clock } from '../../base/clock.ts';

/** Nothing was heard for as long as was allowed. */
export class Overdue extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super('It took too long');
    this.ms = ms;
  }
}

/**
 * Does some work under a signal of its own, which ends with it. Rejects with `Overdue` when the work is not done within
 * `ms` milliseconds of its begin or of the last call of `heard`, and with the signal's reason as soon as that aborts,
 * whether the work heeds its own signal or not.
 */
export async function bounded<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const begin = () => clock.timer(ms, () => controller.abort(new Overdue(ms)));
  let timer = begin();
  const heard = () => {
    timer.dispose();
    timer = begin();
  };
  try {
    return await new Promise<T>((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), {
        once: true,
      });
      work(controller.signal, heard).then(resolve, reject);
    });
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', stop);
  }
}
