import assert from 'node:assert/strict';
import { agentName, type TaskId } from '../../../src/core/domain/ids.ts';
import { plainCacheRule } from '../../../src/core/domain/terms.ts';
import type { Step } from '../../../src/core/domain/workflow.ts';
import { gate, planWith, step, type PlanParts } from '../../support/plans.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';

describe('asking the cache', () => {
  const rigs: DriverRig[] = [];

  afterEach(() => rigs.splice(0).forEach((rig) => rig.dispose()));

  function rigOf(steps: readonly Step[], over: PlanParts = {}): DriverRig {
    const rig = new DriverRig(planWith({ useCache: true, ...over }, ...steps));
    rigs.push(rig);
    return rig;
  }

  /** As `rig`, with all that an earlier run of the same has answered. */
  async function secondOf(steps: readonly Step[], output: (task: string) => string) {
    const first = rigOf(steps);
    first.start();
    for (const { id } of steps.filter(({ kind }) => kind === 'agent')) {
      (await first.attempt(id)).succeed(output(id));
    }
    await first.end();
    const second = rigOf(steps);
    first.cache.kept.forEach((kept, key) => second.cache.kept.set(key, kept));
    // What it kept stands in its blob store, which both runs would share.
    second.shareBlobs(first);
    return second;
  }

  it('runs what it does not have, and tells why', async () => {
    const rig = rigOf([step('a', [], { prompt: 'x' })]);
    rig.start();
    (await rig.attempt('a')).succeed('out');
    await rig.end();
    assert.deepEqual(rig.types().slice(1), [
      'cache-missed',
      'task-started',
      'task-succeeded',
      'run-finished',
    ]);
    assert.deepEqual(rig.state().misses.get('a' as TaskId)?.why, { kind: 'first' });
    assert.equal(rig.cache.kept.size, 1);
  });

  it('gives what it has in the place of an attempt, and what needs it goes on with that', async () => {
    const steps = [
      step('a', [], { prompt: 'x' }),
      step('b', ['a'], { prompt: '${{ steps.a.output }}' }),
    ];
    const rig = await secondOf(steps, (task) => `${task} said so`);
    rig.start();
    const end = await rig.end();
    assert.deepEqual(end, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(rig.types().slice(1), ['task-reused', 'task-reused', 'run-finished']);
    assert.equal(rig.cache.asked[1]?.prompt, 'a said so');
    const task = rig.state().tasks.get('b' as TaskId);
    assert.ok(task?.kind === 'succeeded' && task.reused !== undefined);
    assert.deepEqual([task.attempt, task.durationMs], [0, 0]);
  });

  it('takes no slot for what it has, and asks about tasks that run for nobody', async () => {
    const steps = [
      step('long', [], { prompt: 'long' }),
      ...['a', 'b', 'c'].map((id) => step(id, [], { prompt: id })),
    ];
    const before = await secondOf(steps.slice(1), (task) => task);
    const rig = rigOf(steps, { maxParallel: 1 });
    before.cache.kept.forEach((kept, key) => rig.cache.kept.set(key, kept));
    rig.shareBlobs(before);
    rig.start();
    const long = await rig.attempt('long');
    await rig.until(() => rig.types().filter((type) => type === 'task-reused').length === 3);
    long.succeed();
    await rig.end();
  });

  it('stops at what comes to the same as before, whatever ran above it', async () => {
    const steps = (prompt: string) => [
      step('a', [], { prompt }),
      step('b', ['a'], { prompt: '${{ steps.a.output }}' }),
      step('c', ['b'], { prompt: '${{ steps.b.output }}' }),
    ];
    const before = await secondOf(steps('old'), () => 'the same');
    const rig = rigOf(steps('new'));
    before.cache.kept.forEach((kept, key) => rig.cache.kept.set(key, kept));
    rig.shareBlobs(before);
    rig.start();
    (await rig.attempt('a')).succeed('the same');
    await rig.end();
    assert.deepEqual(rig.types().slice(1), [
      'cache-missed',
      'task-started',
      'task-succeeded',
      'task-reused',
      'task-reused',
      'run-finished',
    ]);
  });

  it('is not asked where the run, the step or what it does forbids it', async () => {
    const off = plainCacheRule(false);
    const plain = step('b');
    const steps = [
      step('a', [], { effects: 'external' }),
      { ...plain, terms: { ...plain.terms, cache: off } },
    ];
    const rig = rigOf(steps);
    rig.start();
    (await rig.attempt('a')).succeed();
    (await rig.attempt('b')).succeed();
    await rig.end();
    assert.deepEqual(rig.cache.asked, []);
    assert.equal(rig.cache.kept.size, 0);

    const whole = rigOf([step('a')], { useCache: false });
    whole.start();
    (await whole.attempt('a')).succeed();
    await whole.end();
    assert.deepEqual(whole.cache.asked, []);
  });

  it('runs a task although the cache is broken, and one whose question cannot be put', async () => {
    const rig = rigOf([step('a'), step('b', [], { prompt: '${{ inputs.nothing }}' })]);
    rig.cache.broken = new Error('EIO');
    rig.start();
    (await rig.attempt('a')).succeed();
    await rig.end();
    assert.deepEqual(rig.kinds(), { a: 'succeeded', b: 'failed' });
    assert.deepEqual(rig.cache.tasks, ['a']);
  });

  it('keeps nothing of what failed', async () => {
    const rig = rigOf([step('a')]);
    rig.start();
    (await rig.attempt('a')).fail();
    await rig.end();
    assert.equal(rig.cache.kept.size, 0);
  });

  it('has what a task made before the journal has its outcome', async () => {
    const rig = rigOf([step('a')]);
    rig.start();
    const attempt = await rig.attempt('a');
    attempt.did({ type: 'call-started', call: 1, provider: 'p', model: 'm' });
    attempt.did({
      type: 'call-ended',
      call: 1,
      served: 'm',
      usage: { input: 10, output: 5, cachedInput: 0, reasoning: 0, counted: 'provider' },
      usd: 0.25,
      durationMs: 1,
      failure: undefined,
    });
    rig.clock.advance(41_000);
    attempt.succeed('x');
    await rig.until(() => rig.types().includes('task-succeeded'));
    const [kept] = rig.cache.kept.values();
    assert.deepEqual(kept?.result.spent, { ms: 41_000, calls: 1, tokens: 15, usd: 0.25 });
    await rig.end();
  });

  it('lets one run of tasks that are asked the same at the same moment, and gives the others its answer', async () => {
    const steps = ['a', 'b', 'c'].map((id) =>
      step(id, [], { agent: agentName('asker'), prompt: 'why?' }),
    );
    const rig = rigOf(steps);
    rig.start();
    const first = await rig.attempt('a');
    await rig.until(() => rig.state().misses.size === 3);
    assert.deepEqual(rig.running(), ['a']);
    first.succeed('because');
    await rig.end();
    assert.deepEqual(
      rig.types().filter((type) => type.startsWith('task-')),
      ['task-started', 'task-succeeded', 'task-reused', 'task-reused'],
    );
    const waited = rig.state().tasks.get('c' as TaskId);
    assert.ok(waited?.kind === 'succeeded' && waited.reused?.shared === true);
  });

  it('lets the next one run where the first one fails', async () => {
    const steps = ['a', 'b', 'c'].map((id) =>
      step(id, [], { agent: agentName('asker'), prompt: 'why?' }),
    );
    const rig = rigOf(steps);
    rig.start();
    (await rig.attempt('a')).fail();
    (await rig.attempt('b')).succeed('because');
    await rig.end();
    assert.deepEqual(rig.kinds(), { a: 'failed', b: 'succeeded', c: 'succeeded' });
    assert.equal(rig.types().filter((type) => type === 'task-started').length, 2);
  });

  it('makes nobody wait twice for an answer that is not kept', async () => {
    const steps = ['a', 'b', 'c'].map((id) =>
      step(id, [], { agent: agentName('asker'), prompt: 'why?' }),
    );
    const rig = rigOf(steps);
    rig.cache.keepsNothing = true;
    rig.start();
    (await rig.attempt('a')).succeed();
    const [b, c] = [await rig.attempt('b'), await rig.attempt('c')];
    assert.deepEqual(rig.running(), ['b', 'c']);
    b.succeed();
    c.succeed();
    await rig.end();
  });

  it('is asked anew after a crash, since the result may have been kept just before', async () => {
    const rig = rigOf([step('a')]);
    rig.start();
    const attempt = await rig.attempt('a');
    attempt.begin();
    const before = [...rig.events];
    attempt.succeed('kept');
    await rig.end();
    // The program died before its outcome stood in the journal.
    rig.events.splice(0, rig.events.length, ...before);
    rig.start();
    await rig.end();
    assert.deepEqual(rig.types().slice(-3), ['task-interrupted', 'task-reused', 'run-finished']);
  });

  it('does not answer a task that a person asks for again, but what comes of it', async () => {
    const steps = [
      step('a', [], { prompt: 'x' }),
      step('b', ['a'], { prompt: '${{ steps.a.output }}' }),
    ];
    const rig = await secondOf(steps, (task) => task);
    rig.start();
    await rig.end();
    const again = { kind: 'rerun', prompt: undefined, model: undefined, by: PERSON } as const;
    rig.start();
    assert.deepEqual(await rig.ask({ ...again, task: 'a' as TaskId, withoutCache: false }), {
      kind: 'accepted',
    });
    (await rig.attempt('a')).succeed('a');
    await rig.end();
    assert.equal(rig.types().at(-2), 'task-reused');

    rig.start();
    await rig.ask({ ...again, task: 'a' as TaskId, withoutCache: true });
    (await rig.attempt('a')).succeed('a');
    (await rig.attempt('b')).succeed('b');
    await rig.end();
    assert.equal(rig.state().misses.get('b' as TaskId)?.why.kind, 'fresh');
  });

  it('guards what it gives by the gates behind it', async () => {
    const steps = [step('a', [], { prompt: 'x', produces: ['made.txt'] }), gate('ok', ['a'])];
    const first = rigOf(steps);
    first.start();
    (await first.attempt('a')).succeed('', { 'made.txt': 'made' });
    await first.until(() => first.state().frontier.waiting.size === 1);
    first.detach();
    await first.end();
    const rig = rigOf(steps);
    first.cache.kept.forEach((kept, key) => rig.cache.kept.set(key, kept));
    rig.shareBlobs(first);
    rig.start();
    await rig.until(() => rig.state().frontier.waiting.size === 1);
    assert.deepEqual(rig.landed, []);
    await rig.answer('ok', 'approved');
    await rig.end();
    assert.equal(rig.landed.length, 1);
    assert.equal(rig.types()[1], 'task-reused');
  });

  it('is left when the run is cancelled or let go, however long its answer takes', async () => {
    for (const end of ['cancel', 'detach'] as const) {
      const rig = rigOf([step('a')]);
      const asked = new Promise<void>((resolve) => {
        rig.cache.ask = (_question, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('stopped')));
            resolve();
          });
      });
      rig.start();
      await asked;
      if (end === 'cancel') {
        await rig.cancel();
      } else {
        rig.detach();
      }
      const ended = await rig.end();
      assert.equal(ended.kind, end === 'cancel' ? 'finished' : 'detached');
      assert.ok(!rig.types().includes('cache-missed'));
    }
  });

  it('is told what is under way, so that other runs can wait for it', async () => {
    const rig = rigOf([step('a')]);
    rig.start();
    const attempt = await rig.attempt('a');
    assert.equal(rig.cache.underWay.length, 1);
    attempt.succeed();
    await rig.end();
    assert.deepEqual(rig.cache.underWay, []);
  });
});
