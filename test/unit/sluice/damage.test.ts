import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { claimRun } from '../../../src/core/journal/claim.ts';
import { JournalWriter } from '../../../src/core/journal/writer.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { cancel, kinds, reached, runId, seen, start, taskId } from '../../support/runs.ts';

describe('A journal that was damaged', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(async () => {
    project = new TempProject();
    project.agent('works', `console.log('printed');`);
    // first --> then
    project.workflow('quick', {
      first: { agent: 'works' },
      then: { agent: 'works', needs: 'first' },
    });
    project.workflow('asks', {
      first: { agent: 'works' },
      ask: { needs: 'first', gate: 'Go on?' },
    });
    const sluice = await project.open();
    await (
      await start(sluice, 'quick')
    ).ended;
    const { run } = await start(sluice, 'asks');
    await reached(sluice, run, 'ask', 'waiting');
    await (
      await start(sluice, 'quick')
    ).ended;
    await sluice.close();
  });
  afterEach(() => project.dispose());

  const journal = (run: string) => path.join(project.folder, '.git/sluice/runs', run, '0001.jsonl');

  function edit(run: string, change: (lines: string[]) => string[]): void {
    const lines = fs.readFileSync(journal(run), 'utf8').split('\n');
    fs.writeFileSync(journal(run), change(lines).join('\n'));
  }

  function listed(sluice: Sluice): string[] {
    return sluice
      .runs()
      .map((entry) =>
        entry.kind === 'unreadable'
          ? `${entry.run} unreadable: ${entry.why}`
          : `${entry.run} ${entry.state.phase.kind} ${entry.damage ?? ''}`.trimEnd(),
      );
  }

  it('from its first record on is listed as unreadable and hides no other run', async () => {
    fs.writeFileSync(journal('asks-2'), 'nothing that Sluice wrote\n{"v":1}\n');
    const sluice = await project.open();
    const expected = [
      'quick-3 finished',
      'asks-2 unreadable: The last 34 B of the journal were not written whole (segment 1, byte 0).',
      'quick-1 finished',
    ];
    assert.deepEqual(listed(sluice), expected);
    await sluice.refreshRuns();
    assert.deepEqual(listed(sluice), expected);
    assert.deepEqual(await cancel(sluice, runId('asks-2')), {
      kind: 'refused',
      why: 'asks-2 is not a run of this folder',
    });
  });

  it('in its middle is shown up to there, says so each time, and is not driven on', async () => {
    const whole = fs.readFileSync(journal('asks-2'), 'utf8').split('\n').length - 1;
    edit('asks-2', (lines) =>
      lines.map((line, at) => (at === 2 ? line.replace('first', 'burst') : line)),
    );
    const damaged = fs.readFileSync(journal('asks-2'));
    const sluice = await project.open();
    const said = `The journal is damaged at segment 1, byte`;
    for (const look of ['first', 'second']) {
      const { damage } = seen(sluice, runId('asks-2'));
      assert.ok(damage?.startsWith(said), `${look}: ${damage}`);
      assert.match(damage ?? '', new RegExp(`${whole - 3} records behind it cannot be trusted`));
      await sluice.refreshRuns();
    }
    assert.deepEqual(kinds(sluice, runId('asks-2')), { first: 'pending', ask: 'pending' });
    await sluice.resumeInterrupted();
    assert.equal(sluice.active(runId('asks-2')), undefined);
    const resumed = await sluice.resume(runId('asks-2'));
    assert.match(
      resumed.ok ? '' : resumed.error.message,
      /cannot be written: The journal is damaged/,
    );
    const outcome = await cancel(sluice, runId('asks-2'));
    assert.match(outcome.kind === 'refused' ? outcome.why : '', /The journal is damaged/);
    assert.deepEqual(fs.readFileSync(journal('asks-2')), damaged, 'it is left as it was found');
    assert.deepEqual(seen(sluice, runId('asks-2')).driven, { kind: 'nobody' });
  });

  it('so that it tells of what cannot be is shown up to there, and nobody keeps it to himself', async () => {
    const folder = path.dirname(journal('asks-2'));
    const claim = claimRun(nodeDisk, folder);
    assert.ok(claim.ok);
    const options = { disk: nodeDisk, clock: systemClock, folder, run: runId('asks-2') };
    const opened = await JournalWriter.open({ ...options, claim: claim.value });
    assert.ok(opened.ok);
    opened.value.writer.append([{ type: 'task-started', task: taskId('ask'), attempt: 1 }]);
    await opened.value.writer.close();
    claim.value.release();

    const sluice = await project.open();
    const run = runId('asks-2');
    const { damage } = seen(sluice, run);
    assert.match(damage ?? '', /^event \d+ \(task-started\) cannot be: /);
    assert.equal(kinds(sluice, run)['ask'], 'waiting');
    const resumed = await sluice.resume(run);
    assert.equal(resumed.ok ? '' : resumed.error.message, damage);
    assert.deepEqual(await cancel(sluice, run), { kind: 'refused', why: damage });
    assert.deepEqual(seen(sluice, run).driven, { kind: 'nobody' });
  });

  it('by a crash in the middle of a record is repaired when the run goes on', async () => {
    const lines = fs.readFileSync(journal('asks-2'), 'utf8').split('\n');
    // Without the end of the last record, the opening of the gate.
    fs.writeFileSync(
      journal('asks-2'),
      `${lines.slice(0, -2).join('\n')}\n${lines.at(-2)!.slice(0, 40)}`,
    );
    const sluice = await project.open();
    assert.equal(seen(sluice, runId('asks-2')).damage, undefined, 'it may be about to be finished');
    const resumed = await sluice.resume(runId('asks-2'));
    assert.ok(resumed.ok);
    await reached(sluice, runId('asks-2'), 'ask', 'waiting');
    assert.match(project.warnings.join('\n'), /ended in the middle of a record, which is kept in/);
    assert.deepEqual(await cancel(sluice, runId('asks-2')), { kind: 'accepted' });
    await resumed.value.ended;
  });

  it('whose plan is gone is listed as unreadable', async () => {
    const [first = ''] = fs.readFileSync(journal('asks-2'), 'utf8').split('\n');
    const digest = /"plan":"([0-9a-f]{64})"/.exec(first)?.[1] ?? '';
    fs.rmSync(path.join(project.folder, '.git/sluice/blobs', digest.slice(0, 2), digest));
    const sluice = await project.open();
    assert.deepEqual(listed(sluice), [
      'quick-3 finished',
      `asks-2 unreadable: The stored bytes ${digest.slice(0, 12)} cannot be used: they are not there`,
      'quick-1 finished',
    ]);
  });

  it('whose output is gone or altered says so where the output would stand', async () => {
    const blobs = path.join(project.folder, '.git/sluice/blobs');
    const before = await project.open();
    const task = seen(before, runId('quick-1')).state.tasks.get(taskId('first'));
    assert.equal(task?.kind, 'succeeded');
    const { digest } = task.log;
    fs.writeFileSync(path.join(blobs, digest.slice(0, 2), digest), 'forged');
    const page = await before.taskPage(runId('quick-1'), taskId('first'));
    assert.match(page, /cannot be used: others stand in their place/);
    assert.doesNotMatch(page, /forged/);
  });

  it('by being emptied, or taken away with its folder, hides no other run', async () => {
    const sluice = await project.open();
    fs.writeFileSync(journal('asks-2'), '');
    fs.rmSync(path.dirname(journal('quick-1')), { recursive: true });
    const later = await project.open();
    assert.deepEqual(listed(later), ['quick-3 finished']);
    await sluice.refreshRuns();
    assert.ok(listed(sluice).includes('quick-3 finished'));
    const { run, ended } = await start(later, 'quick');
    await ended;
    assert.equal(run, 'quick-4', 'a number is given once');
  });
});
