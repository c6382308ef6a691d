import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig } from '../../support/driverRig.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';

describe('a driven run', () => {
  let rig: DriverRig;

  function drive(what: RunPlan, ...options: Parameters<DriverRig['start']>): DriverRig {
    rig = new DriverRig(what);
    rig.start(...options);
    return rig;
  }

  afterEach(() => rig.dispose());

  it('starts what needs nothing at once, and the rest the moment its own needs are met', async () => {
    // a --> c     b --> d
    drive(plan(step('a'), step('b'), step('c', ['a']), step('d', ['b'])));
    const a = await rig.attempt('a');
    await rig.attempt('b');
    assert.deepEqual(rig.running(), ['a', 'b']);
    a.succeed();
    await rig.attempt('c');
    assert.deepEqual(rig.running(), ['b', 'c'], 'd waits for b alone, c does not wait for b');
    (await rig.attempt('b')).succeed();
    (await rig.attempt('c')).succeed();
    (await rig.attempt('d')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('keeps at most so many tasks running, those with the longest way before them first', async () => {
    // short     long --> then --> last
    drive(
      planWith(
        { maxParallel: 1 },
        step('short'),
        step('long'),
        step('then', ['long']),
        step('last', ['then']),
      ),
    );
    for (const next of ['long', 'then']) {
      const attempt = await rig.attempt(next);
      assert.deepEqual(rig.running(), [next]);
      attempt.succeed();
    }
    (await rig.attempt('short')).succeed();
    (await rig.attempt('last')).succeed();
    assert.equal((await rig.end()).kind, 'finished');
  });

  it('lets one failure stop only what depends on it, and ends degraded', async () => {
    drive(plan(step('a'), step('b'), step('after-a', ['a']), step('after-b', ['b'])));
    (await rig.attempt('a')).fail();
    (await rig.attempt('b')).succeed();
    (await rig.attempt('after-b')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'degraded' });
    assert.deepEqual(rig.kinds(), {
      a: 'failed',
      b: 'succeeded',
      'after-a': 'skipped',
      'after-b': 'succeeded',
    });
  });

  it('ends failed when no end of the workflow was reached', async () => {
    drive(plan(step('a'), step('b', ['a'])));
    (await rig.attempt('a')).fail();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
  });

  it('hands the output and files of needed steps to a task', async () => {
    drive(
      plan(
        step('a', [], { produces: ['out/report.md'] }),
        step('b', ['a'], { prompt: 'Read ${{ steps.a.output }} of ${{ run.id }}.' }),
      ),
    );
    (await rig.attempt('a')).succeed('found 3\n', { 'out/report.md': '# 3' });
    const b = await rig.attempt('b');
    const needs = path.join(b.request.scratch, 'needs', 'a');
    assert.equal(b.request.prompt, 'Read found 3 of example-1.');
    assert.equal(fs.readFileSync(path.join(needs, 'output'), 'utf8'), 'found 3\n');
    assert.equal(fs.readFileSync(path.join(needs, 'files/out/report.md'), 'utf8'), '# 3');
    const facts = JSON.parse(fs.readFileSync(path.join(needs, 'task.json'), 'utf8')) as object;
    assert.deepEqual(
      { ...facts, durationMs: 0 },
      {
        task: 'a',
        agent: 'a-agent',
        state: 'succeeded',
        exitCode: 0,
        durationMs: 0,
      },
    );
    b.succeed();
    await rig.end();
  });

  it('fails a task that did not make what it declares', async () => {
    drive(plan(step('a', [], { produces: ['made.txt', 'missing.txt'] })));
    (await rig.attempt('a')).succeed('', { 'made.txt': 'x' });
    await rig.end();
    const a = rig.state().tasks.get(rig.plan.workflow.steps[0]!.id as never);
    assert.deepEqual(a?.kind === 'failed' && a.failure, {
      reason: 'not-produced',
      paths: ['missing.txt'],
    });
  });

  it('fails a task whose text names a value that is not there', async () => {
    drive(plan(step('a', [], { env: { TOPIC: '${{ inputs.topic }}' } })));
    await rig.end();
    const a = rig.state().tasks.get(rig.plan.workflow.steps[0]!.id as never);
    assert.equal(a?.kind === 'failed' && a.failure.reason, 'expression');
  });

  describe('with a gate', () => {
    const gated = () =>
      plan(step('report', [], { produces: ['r.md'] }), gate('approve', ['report']));

    it('waits for a person, and lands what the gate guards only when it is approved', async () => {
      drive(gated());
      (await rig.attempt('report')).succeed('', { 'r.md': '# R' });
      await rig.until(() => rig.kinds()['approve'] === 'waiting');
      assert.deepEqual(rig.landed, []);
      assert.deepEqual(await rig.answer('approve', 'approved'), { kind: 'accepted' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      assert.deepEqual(rig.landed, ['ai/generated/example-1/report']);
    });

    it('lands nothing when it is rejected, and says who did', async () => {
      drive(gated());
      (await rig.attempt('report')).succeed('', { 'r.md': '# R' });
      await rig.until(() => rig.kinds()['approve'] === 'waiting');
      await rig.answer('approve', 'rejected');
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
      assert.deepEqual(rig.landed, []);
      const answered = rig.events.find((event) => event.type === 'gate-answered');
      assert.equal(answered?.type === 'gate-answered' && answered.by.name, 'ada');
    });

    it('refuses an answer to something else than what is shown, and to what does not wait', async () => {
      drive(gated());
      assert.deepEqual(await rig.answer('approve', 'approved'), {
        kind: 'refused',
        why: '"approve" is not waiting for an answer, it is pending',
      });
      (await rig.attempt('report')).succeed('', { 'r.md': '# R' });
      await rig.until(() => rig.kinds()['approve'] === 'waiting');
      const stale = await rig.answer('approve', 'approved', digestOf('another report'));
      assert.deepEqual(stale, {
        kind: 'refused',
        why: 'what was shown has changed since; look again',
      });
      await rig.answer('approve', 'approved');
      await rig.end();
    });

    it('leaves its siblings running while it waits', async () => {
      drive(plan(step('a'), gate('ok', ['a']), step('b'), step('after-b', ['b'])));
      (await rig.attempt('a')).succeed();
      await rig.until(() => rig.kinds()['ok'] === 'waiting');
      (await rig.attempt('b')).succeed();
      (await rig.attempt('after-b')).succeed();
      await rig.until(() => rig.kinds()['after-b'] === 'succeeded');
      await rig.answer('ok', 'approved');
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('is left to others when nothing else is to be done and the caller asked for it', async () => {
      drive(gated(), { leaveAtGates: true });
      (await rig.attempt('report')).succeed('', { 'r.md': '# R' });
      assert.deepEqual(await rig.end(), { kind: 'waiting' });
      rig.start();
      assert.deepEqual(await rig.answer('approve', 'approved'), { kind: 'accepted' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('takes an approval given beforehand, and keeps who gave it', async () => {
      drive(gated(), { approveGate: (task) => task === 'approve' });
      (await rig.attempt('report')).succeed('', { 'r.md': '# R' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      assert.deepEqual(rig.landed, ['ai/generated/example-1/report']);
    });
  });

  it('lands at once what no gate guards', async () => {
    drive(plan(step('a', [], { produces: ['a.txt'] }), step('b', ['a'])));
    (await rig.attempt('a')).succeed('', { 'a.txt': 'a' });
    await rig.attempt('b');
    await rig.until(() => rig.landed.length === 1);
    (await rig.attempt('b')).succeed();
    await rig.end();
  });

  it('ends degraded when the artifacts could not be committed', async () => {
    drive(plan(step('a', [], { produces: ['a.txt'] })));
    rig.landingFailure = { reason: 'landing', message: 'the branch exists' };
    (await rig.attempt('a')).succeed('', { 'a.txt': 'a' });
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'degraded' });
  });

  it('keeps artifacts with the run where there is no repository', async () => {
    drive(planWith({ base: { kind: 'plain' } }, step('a', [], { produces: ['a.txt'] })));
    (await rig.attempt('a')).succeed('', { 'a.txt': 'a' });
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(rig.landed, []);
  });

  describe('when cancelled', () => {
    it('stops what runs, drops what waits and begins nothing', async () => {
      drive(plan(step('a'), step('b', ['a']), step('done'), gate('ok', ['done'])));
      (await rig.attempt('done')).succeed();
      const a = await rig.attempt('a');
      await rig.until(() => rig.kinds()['ok'] === 'waiting');
      assert.deepEqual(await rig.cancel(), { kind: 'accepted' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'cancelled' });
      assert.equal(a.signal.aborted, true);
      assert.deepEqual(rig.kinds(), {
        a: 'cancelled',
        b: 'cancelled',
        done: 'succeeded',
        ok: 'cancelled',
      });
    });

    it('answers later requests with the reason', async () => {
      drive(plan(step('a')));
      await rig.attempt('a');
      await rig.cancel();
      await rig.end();
      assert.equal((await rig.cancel()).kind, 'refused');
    });
  });

  describe('that is taken over', () => {
    it('does not repeat what is done, tries again what was cut off, and ends what it left running', async () => {
      drive(plan(step('a'), step('b', ['a']), step('c', ['b'])));
      (await rig.attempt('a')).succeed();
      await rig.attempt('b');
      rig.detach();
      assert.deepEqual(await rig.end(), { kind: 'detached' });
      assert.equal(rig.kinds()['b'], 'running', 'no outcome is made up for it');

      rig.start();
      const again = await rig.attempt('b');
      assert.equal(again.request.attempt, 2);
      assert.deepEqual(rig.orphans, ['example-1:b.1']);
      again.succeed();
      (await rig.attempt('c')).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      const started = rig.events.flatMap((event) =>
        event.type === 'task-started' ? [`${event.task}.${event.attempt}`] : [],
      );
      assert.deepEqual(started, ['a.1', 'b.1', 'b.2', 'c.1']);
    });

    it('finishes a landing whose intent was recorded', async () => {
      drive(plan(step('a', [], { produces: ['a.txt'] })));
      (await rig.attempt('a')).succeed('', { 'a.txt': 'a' });
      await rig.end();
      const intent = rig.types().indexOf('landing-started');
      rig.events.length = intent + 1;
      rig.landed.length = 0;
      rig.start();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      assert.deepEqual(rig.landed, ['ai/generated/example-1/a']);
    });
  });

  it('begins nothing more and stops everything when its journal cannot be written', async () => {
    drive(plan(step('a'), step('b'), step('c', ['a'])));
    const a = await rig.attempt('a');
    const b = await rig.attempt('b');
    rig.journalBroken = true;
    a.succeed();
    const end = await rig.end();
    assert.equal(end.kind, 'broken');
    assert.equal(b.signal.aborted, true);
    rig.journalBroken = false;
    assert.equal(rig.kinds()['c'], 'pending');
  });
});
