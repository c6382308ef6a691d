import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { met, TempProject } from '../../support/project.ts';
import {
  answer,
  cancel,
  kinds,
  reached,
  runId,
  seen,
  start,
  taskOf,
  until,
} from '../../support/runs.ts';

describe('A run whose driver is gone', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('first', `note('first'); fs.writeFileSync('made.txt', 'once');`);
    project.agent('second', `note('second'); await sign('finish');`);
    project.agent(
      'third',
      `note('third: ' + fs.readFileSync(process.env.SLUICE_NEEDS + '/first/files/made.txt'));`,
    );
    // first --> second --> third
    project.workflow('chain', {
      first: { agent: 'first', produces: 'made.txt' },
      second: { agent: 'second', needs: 'first' },
      third: { agent: 'third', needs: ['second', 'first'] },
    });
  });
  afterEach(() => project.dispose());

  it('goes on where it stood after the folder was closed, without repeating what had finished', async () => {
    const before = await project.open();
    const { run, ended } = await start(before, 'chain');
    await project.noted('second');
    await before.close();
    assert.deepEqual(await ended, { kind: 'detached' });
    assert.deepEqual(project.livingAttempts(), [], 'what ran is stopped');

    const after = await project.open();
    assert.deepEqual(kinds(after, run), {
      first: 'succeeded',
      second: 'running',
      third: 'pending',
    });
    assert.deepEqual(seen(after, run).driven, { kind: 'nobody' });
    project.give('finish');
    await after.resumeInterrupted();
    assert.deepEqual(await after.active(run)?.ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(project.notes(), ['first', 'second', 'second', 'third: once']);
    const second = taskOf(after, run, 'second');
    assert.equal(second.kind === 'succeeded' && second.attempt, 2);
    assert.deepEqual(project.copies(), []);
  });

  it('leaves copies behind that are removed when the folder is opened and the run is over, not before', async () => {
    const before = await project.open();
    const { run } = await start(before, 'chain');
    await project.noted('second');
    await before.close();
    const over = await project.open();
    assert.deepEqual(project.copies(), [run], 'it may go on');
    project.give('finish');
    await over.resumeInterrupted();
    await over.active(run)?.ended;
    assert.deepEqual(project.copies(), []);

    const [repository = ''] = fs.readdirSync(project.copiesFolder);
    fs.mkdirSync(path.join(project.copiesFolder, repository, run, 'first.1'), { recursive: true });
    await project.open();
    await met(() => project.copies().length === 0);
  });

  it('is taken over by whoever asks something of it', async () => {
    project.workflow('asks', {
      first: { agent: 'first', produces: 'made.txt' },
      ask: { needs: 'first', gate: 'Go on?' },
    });
    const before = await project.open();
    const { run } = await start(before, 'asks');
    await reached(before, run, 'ask', 'waiting');
    await before.close();

    const after = await project.open();
    assert.deepEqual(
      after.openGates().map(({ task }) => task),
      ['ask'],
      'the gate is still open',
    );
    assert.deepEqual(await answer(after, run, 'ask', 'approved'), { kind: 'accepted' });
    await until(after, () => seen(after, run).state.phase.kind === 'finished');
    assert.deepEqual(project.notes(), ['first']);
  });

  it('is cancelled without anything being started again', async () => {
    const before = await project.open();
    const { run } = await start(before, 'chain');
    await project.noted('second');
    await before.close();
    const after = await project.open();
    assert.deepEqual(await after.request(run, { kind: 'cancel', by: after.actor }), {
      kind: 'accepted',
    });
    await until(after, () => seen(after, run).state.phase.kind === 'finished');
    assert.deepEqual(kinds(after, run), {
      first: 'succeeded',
      second: 'cancelled',
      third: 'cancelled',
    });
    assert.deepEqual(project.notes(), ['first', 'second']);
    await until(after, () => project.copies().length === 0);
  });

  it('is taken over by a program that watches it when the driver is killed, and not when it lets go', async () => {
    const watching = await project.open(undefined, {}, { takesOver: true });
    const letsGo = await project.open();
    const { run } = await start(letsGo, 'chain');
    await reached(watching, run, 'second', 'running');
    await letsGo.close();
    await until(watching, () => seen(watching, run).driven.kind === 'nobody');
    assert.equal(watching.active(run), undefined, 'whoever let go of it meant to');

    const killed = project.spawn('resume', run);
    await until(watching, () => seen(watching, run).driven.kind === 'elsewhere');
    await project.noted('second', 2);
    killed.process.kill('SIGKILL');
    const { ended } = await until(watching, () => watching.active(run));
    await project.noted('second', 3);
    project.give('finish');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.equal(project.notes().filter((note) => note === 'first').length, 1);
  });

  it('is taken over when the driver was killed, and what it left running is ended', async () => {
    const killed = project.spawn('run', 'chain');
    await project.noted('second');
    const sluice = await project.open();
    const [entry] = sluice.runs();
    const { run } = entry!;
    await reached(sluice, run, 'second', 'running');
    assert.deepEqual(seen(sluice, run).driven, {
      kind: 'elsewhere',
      pid: killed.process.pid,
      isLocal: true,
    });
    killed.process.kill('SIGKILL');
    assert.equal((await killed.ended).signal, 'SIGKILL');
    await until(sluice, () => seen(sluice, run).driven.kind === 'nobody');
    const orphans = project.livingAttempts();
    if (process.platform === 'linux') {
      assert.equal(orphans.length, 1, 'its process goes on without it');
    }

    const resumed = await sluice.resume(run);
    assert.ok(resumed.ok);
    await project.noted('second', 2);
    assert.ok(
      project.livingAttempts().every((pid) => !orphans.includes(pid)),
      'the left-over process is ended before the task is tried again',
    );
    project.give('finish');
    assert.deepEqual(await resumed.value.ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(project.notes(), ['first', 'second', 'second', 'third: once']);
    assert.deepEqual(project.copies(), []);
  });

  it('is taken over by whoever waits for its answer', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const stuck = project.spawn('run', 'chain');
    await project.noted('second');
    const sluice = await project.open();
    const run = runId('chain-1');
    await reached(sluice, run, 'second', 'running');
    stuck.process.kill('SIGSTOP');
    const outcome = cancel(sluice, run);
    const inbox = path.join(project.folder, '.git/sluice/runs', run, 'inbox');
    await met(() => fs.readdirSync(inbox).length > 0);
    stuck.process.kill('SIGKILL');
    assert.deepEqual(await outcome, { kind: 'accepted' });
    await until(sluice, () => seen(sluice, run).state.phase.kind === 'finished');
    assert.deepEqual(project.livingAttempts(), []);
    assert.deepEqual(fs.readdirSync(inbox), []);
  });

  it('that has finished is left as it is', async () => {
    project.give('finish');
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'chain');
    await ended;
    const { seq } = seen(sluice, run).state;
    const runFolder = path.join(project.folder, '.git/sluice/runs', run);
    const files = fs.readdirSync(runFolder);
    assert.deepEqual(await sluice.request(run, { kind: 'cancel', by: sluice.actor }), {
      kind: 'refused',
      why: 'chain-1 has finished',
    });
    assert.deepEqual(await sluice.resume(run), {
      ok: false,
      error: { kind: 'request', message: 'chain-1 has finished.', at: undefined },
    });
    assert.deepEqual(fs.readdirSync(runFolder), files);
    const again = await project.open();
    assert.deepEqual(
      [seen(again, run).state.seq, seen(again, run).damage, seen(again, run).driven],
      [seq, undefined, { kind: 'nobody' }],
    );
  });
});
