import { clearTimeout, setTimeout } from 'node:timers';
import type { Clock } from '../../src/core/base/clock.ts';

/** A clock that runs `factor` times as fast as the wall's: an hour of waiting for a limit becomes a minute. */
export function compressedClock(factor: number): Clock {
  const startedAt = Date.now();
  const started = performance.now();
  const passed = (): number => (performance.now() - started) * factor;
  return {
    now: () => startedAt + passed(),
    monotonic: passed,
    timer: (ms, fire) => {
      const handle = setTimeout(fire, ms / factor);
      return { dispose: () => clearTimeout(handle) };
    },
  };
}
