import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { isAlive, startTimeOf } from '../../../src/core/base/processes.ts';
import type { ProcessIdentity } from '../../../src/core/domain/runner.ts';
import { endOrphans } from '../../../src/core/runners/orphans.ts';
import { CommandRig, fixture, itOnLinux, survivors } from './commandRig.ts';

/** Resolves with the match once the process has printed the pattern. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const match = pattern.exec(text);
      if (match !== null) {
        resolve(match);
      }
    });
    child.once('exit', () => reject(new Error(`ended without printing ${String(pattern)}`)));
  });
}

/** Starts an attempt in a program of its own and kills that program. */
async function orphanedAttempt(rig: CommandRig) {
  const driver = spawn(process.execPath, ['--import', 'tsx', fixture('driver.mjs'), rig.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [, json = '', pids = ''] = await printed(driver, /^started (.*)\n[^]*family (.*)\n/);
  driver.kill('SIGKILL');
  await once(driver, 'exit');
  const identity = JSON.parse(json) as ProcessIdentity;
  return { identity, family: [identity.pid, ...pids.split(' ').map(Number)] };
}

const signal = new AbortController().signal;
const life = (pids: number[]) => pids.map((pid) => isAlive(pid, ''));

describe('an attempt whose driver was killed', () => {
  itOnLinux('is found and ended by its process', async () => {
    using rig = new CommandRig();
    const { identity, family } = await orphanedAttempt(rig);
    assert.deepEqual(life(family), [true, true, true, true]);
    const attempt = { marker: 'drive-1:work.1', process: identity };
    assert.equal(await endOrphans(attempt, rig.folder, systemClock, signal), 4);
    assert.deepEqual(life(family), [false, false, false, false]);
    assert.equal(await endOrphans(attempt, rig.folder, systemClock, signal), 0);
    assert.deepEqual(survivors(rig.folder), []);
  }).timeout(30_000);

  itOnLinux(
    'is found and ended by its name in its repository when no process was recorded',
    async () => {
      using rig = new CommandRig();
      const { family } = await orphanedAttempt(rig);
      const attempt = { marker: 'drive-1:work.1', process: undefined };
      const elsewhere = join(rig.root, 'other');
      assert.equal(await endOrphans(attempt, elsewhere, systemClock, signal), 0);
      const other = { ...attempt, marker: 'drive-1:work.11' };
      assert.equal(await endOrphans(other, rig.folder, systemClock, signal), 0);
      assert.deepEqual(life(family), [true, true, true, true]);
      assert.equal(await endOrphans(attempt, rig.folder, systemClock, signal), 4);
      assert.deepEqual(life(family), [false, false, false, false]);
    },
  ).timeout(30_000);
});

describe('ending orphans', () => {
  async function bystander(variables: Record<string, string> = {}) {
    const child = spawn(process.execPath, [fixture('never.mjs')], {
      detached: true,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await printed(child, /ready/);
    const { pid } = child;
    assert.ok(pid !== undefined);
    return { child, pid, startedAt: startTimeOf(pid) };
  }
  const end = (process: ProcessIdentity, stop: AbortSignal = signal) =>
    endOrphans({ marker: 'gone-1:work.1', process }, '/nowhere', systemClock, stop);

  itOnLinux('leaves a stranger with the same number alone', async () => {
    const { child, pid, startedAt } = await bystander();
    const earlier = startedAt.replace(/\d+$/, (ticks) => String(Number(ticks) - 1));
    assert.equal(await end({ pid, startedAt: earlier, marker: 'gone-1:work.1:a' }), 0);
    assert.equal(await end({ pid, startedAt: '', marker: 'gone-1:work.1:a' }), 0);
    assert.ok(isAlive(pid, startedAt));
    child.kill('SIGKILL');
  });

  it('knows a process by its start time alone', async () => {
    const { pid, startedAt } = await bystander();
    assert.equal(await end({ pid, startedAt, marker: 'gone-1:work.1:a' }), 1);
    assert.ok(!isAlive(pid, startedAt));
  });

  itOnLinux('finds what ran for the attempt after its recorded process: a check', async () => {
    const { child: command, pid: first, startedAt } = await bystander();
    command.kill('SIGKILL');
    await once(command, 'exit');
    const check = (copies: string) =>
      bystander({
        SLUICE_ATTEMPT: 'gone-1:work.1:b',
        SLUICE_SCRATCH: join(copies, 'gone-1', 'work.1', 'scratch'),
      });
    const ours = await check('/nowhere');
    const others = await check('/elsewhere');
    assert.equal(await end({ pid: first, startedAt, marker: 'gone-1:work.1:a' }), 1);
    assert.deepEqual(life([ours.pid, others.pid]), [false, true]);
    others.child.kill('SIGKILL');
  });

  it('gives up when it is told to', async () => {
    const { child, pid, startedAt } = await bystander();
    process.kill(pid, 'SIGSTOP');
    const stop = new AbortController();
    const ended = end({ pid, startedAt, marker: 'gone-1:work.1:a' }, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(ended, /enough/);
    child.kill('SIGKILL');
  });
});
