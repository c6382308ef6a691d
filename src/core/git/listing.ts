import { setImmediate } from 'node:timers/promises';

/** Entries gone through in one go: about a millisecond. */
const AT_ONCE = 1000;

/**
 * Does something with each entry of what Git lists with `-z`, and lets others run in between.
 * @throws the signal's reason
 */
export async function eachEntry(
  printed: Buffer,
  signal: AbortSignal,
  work: (entry: Buffer) => void,
): Promise<void> {
  let count = 0;
  for (let begin = 0; begin < printed.length;) {
    const end = printed.indexOf(0, begin);
    work(printed.subarray(begin, end === -1 ? undefined : end));
    begin = end === -1 ? printed.length : end + 1;
    count += 1;
    if (count % AT_ONCE === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
}
