import assert from 'node:assert/strict';
import type { Reuse } from '../../../src/core/domain/cache.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { objectId, type RunId, type TaskId } from '../../../src/core/domain/ids.ts';
import type { Driven, TaskRow } from '../../../src/core/projections/taskRows.ts';
import { gateOffers, guardedBy, runOffers, taskOffers } from '../../../src/vscode/offers.ts';
import { gate, plan, step } from '../../support/plans.ts';
import { ADA, RUN, started, stateAfter, succeeded, task } from '../projections/histories.ts';

describe('What can be asked of a task', () => {
  const planned = plan(step('review'));
  const one = { plan: planned, state: stateAfter(planned) };
  const row: Pick<TaskRow, 'task' | 'step' | 'state' | 'verbs' | 'reused'> = {
    task: task('review'),
    step: step('review'),
    state: 'succeeded',
    verbs: ['rerun', 'rerun-without-cache'],
    reused: undefined,
  };
  const reuse: Reuse = {
    from: { run: 'x-1' as RunId, task: 'review' as TaskId, at: 0 },
    namespace: 'model_response',
    same: [],
    saved: { ms: 0, calls: 1, tokens: 10, usd: 0 },
    shared: false,
    similar: undefined,
  };
  const similar = { question: 'What are tides?', similarity: 0.97 };

  it('is its own question, where the answer to a similar one stands for it', () => {
    assert.ok(taskOffers(one, { ...row, reused: { ...reuse, similar } }).includes('similar'));
    assert.ok(!taskOffers(one, { ...row, reused: reuse }).includes('similar'));
    assert.ok(!taskOffers(one, row).includes('similar'));
  });

  it('is nothing new while it cannot be run again', () => {
    const cancelling = { ...row, verbs: [], reused: { ...reuse, similar } };
    assert.deepEqual(taskOffers(one, cancelling), ['command']);
  });

  it('is to show what it changed, and to take its result back while it stands on a branch', () => {
    const offers = (...bodies: readonly EventBody[]) =>
      taskOffers({ plan: planned, state: stateAfter(planned, ...bodies) }, row).filter(
        (offer) => offer === 'changes' || offer === 'rollBack',
      );
    const made = [started('review'), succeeded('review', 'a.md')] as const;
    assert.deepEqual(offers(started('review'), succeeded('review')), []);
    assert.deepEqual(offers(...made), ['changes']);
    assert.deepEqual(offers(...made, ...landed('review')), ['changes', 'rollBack']);
    const undone: EventBody = { type: 'landing-undone', task: task('review'), by: ADA };
    assert.deepEqual(offers(...made, ...landed('review'), undone), ['changes']);
  });

  it('is, at a gate that waits, what it guards: what lies upstream of it', () => {
    const guarded = plan(step('a'), step('b', ['a']), step('c'), gate('ok', ['b']));
    assert.deepEqual(guardedBy(guarded, task('ok')), [task('a'), task('b')]);
    const offers = (...made: readonly string[]) => {
      const state = stateAfter(
        guarded,
        ...['a', 'b', 'c'].flatMap((id) => [
          started(id),
          succeeded(id, ...(made.includes(id) ? ['x.md'] : [])),
        ]),
      );
      return gateOffers({ plan: guarded, state }, task('ok'));
    };
    assert.deepEqual(offers('a'), ['changes', 'forecast']);
    assert.deepEqual(offers('c'), []);
  });
});

describe('What can be asked of a run', () => {
  const planned = plan(step('a'));
  const offers = (driven: Driven, ...bodies: readonly EventBody[]) =>
    runOffers({
      kind: 'readable',
      run: RUN,
      plan: planned,
      state: stateAfter(planned, ...bodies),
      driven,
      damage: undefined,
    });

  it('is about its results as soon as there are some, and to drop it once nobody drives it', () => {
    const made = [started('a'), succeeded('a', 'a.md')] as const;
    const finished: EventBody = { type: 'run-finished', status: 'succeeded' };
    assert.deepEqual(offers({ kind: 'here' }, ...made), [
      ...(['pause', 'cancel', 'changes', 'forecast'] as const),
    ]);
    assert.deepEqual(offers({ kind: 'here' }, ...made, ...landed('a'), finished), [
      ...(['changes', 'forecast', 'merge', 'drop'] as const),
    ]);
    assert.ok(offers({ kind: 'nobody' }, ...made).includes('drop'));
  });

  it('is what changed in the checkout, where something did', () => {
    const looked: EventBody = {
      type: 'checkout-looked',
      state: digestOf('state'),
      changes: [{ what: 'index' }],
      more: 0,
    };
    assert.ok(offers({ kind: 'here' }, looked).includes('checkout'));
    assert.ok(!offers({ kind: 'here' }, { ...looked, changes: [] }).includes('checkout'));
  });
});

function landed(id: string): EventBody[] {
  const at = {
    task: task(id),
    branch: `ai/generated/example-1/${id}`,
    tag: `workflow_example-1_${id}`,
    commit: objectId('1'.repeat(40)),
  };
  return [
    { type: 'landing-started', ...at },
    { type: 'landing-done', ...at },
  ];
}
