import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import { TempProject } from '../../support/project.ts';
import { answer, cancel, kinds, reached, seen, start, taskId, until } from '../../support/runs.ts';
import { digestCheckout } from '../../support/tempRepository.ts';

describe('A workflow with a gate', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.write('README.md', 'A project\n');
    project.write('src/kept.txt', 'kept\n');
    project.write('.gitignore', 'ignored/\n');
    project.agent(
      'lint',
      `console.log('2 findings'); fs.writeFileSync('src/kept.txt', 'spoiled');`,
    );
    project.agent(
      'report',
      `fs.mkdirSync('out'); fs.writeFileSync('out/report.md', fs.readFileSync(process.env.SLUICE_NEEDS + '/lint/output'));
       fs.writeFileSync('run.sh', '#!/bin/sh\\n', { mode: 0o755 }); fs.writeFileSync('out/other.md', 'not declared');`,
    );
    // lint --> report --> approve --> after
    project.agent('after', `note('after');`);
    project.workflow('quality', {
      lint: { agent: 'lint' },
      report: { agent: 'report', needs: 'lint', produces: ['out/report.md', 'run.sh'] },
      approve: { needs: 'report', gate: { ask: 'Keep it?', show: 'out/report.md' } },
      after: { agent: 'after', needs: 'approve' },
    });
    project.repository.commit();
    project.write('src/kept.txt', 'changed, not committed\n');
    project.write('src/staged.txt', 'staged\n');
    project.repository.git('add', 'src/staged.txt');
    project.write('untracked.txt', 'untracked\n');
    project.write('ignored/large.bin', 'ignored\n');
  });
  afterEach(() => project.dispose());

  const generated = () =>
    project.repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/ai', 'refs/tags');

  it('puts exactly the declared files on a branch when it is approved, and leaves the checkout as it was', async () => {
    const { repository } = project;
    const before = digestCheckout(project.folder);
    const sluice = await project.open();
    const started = await start(sluice, 'quality');
    await reached(sluice, started.run, 'approve', 'waiting');
    assert.equal(generated(), '', 'nothing lands before the answer');
    assert.deepEqual(project.notes(), [], 'what is behind the gate waits');
    const [gate] = sluice.openGates();
    assert.deepEqual(
      [gate?.ask, gate?.shown.map(({ path }) => path), sluice.whoMade(gate!)],
      ['Keep it?', ['out/report.md'], [{ task: 'report', path: 'out/report.md' }]],
    );
    assert.deepEqual(await answer(sluice, started.run, 'approve', 'approved', 'well done'), {
      kind: 'accepted',
    });
    assert.deepEqual(await started.ended, { kind: 'finished', status: 'succeeded' });

    const branch = 'ai/generated/quality-1/report';
    assert.equal(generated(), `refs/heads/${branch}\nrefs/tags/workflow_quality-1_report`);
    assert.equal(
      repository.git('rev-parse', 'workflow_quality-1_report^{commit}'),
      repository.git('rev-parse', branch),
    );
    assert.equal(repository.git('rev-parse', `${branch}^`), repository.git('rev-parse', 'HEAD'));
    assert.equal(
      repository
        .git('diff-tree', '-r', '--raw', '--abbrev=1', 'HEAD', branch)
        .replace(/ \w{1,4} \w{1,4} /g, ' '),
      ':000000 100644 A\tout/report.md\n:000000 100755 A\trun.sh',
    );
    assert.equal(repository.git('show', `${branch}:out/report.md`), '2 findings');
    assert.match(
      repository.git('log', '-1', '--format=%(trailers)', branch),
      /Sluice-Gate: approve approved by ada/,
    );
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.equal(repository.problems(), '');
    assert.deepEqual(project.notes(), ['after']);
    assert.deepEqual(project.copies(), [], 'the copies are gone');
  });

  it('makes no branch when it is rejected, and keeps who said so and why', async () => {
    const before = digestCheckout(project.folder);
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'quality');
    await reached(sluice, run, 'approve', 'waiting');
    await answer(sluice, run, 'approve', 'rejected', 'too short');
    assert.deepEqual(await ended, { kind: 'finished', status: 'failed' });
    assert.deepEqual(kinds(sluice, run), {
      lint: 'succeeded',
      report: 'succeeded',
      approve: 'failed',
      after: 'skipped',
    });
    const gate = seen(sluice, run).state.tasks.get(taskId('approve'));
    assert.deepEqual(gate?.kind === 'failed' && gate.failure, {
      reason: 'rejected',
      by: 'ada',
      note: 'too short',
    });
    assert.equal(generated(), '');
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.equal(
      Buffer.from((await sluice.artifact(run, taskId('report'), 'out/report.md'))!).toString(),
      '2 findings\n',
      'the artifact stays with the run',
    );
  });

  it('keeps the artifacts and says why when a branch of that name is there already', async () => {
    project.repository.git('branch', 'ai/generated/quality-1/report');
    const before = generated();
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'quality', { approveGate: () => true });
    assert.deepEqual(await ended, { kind: 'finished', status: 'degraded' });
    assert.equal(generated(), before);
    const landing = seen(sluice, run).state.landings.get(taskId('report'));
    assert.match(
      landing?.kind === 'failed' && landing.failure.reason === 'landing'
        ? landing.failure.message
        : '',
      /^refs\/heads\/ai\/generated\/quality-1\/report stands in the way with commit/,
    );
    assert.ok(await sluice.artifact(run, taskId('report'), 'run.sh'));
  });

  it('makes no branch when it is cancelled at the gate', async () => {
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'quality');
    await reached(sluice, run, 'approve', 'waiting');
    assert.deepEqual(await cancel(sluice, run), { kind: 'accepted' });
    assert.deepEqual(await ended, { kind: 'finished', status: 'cancelled' });
    assert.equal(generated(), '');
    assert.deepEqual(sluice.openGates(), []);
    assert.deepEqual(project.copies(), []);
  });

  it('refuses a second answer, an answer to something else, and one to a step that is no gate', async () => {
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'quality');
    await reached(sluice, run, 'approve', 'waiting');
    const [gate] = sluice.openGates();
    const said = {
      kind: 'answer',
      decision: 'approved',
      by: sluice.actor,
      note: undefined,
    } as const;
    const other = { ...said, task: gate!.task, digest: digestOf('something else') };
    assert.deepEqual(await sluice.request(run, other), {
      kind: 'refused',
      why: 'what was shown has changed since; look again',
    });
    assert.deepEqual(
      await sluice.request(run, { ...said, task: taskId('lint'), digest: gate!.digest }),
      { kind: 'refused', why: '"lint" is not waiting for an answer, it is succeeded' },
    );
    const right = { ...said, task: gate!.task, digest: gate!.digest };
    assert.deepEqual(await Promise.all([sluice.request(run, right), sluice.request(run, right)]), [
      { kind: 'accepted' },
      { kind: 'refused', why: '"approve" is not waiting for an answer, it is approved' },
    ]);
    await ended;
  });

  it('is approved as soon as it opens when that was said beforehand', async () => {
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'quality', {
      approveGate: (gate) => gate === 'approve',
    });
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    await until(sluice, () => seen(sluice, run).state.phase.kind === 'finished');
    assert.match(generated(), /ai\/generated\/quality-1\/report/);
  });
});
