import assert from 'node:assert/strict';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, reached, start, taskOf, until } from '../../support/runs.ts';
import { objects, sluice } from './commandLine.ts';

describe('The verbs of a task', function () {
  this.timeout(30_000);

  let project: TempProject;
  let window: Sluice;

  beforeEach(async () => {
    project = new TempProject();
    project.agent('works', `note(process.env.SLUICE_TASK);`);
    project.agent('waits', `note('waits'); await sign('go');`);
    project.agent('fails', `note('fails'); process.exitCode = 3;`);
    project.agent(
      'listens',
      `process.stdout.write('ready');
       const lines = require('node:readline').createInterface({ input: process.stdin });
       for await (const line of lines) if (line === 'done') break; else if (line !== '') note('heard ' + line);
       process.exit(0);`,
      { stdin: 'messages' },
    );
    // wait --> after     other
    project.workflow('long', {
      wait: { agent: 'waits' },
      after: { agent: 'works', needs: 'wait' },
      other: { agent: 'works' },
    });
    project.workflow('bad', { only: { agent: 'fails' }, after: { agent: 'works', needs: 'only' } });
    window = await project.open();
  });
  afterEach(() => project.dispose());

  /** What the other program says when it cannot do what it is asked. */
  async function refused(...args: string[]): Promise<string> {
    const { code, out, err } = await sluice(project, ...args);
    assert.deepEqual([code, out], [1, '']);
    return err;
  }

  it('stop a task that another program runs, and say so', async () => {
    const { run, ended } = await start(window, 'long');
    await project.noted('waits');
    await reached(window, run, 'other', 'succeeded');
    const { code, out, err } = await sluice(project, 'stop', 'last', 'wait');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^ {2}(?:▸ wait {2}running {4}.+ · is being stopped|- wait {2}cancelled)\n$/);
    assert.deepEqual(await ended, { kind: 'finished', status: 'degraded' });
    assert.deepEqual(kinds(window, run), {
      wait: 'cancelled',
      after: 'skipped',
      other: 'succeeded',
    });
    assert.deepEqual(project.livingAttempts(), []);
  });

  it('hold and release a task that another program would run', async () => {
    const { run, ended } = await start(window, 'long');
    await project.noted('waits');
    assert.match(
      (await sluice(project, 'hold', run, 'after')).out,
      /^ {2}· after {2}pending {4}held by .+\n$/,
    );
    const held = objects((await sluice(project, 'hold', run, 'after', '--json')).out);
    assert.deepEqual(
      held.map(({ run: of, task, state, verbs }) => [of, task, state, verbs]),
      [[run, 'after', 'pending', ['release', 'skip']]],
    );
    project.give('go');
    await reached(window, run, 'wait', 'succeeded');
    assert.equal(taskOf(window, run, 'after').kind, 'pending');
    assert.equal((await sluice(project, 'release', run, 'after')).code, 0);
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
  });

  it('leave a run with exit code 3 when all that is left of it is held', async () => {
    const followed = sluice(project, 'run', 'long');
    await project.noted('waits');
    assert.equal((await sluice(project, 'hold', 'last', 'after')).code, 0);
    project.give('go');
    const left = await followed;
    assert.equal(left.code, 3);
    assert.match(left.out, /\nRelease with: sluice release long-1 after\n$/);
    const { code, out } = await sluice(project, 'release', 'last', 'after');
    assert.equal(code, 0);
    assert.match(out, /\nlong-1 · succeeded · 3 of 3 done/);
  });

  it('skip a task, and what needs it goes on', async () => {
    const { run, ended } = await start(window, 'long');
    await project.noted('waits');
    assert.match(
      (await sluice(project, 'skip', run, 'after')).out,
      /^ {2}- after {2}skipped {4}by .+\n$/,
    );
    project.give('go');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.ok(!project.notes().includes('after'));
  });

  it('tell an agent that listens while another program runs it', async () => {
    project.workflow('talk', { chat: { agent: 'listens' } });
    await window.refreshDefinitions();
    const { run, ended } = await start(window, 'talk');
    await until(window, () => {
      const task = taskOf(window, run, 'chat');
      return task.kind === 'running' && task.process !== undefined;
    });
    const { code, out } = await sluice(project, 'steer', 'last', 'chat', 'mind the\ngap');
    assert.equal(code, 0);
    assert.match(out, /^ {2}▸ chat {2}running/);
    await project.noted('heard mind the gap');
    assert.equal((await sluice(project, 'steer', 'last', 'chat', 'done')).code, 0);
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
  });

  it('make a failed task again while another program drives the run', async () => {
    project.workflow('mixed', { only: { agent: 'fails' }, long: { agent: 'waits' } });
    await window.refreshDefinitions();
    const { run, ended } = await start(window, 'mixed');
    await reached(window, run, 'only', 'failed');
    project.give('go-again');
    const { code } = await sluice(project, 'rerun', run, 'only', '--prompt', 'once more');
    assert.equal(code, 0);
    await project.noted('fails', 2);
    project.give('go');
    assert.deepEqual(await ended, { kind: 'finished', status: 'degraded' });
  });

  it('make a task of a finished run again, here, with what came of it', async () => {
    const { run, ended } = await start(window, 'long');
    project.give('go');
    await ended;
    const { code, out } = await sluice(project, 'rerun', 'last', 'wait');
    assert.equal(code, 0);
    assert.match(out, /^long-1\n {2}✓ other +succeeded.*\n {2}✓ wait +.*\n {2}✓ after +/);
    assert.match(out, /\nlong-1 · succeeded · 3 of 3 done · /);
    const count = (line: string) => project.notes().filter((noted) => noted === line).length;
    assert.deepEqual(['waits', 'after', 'other'].map(count), [2, 2, 1]);
    await window.refreshRuns();
    assert.deepEqual(Object.values(kinds(window, run)), ['succeeded', 'succeeded', 'succeeded']);
  });

  it('give every event of what they set going as an object', async () => {
    await (
      await start(window, 'bad')
    ).ended;
    const { code, out } = await sluice(project, 'rerun', '1', 'only', '--json');
    assert.equal(code, 1);
    const told = objects(out);
    assert.deepEqual(
      told
        .map(({ type }) => type)
        .filter((type) => !/^task-(?:process|started)$/.test(String(type))),
      [
        ...['run-claimed', 'tasks-reset', 'task-failed', 'task-skipped'],
        ...['checkout-looked', 'run-finished', 'end'],
      ],
    );
  });

  it('go on with a run that nobody drives', async () => {
    const { run } = await start(window, 'long');
    await project.noted('waits');
    await reached(window, run, 'other', 'succeeded');
    await window.close();
    project.give('go');
    const { code, out } = await sluice(project, 'skip', 'last', 'after');
    assert.equal(code, 0);
    assert.match(out, / {2}- after {2}skipped +by .+\n/);
    assert.match(out, /\nlong-1 · succeeded · 3 of 3 done/);
  });

  it('are refused by whoever drives the run, with the reason', async () => {
    const { run } = await start(window, 'long');
    await project.noted('waits');
    await reached(window, run, 'other', 'succeeded');
    for (const [args, why] of [
      [
        ['stop', 'after'],
        '"after" of long-1 was not stopped: "after" is not running, it is pending.',
      ],
      [
        ['hold', 'other'],
        '"other" of long-1 was not held: "other" is succeeded; only what is to run or runs can be held.',
      ],
      [['release', 'after'], '"after" of long-1 was not released: "after" is not held.'],
      [
        ['rerun', 'wait'],
        '"wait" of long-1 was not run again: "wait" is running; it has no outcome yet.',
      ],
      [
        ['rerun', 'other', '--model', 'best'],
        '"other" of long-1 was not run again: "works" is a command; it has no model.',
      ],
      [['skip', 'wait'], '"wait" of long-1 was not skipped: "wait" is running; stop it first.'],
      [
        ['accept', 'wait'],
        '"wait" of long-1 was not accepted: "wait" is running; only what nobody knows the outcome of can be accepted.',
      ],
      [
        ['steer', 'wait', 'hello'],
        '"wait" of long-1 was not told: the agent of "wait" does not listen while it works.',
      ],
    ] as const) {
      const [verb, ...rest] = args;
      assert.equal(await refused(verb, run, ...rest), `sluice: ${why}\n`);
    }
  });

  it('are refused for a run that has finished, but for rerun', async () => {
    await (
      await start(window, 'bad')
    ).ended;
    for (const [verb, done] of [
      ['stop', 'stopped'],
      ['hold', 'held'],
      ['release', 'released'],
      ['skip', 'skipped'],
      ['accept', 'accepted'],
    ] as const) {
      assert.equal(
        await refused(verb, '1', 'only'),
        `sluice: "only" of bad-1 was not ${done}: bad-1 has finished.\n`,
      );
    }
  });

  it('are refused for a run that nobody drives without going on with it', async () => {
    const { run } = await start(window, 'long');
    await project.noted('waits');
    await reached(window, run, 'other', 'succeeded');
    await window.close();
    for (const [verb, why] of [
      ['stop', '"wait" of long-1 was not stopped: nobody drives long-1, so it does not run'],
      ['accept', '"wait" of long-1 was not accepted: nobody drives long-1, so it does not run'],
    ] as const) {
      assert.equal(
        await refused(verb, '1', 'wait'),
        `sluice: ${why}; "sluice resume long-1" goes on.\n`,
      );
    }
    assert.equal(
      await refused('hold', '1', 'other'),
      'sluice: "other" of long-1 was not held: it is succeeded; what can be asked of it is rerun.\n',
    );
    assert.equal(project.notes().filter((line) => line === 'waits').length, 1);
  });

  it('know which tasks a run has', async () => {
    await (
      await start(window, 'bad')
    ).ended;
    for (const args of [
      ['hold', '1', 'onyl'],
      ['exec', '1', 'onyl', '--', 'ls'],
    ]) {
      assert.deepEqual(await sluice(project, ...args), {
        code: 2,
        out: '',
        err: 'sluice: bad-1 has no task "onyl". "sluice show bad-1" lists them.\n',
      });
    }
  });
});
