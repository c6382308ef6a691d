import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BudgetReached, Question } from '../../../src/core/domain/question.ts';
import {
  asksText,
  openQuestions,
  questionText,
  readLimit,
  suggestedLimit,
  writtenLimit,
} from '../../../src/core/projections/questions.ts';
import { taskPage } from '../../../src/core/projections/taskPage.ts';
import { plan, step } from '../../support/plans.ts';
import { asked, cancelRequested, replied, started, stateAfter, task } from './histories.ts';

const MAY: Question = {
  kind: 'permission',
  tool: 'shell',
  summary: 'run npm test',
  detail: 'npm test -- --bail\nin the workspace copy',
};
const TOKENS: Question = {
  kind: 'budget',
  scope: { kind: 'run' },
  of: 'tokens',
  spent: 102_000,
  limit: 100_000,
};

const two = plan(step('a'), step('b'));

describe('The questions of a run', () => {
  it('are those nobody has answered, the oldest first, with what an answer must carry', () => {
    const first = asked('a', MAY);
    const second = asked('b', TOKENS);
    const state = stateAfter(two, started('a'), started('b'), first, second);
    const open = openQuestions(state);
    assert.deepEqual(
      open.map(({ tasks, text, replies }) => [tasks, text, replies]),
      [
        [[task('a')], 'May it run npm test?', ['allow', 'deny']],
        [
          [task('b')],
          'The run has spent 102,000 tokens of 100,000 tokens. Go on?',
          ['raise', 'cheaper', 'stop'],
        ],
      ],
    );
    assert.equal(open[0]?.digest, first.type === 'question-opened' ? first.digest : undefined);
    const after = stateAfter(
      two,
      ...[started('a'), started('b'), first, second],
      replied(first, { kind: 'allow', always: false }),
    );
    assert.deepEqual(
      openQuestions(after).map(({ tasks }) => tasks),
      [[task('b')]],
    );
  });

  it('are none of a run that is being cancelled', () => {
    const state = stateAfter(two, started('a'), asked('a', MAY), cancelRequested);
    assert.deepEqual(openQuestions(state), []);
  });

  it('are one line each, whatever agents write', () => {
    const hostile: Question = { ...MAY, summary: 'run \u001b[31mrm\n-rf \u202e.' };
    assert.equal(asksText(hostile), 'run rm -rf .');
    assert.equal(questionText(hostile), 'May it run rm -rf .?');
  });

  it('stand whole on the page of the task that asks', () => {
    const page = taskPage(
      two,
      stateAfter(two, started('a'), asked('a', MAY)),
      task('a'),
      undefined,
    );
    assert.match(page, /Now: asks: run npm test\n/);
    assert.match(
      page,
      /May it run npm test\?\nTool: shell\nnpm test -- --bail\nin the workspace copy\n/,
    );
  });
});

describe('The limit to raise a budget to', () => {
  const budget = (of: BudgetReached['of'], spent: number, limit: number): BudgetReached => ({
    scope: { kind: 'run' },
    of,
    spent,
    limit,
  });

  it('is half as much again, with two digits that count', () => {
    assert.equal(suggestedLimit(budget('tokens', 102_000, 100_000)), 150_000);
    assert.equal(suggestedLimit(budget('tokens', 180_500, 100_000)), 230_000);
    assert.equal(suggestedLimit(budget('usd', 0.21, 0.2)), 0.3);
    assert.equal(suggestedLimit(budget('time', 600_000, 600_000)), 900_000);
  });

  it('is above what is spent, and is read as it is written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('tokens', 'usd', 'time'),
        fc.double({ min: 0.02, max: 1e8, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (of, limit, over) => {
          const whole = of === 'tokens' ? Math.ceil(limit) : limit;
          const reached = budget(of, whole * (1 + over), whole);
          const suggested = suggestedLimit(reached);
          assert.ok(suggested > reached.spent, `${suggested}`);
          const read = readLimit(reached, writtenLimit(of, suggested));
          assert.ok(read.ok && Math.abs(read.value - suggested) < 1e-6 * suggested + 1);
        },
      ),
    );
  });

  it('may be written with commas and a dollar sign, and time in minutes', () => {
    assert.deepEqual(readLimit(budget('tokens', 10, 10), '1,500'), { ok: true, value: 1500 });
    assert.deepEqual(readLimit(budget('usd', 1, 1), '$2.50'), { ok: true, value: 2.5 });
    assert.deepEqual(readLimit(budget('time', 1, 1), '20'), { ok: true, value: 1_200_000 });
  });

  it('says what to write where it is no number above what is spent', () => {
    for (const written of ['', 'many', '10', '-5', 'Infinity', '1e999']) {
      assert.deepEqual(readLimit(budget('tokens', 10, 5), written), {
        ok: false,
        error: 'Write a number of tokens above what is spent, 10 tokens.',
      });
    }
  });
});
