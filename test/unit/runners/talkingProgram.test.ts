import assert from 'node:assert/strict';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../src/core/base/clock.ts';
import { isAlive } from '../../../src/core/base/processes.ts';
import type { ProgramLaunch, TalkingProgram } from '../../../src/core/domain/runner.ts';
import { endOrphans } from '../../../src/core/runners/orphans.ts';
import { talkingPrograms } from '../../../src/core/runners/talkingProgram.ts';
import { CommandRig, itOnLinux, script, survivors } from './commandRig.ts';

const signal = new AbortController().signal;

function start(
  rig: CommandRig,
  command: [string, ...string[]],
  changes: Partial<ProgramLaunch> = {},
  stop = signal,
) {
  const launch: ProgramLaunch = {
    command,
    install: undefined,
    folder: rig.folder,
    scratch: rig.scratch,
    env: {},
    marker: 'rig-1:work.1',
    ...changes,
  };
  const nonce = () => basename(rig.root);
  return talkingPrograms({ clock: systemClock, environment: process.env, nonce })(launch, stop);
}

async function started(...args: Parameters<typeof start>): Promise<TalkingProgram> {
  const program = await start(...args);
  assert.ok(program.ok, JSON.stringify(program));
  return program.value;
}

/** The next lines of its standard output. */
function lines(program: TalkingProgram): AsyncIterator<string, undefined> {
  return createInterface({ input: program.output })[Symbol.asyncIterator]();
}

async function nextLine(of: AsyncIterator<string, undefined>): Promise<string> {
  const { value } = await of.next();
  assert.ok(value !== undefined, 'its output has ended');
  return value;
}

/** A command line of Node with a script of its own. */
function node(text: string): [string, ...string[]] {
  return ['node', '--input-type=module', '--eval', text];
}

describe('a program that is talked with', () => {
  it('answers what it is told, and ends once nobody talks any more', async () => {
    using rig = new CommandRig();
    const program = await started(rig, script('echo.mjs'));
    const said = lines(program);
    program.input.write('grüß\n');
    assert.equal(await nextLine(said), 'grüß');
    program.input.write('again\n');
    assert.equal(await nextLine(said), 'again');
    await program.end(5000);
    assert.deepEqual(await program.ended, { code: 0, signal: undefined });
    assert.equal(isAlive(program.identity.pid, ''), false);
  });

  it('works in its folder, with a few variables of the host and those of its attempt', async () => {
    using rig = new CommandRig();
    const environment = { ...process.env, SECRET_KEY: 'k' };
    const program = await talkingPrograms({ clock: systemClock, environment, nonce: () => 'word' })(
      {
        command: script('environment.mjs', 'one two'),
        install: undefined,
        folder: rig.folder,
        scratch: rig.scratch,
        env: { COLOUR: 'blue' },
        marker: 'rig-1:work.1',
      },
      signal,
    );
    assert.ok(program.ok);
    const told = JSON.parse(await nextLine(lines(program.value))) as {
      env: Record<string, string>;
      args: string[];
      cwd: string;
    };
    const { env, args, cwd } = told;
    assert.deepEqual({ args, cwd }, { args: ['one two'], cwd: rig.folder });
    assert.equal(env['COLOUR'], 'blue');
    assert.equal(env['SLUICE_ATTEMPT'], 'rig-1:work.1:word');
    assert.equal(env['SLUICE_SCRATCH'], rig.scratch);
    assert.equal(env['SECRET_KEY'], undefined);
    assert.equal(program.value.identity.marker, 'rig-1:work.1:word');
    await program.value.end(1000);
  });

  it('is a failure with a hint where there is none of that name', async () => {
    using rig = new CommandRig();
    assert.deepEqual(await start(rig, ['no-such-program'], { install: 'npm i no-such-program' }), {
      ok: false,
      error: {
        reason: 'command-not-found',
        command: 'no-such-program',
        install: 'npm i no-such-program',
      },
    });
  });

  it('is not started for a signal that has aborted', async () => {
    using rig = new CommandRig();
    const cancelled = { ok: false, error: { reason: 'cancelled' } };
    assert.deepEqual(await start(rig, script('never.mjs'), {}, AbortSignal.abort()), cancelled);
    const stop = new AbortController();
    const program = start(rig, script('never.mjs'), {}, stop.signal);
    stop.abort();
    assert.deepEqual(await program, cancelled);
    assert.deepEqual(survivors(basename(rig.root)), []);
  });

  it('tells how it ended and its last words when it dies at once', async () => {
    using rig = new CommandRig();
    const program = await started(
      rig,
      node('process.stderr.write("\\u001b[31mno licence\\u001b[0m\\n"); process.exitCode = 3'),
    );
    assert.deepEqual(await program.ended, { code: 3, signal: undefined });
    assert.equal(program.tail(), 'no licence');
    await program.end(1000);
  });

  it('tells the signal that ended it', async () => {
    using rig = new CommandRig();
    const program = await started(rig, script('die.mjs', 'SIGKILL'));
    assert.deepEqual(await program.ended, { code: undefined, signal: 'SIGKILL' });
    await program.end(1000);
  });

  it('may be talked to after it has died', async () => {
    using rig = new CommandRig();
    const program = await started(rig, node('process.stdin.destroy()'));
    program.input.write('x'.repeat(1_000_000));
    await program.ended;
    program.input.write('is anybody there?\n');
    await program.end(1000);
    assert.deepEqual([program.input.destroyed, program.output.destroyed], [true, true]);
  });

  it('does not hang on a flood of standard error, of which only the end is held', async () => {
    using rig = new CommandRig();
    const program = await started(
      rig,
      node(
        'import { writeSync } from "node:fs"; const block = "é".repeat(50_000);' +
          'for (let i = 0; i < 200; i += 1) writeSync(2, block); writeSync(2, "the end\\n")',
      ),
    );
    assert.deepEqual(await program.ended, { code: 0, signal: undefined });
    assert.equal(program.tail().length, 4000);
    assert.match(program.tail(), /^é+the end$/);
    await program.end(1000);
  });

  it('that does not end when asked is killed after its grace', async () => {
    using rig = new CommandRig();
    const program = await started(rig, script('stubborn.mjs'));
    const said = lines(program);
    assert.equal(await nextLine(said), 'ready');
    await Promise.all([program.end(300), program.end(300)]);
    assert.deepEqual(await program.ended, { code: undefined, signal: 'SIGKILL' });
    assert.deepEqual(survivors(basename(rig.root)), []);
  });

  it('takes all that it started with it, whatever group that made for itself', async () => {
    using rig = new CommandRig();
    const program = await started(rig, script('family.mjs', 'stay'));
    const family = (await nextLine(lines(program))).split(' ').slice(1).map(Number);
    const alive = () => family.map((pid) => isAlive(pid, ''));
    assert.deepEqual(alive(), [true, true, true]);
    await program.end(300);
    assert.deepEqual(alive().slice(0, 1), [false]);
    if (process.platform === 'linux') {
      assert.deepEqual(alive(), [false, false, false]);
    }
  }).timeout(10_000);

  it('takes a child with it that outlived it and holds its pipes', async () => {
    using rig = new CommandRig();
    const program = await started(rig, script('holder.mjs'));
    const child = Number((await nextLine(lines(program))).split(' ')[1]);
    assert.deepEqual(await program.ended, { code: 0, signal: undefined });
    assert.ok(isAlive(child, ''));
    await program.end(300);
    assert.ok(!isAlive(child, ''));
    assert.ok(program.output.destroyed);
  });

  itOnLinux('is found by its attempt after a crash', async () => {
    using rig = new CommandRig();
    const program = await started(rig, script('never.mjs'));
    await once(program.output, 'data');
    const orphan = { marker: 'rig-1:work.1', process: undefined };
    assert.equal(await endOrphans(orphan, '/elsewhere', systemClock, signal), 0);
    assert.equal(await endOrphans(orphan, rig.root, systemClock, signal), 1);
    assert.deepEqual(await program.ended, { code: undefined, signal: 'SIGTERM' });
    await program.end(0);
  });
});
