import assert from 'node:assert/strict';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { RunRequest } from '../../../src/core/domain/request.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';

describe('A run under control', () => {
  let rig: DriverRig;

  function drive(what: RunPlan, ...options: Parameters<DriverRig['start']>): void {
    rig = new DriverRig(what);
    rig.start(...options);
  }

  afterEach(() => rig.dispose());

  const id = (name: string) => taskIdOf(stepId(name));

  /** Asks for something that is accepted. */
  async function ask(request: Record<string, unknown> & { kind: RunRequest['kind'] }) {
    const outcome = await rig.ask({ by: PERSON, ...request } as unknown as RunRequest);
    assert.deepEqual(outcome, { kind: 'accepted' });
  }

  async function refused(request: Record<string, unknown> & { kind: RunRequest['kind'] }) {
    const outcome = await rig.ask({ by: PERSON, ...request } as unknown as RunRequest);
    return outcome.kind === 'refused' ? outcome.why : 'it was accepted';
  }

  describe('paused', () => {
    it('lets what runs finish and begins nothing until it goes on', async () => {
      drive(plan(step('a'), step('b', ['a'])));
      const a = await rig.attempt('a');
      await ask({ kind: 'pause', running: 'finish' });
      a.succeed();
      await rig.until(() => rig.kinds()['a'] === 'succeeded');
      assert.equal(
        await refused({ kind: 'stop', task: id('b') }),
        '"b" is not running, it is pending',
      );
      assert.deepEqual(rig.running(), []);
      await ask({ kind: 'unpause' });
      (await rig.attempt('b')).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('makes what it interrupted again when it goes on', async () => {
      drive(plan(step('a')));
      const first = await rig.attempt('a');
      await ask({ kind: 'pause', running: 'interrupt' });
      await rig.until(() => rig.types().includes('task-interrupted'));
      assert.equal(first.signal.aborted, true);
      await ask({ kind: 'unpause' });
      const second = await rig.until(() => rig.begun('a', 2));
      second.succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('can be cancelled, and ends when nothing is left to do', async () => {
      drive(plan(step('a'), step('b', ['a'])));
      await rig.attempt('a');
      await ask({ kind: 'pause', running: 'finish' });
      await ask({ kind: 'cancel' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'cancelled' });
    });

    it('does not go on by being taken over', async () => {
      drive(plan(step('a')), {});
      await ask({ kind: 'pause', running: 'interrupt' });
      rig.detach();
      await rig.end();
      rig.start({ leaveAtGates: true });
      assert.deepEqual(await rig.end(), { kind: 'waiting' });
      assert.equal(rig.state().phase.kind, 'paused');
    });

    it('refuses to go on when it is not paused', async () => {
      drive(plan(step('a')));
      assert.equal(await refused({ kind: 'unpause' }), 'the run is not paused');
      (await rig.attempt('a')).succeed();
      await rig.end();
    });
  });

  describe('with a task held', () => {
    it('does not begin it before it is released, and goes on with the others', async () => {
      drive(planWith({ maxParallel: 1 }, step('first'), step('a'), step('b')));
      const first = await rig.attempt('first');
      await ask({ kind: 'hold', task: id('a') });
      first.succeed();
      (await rig.attempt('b')).succeed();
      await rig.until(() => rig.kinds()['b'] === 'succeeded');
      assert.equal(rig.kinds()['a'], 'pending');
      await ask({ kind: 'release', task: id('a') });
      (await rig.attempt('a')).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('throws the attempt under way away, and makes another when it is released', async () => {
      drive(plan(step('a')));
      await rig.attempt('a');
      await ask({ kind: 'hold', task: id('a') });
      await rig.until(() => rig.types().includes('task-interrupted'));
      assert.equal(rig.kinds()['a'], 'pending');
      await ask({ kind: 'release', task: id('a') });
      (await rig.until(() => rig.begun('a', 2))).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('refuses to hold what has ended or waits for a person', async () => {
      drive(plan(step('a'), gate('ok', ['a'])));
      (await rig.attempt('a')).succeed();
      await rig.until(() => rig.kinds()['ok'] === 'waiting');
      assert.match(await refused({ kind: 'hold', task: id('a') }), /"a" is succeeded; only what/);
      assert.match(await refused({ kind: 'hold', task: id('ok') }), /"ok" is waiting; only what/);
      assert.equal(await refused({ kind: 'release', task: id('a') }), '"a" is not held');
      assert.equal(await refused({ kind: 'hold', task: id('x') }), 'the run has no task "x"');
      await rig.answer('ok', 'approved');
      await rig.end();
    });
  });

  it('stops one task, and skips only what needs it', async () => {
    drive(plan(step('a'), step('b'), step('after-a', ['a'])));
    await rig.attempt('a');
    await ask({ kind: 'stop', task: id('a') });
    (await rig.attempt('b')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'degraded' });
    assert.deepEqual(rig.kinds(), { a: 'cancelled', b: 'succeeded', 'after-a': 'skipped' });
  });

  describe('with a task asked for again', () => {
    it('makes it and all that came of it again, and keeps the rest', async () => {
      // a --> b --> d     c --> d
      drive(plan(step('a'), step('b', ['a']), step('c'), step('d', ['b', 'c'])));
      (await rig.attempt('a')).succeed('one');
      (await rig.attempt('b')).fail();
      (await rig.attempt('c')).succeed();
      assert.equal((await rig.end()).kind, 'finished');
      assert.equal(rig.kinds()['d'], 'skipped');

      rig.start();
      await ask({ kind: 'rerun', task: id('b') });
      (await rig.until(() => rig.begun('b', 2))).succeed();
      (await rig.attempt('d')).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      const starts = rig.events.flatMap((event) =>
        event.type === 'task-started' ? [`${event.task}.${event.attempt}`] : [],
      );
      assert.deepEqual(starts.sort(), ['a.1', 'b.1', 'b.2', 'c.1', 'd.1']);
    });

    it('takes the prompt a person wrote instead, with its values filled in', async () => {
      drive(plan(step('a'), step('b', ['a'], { prompt: 'Sum up.' })));
      (await rig.attempt('a')).succeed('three');
      (await rig.attempt('b')).fail();
      await rig.end();
      rig.start();
      assert.match(
        await refused({ kind: 'rerun', task: id('b'), prompt: 'Read ${{ steps.' }),
        /^the prompt cannot be read: /,
      );
      await rig.end();
      rig.start();
      await ask({ kind: 'rerun', task: id('b'), prompt: 'Sum up ${{ steps.a.output }}.' });
      const second = await rig.until(() => rig.begun('b', 2));
      assert.equal(second.request.prompt, 'Sum up three.');
      second.succeed();
      await rig.end();
    });

    it('asks a gate behind it again', async () => {
      drive(plan(step('a', [], { produces: ['x'] }), gate('ok', ['a']), step('b', ['ok'])));
      (await rig.attempt('a')).succeed('', { x: '1' });
      await rig.until(() => rig.kinds()['ok'] === 'waiting');
      await rig.answer('ok', 'approved');
      (await rig.attempt('b')).fail();
      await rig.until(() => rig.landed.length === 1);
      await rig.end();
      rig.start();
      await ask({ kind: 'rerun', task: id('a') });
      (await rig.until(() => rig.begun('a', 2))).succeed('', { x: '2' });
      await rig.until(() => rig.kinds()['ok'] === 'waiting');
      assert.equal(rig.landed.length, 1, 'nothing lands before it is approved again');
      await rig.answer('ok', 'approved');
      (await rig.until(() => rig.begun('b', 2))).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      assert.equal(rig.landed.length, 2);
    });

    it('refuses what has no outcome, what runs behind it, and a model for a command', async () => {
      drive(plan(step('a'), step('b', ['a'])));
      const a = await rig.attempt('a');
      assert.equal(
        await refused({ kind: 'rerun', task: id('a') }),
        '"a" is running; it has no outcome yet',
      );
      a.succeed();
      const b = await rig.attempt('b');
      assert.equal(
        await refused({ kind: 'rerun', task: id('a') }),
        '"b", which works on what it made, is running; stop it first',
      );
      assert.equal(
        await refused({ kind: 'rerun', task: id('a'), model: 'small' }),
        '"a-agent" is a command; it has no model',
      );
      b.succeed();
      await rig.end();
    });
  });

  describe('with a task skipped', () => {
    it('has to be open for it', async () => {
      drive(plan(step('a'), step('b', ['a'])));
      (await rig.attempt('a')).fail();
      await rig.until(() => rig.types().includes('run-finished'));
      await rig.end();
      rig.start();
      assert.equal(await refused({ kind: 'skip', task: id('a') }), 'the run has finished');
      await rig.end();
      rig.start();
      await ask({ kind: 'rerun', task: id('a') });
      await rig.until(() => rig.begun('a', 2));
      await ask({ kind: 'stop', task: id('a') });
      await rig.end();
    });

    it('runs what was kept back because of it', async () => {
      drive(plan(step('a'), step('other'), step('b', ['a'])));
      const other = await rig.attempt('other');
      (await rig.attempt('a')).fail();
      await rig.until(() => rig.kinds()['b'] === 'skipped');
      await ask({ kind: 'skip', task: id('a') });
      (await rig.attempt('b')).succeed();
      other.succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('never gives an empty text for an output that is not there', async () => {
      drive(
        plan(
          step('first'),
          step('a', ['first']),
          step('b', ['a'], { prompt: 'Read ${{ steps.a.output }}' }),
        ),
      );
      const first = await rig.attempt('first');
      await ask({ kind: 'skip', task: id('a') });
      first.succeed();
      await rig.end();
      const b = rig.state().tasks.get(id('b'));
      assert.deepEqual(b?.kind === 'failed' && b.failure, {
        reason: 'expression',
        where: 'b.prompt',
        message: 'a is skipped and has no output.',
      });
    });

    it('is refused once the run is being cancelled', async () => {
      drive(plan(step('a'), step('b')));
      rig.stopsAtOnce = false;
      (await rig.attempt('a')).fail();
      const b = await rig.attempt('b');
      await rig.until(() => rig.kinds()['a'] === 'failed');
      await ask({ kind: 'cancel' });
      for (const kind of ['skip', 'rerun', 'hold'] as const) {
        const why = await refused({ kind, task: id('a') });
        assert.equal(why, 'the run is being cancelled', kind);
      }
      b.fail({ reason: 'cancelled' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'cancelled' });
    });

    it('refuses what runs or is done', async () => {
      drive(plan(step('a'), step('b')));
      const a = await rig.attempt('a');
      assert.equal(await refused({ kind: 'skip', task: id('a') }), '"a" is running; stop it first');
      a.succeed();
      (await rig.attempt('b')).succeed();
      await rig.end();
    });
  });

  describe('with something to say to an agent', () => {
    it('passes it on and keeps it', async () => {
      drive(plan(step('a')));
      const a = await rig.attempt('a');
      a.begin(true);
      await rig.until(() => rig.types().includes('task-process'));
      await ask({ kind: 'steer', task: id('a'), text: 'Look at b.ts first.' });
      assert.deepEqual(a.heard, ['Look at b.ts first.']);
      assert.ok(rig.types().includes('task-steered'));
      a.succeed();
      await rig.end();
    });

    it('refuses it where the agent does not listen', async () => {
      drive(plan(step('a')));
      const a = await rig.attempt('a');
      a.begin();
      await rig.until(() => rig.types().includes('task-process'));
      assert.equal(
        await refused({ kind: 'steer', task: id('a'), text: 'x' }),
        'the agent of "a" does not listen while it works',
      );
      a.succeed();
      await rig.end();
    });
  });

  it('ends at the first failure where the workflow says so', async () => {
    const base = plan(step('a'), step('b'), step('c', ['b']));
    drive({ ...base, workflow: { ...base.workflow, onFailure: 'stop' } });
    const a = await rig.attempt('a');
    await rig.attempt('b');
    a.fail();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
    assert.deepEqual(rig.kinds(), { a: 'failed', b: 'cancelled', c: 'cancelled' });
  });
});
