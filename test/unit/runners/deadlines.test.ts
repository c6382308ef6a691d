import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Deadlines, type WatchedLimits } from '../../../src/core/runners/deadlines.ts';
import { ManualClock } from '../../support/manualClock.ts';

const MINUTE = 60_000;

function watch(limits: WatchedLimits) {
  const clock = new ManualClock();
  const expired: string[] = [];
  const deadlines = new Deadlines(clock, limits, (limit, afterMs) =>
    expired.push(`${limit} after ${afterMs}, at ${clock.monotonic()}`),
  );
  return { clock, expired, deadlines };
}

describe('the deadlines of an attempt', () => {
  it('expire to the millisecond', () => {
    const { clock, expired } = watch({ timeoutMs: 25_500, idleTimeoutMs: undefined });
    clock.advance(25_499);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ['wall after 25500, at 25500']);
    assert.equal(clock.pending, 0);
  });

  it('count silence from the last word', () => {
    const { clock, expired, deadlines } = watch({ timeoutMs: 10 * MINUTE, idleTimeoutMs: 15_000 });
    clock.advance(14_000);
    deadlines.heard();
    clock.advance(14_999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ['idle after 15000, at 29000']);
  });

  it('do not count the time the machine slept', () => {
    const { clock, expired } = watch({ timeoutMs: 10 * MINUTE, idleTimeoutMs: undefined });
    clock.advance(5 * MINUTE);
    clock.sleep(60 * MINUTE);
    assert.deepEqual(expired, []);
    clock.advance(5 * MINUTE);
    assert.equal(expired.length, 1);
  });

  it('do not take sleep for silence', () => {
    const { clock, expired, deadlines } = watch({ timeoutMs: 60 * MINUTE, idleTimeoutMs: MINUTE });
    clock.advance(50_000);
    clock.sleep(30 * MINUTE);
    assert.deepEqual(expired, []);
    deadlines.heard();
    clock.advance(MINUTE - 1);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.equal(expired.length, 1);
  });

  it('count a short stall as time', () => {
    const { clock, expired } = watch({ timeoutMs: MINUTE, idleTimeoutMs: undefined });
    clock.sleep(35_000);
    clock.advance(25_000);
    assert.deepEqual(expired, ['wall after 60000, at 60000']);
  });

  it('never expire once disposed', () => {
    const { clock, expired, deadlines } = watch({ timeoutMs: MINUTE, idleTimeoutMs: MINUTE });
    clock.advance(30_000);
    deadlines.dispose();
    clock.advance(60 * MINUTE);
    assert.deepEqual(expired, []);
  });

  it('do not come nearer while they are held, and silence begins anew after', () => {
    const { clock, expired, deadlines } = watch({ timeoutMs: 60_000, idleTimeoutMs: 30_000 });
    clock.advance(20_000);
    const first = deadlines.hold();
    const second = deadlines.hold();
    clock.advance(60 * MINUTE);
    first.dispose();
    clock.advance(60 * MINUTE);
    second.dispose();
    clock.advance(29_999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, [`idle after 30000, at ${120 * MINUTE + 50_000}`]);
    deadlines.hold().dispose();
    clock.advance(MINUTE);
    assert.equal(expired.length, 1);
  });

  it('count wall time before and after they are held', () => {
    const { clock, expired, deadlines } = watch({ timeoutMs: 25_000, idleTimeoutMs: undefined });
    clock.advance(20_000);
    const hold = deadlines.hold();
    clock.advance(MINUTE);
    hold.dispose();
    clock.advance(4999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.equal(expired.length, 1);
  });

  it('expire once, when waking time reaches the limit, whatever the machine does', () => {
    const spell = fc.record({
      asleep: fc.boolean(),
      ms: fc.integer({ min: 41_000, max: 900_000 }),
    });
    fc.assert(
      fc.property(fc.array(spell), fc.integer({ min: 1, max: 3_000_000 }), (spells, timeoutMs) => {
        const { clock, expired } = watch({ timeoutMs, idleTimeoutMs: undefined });
        for (const { asleep, ms } of spells) {
          if (asleep) {
            clock.sleep(ms);
          } else {
            clock.advance(ms);
          }
        }
        const awake = spells.reduce((sum, { asleep, ms }) => sum + (asleep ? 0 : ms), 0);
        // A sleep takes the part of a tick before it along, at most 10 s.
        const least = awake - 10_000 * spells.filter(({ asleep }) => asleep).length;
        assert.ok(expired.length <= 1);
        assert.ok(awake >= timeoutMs || expired.length === 0);
        assert.ok(least < timeoutMs || expired.length === 1);
      }),
    );
  });
});
