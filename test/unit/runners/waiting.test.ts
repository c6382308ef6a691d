import assert from 'node:assert/strict';
import { fulfilledWithin } from '../../../src/core/runners/waiting.ts';
import { ManualClock } from '../../support/manualClock.ts';

describe('waiting for something for so long', () => {
  it('tells whether it came in time', async () => {
    const clock = new ManualClock();
    assert.equal(await fulfilledWithin(Promise.resolve(), 1000, clock), true);
    const late = fulfilledWithin(new Promise(() => undefined), 1000, clock);
    clock.advance(1000);
    assert.equal(await late, false);
  });

  it('leaves no timer behind, also where it fails: a program would go on for it', async () => {
    const clock = new ManualClock();
    await fulfilledWithin(Promise.resolve(), 1000, clock);
    await assert.rejects(
      fulfilledWithin(Promise.reject(new Error('broke off')), 1000, clock),
      /broke off/,
    );
    assert.equal(clock.pending, 0);
  });
});
