import { setImmediate } from 'node:timers/promises';

/** About a millisecond of small work on each. */
const AT_ONCE = 2000;

/** Does something with each of many, and lets others run in between. */
export async function inPieces<T>(
  all: readonly T[],
  work: (one: T, at: number) => void,
): Promise<void> {
  for (let begin = 0; begin < all.length; begin += AT_ONCE) {
    if (begin > 0) {
      await setImmediate();
    }
    all.slice(begin, begin + AT_ONCE).forEach((one, at) => work(one, begin + at));
  }
}
