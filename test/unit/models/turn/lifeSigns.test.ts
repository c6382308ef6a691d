import assert from 'node:assert/strict';
import { LifeSigns, type Death } from '../../../../src/core/models/turn/lifeSigns.ts';
import { ManualClock } from '../../../support/manualClock.ts';

function watched(): {
  readonly clock: ManualClock;
  readonly life: LifeSigns;
  readonly died: Death[];
} {
  const clock = new ManualClock();
  const died: Death[] = [];
  const limits = { firstByteMs: 100, idleMs: 30, silentMs: 200, maxChars: 0 };
  return { clock, died, life: new LifeSigns(clock, limits, (of) => died.push(of)) };
}

describe('the signs of life of a call', () => {
  it('may be late to begin', () => {
    const { clock, died } = watched();
    clock.advance(99);
    assert.deepEqual(died, []);
    clock.advance(1);
    assert.deepEqual(died, ['no-first-byte']);
    assert.equal(clock.pending, 0);
  });

  it('are bytes, once there is a response', () => {
    const { clock, died, life } = watched();
    clock.advance(90);
    life.opened();
    for (let n = 0; n < 5; n += 1) {
      clock.advance(29);
      life.moved();
      life.spoke();
    }
    assert.deepEqual(died, []);
    clock.advance(29);
    assert.deepEqual(died, []);
    clock.advance(1);
    assert.deepEqual(died, ['idle']);
  });

  it('are also words: bytes alone do not help for ever', () => {
    const { clock, died, life } = watched();
    life.opened();
    for (let n = 0; n < 19; n += 1) {
      clock.advance(10);
      life.moved();
    }
    assert.deepEqual(died, []);
    clock.advance(10);
    assert.deepEqual(died, ['silent']);
  });

  it('are words only, where there are no bytes to see', () => {
    const { clock, died, life } = watched();
    clock.advance(50);
    life.spoke();
    clock.advance(199);
    assert.deepEqual(died, []);
    clock.advance(1);
    assert.deepEqual(died, ['silent']);
  });

  it('are one timer, however many bytes come, and none in the end', () => {
    const { clock, died, life } = watched();
    life.opened();
    for (let n = 0; n < 1000; n += 1) {
      life.moved();
      life.spoke();
    }
    assert.equal(clock.pending, 1);
    life.dispose();
    life.spoke();
    life.opened();
    assert.equal(clock.pending, 0);
    clock.advance(1_000_000);
    assert.deepEqual(died, []);
  });
});
