import assert from 'node:assert/strict';
import type { Reuse } from '../../../src/core/domain/cache.ts';
import type { RunId, TaskId } from '../../../src/core/domain/ids.ts';
import type { TaskRow } from '../../../src/core/projections/taskRows.ts';
import { taskOffers } from '../../../src/vscode/offers.ts';
import { plan, step } from '../../support/plans.ts';

describe('What can be asked of a task', () => {
  const one = plan(step('review'));
  const row: Pick<TaskRow, 'step' | 'state' | 'verbs' | 'reused'> = {
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
});
