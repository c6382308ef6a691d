import { setTimeout as delay } from 'node:timers/promises';

export interface Waiting {
  /** Milliseconds. @default 30,000 */
  readonly timeout?: number;
  /** Milliseconds between two looks. @default 100 */
  readonly every?: number;
}

/**
 * Waits until `look` gives something other than undefined or false, and returns that. What it throws counts as
 * not yet. Throws with `what` and the last thing seen when time is over.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  waiting: Waiting = {},
): Promise<T> {
  const end = performance.now() + (waiting.timeout ?? 30_000);
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) {
        return seen;
      }
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const detail = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`Timed out waiting for ${what}; last seen: ${detail}`, { cause: last });
    }
    await delay(waiting.every ?? 100);
  }
}
