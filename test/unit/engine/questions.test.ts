import assert from 'node:assert/strict';
import type { AttemptDeed } from '../../../src/core/domain/deed.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { OpenQuestion, Reply } from '../../../src/core/domain/question.ts';
import type { RequestOutcome } from '../../../src/core/domain/request.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { plan, planWith, step, withModels } from '../../support/plans.ts';

const id = (name: string) => taskIdOf(stepId(name));
const MAY_IT = {
  kind: 'permission',
  tool: 'shell',
  summary: 'run npm test',
  detail: '{}',
} as const;

describe('A question of a running agent', () => {
  let rig: DriverRig;

  function drive(what: RunPlan): void {
    rig = new DriverRig(withModels(what));
    rig.canPark = true;
    rig.start();
  }

  afterEach(() => rig.dispose());

  function asked(): Promise<OpenQuestion> {
    return rig.until(() => [...rig.state().questions.values()][0]);
  }

  function answer({ id: question, digest }: OpenQuestion, reply: Reply): Promise<RequestOutcome> {
    return rig.ask({ kind: 'reply', question, digest, reply, by: PERSON });
  }

  it('takes no slot while it waits, and is answered once the answer stands in the journal', async () => {
    drive(planWith({ maxParallel: 1 }, step('a'), step('b')));
    const attempt = await rig.attempt('a');
    const reply = attempt.ask('tool:1', MAY_IT);
    const question = await asked();
    (await rig.attempt('b')).succeed();
    assert.deepEqual(await answer(question, { kind: 'allow', always: true }), { kind: 'accepted' });
    assert.deepEqual(await reply, { kind: 'allow', always: true });
    assert.deepEqual([...attempt.request.wishes().allowed], ['shell']);
    attempt.succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    assert.equal(rig.state().questions.size, 0);
  });

  it('is answered for what was shown only', async () => {
    drive(plan(step('a'), step('b')));
    const first = await rig.attempt('a');
    void first.ask('tool:1', MAY_IT);
    const question = await asked();
    const other = await answer(
      { ...question, digest: 'f'.repeat(64) as typeof question.digest },
      { kind: 'allow', always: false },
    );
    assert.deepEqual(other, {
      kind: 'refused',
      why: 'what was shown has changed since; look again',
    });
    assert.equal((await answer(question, { kind: 'stop' })).kind, 'refused');
    first.succeed();
    await rig.until(() => rig.kinds()['a'] === 'succeeded');
    const late = await answer(question, { kind: 'deny', note: undefined });
    assert.deepEqual(late, { kind: 'refused', why: 'nobody asks that any more' });
    await rig.cancel();
    await rig.end();
  });

  it('stays open over a crash, can be answered before the agent goes on, and is not asked twice', async () => {
    drive(plan(step('a')));
    const first = await rig.attempt('a');
    first.ask('tool:1', MAY_IT).catch(() => undefined);
    const question = await asked();
    rig.keepSession('a', 1);
    rig.detach();
    await rig.end();
    rig.start();
    assert.deepEqual(await answer(question, { kind: 'deny', note: 'not here' }), {
      kind: 'accepted',
    });
    const again = await rig.attempt('a');
    assert.deepEqual(await again.ask('tool:1', MAY_IT), { kind: 'deny', note: 'not here' });
    again.succeed();
    await rig.end();
    assert.equal(rig.types().filter((type) => type === 'question-opened').length, 1);
  });

  it('lets a driver that leaves at gates go, and the next one go on', async () => {
    rig = new DriverRig(withModels(plan(step('a'))));
    rig.canPark = true;
    rig.start({ leaveAtGates: true });
    (await rig.attempt('a')).ask('tool:1', MAY_IT).catch(() => undefined);
    rig.keepSession('a', 1);
    assert.deepEqual(await rig.end(), { kind: 'waiting' });
    rig.start();
    const again = await rig.attempt('a');
    const reply = again.ask('tool:1', MAY_IT);
    const question = await asked();
    await answer(question, { kind: 'allow', always: false });
    await reply;
    again.succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('waits as long as it takes, and that is no work', async () => {
    drive(plan(step('a')));
    const attempt = await rig.attempt('a');
    rig.clock.advance(100);
    const reply = attempt.ask('tool:1', MAY_IT);
    const question = await asked();
    rig.clock.advance(3_600_000);
    await answer(question, { kind: 'allow', always: false });
    await reply;
    rig.clock.advance(100);
    attempt.succeed();
    await rig.end();
    const ended = rig.state().tasks.get(id('a'));
    assert.ok(ended?.kind === 'succeeded' && ended.durationMs === 200);
  });
});

describe('A budget', () => {
  let rig: DriverRig;

  const call = (number: number, usd: number | undefined): readonly AttemptDeed[] => [
    { type: 'call-started', call: number, provider: 'p', model: 'm' },
    {
      type: 'call-ended',
      call: number,
      served: 'm',
      usage: { input: 900, output: 100, cachedInput: 0, reasoning: 0, counted: 'provider' },
      usd,
      durationMs: 1,
      failure: undefined,
    },
  ];

  afterEach(() => rig.dispose());

  function drive(what: RunPlan): void {
    rig = new DriverRig(withModels(what));
    rig.start();
  }

  const budget = (over: { tokens?: number; usd?: number; timeMs?: number }) => ({
    tokens: undefined,
    usd: undefined,
    timeMs: undefined,
    ...over,
  });

  async function spend(name: string, number: number, usd?: number): Promise<void> {
    const attempt = await rig.attempt(name);
    call(number, usd).forEach((deed) => attempt.did(deed));
    await rig.until(() => rig.state().ledger.counted(id(name)).calls === number);
    await rig.until(() => rig.state().ledger.tasks.get(id(name))?.calls[number - 1]?.end);
  }

  it('is told of once at four fifths, and spent at its limit', async () => {
    drive(planWith({ workflow: { budget: budget({ usd: 1 }) } }, step('a')));
    const attempt = await rig.attempt('a');
    await spend('a', 1, 0.7);
    assert.ok(!rig.types().includes('budget-noticed'));
    await spend('a', 2, 0.15);
    assert.equal(attempt.request.wishes().spentBudget, undefined);
    await spend('a', 3, 0.15);
    assert.equal(rig.types().filter((type) => type === 'budget-noticed').length, 1);
    const reached = attempt.request.wishes().spentBudget;
    assert.ok(reached);
    assert.deepEqual(reached.scope, { kind: 'run' });
    assert.equal(reached.limit, 1);
    attempt.succeed();
    await rig.end();
  });

  it('of a run is one question for all its tasks, and a raise lets all of them go on', async () => {
    drive(planWith({ workflow: { budget: budget({ tokens: 1000 }) } }, step('a'), step('b')));
    const [a, b] = [await rig.attempt('a'), await rig.attempt('b')];
    await spend('a', 1);
    const both = [a, b].map((attempt) => {
      const reached = attempt.request.wishes().spentBudget;
      assert.ok(reached);
      return attempt.ask('budget', { kind: 'budget', ...reached });
    });
    const question = await rig.until(() => {
      const [one] = [...rig.state().questions.values()];
      return one?.tasks.length === 2 && one;
    });
    const { id: name, digest } = question;
    const asks = { kind: 'reply', question: name, digest, by: PERSON } as const;
    const tooLittle = await rig.ask({ ...asks, reply: { kind: 'raise', to: 1000 } });
    assert.equal(tooLittle.kind, 'refused');
    await rig.ask({ ...asks, reply: { kind: 'raise', to: 5000 } });
    assert.deepEqual(await Promise.all(both), [
      { kind: 'raise', to: 5000 },
      { kind: 'raise', to: 5000 },
    ]);
    assert.equal(a.request.wishes().spentBudget, undefined);
    a.succeed();
    b.succeed();
    await rig.end();
  });

  it('of a step that is spent is asked for before another attempt, and ends the task on a stop', async () => {
    const terms = { ...NO_TERMS, budget: budget({ tokens: 1000 }) };
    const retry = { attempts: 2, delayMs: 0, maxDelayMs: 0, on: undefined };
    drive(plan(step('a', [], { terms, retry })));
    await spend('a', 1);
    (await rig.attempt('a')).fail();
    const question = await rig.until(() => [...rig.state().questions.values()][0]);
    assert.ok(question.asks.kind === 'budget');
    assert.deepEqual(question.asks.scope, { kind: 'task', task: id('a') });
    const { id: name, digest } = question;
    await rig.ask({ kind: 'reply', question: name, digest, reply: { kind: 'stop' }, by: PERSON });
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
    const failed = rig.state().tasks.get(id('a'));
    assert.ok(failed?.kind === 'failed' && failed.failure.reason === 'budget-spent');
  });

  it('of time limits how long an attempt may take', async () => {
    const terms = { ...NO_TERMS, budget: budget({ timeMs: 3000 }) };
    drive(
      plan(
        step('a', [], {
          terms,
          retry: { attempts: 2, delayMs: 1000, maxDelayMs: 1000, on: undefined },
        }),
      ),
    );
    const first = await rig.attempt('a');
    assert.equal(first.request.limits.timeoutMs, 3000);
    rig.clock.advance(1000);
    first.fail();
    await rig.until(() => rig.types().includes('task-retried'));
    await rig.clock.timerSet();
    rig.clock.advance(1000);
    const second = await rig.until(() => rig.begun('a', 2));
    assert.equal(second.request.limits.timeoutMs, 2000);
    second.succeed();
    await rig.end();
  });

  it('takes what has no price for unpriced, never for nothing', async () => {
    drive(planWith({ workflow: { budget: budget({ usd: 1 }) } }, step('a')));
    await spend('a', 1, undefined);
    const { total } = rig.state().ledger;
    assert.equal(total.unpricedCalls, 1);
    assert.equal(total.inputTokens, 900);
    (await rig.attempt('a')).succeed();
    await rig.end();
  });
});
