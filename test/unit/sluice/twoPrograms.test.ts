import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { met, TempProject } from '../../support/project.ts';
import { answer, cancel, kinds, reached, seen, start, taskId, until } from '../../support/runs.ts';

describe('Two programs on one folder', function () {
  this.timeout(20_000);

  let project: TempProject;
  let driving: Sluice;
  let watching: Sluice;

  beforeEach(async () => {
    project = new TempProject();
    project.agent('work', `console.log('at work'); await sign('finish');`);
    project.workflow('guarded', {
      work: { agent: 'work' },
      ask: { needs: 'work', gate: 'Go on?' },
    });
    project.agent('endless', `note('spins'); setInterval(() => {}, 1000);`);
    project.workflow('endless', {
      spin: { agent: 'endless' },
      then: { agent: 'work', needs: 'spin' },
    });
    project.agent('quick', '');
    project.workflow('quick', { only: { agent: 'quick' } });
    driving = await project.open();
    await (
      await start(driving, 'quick')
    ).ended;
    watching = await project.open();
  });
  afterEach(() => project.dispose());

  it('see a run live in both, and what its running task has printed', async () => {
    const { run, ended } = await start(driving, 'guarded');
    await reached(watching, run, 'work', 'running');
    assert.deepEqual(seen(watching, run).driven, {
      kind: 'elsewhere',
      pid: process.pid,
      isLocal: true,
    });
    assert.deepEqual(seen(driving, run).driven, { kind: 'here' });
    assert.equal(watching.active(run), undefined);
    await met(async () => /at work/.test(await watching.taskPage(run, taskId('work'))));
    project.give('finish');
    await reached(watching, run, 'ask', 'waiting');
    // Who watches reads what is written; who drives shows what is flushed.
    await reached(driving, run, 'ask', 'waiting');
    await answer(driving, run, 'ask', 'approved');
    await ended;
    await until(watching, () => seen(watching, run).state.phase.kind === 'finished');
    assert.deepEqual(kinds(watching, run), kinds(driving, run));
    assert.deepEqual(seen(watching, run).driven, { kind: 'nobody' });
  });

  it('answer a gate from the one that does not drive the run', async () => {
    const { run, ended } = await start(driving, 'guarded');
    project.give('finish');
    await reached(watching, run, 'ask', 'waiting');
    assert.deepEqual(await answer(watching, run, 'ask', 'approved', 'from afar'), {
      kind: 'accepted',
    });
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    const gate = seen(watching, run).state.tasks.get(taskId('ask'));
    assert.deepEqual(gate?.kind === 'approved' && [gate.by, gate.note], [
      { name: 'ada', via: 'vscode' },
      'from afar',
    ]);
  });

  it('are told when their answer came too late', async () => {
    const { run, ended } = await start(driving, 'guarded');
    project.give('finish');
    await reached(watching, run, 'ask', 'waiting');
    await reached(driving, run, 'ask', 'waiting');
    const [first, second] = await Promise.all([
      answer(driving, run, 'ask', 'approved'),
      answer(watching, run, 'ask', 'rejected'),
    ]);
    assert.deepEqual(first, { kind: 'accepted' });
    assert.equal(second.kind, 'refused');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
  });

  it('cancel a run from the one that does not drive it, and no process is left', async () => {
    const { run, ended } = await start(driving, 'endless');
    await reached(watching, run, 'spin', 'running');
    await project.noted('spins');
    assert.deepEqual(await cancel(watching, run), { kind: 'accepted' });
    assert.deepEqual(await ended, { kind: 'finished', status: 'cancelled' });
    await until(watching, () => seen(watching, run).state.phase.kind === 'finished');
    assert.deepEqual(kinds(watching, run), { spin: 'cancelled', then: 'cancelled' });
    assert.deepEqual(project.livingAttempts(), []);
  });

  it('cannot both drive a run', async () => {
    const { run } = await start(driving, 'endless');
    await reached(watching, run, 'spin', 'running');
    assert.deepEqual(await watching.resume(run), {
      ok: false,
      error: {
        kind: 'system',
        message: `${run} is driven by process ${process.pid}.`,
        at: undefined,
      },
    });
    await watching.resumeInterrupted();
    assert.equal(watching.active(run), undefined);
  });

  it('take over a run only once when both try', async () => {
    const { run } = await start(driving, 'endless');
    await project.noted('spins');
    await driving.close();
    const third = await project.open();
    await watching.refreshRuns();
    const resumed = await Promise.all([watching.resume(run), third.resume(run)]);
    assert.deepEqual(resumed.map(({ ok }) => ok).sort(), [false, true]);
    await project.noted('spins', 2);
    assert.deepEqual(await cancel(third, run), { kind: 'accepted' });
    await until(watching, () => seen(watching, run).state.phase.kind === 'finished');
    assert.equal(project.notes().length, 2);
  });

  it('give every run a number of its own, also when they start at once', async () => {
    project.workflow('one', { only: { agent: 'quick' } });
    project.workflow('two', { only: { agent: 'quick' } });
    await Promise.all([driving.refreshDefinitions(), watching.refreshDefinitions()]);
    const started = await Promise.all(
      [driving, watching, driving, watching, driving, watching].map((sluice, index) =>
        start(sluice, index % 3 === 0 ? 'one' : 'two'),
      ),
    );
    const ends = await Promise.all(started.map(({ ended }) => ended));
    assert.deepEqual(
      ends,
      started.map(() => ({ kind: 'finished', status: 'succeeded' })),
    );
    assert.deepEqual(
      started.map(({ run }) => Number(run.split('-')[1])).sort(),
      [2, 3, 4, 5, 6, 7],
    );
    await Promise.all([driving.refreshRuns(), watching.refreshRuns()]);
    assert.deepEqual(
      driving.runs().map(({ run }) => run),
      watching.runs().map(({ run }) => run),
    );
    for (const sluice of [driving, watching]) {
      for (const { run } of started) {
        assert.equal(seen(sluice, run).state.phase.kind, 'finished', run);
      }
    }
  });

  it('announce each event of a run they drive once, from the first to the last', async () => {
    const events: RunEvent[] = [];
    driving.onDidAppend((appended) => events.push(...appended));
    project.give('finish');
    const { run, ended } = await start(driving, 'guarded', { approveGate: () => true });
    await ended;
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 1),
    );
    assert.equal(events.length, seen(driving, run).state.seq);
    assert.deepEqual([events[0]?.type, events.at(-1)?.type], ['run-created', 'run-finished']);
  });
});
