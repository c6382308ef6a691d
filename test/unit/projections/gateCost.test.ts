import assert from 'node:assert/strict';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { costLine, gateCost } from '../../../src/core/projections/gateCost.ts';
import { gate, plan, step, withModels } from '../../support/plans.ts';
import { called, callEnded, opened, started, stateAfter, succeeded, task } from './histories.ts';

// draft --> ask --> polish (by the same agent), publish
const commands = plan(
  step('draft'),
  gate('ask', ['draft']),
  { ...step('polish', ['ask']), agent: step('draft').agent },
  step('publish', ['ask']),
);
const models = withModels(commands);

describe('The cost of a run at a gate', () => {
  const drafted = (usd: number | undefined): EventBody[] => [
    started('draft'),
    called('draft'),
    callEnded('draft', 1, { usd }),
    succeeded('draft'),
    opened('ask'),
  ];
  const costOf = (of: RunPlan, ...bodies: readonly EventBody[]) =>
    gateCost(of, stateAfter(of, ...bodies));
  /** Another estimate than that of a task of which nothing is known. */
  const timed = (of: RunPlan, ms: number, ...ids: readonly string[]): RunPlan => ({
    ...of,
    tasks: of.tasks.map((planned) =>
      ids.some((id) => planned.id === task(id)) ? { ...planned, estimateMs: ms } : planned,
    ),
  });

  it('is what was spent, and for what is to come what tasks of the same agent have cost', () => {
    const cost = costOf(models, ...drafted(0.03));
    assert.equal(cost.soFar, '2,140 tokens · $0.03');
    assert.equal(cost.toCome, '2 tasks, time unknown, about $0.03 and 1 of unknown cost');
  });

  it('is unknown, not nothing, where no price is known', () => {
    const cost = costOf(models, ...drafted(undefined));
    assert.equal(cost.soFar, '2,140 tokens · unpriced');
    assert.equal(cost.toCome, '2 tasks, time unknown, cost unknown');
  });

  it('has no money in it where only commands are left', () => {
    const cost = costOf(commands, started('draft'), succeeded('draft'), opened('ask'));
    assert.deepEqual(cost, { soFar: undefined, toCome: '2 tasks, time unknown' });
    assert.equal(costLine(cost), 'to come: 2 tasks, time unknown');
  });

  it('adds up the times that are known, and counts the others', () => {
    const state = [started('draft'), succeeded('draft'), opened('ask')];
    const some = costOf(timed(commands, 90_000, 'polish'), ...state);
    assert.equal(some.toCome, '2 tasks, 2 min of work and 1 of unknown time');
    const all = costOf(timed(commands, 90_000, 'polish', 'publish'), ...state);
    assert.equal(all.toCome, '2 tasks, 3 min of work');
  });

  it('learns from other runs: the median of what an agent cost', () => {
    const other = (usd: number) => ({ plan: models, state: stateAfter(models, ...drafted(usd)) });
    const none = stateAfter(models, started('draft'), succeeded('draft'), opened('ask'));
    assert.equal(
      gateCost(models, none, [other(9), other(0.5), other(0.7)]).toCome,
      '2 tasks, time unknown, about $0.70 and 1 of unknown cost',
    );
  });

  it('is nothing where all is done', () => {
    const last = plan(step('draft'), gate('ask', ['draft']));
    const cost = costOf(last, started('draft'), succeeded('draft'), opened('ask'));
    assert.deepEqual(cost, { soFar: undefined, toCome: undefined });
    assert.equal(costLine(cost), '');
  });
});
