import assert from 'node:assert/strict';
import { ManualClock } from '../../support/manualClock.ts';

describe('a clock whose hands the test turns', () => {
  it('fires what comes due in its order, and what that sets', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    const note = (name: string) => fired.push(`${name} at ${clock.monotonic()}`);
    clock.timer(20, () => note('second'));
    clock.timer(10, () => {
      note('first');
      clock.timer(5, () => note('set meanwhile'));
    });
    clock.timer(20, () => note('third'));
    clock.timer(31, () => note('too late'));
    clock.timer(1, () => note('disposed')).dispose();
    assert.equal(clock.nextTimer(), 10);
    clock.advance(30);
    assert.deepEqual(fired, ['first at 10', 'set meanwhile at 15', 'second at 20', 'third at 20']);
    assert.deepEqual([clock.monotonic(), clock.nextTimer(), clock.pending], [30, 1, 1]);
  });

  it('moves the date with the hands, and alone', () => {
    const clock = new ManualClock(1000);
    clock.advance(5);
    clock.setDate(-500);
    assert.deepEqual([clock.now(), clock.monotonic()], [505, 5]);
  });

  it('fires late what came due in its sleep', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    clock.timer(10, () => fired.push(clock.monotonic()));
    clock.sleep(1000);
    assert.deepEqual(fired, [1000]);
  });

  it('tells when a timer is set', async () => {
    const clock = new ManualClock();
    const set = clock.timerSet();
    clock.timer(10, () => undefined);
    await set;
    await clock.timerSet();
    assert.ok(clock.advanceToNextTimer());
    assert.ok(!clock.advanceToNextTimer());
  });
});
