import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../../src/core/base/processes.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { CommandRig, fixture, itOnLinux, script, survivors, turning } from './commandRig.ts';

const logOf = (rig: CommandRig) => readFileSync(path.join(rig.root, 'log'), 'utf8');
const none = (rig: CommandRig) => assert.deepEqual(survivors(path.basename(rig.root)), []);

/** Resolves with the match once the log holds the pattern. */
async function logged(rig: CommandRig, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    try {
      const match = pattern.exec(logOf(rig));
      if (match !== null) {
        return match;
      }
    } catch {
      // Not made yet.
    }
    await new Promise(setImmediate);
  }
}

describe('a check', () => {
  it('tells its exit code and what it printed', async () => {
    using rig = new CommandRig();
    assert.deepEqual(await rig.check(script('exit.mjs', '0')), { code: 0, tail: '' });
    const { code, tail } = await rig.check(script('exit.mjs', '3', 'broken'));
    assert.equal(code, 3);
    assert.deepEqual(tail.split('\n').sort(), ['broken', 'broken (error)']);
  });

  it('continues the log below its command, and its tail is its own', async () => {
    using rig = new CommandRig();
    writeFileSync(path.join(rig.root, 'log'), 'the attempt, cut off');
    await rig.check(['printf', 'one']);
    const { tail } = await rig.check(['echo', 'two words', '--three=3', 'line\nend']);
    assert.equal(tail, 'two words --three=3 line\nend');
    assert.equal(
      logOf(rig),
      'the attempt, cut off\n$ printf one\none\n$ echo "two words" --three=3 "line\\nend"\ntwo words --three=3 line\nend\n',
    );
  });

  it('has no more in its tail than that of any log', async () => {
    using rig = new CommandRig();
    const { tail } = await rig.check(['seq', '100']);
    assert.deepEqual(
      tail.split('\n'),
      Array.from({ length: 20 }, (_, index) => String(81 + index)),
    );
  });

  it('runs in its folder with the variables of the attempt, and nothing on its standard input', async () => {
    using rig = new CommandRig();
    const { tail } = await rig.check(['sh', '-c', 'cat; pwd; env'], {
      environment: { PATH: '/usr/bin:/bin', SECRET: 'x' },
      env: { DECLARED: 'yes' },
    });
    const [folder, ...variables] = tail.split('\n');
    assert.equal(folder, rig.folder);
    const own = variables.filter((line) => !/^(?:PWD|_|SHLVL|OLDPWD)=/.test(line)).sort();
    assert.deepEqual(own, [
      'DECLARED=yes',
      `GIT_CEILING_DIRECTORIES=${rig.root}`,
      `PATH=${path.join(rig.folder, 'node_modules', '.bin')}:/usr/bin:/bin`,
      `SLUICE_ATTEMPT=rig-1:work.1:${process.pid}${path.basename(rig.root)}`,
      `SLUICE_NEEDS=${path.join(rig.scratch, 'needs')}`,
      'SLUICE_RUN=rig-1',
      `SLUICE_SCRATCH=${rig.scratch}`,
      'SLUICE_TASK=work',
      'TERM=dumb',
    ]);
  });

  it('that cannot be started says why, in the log too', async () => {
    using rig = new CommandRig();
    const why = 'The command "no-such-program" was not found.';
    assert.deepEqual(await rig.check(['no-such-program', '-v']), {
      code: undefined,
      tail: why,
      failure: {
        reason: 'command-not-found',
        command: 'no-such-program',
        install: undefined,
      },
    });
    assert.equal(logOf(rig), `$ no-such-program -v\n${why}\n`);
    const file = path.join(rig.folder, 'tool');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o644);
    const { code, tail, failure } = await rig.check(['./tool']);
    assert.deepEqual([code, failure?.reason], [undefined, 'spawn-failed']);
    assert.equal(tail, `"./tool" could not be started: ${file} is not executable.`);
  });

  it('that somebody else killed has no code', async () => {
    using rig = new CommandRig();
    assert.deepEqual(await rig.check(script('die.mjs', 'SIGKILL')), {
      code: undefined,
      tail: 'about to die\n"node" was ended by SIGKILL.',
      failure: { reason: 'signalled', command: 'node', signal: 'SIGKILL', tail: '' },
    });
  });

  it('that runs too long is ended with all it started', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const outcome = rig.check(script('stubborn.mjs'), { clock, timeoutMs: 120_000 });
    await logged(rig, /ready/);
    clock.advance(120_000);
    const { code, tail, failure } = await turning(clock, outcome);
    assert.deepEqual([code, failure?.reason], [undefined, 'timed-out']);
    assert.equal(tail, 'ready\nasked\nStopped after 2 min 00 s, its time limit.');
    none(rig);
  });

  it('that prints without end is stopped, and its log stays small', async () => {
    using rig = new CommandRig();
    const { code, tail } = await rig.check(script('flood.mjs', '300001'), {
      outputCapBytes: 300_000,
    });
    assert.equal(code, undefined);
    assert.match(tail, /x\nStopped: it printed more than 293 KB\.$/);
    assert.ok(logOf(rig).length < 301_000);
    none(rig);
  });

  itOnLinux('that is cancelled resolves once no process of it is left', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const stop = new AbortController();
    const outcome = rig.check(script('family.mjs', 'stay'), { clock }, stop.signal);
    const [, pids = ''] = await logged(rig, /family (.*)\n/);
    stop.abort();
    const { code, tail } = await turning(clock, outcome);
    assert.equal(code, undefined);
    assert.match(tail, /\nCancelled\.$/);
    assert.deepEqual(
      pids.split(' ').map((pid) => isAlive(Number(pid), '')),
      [false, false, false],
    );
    none(rig);
  });

  it('that is cancelled before it starts runs nothing', async () => {
    using rig = new CommandRig();
    const outcome = await rig.check(script('never.mjs'), {}, AbortSignal.abort());
    const failure = { reason: 'cancelled' };
    assert.deepEqual(outcome, { code: undefined, tail: 'Cancelled.', failure });
    assert.equal(logOf(rig), `$ node ${fixture('never.mjs')}\nCancelled.\n`);
  });

  itOnLinux('takes along what it started when it ends, and keeps its code', async () => {
    using rig = new CommandRig();
    const clock = new ManualClock();
    const outcome = rig.check(script('family.mjs', 'leave'), { clock });
    assert.equal((await turning(clock, outcome)).code, 0);
    none(rig);
  });

  it('cannot run when its log cannot be written', async () => {
    using rig = new CommandRig();
    const logFile = path.join(rig.root, 'missing', 'log');
    const { code, tail } = await rig.check(script('exit.mjs', '0'), { logFile });
    assert.equal(code, undefined);
    assert.match(tail, /^its output could not be written: ENOENT.*\.$/);
  });
});
