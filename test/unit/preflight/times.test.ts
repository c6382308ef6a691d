import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';
import { acyclicGraph } from '../graph/graphs.ts';
import { pastOf, preflightOf } from './preflightRig.ts';

const durations = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 12, maxLength: 12 });

/** The heaviest way from the task, found by walking every way. */
function heaviest(plan: RunPlan, weights: Readonly<Record<string, number>>): number {
  const wayFrom = (id: string): number =>
    (weights[id] ?? 0) +
    Math.max(
      0,
      ...plan.tasks
        .filter(({ needs }) => needs.some((need) => need === id))
        .map((task) => wayFrom(task.id)),
    );
  return Math.max(0, ...plan.tasks.map(({ id }) => wayFrom(id)));
}

describe('The time a run takes', () => {
  it('is unknown where nothing ran before, and nothing is made up', () => {
    const { expected, criticalPath, steps } = preflightOf(plan(step('a'), step('b', ['a'])));
    assert.deepEqual(expected.wall, { span: undefined, unknownTasks: 2 });
    assert.deepEqual(expected.work, { span: undefined, unknownTasks: 2 });
    assert.deepEqual(criticalPath, {
      tasks: ['a', 'b'],
      total: { span: undefined, unknownTasks: 2 },
    });
    assert.deepEqual(
      steps.map(({ time }) => time),
      [{ kind: 'unknown' }, { kind: 'unknown' }],
    );
  });

  it('says of how many tasks nothing is known', () => {
    const { expected } = preflightOf(plan(step('a'), step('b', ['a'])), {
      pastOf: pastOf({ a: 1000 }),
    });
    assert.deepEqual(expected.wall, {
      span: { leastMs: 500, likelyMs: 1000, mostMs: 2000 },
      unknownTasks: 1,
    });
  });

  it('leaves out how long people take', () => {
    const { expected, steps } = preflightOf(plan(step('a'), gate('ok', ['a']), step('b', ['ok'])), {
      pastOf: pastOf({ a: 1000, b: 10 }),
    });
    assert.equal(expected.wall.span?.likelyMs, 1010);
    assert.equal(expected.wall.unknownTasks, 0);
    assert.equal(expected.gates, 1);
    assert.deepEqual(steps[1]?.time, { kind: 'person' });
  });

  it('is that of the longest chain of any graph, where everything may run at once', () => {
    fc.assert(
      fc.property(acyclicGraph, durations, (items, times) => {
        const weights = Object.fromEntries(items.map(({ id }, at) => [id, times[at] ?? 1]));
        const made = planWith(
          { maxParallel: 64 },
          ...items.map(({ id, needs }) => step(id, needs)),
        );
        const { expected, criticalPath } = preflightOf(made, { pastOf: pastOf(weights) });
        const longest = heaviest(made, weights);
        assert.equal(expected.wall.span?.likelyMs, longest);
        assert.equal(
          criticalPath.tasks.reduce((sum, task) => sum + (weights[task] ?? 0), 0),
          longest,
        );
        for (const [at, task] of criticalPath.tasks.slice(1).entries()) {
          const { needs } = made.tasks.find(({ id }) => id === task) ?? { needs: [] };
          assert.ok(
            needs.some((need) => need === criticalPath.tasks[at]),
            'it is a chain',
          );
        }
      }),
    );
  });

  it('lies between the bounds of any list schedule with few slots', () => {
    fc.assert(
      fc.property(
        acyclicGraph,
        durations,
        fc.integer({ min: 1, max: 4 }),
        (items, times, slots) => {
          const weights = Object.fromEntries(items.map(({ id }, at) => [id, times[at] ?? 1]));
          const made = planWith(
            { maxParallel: slots },
            ...items.map(({ id, needs }) => step(id, needs)),
          );
          const { expected } = preflightOf(made, { pastOf: pastOf(weights) });
          const work = Object.values(weights).reduce((sum, ms) => sum + ms, 0);
          const longest = heaviest(made, weights);
          const wall = expected.wall.span?.likelyMs ?? 0;
          assert.equal(expected.work.span?.likelyMs ?? 0, work);
          assert.ok(wall >= Math.max(longest, work / slots) - 1e-6);
          assert.ok(
            wall <= work / slots + longest * (1 - 1 / slots) + 1e-6,
            'never idle for nothing',
          );
        },
      ),
    );
  });

  it('knows that a step lets only some of its lanes run at once', () => {
    const lanes = { matrix: { n: ['1', '2', '3', '4'] } };
    const weights = Object.fromEntries(['1', '2', '3', '4'].map((n) => [`t.${n}`, 100]));
    const wallOf = (maxParallel: number | undefined) =>
      preflightOf(planWith({ maxParallel: 10 }, step('t', [], { ...lanes, maxParallel })), {
        pastOf: pastOf(weights),
      }).expected.wall.span?.likelyMs;
    assert.deepEqual([wallOf(undefined), wallOf(2), wallOf(1)], [100, 200, 400]);
  });

  it('costs nothing where no model is asked', () => {
    const { expected, steps } = preflightOf(plan(step('a'), gate('ok', ['a'])));
    assert.deepEqual(expected.cost, { kind: 'none' });
    assert.deepEqual(
      steps.map(({ cost }) => cost),
      [{ kind: 'none' }, { kind: 'none' }],
    );
  });
});
