import assert from 'node:assert/strict';
import { liveThrough, layoutOf } from '../../long/histories/histories.ts';
import { sampleOf } from '../../support/sample.ts';

/** `npm run test:long -- histories` lives through 1,000. */
const HISTORIES = 18;
/** No history is begun after this; what the machine is too busy for is left to the whole suite. */
const LONGEST_MS = 8_000;
/** However busy the machine is. */
const FEWEST = 2;

describe('A repository, whatever happens to the runs in it', function () {
  this.timeout(sampleOf(60_000));

  it("is sound, has the refs its journals say, and what is its user's is untouched", async function () {
    if (process.platform === 'win32') {
      // The agents are lines of shell, and nothing there is like SIGKILL.
      this.skip();
    }
    const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Date.now() / 86_400_000));
    const numbers = Array.from({ length: sampleOf(HISTORIES) }, (_, number) => number + seed);
    const { sound, failed, skipped } = await liveThrough(seed, numbers, {
      forMs: sampleOf(LONGEST_MS),
    });
    for (const [layout, why] of skipped) {
      console.log(`      left out: ${layout}, because ${why.split('\n')[0] ?? ''}`);
    }
    assert.deepEqual(
      [...failed].map(([number, why]) => `${number} (${layoutOf(number)}), seed ${seed}: ${why}`),
      [],
    );
    assert.ok(sound.length >= FEWEST, `only ${sound.length} histories in ${LONGEST_MS} ms`);
  });
});
