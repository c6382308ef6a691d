import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody } from '../../../src/core/domain/event.ts';
import {
  accountLines,
  accountOf,
  ledgerLines,
  ledgerOf,
  otherModelText,
  runSpentText,
} from '../../../src/core/projections/ledger.ts';
import { plan, step } from '../../support/plans.ts';
import {
  called,
  callEnded,
  did,
  failed,
  interrupted,
  started,
  stateAfter,
  succeeded,
  task,
} from './histories.ts';

const two = plan(step('a'), step('b'));

describe('The ledger of a run', () => {
  const linesOf = (...bodies: readonly EventBody[]) => {
    const account = accountOf(stateAfter(two, ...bodies), task('a'));
    return account === undefined ? [] : accountLines(account);
  };

  it('is empty where no model was asked', () => {
    const state = stateAfter(two, started('a'), succeeded('a'));
    assert.deepEqual(ledgerOf(state).tasks, []);
    assert.deepEqual(ledgerLines(state), []);
    assert.equal(runSpentText(state), '');
  });

  it('says what was asked, what served, and what it cost', () => {
    assert.deepEqual(
      linesOf(
        ...[started('a'), called('a'), callEnded('a', 1, {})],
        ...[called('a', 2), callEnded('a', 2, { served: 'claude-x-20260101' })],
      ),
      [
        'Model: anthropic/claude-x · 1 call',
        'Model: anthropic/claude-x → claude-x-20260101 · 1 call',
        'Spent: 4,280 tokens (3,800 in, 480 out) · $0.06',
      ],
    );
  });

  it('says that another model answered, and keeps saying it', () => {
    const bodies = [
      ...[started('a'), called('a'), callEnded('a', 1, { served: 'claude-mini' })],
      ...[called('a', 2), callEnded('a', 2, {})],
    ];
    assert.equal(
      linesOf(...bodies)[0],
      'Model: anthropic/claude-x → claude-mini, which is another model · 1 call',
    );
    const state = stateAfter(two, ...bodies);
    const text = 'claude-mini answered instead of claude-x';
    assert.equal(otherModelText(state, task('a')), text);
    assert.equal(ledgerLines(state)[1], text);
  });

  it('counts retries, and says of a model that took over why it did', () => {
    assert.deepEqual(
      linesOf(
        ...[started('a'), called('a')],
        callEnded('a', 1, {
          failure: 'rate-limit',
          served: undefined,
          usage: { input: 0, output: 0 },
        }),
        did('a', { type: 'model-changed', from: 'claude-x', to: 'gpt-y', why: 'rate-limit' }),
        ...[called('a', 2, 'gpt-y'), callEnded('a', 2, { served: 'gpt-y', usd: undefined })],
        did('a', { type: 'model-changed', from: 'gpt-y', to: 'claude-x', why: 'chosen' }),
      ),
      [
        'Model: anthropic/claude-x · 1 call',
        'Model: anthropic/gpt-y · 1 call',
        'Spent: 2,140 tokens (1,900 in, 240 out) · $0.03 and unpriced calls · 1 retry',
        'Changed from claude-x to gpt-y: after rate limit',
        'Changed from gpt-y to claude-x: a person chose it',
      ],
    );
  });

  it('takes a call for lost only when its attempt is over', () => {
    const under = ledgerOf(stateAfter(two, started('a'), called('a'))).total;
    assert.deepEqual([under.openCalls, under.lostCalls], [1, 0]);
    const gone = stateAfter(two, started('a'), called('a'), interrupted('a'));
    const { total, tasks } = ledgerOf(gone);
    assert.deepEqual([total.openCalls, total.lostCalls], [0, 1]);
    assert.match(accountLines(tasks[0]!)[1] ?? '', /1 call was cut off, and perhaps paid for$/);
    const again = stateAfter(
      two,
      started('a'),
      called('a'),
      interrupted('a'),
      started('a', 2),
      called('a', 2, 'claude-x', 2),
    );
    assert.deepEqual(
      [
        ledgerOf(again).total.openCalls,
        ledgerOf(again).total.lostCalls,
        ledgerOf(again).total.retries,
      ],
      [1, 1, 1],
    );
  });

  it('adds up: the total is the sum of its tasks, and each task the sum of its models', () => {
    const call = fc.record({
      of: fc.constantFrom('a', 'b'),
      usd: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
      input: fc.nat(10_000),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
        const counts = { a: 0, b: 0 };
        const bodies = calls.flatMap(({ of, usd, input, ends }): EventBody[] => {
          counts[of] += 1;
          const begun = called(of, counts[of]);
          const ended = callEnded(of, counts[of], { usd, usage: { input } });
          return ends ? [begun, ended] : [begun];
        });
        const state = stateAfter(
          two,
          started('a'),
          started('b'),
          ...bodies,
          failed('b', { reason: 'interrupted' }),
        );
        const { total, tasks } = ledgerOf(state);
        const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
        for (const part of [
          'calls',
          'inputTokens',
          'usd',
          'unpricedCalls',
          'openCalls',
          'lostCalls',
        ] as const) {
          assert.equal(total[part], sum(tasks.map(({ spent }) => spent[part])), part);
        }
        for (const { spent, models } of tasks) {
          for (const part of ['calls', 'inputTokens', 'usd', 'unpricedCalls'] as const) {
            assert.equal(spent[part], sum(models.map((model) => model[part])), part);
          }
        }
        assert.equal(total.openCalls + total.lostCalls, calls.filter(({ ends }) => !ends).length);
      }),
    );
  });
});
