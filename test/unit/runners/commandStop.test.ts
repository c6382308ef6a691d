import assert from 'node:assert/strict';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { isAlive } from '../../../src/core/base/processes.ts';
import { ok } from '../../../src/core/base/result.ts';
import { CommandRunner } from '../../../src/core/runners/commandRunner.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { CommandRig, itOnLinux, script, survivors, turning } from './commandRig.ts';

describe('stopping a command', () => {
  const none = (rig: CommandRig) => assert.deepEqual(survivors(path.basename(rig.root)), []);

  it('before it started runs nothing', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('never.mjs'));
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
    assert.equal(attempt.log(), '');
    none(rig);
  });

  it('by an abort leaves no process', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('never.mjs'));
    await attempt.printed(/ready/);
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
    none(rig);
  });

  it('asks first and kills after the grace it is given', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const attempt = rig.run(script('stubborn.mjs'), { clock, limits: { graceMs: 30_000 } });
    const { pid } = await attempt.started();
    await attempt.printed(/ready/);
    attempt.stop.abort();
    await attempt.printed(/asked/);
    clock.advance(29_990);
    await new Promise(setImmediate);
    assert.ok(isAlive(pid, ''));
    assert.ok(!attempt.isSettled);
    assert.deepEqual(await turning(clock, attempt.failure()), { reason: 'cancelled' });
    assert.ok(!isAlive(pid, ''));
    assert.equal(attempt.log().match(/asked/g)?.length, 1);
  });

  itOnLinux(
    'ends children in its group, in sessions of their own, and without parents',
    async () => {
      using rig = new CommandRig();
      const clock = new ManualClock();
      const attempt = rig.run(script('family.mjs', 'stay'), { clock });
      const [, pids = ''] = await attempt.printed(/family (.*)\n/);
      const { pid } = await attempt.started();
      const family = [pid, ...pids.split(' ').map(Number)];
      assert.deepEqual(
        family.map((each) => isAlive(each, '')),
        [true, true, true, true],
      );
      attempt.stop.abort();
      assert.deepEqual(await turning(clock, attempt.failure()), { reason: 'cancelled' });
      assert.deepEqual(
        family.map((each) => isAlive(each, '')),
        [false, false, false, false],
      );
      none(rig);
    },
  );

  it('happens after its wall time, and the clock decides when that is', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const attempt = rig.run(script('never.mjs'), { clock, limits: { timeoutMs: 120_000 } });
    await attempt.printed(/ready/);
    clock.advance(119_999);
    await new Promise(setImmediate);
    assert.ok(!attempt.isSettled);
    clock.advance(1);
    assert.deepEqual(await turning(clock, attempt.failure()), {
      reason: 'timed-out',
      limit: 'wall',
      afterMs: 120_000,
    });
    none(rig);
  });

  it('happens after a silence longer than allowed', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const attempt = rig.run(script('never.mjs'), { clock, limits: { idleTimeoutMs: 30_000 } });
    await attempt.printed(/ready/);
    clock.advance(30_000);
    assert.deepEqual(await turning(clock, attempt.failure()), {
      reason: 'timed-out',
      limit: 'idle',
      afterMs: 30_000,
    });
    none(rig);
  });

  it('tells the abort even when the time ran out first', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const attempt = rig.run(script('stubborn.mjs'), { clock, limits: { timeoutMs: 1000 } });
    await attempt.printed(/ready/);
    clock.advance(1000);
    await attempt.printed(/asked/);
    attempt.stop.abort();
    assert.deepEqual(await turning(clock, attempt.failure()), { reason: 'cancelled' });
  });

  it('happens when whoever is told of it throws', async () => {
    using rig = new CommandRig();
    const runner = new CommandRunner({
      clock: systemClock,
      environment: process.env,
      nonce: () => path.basename(rig.root),
    });
    const fail = () => {
      throw new Error('no room in the journal');
    };
    for (const events of [
      { started: fail, printed: () => undefined },
      { started: () => undefined, printed: fail },
    ]) {
      const result = await runner.run(
        rig.request(script('never.mjs')),
        events,
        new AbortController().signal,
      );
      assert.ok(!result.ok && result.error.reason === 'internal');
      assert.match(result.error.message, /no room in the journal/);
      none(rig);
    }
  });
});

describe('a command that ended by itself', () => {
  itOnLinux('takes its children along and keeps its exit code', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const attempt = rig.run(script('family.mjs', 'leave'), { clock });
    const [, pids = ''] = await attempt.printed(/family (.*)\n/);
    assert.deepEqual(await turning(clock, attempt.result), ok({ kind: 'done', exitCode: 0 }));
    assert.deepEqual(
      pids.split(' ').map((pid) => isAlive(Number(pid), '')),
      [false, false, false],
    );
    assert.deepEqual(survivors(path.basename(rig.root)), []);
  });

  itOnLinux('takes a child along that leaves its group meanwhile', async () => {
    using rig = new CommandRig();
    const child = 'sleep 0.1; exec setsid sleep 1000';
    const attempt = rig.run(['sh', '-c', `sh -c '${child}' > /dev/null 2>&1 & exit 0`]);
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.deepEqual(survivors(path.basename(rig.root)), []);
  });

  it('does not hang on a child that holds its pipes', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const attempt = rig.run(script('holder.mjs'), { clock });
    const [, pid = ''] = await attempt.printed(/left (\d+)/);
    assert.deepEqual(await turning(clock, attempt.result), ok({ kind: 'done', exitCode: 0 }));
    assert.ok(!isAlive(Number(pid), ''));
  });
});
