import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agentName, stepId } from '../../../src/core/domain/ids.ts';
import { DEFAULT_ESTIMATE_MS } from '../../../src/core/domain/workflow.ts';
import {
  learnEstimates,
  learnPastTimes,
  type PastTask,
} from '../../../src/core/planning/estimates.ts';
import { commandAgent, step } from '../../support/plans.ts';

function past(over: Partial<PastTask> = {}): PastTask {
  return {
    workflow: 'ci',
    step: stepId('lint'),
    agent: agentName('lint-agent'),
    model: undefined,
    durationMs: 1000,
    inputBytes: undefined,
    endedAt: 0,
    usd: undefined,
    ...over,
  };
}

const LINT = step('lint');
const agent = commandAgent('lint-agent');

describe('an estimate', () => {
  it('is the usual one while nothing is known', () => {
    assert.equal(learnEstimates([])('ci', LINT, agent, undefined, 10), DEFAULT_ESTIMATE_MS);
  });

  it('is learned from the same step, else the same agent and model, else everything', () => {
    const estimate = learnEstimates([
      past({ durationMs: 100 }),
      past({ durationMs: 300 }),
      past({ workflow: 'other', durationMs: 800 }),
      past({ workflow: 'other', model: 'm', durationMs: 4000 }),
      past({ workflow: 'x', step: stepId('y'), agent: agentName('z'), durationMs: 4800 }),
    ]);
    assert.deepEqual(
      [
        estimate('ci', LINT, agent, undefined, 0),
        estimate('new', LINT, agent, undefined, 0),
        estimate('new', LINT, undefined, undefined, 0),
        estimate('new', LINT, agent, 'm', 0),
        estimate('new', LINT, agent, 'unknown', 0),
        estimate('new', step('q'), commandAgent('q'), undefined, 0),
      ],
      [200, 400, 400, 4000, 2000, 2000],
    );
  });

  it('counts the newest twenty, in whatever order they are told', () => {
    const history = Array.from({ length: 40 }, (_, n) =>
      past({ endedAt: n, durationMs: n < 20 ? 1_000_000 : 500 }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: 40 }), (told) => {
        assert.equal(learnEstimates(told)('ci', LINT, agent, undefined, 0), 500);
      }),
    );
  });

  it('follows the length of the text, at most to twice and at least to half', () => {
    const estimate = learnEstimates([
      past({ inputBytes: 50 }),
      past({ inputBytes: 150 }),
      past({ inputBytes: 0 }),
      past(),
    ]);
    assert.deepEqual(
      [0, 1, 50, 90, 100, 130, 200, 100_000].map((bytes) =>
        estimate('ci', LINT, agent, undefined, bytes),
      ),
      [1000, 500, 500, 900, 1000, 1300, 2000, 2000],
    );
    const blind = learnEstimates([past(), past({ inputBytes: 0 })]);
    assert.equal(blind('ci', LINT, agent, undefined, 7), 1000);
  });

  it('never leaves the range of what was seen by more than half or double', () => {
    const durations = fc.array(
      fc.record({ durationMs: fc.nat(), inputBytes: fc.nat(), endedAt: fc.nat() }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(durations, fc.nat(), (drawn, bytes) => {
        const ms = learnEstimates(drawn.map(past))('ci', LINT, agent, undefined, bytes);
        const seen = drawn.map(({ durationMs }) => durationMs);
        assert.ok(ms >= Math.floor(Math.min(...seen) / 2) && ms <= Math.max(...seen) * 2 + 1);
      }),
    );
  });
});

describe('the past of a step', () => {
  it('is told of the same step, else of the same agent and model, else not at all', () => {
    const times = learnPastTimes([
      past({ durationMs: 100 }),
      past({ durationMs: 900 }),
      past({ durationMs: 300 }),
      past({ durationMs: 500 }),
      past({ workflow: 'other', step: stepId('x'), durationMs: 7000 }),
    ]);
    assert.deepEqual(times('ci', LINT, undefined), {
      leastMs: 100,
      likelyMs: 400,
      mostMs: 900,
      of: 'step',
      samples: 4,
    });
    assert.deepEqual(times('new', LINT, undefined), {
      leastMs: 100,
      likelyMs: 500,
      mostMs: 7000,
      of: 'agent',
      samples: 5,
    });
    assert.equal(times('new', LINT, 'm'), undefined);
    assert.equal(times('ci', step('never'), undefined), undefined);
  });

  it('counts the newest twenty', () => {
    const times = learnPastTimes(
      Array.from({ length: 30 }, (_, at) => past({ durationMs: at, endedAt: at })),
    );
    assert.equal(times('ci', LINT, undefined)?.leastMs, 10);
  });
});
