/**
 * The turns of the event loop while the work is under way, in milliseconds, each with all that it did besides. The
 * loop never rests meanwhile, so that nothing but work is measured.
 */
export async function turnsOf(work: () => Promise<unknown>): Promise<readonly number[]> {
  const begun = performance.now();
  const ended = work().then(() => 'ended' as const);
  const turns = [performance.now() - begun];
  for (;;) {
    const before = performance.now();
    const turn = new Promise<'turned'>((resolve) => setImmediate(() => resolve('turned')));
    const end = await Promise.race([turn, ended]);
    turns.push(performance.now() - before);
    if (end === 'ended') {
      return turns;
    }
  }
}

/** As there may be very many, without an argument for each. */
export function longestOf(turns: readonly number[]): number {
  return turns.reduce((longest, turn) => Math.max(longest, turn), 0);
}
