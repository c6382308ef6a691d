import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, reached, seen, start, taskOf, until } from '../../support/runs.ts';
import { objects, sluice } from './commandLine.ts';

describe('sluice pause, resume and show of a run that does not move', function () {
  this.timeout(30_000);

  let project: TempProject;
  let window: Sluice;

  beforeEach(async () => {
    project = new TempProject();
    project.agent('works', `note(process.env.SLUICE_TASK);`);
    project.agent('waits', `note('waits'); await sign('go');`);
    project.agent(
      'deploys',
      `note('deploys'); fs.writeFileSync('told.txt', 'sent'); await sign('go');`,
      { effects: 'external' },
    );
    project.agent('fails', `process.exitCode = 3;`);
    // first --> wait --> after --> ask
    project.workflow('long', {
      first: { agent: 'works' },
      wait: { agent: 'waits', needs: 'first' },
      after: { agent: 'works', needs: 'wait' },
      ask: { gate: 'Well?', needs: 'after' },
    });
    // prepare --> deploy --> after
    project.workflow('release', {
      prepare: { agent: 'works' },
      deploy: { agent: 'deploys', needs: 'prepare', produces: 'told.txt' },
      after: { agent: 'works', needs: 'deploy' },
    });
    window = await project.open();
  });
  afterEach(() => project.dispose());

  /** A run that was let go while its long task ran. */
  async function cutOff(workflow: string, noted: string): Promise<void> {
    await start(window, workflow);
    await project.noted(noted);
    await window.close();
  }

  it('let what runs finish, and go on where they are told to', async () => {
    const { run, ended } = await start(window, 'long');
    await project.noted('waits');
    assert.match(
      (await sluice(project, 'pause', 'last')).out,
      /^long-1 · pausing · 1 of 4 done · 1 running · /,
    );
    project.give('go');
    await reached(window, run, 'wait', 'succeeded');
    assert.match(
      (await sluice(project, 'show', 'last')).out,
      /^long-1 · paused · 2 of 4 done · .*(?:\n.*)*\n {2}· after {2}pending {4}paused by \w+\n/,
    );
    assert.match(
      (await sluice(project, 'resume', 'last')).out,
      /^long-1 · (?:running · 2|waiting · 3) of 4 done/,
    );
    await reached(window, run, 'ask', 'waiting');
    assert.equal((await sluice(project, 'reject', run, 'ask')).code, 0);
    await ended;
    assert.equal(project.notes().filter((line) => line === 'waits').length, 1);
  });

  it('end what runs where that is asked for, and make it again afterwards', async () => {
    const { run } = await start(window, 'long');
    await project.noted('waits');
    const told = await sluice(project, 'pause', run, '--interrupt', '--json');
    assert.equal(told.code, 0);
    assert.match(String(objects(told.out)[0]?.['status']), /^paus(?:ing|ed)$/);
    await reached(window, run, 'wait', 'pending');
    assert.deepEqual(project.livingAttempts(), []);
    project.give('go');
    assert.equal((await sluice(project, 'resume', run)).code, 0);
    await reached(window, run, 'ask', 'waiting');
    assert.equal(project.notes().filter((line) => line === 'waits').length, 2);
  });

  it('keep a pause when its program goes away, until somebody goes on', async () => {
    const { run } = await start(window, 'long');
    await project.noted('waits');
    await sluice(project, 'pause', run, '--interrupt');
    await reached(window, run, 'wait', 'pending');
    await window.close();
    assert.match((await sluice(project, 'runs')).out, /^long-1 +paused /);
    assert.equal(
      (await sluice(project, 'resume', '1', '--dry-run')).out,
      'kept   first\nrun    wait, after\nasked  ask\n',
    );
    project.give('go');
    const { code, out } = await sluice(project, 'resume', '1');
    assert.equal(code, 3);
    assert.match(out, /^long-1\n(?:.*\n)*long-1 · waiting · 3 of 4 done/);
  });

  it('exit with 3 for a run that is paused while they follow it', async () => {
    const followed = sluice(project, 'run', 'long');
    await project.noted('waits');
    assert.equal((await sluice(project, 'pause', 'last', '--interrupt')).code, 0);
    const { code, out } = await followed;
    assert.equal(code, 3);
    assert.match(out, /\nlong-1 · paused · 1 of 4 done · .*\nGo on with: sluice resume long-1\n$/);
  });

  it('are refused where there is nothing to pause or to go on with', async () => {
    await cutOff('long', 'waits');
    assert.deepEqual(await sluice(project, 'pause', '1'), {
      code: 1,
      out: '',
      err: 'sluice: long-1 was not paused: nobody drives it, so nothing of it runs.\n',
    });
    await sluice(project, 'cancel', '1');
    assert.deepEqual(await sluice(project, 'pause', '1'), {
      code: 1,
      out: '',
      err: 'sluice: long-1 was not paused: long-1 has finished.\n',
    });
    for (const args of [[], ['--dry-run'], ['--take-over']]) {
      assert.deepEqual(await sluice(project, 'resume', '1', ...args), {
        code: 2,
        out: '',
        err: 'sluice: long-1 has finished: cancelled.\n',
      });
    }
  });

  it('say of an interrupted run how it stands, and what going on will do', async () => {
    await cutOff('long', 'waits');
    assert.equal(
      (await sluice(project, 'show', '1')).out.replace(/[\d.]+ m?s\n/, 'SOME\n'),
      [
        'long-1 · interrupted · 1 of 4 done',
        '  ✓ first  succeeded  SOME',
        '  ▸ wait   running    cut off',
        '  · after  pending    needs wait',
        '  · ask    pending    needs after',
        '',
      ].join('\n'),
    );
    assert.deepEqual(await sluice(project, 'resume', '1', '--dry-run'), {
      code: 0,
      out: 'kept        first\nmade again  wait\nrun         after\nasked       ask\n',
      err: '',
    });
    assert.deepEqual(objects((await sluice(project, 'resume', '1', '--dry-run', '--json')).out), [
      {
        kept: ['first'],
        goesOn: [],
        again: ['wait'],
        look: [],
        run: ['after'],
        asked: ['ask'],
      },
    ]);
    project.give('go');
    const { code, out } = await sluice(project, 'resume', '1');
    assert.equal(code, 3);
    assert.match(
      out,
      /^long-1 was interrupted: keeps 1, runs 1, makes 1 again, asks 1 gate\.\nlong-1\n/,
    );
  });

  it('ask a person about what may have happened, and take what the copy holds', async () => {
    const killed = project.spawn('run', 'release');
    await project.noted('deploys');
    killed.process.kill('SIGKILL');
    await killed.ended;
    assert.match(
      (await sluice(project, 'show', '1')).out,
      /^release-1 · interrupted · 1 of 3 done · 1 needs a look\n/,
    );
    const [shown] = objects((await sluice(project, 'show', '1', '--json')).out);
    assert.deepEqual(
      (shown?.['tasks'] as { verbs: unknown }[]).map(({ verbs }) => verbs),
      [
        ['rerun', 'rerun-without-cache'],
        ['rerun', 'rerun-without-cache', 'accept', 'skip'],
        ['hold', 'skip'],
      ],
    );
    assert.match(
      (await sluice(project, 'resume', '1', '--dry-run')).out,
      /\nneed a look +deploy\n/,
    );
    const { code, out } = await sluice(project, 'resume', '1');
    assert.equal(code, 3);
    assert.match(out, /\n {2}! deploy +unknown +cut off: did it happen\?\n/);
    assert.match(
      out,
      /\nLook with: sluice exec release-1 deploy -- <command> {3}then: sluice accept, rerun or skip release-1 deploy\n$/,
    );
    assert.deepEqual(await sluice(project, 'exec', '1', 'deploy', '--', 'cat', 'told.txt'), {
      code: 0,
      out: 'sent',
      err: '',
    });
    const accepted = await sluice(project, 'accept', '1', 'deploy');
    assert.equal(accepted.code, 0);
    assert.match(accepted.out, / {2}✓ deploy +succeeded +accepted by .+\n/);
    assert.match(accepted.out, /\nrelease-1 · succeeded · 3 of 3 done · /);
    assert.equal(project.notes().filter((line) => line === 'deploys').length, 1);
  });

  it('say when a task is tried again', async () => {
    project.workflow('flaky', {
      only: { agent: 'fails', retry: { attempts: 2, delay: '10m', 'max-delay': '10m' } },
      soon: { agent: 'fails', retry: { attempts: 2, delay: '60s' } },
    });
    await window.refreshDefinitions();
    const { run } = await start(window, 'flaky');
    for (const task of ['only', 'soon']) {
      await until(window, () => {
        const state = taskOf(window, run, task);
        return state.kind === 'pending' && state.retry;
      });
    }
    const { out } = await sluice(project, 'show', 'last');
    assert.match(
      out,
      /\n {2}· only {2}pending {4}in \d min \d\d s · tries again: ".+" exited with/,
    );
    assert.match(
      out,
      /\n {2}· soon {2}pending {4}in \d+ s · tries again: ".+" exited with code 3\n/,
    );
    const [shown] = objects((await sluice(project, 'show', 'last', '--json')).out);
    const tasks = shown?.['tasks'] as { triesAgainAt: number; estimateMs: number }[];
    const task = taskOf(window, run, 'only');
    assert.equal(tasks[0]?.triesAgainAt, task.kind === 'pending' && task.retry?.until);
    assert.ok(Number(tasks[0]?.estimateMs) > 0);
    await sluice(project, 'cancel', run);
    await until(window, () => seen(window, run).state.phase.kind === 'finished');
    assert.deepEqual(kinds(window, run), { only: 'cancelled', soon: 'cancelled' });
  });

  it('tell in a pipe of an attempt that is made again', async () => {
    project.agent(
      'once',
      `note('once'); process.exitCode = fs.existsSync(process.env.AT) ? 0 : 1;
      fs.writeFileSync(process.env.AT, '');`,
      { env: { AT: path.join(project.parent, 'once') } },
    );
    project.workflow('flaky', { only: { agent: 'once', retry: { attempts: 2, delay: '300ms' } } });
    const { code, out } = await sluice(project, 'run', 'flaky');
    assert.equal(code, 0);
    assert.match(out, /^flaky-1\n {2}· only {2}pending .*tries again: .*\n {2}✓ only {2}succeeded/);
  });

  it('take a run over from a program that cannot be looked for, only when told to', async () => {
    await cutOff('long', 'waits');
    const folder = path.join(project.folder, '.git/sluice/runs/long-1');
    const epochs = fs.readdirSync(folder).filter((name) => name.startsWith('owner-'));
    const file = path.join(folder, epochs.sort().at(-1)!);
    const owner = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    // As a container that shares the folder leaves it while it drives the run.
    fs.writeFileSync(file, JSON.stringify({ ...owner, world: 'a container', released: false }));
    const { code, out, err } = await sluice(project, 'resume', '1');
    assert.deepEqual([code, out], [1, '']);
    assert.equal(
      err,
      `sluice: long-1 is driven by process ${process.pid} on another machine or in a container, which cannot be looked for from here. Make sure that it is gone, then take the run over with --take-over.\n`,
    );
    assert.equal(
      (await sluice(project, 'resume', '1', '--take-over', '--dry-run')).out,
      'kept        first\nmade again  wait\nrun         after\nasked       ask\n',
    );
    project.give('go');
    const taken = await sluice(project, 'resume', '1', '--take-over');
    assert.equal(taken.code, 3);
    assert.equal(
      taken.err,
      `long-1 is taken from process ${process.pid} on another machine or in a container, which cannot be looked for from here.\n`,
    );
    assert.match(taken.out, /^long-1 was interrupted: .*\n(?:.*\n)*long-1 · waiting · 3 of 4 done/);
  });

  it('take nothing from a program that is alive', async () => {
    const { run } = await start(window, 'long');
    await project.noted('waits');
    for (const args of [['--take-over'], ['--take-over', '--dry-run']]) {
      assert.deepEqual(await sluice(project, 'resume', run, ...args), {
        code: 1,
        out: '',
        err: `sluice: long-1 is driven by process ${process.pid}.\n`,
      });
    }
  });
});
