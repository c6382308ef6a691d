import assert from 'node:assert/strict';
import { TempProject } from '../../support/project.ts';
import { answer, reached, runId, seen, start, until } from '../../support/runs.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

describe('sluice runs, show, gates, approve, reject, cancel and resume', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `console.log('done'); fs.writeFileSync('report.md', 'made');`);
    project.agent('waits', `note('waits'); await sign('go');`);
    // make --> ask --> after
    project.workflow('guarded', {
      make: { agent: 'works', produces: 'report.md' },
      ask: { needs: 'make', gate: { ask: 'Keep it?', show: 'report.md' } },
      after: { agent: 'works', needs: 'ask' },
    });
    project.workflow('twice', {
      first: { gate: 'First?' },
      second: { needs: 'first', gate: 'Second?' },
    });
    project.workflow('long', { only: { agent: 'waits' } });
  });
  afterEach(() => project.dispose());

  it('say so when there is nothing', async () => {
    assert.deepEqual(await sluice(project, 'runs'), {
      code: 0,
      out: 'Nothing has run here yet.\n',
      err: '',
    });
    assert.deepEqual(await sluice(project, 'gates'), {
      code: 0,
      out: 'No gate waits for an answer.\n',
      err: '',
    });
    for (const args of [
      ['show', 'last'],
      ['approve', '1', 'ask'],
      ['cancel', '1'],
      ['resume', '1'],
    ]) {
      assert.deepEqual(await sluice(project, ...args), {
        code: 2,
        out: '',
        err: 'sluice: Nothing has run in this folder yet.\n',
      });
    }
    for (const command of ['runs', 'gates']) {
      assert.deepEqual(await sluice(project, command, '--json'), { code: 0, out: '', err: '' });
    }
  });

  it('approve a gate and go on to the end of the run', async () => {
    assert.equal((await sluice(project, 'run', 'guarded')).code, 3);
    assert.equal((await sluice(project, 'gates')).out, 'guarded-1  ask  Keep it?\n');
    const { code, out } = await sluice(project, 'approve', '1', 'ask', '-m', 'well done');
    assert.equal(code, 0);
    assert.match(out, /✓ ask +approved +by .+: well done\n/);
    assert.match(out, /✓ after +succeeded/);
    assert.match(out, / {2}make is on ai\/generated\/guarded-1\/make \(report\.md\)\n/);
    assert.match(out, /guarded-1 · succeeded · 3 of 3 done/);
    assert.equal((await sluice(project, 'gates')).out, 'No gate waits for an answer.\n');
  });

  it('reject a gate, which fails the run', async () => {
    await sluice(project, 'run', 'guarded');
    const { code, out } = await sluice(project, 'reject', 'last', 'ask', '--message', 'too short');
    assert.equal(code, 1);
    assert.match(out, /✗ ask +failed +Rejected by .+: too short\n/);
    assert.match(out, /- after +skipped +ask did not succeed\n/);
    assert.match(out, /guarded-1 · failed/);
    assert.equal(project.repository.git('branch', '--list', 'ai/*'), '');
  });

  it('go on to the next gate, and exit with 3 there', async () => {
    await sluice(project, 'run', 'twice');
    const { code, out } = await sluice(project, 'approve', '1', 'first');
    assert.equal(code, 3);
    assert.match(out, /Answer with: sluice approve twice-1 second/);
    assert.deepEqual(await sluice(project, 'approve', '1', 'first'), {
      code: 2,
      out: '',
      err: 'sluice: "first" does not wait for an answer; second does.\n',
    });
    assert.equal((await sluice(project, 'approve', '1', 'second')).code, 0);
    assert.deepEqual(await sluice(project, 'approve', '1', 'second'), {
      code: 2,
      out: '',
      err: 'sluice: twice-1 has no gate that waits for an answer.\n',
    });
  });

  it('give every event of an answer as an object, and last how the run ended', async () => {
    await sluice(project, 'run', 'guarded');
    const { code, out } = await sluice(project, 'reject', '1', 'ask', '--json');
    assert.equal(code, 1);
    assert.deepEqual(
      objects(out).map(({ type }) => type),
      ['run-claimed', 'gate-answered', 'task-skipped', 'checkout-looked', 'run-finished', 'end'],
    );
    await sluice(project, 'run', 'twice');
    const first = objects((await sluice(project, 'approve', 'last', 'first', '--json')).out);
    assert.deepEqual(
      first.map(({ type }) => type),
      ['run-claimed', 'gate-answered', 'gate-opened', 'end'],
    );
    assert.equal(first.at(-1)?.['status'], 'waiting');
  });

  it('leave the rest to the window that drives the run', async () => {
    const window = await project.open();
    const { run, ended } = await start(window, 'guarded');
    await reached(window, run, 'ask', 'waiting');
    assert.deepEqual(await sluice(project, 'approve', run, 'ask', '-m', 'from here'), {
      code: 0,
      out: 'The answer counts; another program goes on with guarded-1.\n',
      err: '',
    });
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });

    const second = await start(window, 'long');
    await reached(window, second.run, 'only', 'running');
    const { code, out } = await sluice(project, 'cancel', 'last');
    assert.equal(code, 0);
    assert.match(out, /^long-2 · (?:cancelling|cancelled) · /);
    assert.deepEqual(await second.ended, { kind: 'finished', status: 'cancelled' });
    assert.deepEqual(project.livingAttempts(), []);
  });

  it('are told of an answer that came too late', async () => {
    const window = await project.open();
    const { run, ended } = await start(window, 'guarded');
    await reached(window, run, 'ask', 'waiting');
    const [, late] = await Promise.all([
      answer(window, run, 'ask', 'rejected'),
      sluice(project, 'approve', run, 'ask'),
    ]);
    await ended;
    assert.ok(late.code === 1 || late.code === 2, 'in the middle of its work or before it');
    assert.match(late.err, /^sluice: (?:The answer did not count|guarded-1 has no gate)/);
  });

  it('cancel a run that waits at a gate, and refuse it twice', async () => {
    await sluice(project, 'run', 'guarded');
    const { code, out } = await sluice(project, 'cancel', 'guarded-1');
    assert.equal(code, 0);
    assert.match(out, /^guarded-1 · cancelled · 1 of 3 done · 2 cancelled · /);
    assert.deepEqual(await sluice(project, 'cancel', '1'), {
      code: 1,
      out: '',
      err: 'sluice: guarded-1 was not cancelled: guarded-1 has finished.\n',
    });
    assert.match((await sluice(project, 'show', '1')).out, /^guarded-1 · cancelled/);
  });

  it('resume a run that was cut off, and none that has finished or is driven', async () => {
    const window = await project.open();
    const { run } = await start(window, 'long');
    await project.noted('waits');
    assert.deepEqual(await sluice(project, 'resume', 'last'), {
      code: 1,
      out: '',
      err: `sluice: long-1 is driven by process ${process.pid}.\n`,
    });
    await window.close();
    assert.match((await sluice(project, 'runs')).out, /^long-1 +interrupted /);
    project.give('go');
    const { code, out } = await sluice(project, 'resume', String(run));
    assert.equal(code, 0);
    assert.match(
      out,
      /^long-1 was interrupted: keeps 0, runs 0, makes 1 again\.\nlong-1\n {2}✓ only {2}succeeded/,
    );
    assert.deepEqual(await sluice(project, 'resume', '1'), {
      code: 2,
      out: '',
      err: 'sluice: long-1 has finished: succeeded.\n',
    });
  });

  it('say on standard error what happens inside, to those who ask for it', async () => {
    for (const [SLUICE_LOG, said] of [
      [
        'debug',
        /^\[run=long-\d+ task=only\] It was cut off in attempt 1; ended \d+ left-over processes\n$/,
      ],
      ['', /^$/],
    ] as const) {
      const window = await project.open();
      const { run } = await start(window, 'long');
      await reached(window, run, 'only', 'running');
      await window.close();
      project.give('go');
      const environment = { ...project.environment, SLUICE_LOG };
      const { code, err } = await sluiceOn(
        new CapturedTerminal(),
        { environment, folder: project.folder },
        ...['resume', 'last'],
      );
      assert.equal(code, 0);
      assert.match(err, said);
    }
  });

  it('resume a run that waits at a gate, which still waits', async () => {
    await sluice(project, 'run', 'twice');
    const { code, out } = await sluice(project, 'resume', 'last', '--json');
    assert.equal(code, 3);
    assert.deepEqual(
      objects(out).map(({ type }) => type),
      ['run-claimed', 'end'],
    );
  });

  it('know a run by its id, its number or as the last', async () => {
    await sluice(project, 'run', 'twice');
    await sluice(project, 'run', 'guarded');
    const { out } = await sluice(project, 'show', 'guarded-2');
    assert.match(out, /^guarded-2 · waiting · 1 of 3 done · 1 waiting · /);
    assert.match(out, /\n {2}· after {2}pending {4}needs ask\n$/);
    const withoutTime = (text: string) => text.replace(/\d+(?:\.\d)? m?s$/m, '');
    for (const name of ['2', 'last']) {
      assert.equal(withoutTime((await sluice(project, 'show', name)).out), withoutTime(out));
    }
    assert.deepEqual(await sluice(project, 'show', '3'), {
      code: 2,
      out: '',
      err: 'sluice: There is no run 3 here. "sluice runs" lists them.\n',
    });
  });

  it('list runs and gates as objects with the fields that docs/cli.md promises', async () => {
    await sluice(project, 'run', 'twice');
    await sluice(project, 'run', 'guarded');
    const runs = objects((await sluice(project, 'runs', '--json')).out);
    assert.deepEqual(
      runs.map(({ run, workflow, status, by }) => [
        run,
        workflow,
        status,
        (by as { via: string }).via,
      ]),
      [
        ['guarded-2', 'guarded', 'waiting', 'terminal'],
        ['twice-1', 'twice', 'waiting', 'terminal'],
      ],
    );
    assert.ok(
      runs.every(({ createdAt, durationMs }) => Number(createdAt) > 0 && Number(durationMs) >= 0),
    );
    const gates = objects((await sluice(project, 'gates', '--json')).out);
    assert.deepEqual(
      gates.map(({ run, task, ask }) => [run, task, ask]),
      [
        ['guarded-2', 'ask', 'Keep it?'],
        ['twice-1', 'first', 'First?'],
      ],
    );
    assert.match(String(gates[0]?.['digest']), /^[0-9a-f]{64}$/);
    assert.ok(Number(gates[0]?.['openedAt']) > 0);
    assert.deepEqual(
      (gates[0]?.['shown'] as { path: string; bytes: number }[]).map(({ path, bytes }) => [
        path,
        bytes,
      ]),
      [['report.md', 4]],
    );
  });

  it('show a failure with its reason', async () => {
    project.agent('fails', `process.exitCode = 3;`);
    project.workflow('bad', { only: { agent: 'fails' } });
    await sluice(project, 'run', 'bad');
    const [shown] = objects((await sluice(project, 'show', 'last', '--json')).out);
    const [only] = shown?.['tasks'] as Record<string, unknown>[];
    assert.deepEqual(
      [only?.['state'], (only?.['failure'] as { reason: string }).reason],
      ['failed', 'exited'],
    );
  });

  it('see what a window is doing while it does it', async () => {
    const window = await project.open();
    const { run } = await start(window, 'long');
    await reached(window, run, 'only', 'running');
    const { out } = await sluice(project, 'show', 'last');
    assert.match(out, /^long-1 · running · 0 of 1 done · 1 running · /);
    project.give('go');
    await until(window, () => seen(window, runId('long-1')).state.phase.kind === 'finished');
  });
});
