import assert from 'node:assert/strict';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { plan, planWith, step, withModels } from '../../support/plans.ts';

const id = (name: string) => taskIdOf(stepId(name));

describe('An attempt that waits for its provider', () => {
  let rig: DriverRig;

  function drive(what: RunPlan): void {
    rig = new DriverRig(withModels(what));
    rig.canPark = true;
    rig.start();
  }

  afterEach(() => rig.dispose());

  it('takes no slot, and goes on as the same attempt when its time has come', async () => {
    drive(planWith({ maxParallel: 1 }, step('a'), step('b')));
    const until = rig.clock.now() + 5000;
    const first = await rig.attempt('a');
    first.park(until);
    const other = await rig.attempt('b');
    assert.deepEqual(rig.running(), ['b']);
    const parked = rig.state().tasks.get(id('a'));
    assert.ok(parked?.kind === 'pending' && parked.parked?.until === until);
    other.succeed();
    await rig.until(() => rig.running().length === 0);
    rig.clock.advance(5000);
    const again = await rig.attemptAfter(first);
    assert.equal(again.request.continues, true);
    assert.equal(again.request.folder, first.request.folder);
    again.succeed('done');
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    assert.ok(rig.types().includes('task-continued'));
  });

  it('waits on after a crash for what is left of the time, and is not begun anew', async () => {
    drive(plan(step('a')));
    const until = rig.clock.now() + 5000;
    (await rig.attempt('a')).park(until);
    await rig.until(() => rig.types().includes('task-parked'));
    rig.detach();
    await rig.end();
    rig.start();
    rig.clock.advance(4999);
    await Promise.resolve();
    assert.deepEqual(rig.running(), []);
    rig.clock.advance(1);
    const again = await rig.attempt('a');
    assert.equal(again.request.attempt, 1);
    assert.equal(again.request.continues, true);
    again.succeed();
    await rig.end();
  });

  it('goes on where a crash cut it off, when what it goes on with is there', async () => {
    drive(plan(step('a')));
    const first = await rig.attempt('a');
    first.did({ type: 'call-started', call: 1, provider: 'anthropic', model: 'claude' });
    await rig.until(() => rig.types().includes('call-started'));
    rig.keepSession('a', 1);
    rig.detach();
    await rig.end();
    rig.start();
    const again = await rig.attempt('a');
    assert.equal(again.request.continues, true);
    assert.deepEqual(again.request.counted, { calls: 1, uses: 0, openCalls: [1], openUses: [] });
    again.succeed();
    await rig.end();
    const { spent } = rig.state().ledger.tasks.get(id('a')) ?? {};
    assert.equal(spent?.lostCalls, 1);
  });

  it('is made again when its copy is gone', async () => {
    drive(plan(step('a')));
    await rig.attempt('a');
    await rig.ask({ kind: 'hold', task: id('a'), by: PERSON });
    await rig.until(() => rig.types().includes('task-parked'));
    rig.forgetCopy('a', 1);
    await rig.ask({ kind: 'release', task: id('a'), by: PERSON });
    const again = await rig.until(() => rig.begun('a', 2));
    assert.equal(again.request.continues, false);
    again.succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('keeps its conversation through a pause, and is cancelled for good by a stop', async () => {
    drive(plan(step('a'), step('b')));
    await rig.attempt('a');
    await rig.attempt('b');
    await rig.ask({ kind: 'pause', running: 'interrupt', by: PERSON });
    await rig.until(() => rig.running().length === 0);
    assert.equal(rig.types().filter((type) => type === 'task-parked').length, 2);
    await rig.ask({ kind: 'unpause', by: PERSON });
    const again = await rig.attempt('a');
    await rig.until(() => rig.running().length === 2);
    assert.equal((await rig.attempt('b')).request.continues, true);
    await rig.ask({ kind: 'stop', task: id('b'), by: PERSON });
    await rig.until(() => rig.kinds()['b'] === 'cancelled');
    again.succeed();
    await rig.end();
  });

  it('goes on at once with another model that a person chooses', async () => {
    drive(plan(step('a')));
    const first = await rig.attempt('a');
    first.park(rig.clock.now() + 60_000);
    await rig.until(() => rig.types().includes('task-parked'));
    const answer = await rig.ask({
      kind: 'choose-model',
      task: id('a'),
      model: 'openai/gpt',
      by: PERSON,
    });
    assert.deepEqual(answer, { kind: 'accepted' });
    const again = await rig.attemptAfter(first);
    assert.equal(again.request.wishes().model, 'openai/gpt');
    again.succeed();
    await rig.end();
  });

  it('counts what it worked before and after as one duration, and not the wait', async () => {
    drive(plan(step('a')));
    const first = await rig.attempt('a');
    rig.clock.advance(1000);
    first.park(rig.clock.now() + 60_000);
    await rig.until(() => rig.types().includes('task-parked'));
    await rig.clock.timerSet();
    rig.clock.advance(60_000);
    const again = await rig.attemptAfter(first);
    rig.clock.advance(500);
    again.succeed();
    await rig.end();
    const ended = rig.state().tasks.get(id('a'));
    assert.ok(ended?.kind === 'succeeded');
    assert.equal(ended.durationMs, 1500);
    assert.equal(rig.state().ledger.total.workedMs, 1500);
  });
});
