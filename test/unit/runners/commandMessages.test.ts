import assert from 'node:assert/strict';
import path from 'node:path';
import { ok } from '../../../src/core/base/result.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { CommandRig, script, survivors, turning, type Changes } from './commandRig.ts';

const messages = (prompt: string) => ({ prompt, spec: { stdin: 'messages' } }) satisfies Changes;
const none = (rig: CommandRig) => assert.deepEqual(survivors(path.basename(rig.root)), []);

describe('a command that listens', () => {
  it('reads its prompt as a line, and each word of a person as one more', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('echo.mjs'), messages('Check the\nexamples.'));
    await attempt.printed(/examples\.\n/);
    attempt.steer?.('not those\nin docs,\r\nonly src\u2028please\n');
    await attempt.printed(/please\n/);
    attempt.steer?.('thanks');
    await attempt.printed(/thanks\n/);
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
    assert.equal(
      attempt.output().toString(),
      'Check the\nexamples.\nnot those in docs, only src please\nthanks\n',
    );
    none(rig);
  });

  it('gets no second line end after a prompt that has one', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('echo.mjs'), messages('one\n'));
    await attempt.started();
    attempt.steer?.('two');
    await attempt.printed(/two\n/);
    attempt.stop.abort();
    await attempt.result;
    assert.equal(attempt.output().toString(), 'one\ntwo\n');
  });

  it('finds its standard input open and empty when there is no prompt', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('echo.mjs'), messages(''));
    await attempt.started();
    attempt.steer?.('first');
    await attempt.printed(/first\n/);
    attempt.stop.abort();
    await attempt.result;
    assert.equal(attempt.output().toString(), 'first\n');
  });

  it('succeeds when it has heard enough, and hears nothing after its end', async () => {
    using rig = new CommandRig();
    const command: [string, ...string[]] = ['sh', '-c', 'read -r a; read -r b; echo "$b after $a"'];
    const attempt = rig.run(command, messages('this'));
    await attempt.started();
    attempt.steer?.('that');
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    attempt.steer?.('too late');
    await new Promise(setImmediate);
    assert.equal(attempt.output().toString(), 'that after this\n');
  });

  it('may stop listening before it ends', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(
      ['sh', '-c', 'exec 0<&-; echo deaf; exec sleep 1000'],
      messages('Read this.'),
    );
    await attempt.printed(/deaf/);
    for (const word of ['one', 'two', 'three']) {
      attempt.steer?.(word);
      await new Promise(setImmediate);
    }
    assert.ok(!attempt.isSettled);
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
  });

  for (const [limit, limits] of [
    ['wall', { timeoutMs: 60_000 }],
    ['idle', { idleTimeoutMs: 60_000 }],
  ] as const) {
    it(`is ended by its ${limit} time though it waits for more`, async () => {
      using rig = new CommandRig();
      const clock = new ManualClock();
      const attempt = rig.run(script('echo.mjs'), { ...messages('hello'), clock, limits });
      await attempt.printed(/hello/);
      clock.advance(60_000);
      assert.deepEqual(await turning(clock, attempt.failure()), {
        reason: 'timed-out',
        limit,
        afterMs: 60_000,
      });
      none(rig);
    });
  }
});

describe('a command that reads a prompt only', () => {
  it('cannot be told anything more', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('echo.mjs'), { prompt: 'Once.' });
    await attempt.started();
    assert.equal(attempt.steer, undefined);
    await attempt.result;
    assert.equal(attempt.output().toString(), 'Once.');
  });
});
