import type { Disposable } from './disposables.ts';

/** Time as a host gives it. Core reads no other clock, so that a test can turn its hands. */
export interface Clock {
  /** Milliseconds since 1970, for people; may jump. */
  now(): number;
  /** Milliseconds since some start, for durations; never goes back. */
  monotonic(): number;
  /** Calls `fire` once after `ms` milliseconds unless disposed before. */
  timer(ms: number, fire: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms, fire) => {
    const handle = setTimeout(fire, ms);
    return { dispose: () => clearTimeout(handle) };
  },
};
