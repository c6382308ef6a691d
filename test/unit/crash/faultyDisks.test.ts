import assert from 'node:assert/strict';
import { eachFault } from '../../long/faults/faults.ts';

/** One in so many of the 5,000 and more that `npm run test:long -- faults` injects. */
const EVERY = 107;

describe('A disk that fails, fills up or loses power', function () {
  this.timeout(60_000);

  it('takes nothing that was acknowledged, and the run can be ended well on another', async () => {
    const failures: string[] = [];
    let injected = 0;
    let seen = 0;
    await eachFault(
      1,
      (point, _begun, outcome) => {
        injected += 1;
        if (outcome instanceof Error) {
          failures.push(`${point.name}, ${point.kind}: ${outcome.stack ?? outcome.message}`);
        }
      },
      () => (seen += 1) % EVERY === 0,
    );
    assert.deepEqual(failures, []);
    assert.ok(injected >= 40, `${injected} injected`);
  });
});
