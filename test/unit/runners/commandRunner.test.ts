import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { err, ok } from '../../../src/core/base/result.ts';
import { CommandRunner } from '../../../src/core/runners/commandRunner.ts';
import { systemClock } from '../../../src/core/base/clock.ts';
import { CommandRig, fixture, script } from './commandRig.ts';

describe('a command', () => {
  it('succeeds with its exit code', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('exit.mjs', '0', 'done'));
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.equal(attempt.output().toString(), 'done\n');
  });

  it('fails with its code and the end of its log', async () => {
    using rig = new CommandRig();
    const failure = await rig.run(script('exit.mjs', '3', 'broken')).failure();
    assert.ok(failure.reason === 'exited');
    assert.deepEqual(
      { ...failure, tail: failure.tail.split('\n').sort() },
      { reason: 'exited', command: 'node', code: 3, tail: ['broken', 'broken (error)'] },
    );
  });

  it('succeeds with a code that its agent calls success', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('exit.mjs', '1'), { spec: { successCodes: [0, 1] } });
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 1 }));
  });

  it('that somebody else killed is told by the signal', async () => {
    using rig = new CommandRig();
    assert.deepEqual(await rig.run(script('die.mjs', 'SIGKILL')).failure(), {
      reason: 'signalled',
      command: 'node',
      signal: 'SIGKILL',
      tail: 'about to die',
    });
  });

  it('is found in node_modules/.bin of the copy before PATH', async () => {
    using rig = new CommandRig();
    const bin = path.join(rig.folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(fixture('echo.mjs'), path.join(rig.folder, 'echo.mjs'));
    writeFileSync(path.join(bin, 'node'), '#!/bin/sh\necho "not that node"\n', { mode: 0o755 });
    const attempt = rig.run(['node', '--version']);
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.equal(attempt.output().toString(), 'not that node\n');
  });

  it('with a slash in it is taken from the copy', async () => {
    using rig = new CommandRig();
    mkdirSync(path.join(rig.folder, 'tools'));
    writeFileSync(path.join(rig.folder, 'tools', 'say'), '#!/bin/sh\necho said\n', { mode: 0o755 });
    const attempt = rig.run(['tools/say']);
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.equal(attempt.output().toString(), 'said\n');
  });

  it('that is nowhere is not found, with what to install', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(['no-such-program'], { spec: { install: 'npm install it' } });
    assert.deepEqual(await attempt.failure(), {
      reason: 'command-not-found',
      command: 'no-such-program',
      install: 'npm install it',
    });
    assert.equal(attempt.log(), '');
    assert.equal(attempt.output().length, 0);
  });

  it('that may not be executed is no missing command', async () => {
    using rig = new CommandRig();
    const file = path.join(rig.folder, 'tool');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o644);
    assert.deepEqual(await rig.run(['./tool']).failure(), {
      reason: 'spawn-failed',
      command: './tool',
      message: `${file} is not executable`,
    });
  });

  it('that the system refuses to execute fails to start', async () => {
    using rig = new CommandRig();
    const file = path.join(rig.folder, 'tool');
    writeFileSync(file, '#!/no/such/interpreter\n', { mode: 0o755 });
    const failure = await rig.run(['./tool']).failure();
    assert.equal(failure.reason, 'spawn-failed');
  });

  it('with a NUL in an argument fails to start', async () => {
    using rig = new CommandRig();
    const failure = await rig.run(['node', 'a\0b']).failure();
    assert.equal(failure.reason, 'spawn-failed');
  });

  it('gets its arguments as they are, with no shell between', async () => {
    using rig = new CommandRig();
    const words = ['$HOME', '`id`', '"', "'", 'a b', '*', ';', '', '\\', 'ü', '\n'];
    const attempt = rig.run(script('environment.mjs', ...words));
    await attempt.result;
    const { args, cwd } = JSON.parse(attempt.output().toString()) as {
      args: string[];
      cwd: string;
    };
    assert.deepEqual({ args, cwd }, { args: words, cwd: rig.folder });
  });

  it('reads the prompt as its standard input', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('echo.mjs'), { prompt: 'Explain the café.\n' });
    await attempt.result;
    assert.equal(attempt.output().toString(), 'Explain the café.\n');
  });

  it('may leave the prompt unread', async () => {
    using rig = new CommandRig();
    const prompt = 'x'.repeat(4 * 1024 * 1024);
    assert.deepEqual(
      await rig.run(script('exit.mjs', '0'), { prompt }).result,
      ok({ kind: 'done', exitCode: 0 }),
    );
  });

  it('finds its standard input at its end when there is no prompt', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('echo.mjs'));
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.equal(attempt.output().length, 0);
  });

  it('cannot be run when its files cannot be made', async () => {
    using rig = new CommandRig();
    const failure = await rig
      .run(script('exit.mjs', '0'), { logFile: path.join(rig.root, 'missing', 'log') })
      .failure();
    assert.equal(failure.reason, 'workspace');
  });

  it('is all this runner knows', async () => {
    using rig = new CommandRig();
    const runner = new CommandRunner({ clock: systemClock, environment: {}, nonce: () => '1' });
    const request = rig.request(['node']);
    const agent = {
      ...request.agent,
      runner: { kind: 'model', instructions: '', models: [], mcpServers: [] },
    } as const;
    const events = { started: () => undefined, printed: () => undefined };
    assert.deepEqual(
      await runner.run({ ...request, agent }, events, new AbortController().signal),
      err({ reason: 'no-runner', agent: 'worker', kind: 'model' }),
    );
  });
});
