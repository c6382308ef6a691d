import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Agent } from '../../../src/core/domain/agent.ts';
import { stepId } from '../../../src/core/domain/ids.ts';
import type { RunPlan, Step, Workflow } from '../../../src/core/domain/workflow.ts';
import { planTasks } from '../../../src/core/planning/planTasks.ts';
import {
  commandAgent,
  gate,
  nested,
  plan,
  planWith,
  step,
  workflowOf,
} from '../../support/plans.ts';
import { problem, taskIn } from './planRig.ts';

/** A command whose environment has the text. */
function mentioning(text: string): Agent {
  const agent = commandAgent('mentioning');
  return agent.runner.kind === 'command'
    ? { ...agent, runner: { ...agent.runner, env: { A: text } } }
    : agent;
}

describe('the plan of a run', () => {
  it('is one task a step where nothing is laid open, in the order written', () => {
    const { tasks } = plan(step('b', ['a']), step('a'), gate('ok', ['b', 'a']));
    assert.deepEqual(
      tasks.map(({ id, needs, conditions, after, builtOn, groups }) => [
        ...[id, needs, conditions, after, builtOn, groups],
      ]),
      [
        ['b', ['a'], [], 'done', [], []],
        ['a', [], [], 'done', [], []],
        ['ok', ['b', 'a'], [], 'done', [], []],
      ],
    );
    assert.deepEqual(tasks[2]?.names, { scope: 0, matrix: {}, steps: { b: ['b'], a: ['a'] } });
  });

  it('keeps ids and needs of any workflow without lanes, nesting and phases', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const { tasks } = plan(...steps);
        assert.deepEqual(
          tasks.map(({ id, needs, step: own }) => [id, needs, own]),
          steps.map((one) => [one.id, one.needs, one]),
        );
      }),
    );
  });

  it('lets a task name what it needs, and what its texts mention of what that needs', () => {
    const prompt = '${{ steps.a.output }}';
    const { tasks } = plan(step('a'), step('b', ['a']), step('c', ['b'], { prompt }), step('d'));
    assert.deepEqual(taskIn(tasks, 'b').names.steps, { a: ['a'] });
    assert.deepEqual(taskIn(tasks, 'c').names.steps, { b: ['b'], a: ['a'] });
  });

  it('lets a task name what the texts of its agent mention', () => {
    const steps = [step('a'), step('b', ['a']), step('c', ['b'])];
    const planned = planTasks({
      workflow: workflowOf('example', ...steps),
      inputs: {},
      findWorkflow: () => undefined,
      estimate: () => 1,
      agentNamed: (name) =>
        name === 'c-agent' ? mentioning('${{ steps.a.output }}') : commandAgent(name),
      askedBy: () => [],
      filesLike: () => [],
      outputs: new Map(),
    });
    assert.ok(planned.ok);
    assert.deepEqual(taskIn(planned.value.tasks, 'c').names.steps, { b: ['b'], a: ['a'] });
  });

  it('names the mentioned steps of a long chain, and stays small', () => {
    const steps = Array.from({ length: 3000 }, (_, n) =>
      step(`s${n}`, n === 0 ? [] : [`s${n - 1}`], {
        prompt: n === 2999 ? '${{ steps.s7.output }}' : '',
        condition: n === 2999 ? "steps.s9.status == 'failed'" : undefined,
      }),
    );
    const { tasks } = plan(...steps);
    const { steps: named } = taskIn(tasks, 's2999').names;
    assert.deepEqual([named[stepId('s7')], named[stepId('s9')]], [['s7'], ['s9']]);
    assert.deepEqual([named[stepId('s2998')], named[stepId('s100')]], [['s2998'], undefined]);
    assert.ok(tasks.every((one) => Object.keys(one.names.steps).length <= 3));
  });

  it('decides a task that looks at ends once its needs have ended', () => {
    const { tasks } = plan(
      step('a'),
      step('b', ['a'], { condition: "inputs.x == 'a'" }),
      step('c', ['a'], { condition: 'failure()' }),
      gate('d', ['a'], 'Go?'),
      step('e', ['b'], { condition: "steps.b.status == 'skipped'" }),
    );
    assert.deepEqual(
      tasks.map(({ id, after, conditions }) => [id, after, conditions.map(({ text }) => text)]),
      [
        ['a', 'done', []],
        ['b', 'done', ["inputs.x == 'a'"]],
        ['c', 'ended', ['failure()']],
        ['d', 'done', []],
        ['e', 'ended', ["steps.b.status == 'skipped'"]],
      ],
    );
  });

  it('says which condition cannot be read', () => {
    assert.deepEqual(
      problem(step('a', [], { condition: 'inputs.x =' })),
      'a: Step a of example cannot be planned: its condition cannot be read; "=" cannot stand here (equality is "=="): "&&", "||", a comparison or the end of the condition must follow.',
    );
  });

  it('counts gates as no time and texts by the bytes that are known', () => {
    const bytes: Record<string, number> = {};
    const planned = planTasks({
      workflow: workflowOf(
        'w',
        step('a', [], { prompt: '${{ inputs.x }}é${{ matrix.m }}', matrix: { m: ['1', '333'] } }),
        step('b', ['a'], { prompt: '${{ steps.a.output }}$${{' }),
        step('c', [], { prompt: 'not closed ${{' }),
        gate('g', []),
      ),
      inputs: { x: 'four' },
      findWorkflow: () => undefined,
      agentNamed: () => undefined,
      askedBy: () => [],
      filesLike: () => [],
      outputs: new Map(),
      estimate: ({ id }, textBytes) => {
        bytes[id] = Math.max(bytes[id] ?? 0, textBytes);
        return textBytes;
      },
    });
    assert.ok(planned.ok);
    assert.deepEqual(bytes, { a: 9, b: 24, c: 14 });
    assert.deepEqual(
      planned.value.tasks.map(({ id, estimateMs }) => [id, estimateMs]),
      [
        ['a.1', 7],
        ['a.333', 9],
        ['b', 24],
        ['c', 14],
        ['g', 0],
      ],
    );
  });
});

describe('any plan', () => {
  it('has every task behind what it needs, and no need twice', () => {
    fc.assert(
      fc.property(ANY_PLAN, ({ tasks, scopes }) => {
        const before = new Set<string>();
        for (const { id, needs, names, builtOn, conditions } of tasks) {
          assert.equal(new Set(needs).size, needs.length, `${id} names a need twice`);
          for (const other of [...needs, ...builtOn, ...Object.values(names.steps).flat()]) {
            assert.ok(before.has(other), `${id} stands in front of ${other}`);
          }
          for (const { scope } of [names, ...conditions.map((one) => one.names)]) {
            assert.ok(scope < scopes.length);
          }
          before.add(id);
        }
        assert.equal(before.size, tasks.length);
      }),
    );
  });

  it('is the same when it is made again', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const [first, second] = [0, 1].map(() => fc.sample(ANY_PLAN, { seed, numRuns: 1 })[0]);
        assert.deepEqual(first, second);
      }),
      { numRuns: 20 },
    );
  });
});

const STEPS = fc
  .array(fc.record({ isGate: fc.boolean(), needs: fc.array(fc.nat(), { maxLength: 3 }) }), {
    maxLength: 8,
  })
  .map((drawn) =>
    drawn.map(({ isGate, needs }, n) => {
      const chosen = n === 0 ? [] : [...new Set(needs.map((need) => `t${need % n}`))];
      return isGate ? gate(`t${n}`, chosen) : step(`t${n}`, chosen);
    }),
  );

const LANES = fc.option(
  fc.dictionary(
    fc.constantFrom('x', 'y'),
    fc.uniqueArray(fc.constantFrom('1', '2'), { minLength: 1 }),
    {
      minKeys: 1,
    },
  ),
  { nil: undefined },
);

/** Steps behind each other in any way, in up to three phases, some with lanes, some of them workflows. */
const workflows = (name: string, inner: string | undefined): fc.Arbitrary<Workflow> =>
  fc
    .record({
      steps: fc.array(
        fc.record({
          kind: fc.constantFrom('agent', 'gate', 'nested'),
          needs: fc.array(fc.nat(), { maxLength: 3 }),
          matrix: LANES,
          condition: fc.constantFrom(undefined, 'always()', 'failure()', "inputs.a == 'b'"),
          makes: fc.boolean(),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      cuts: fc.array(fc.nat({ max: 6 }), { maxLength: 2 }),
      checks: fc.array(fc.nat({ max: 2 }), { minLength: 3, maxLength: 3 }),
    })
    .map(({ steps: drawn, cuts, checks }) => {
      const steps = drawn.map(({ kind, needs, matrix, condition, makes }, n): Step => {
        const chosen = n === 0 ? [] : [...new Set(needs.map((need) => `s${need % n}`))];
        return kind === 'gate'
          ? { ...gate(`s${n}`, chosen), condition, matrix }
          : kind === 'nested' && inner !== undefined
            ? nested(`s${n}`, chosen, inner, { condition, matrix })
            : step(`s${n}`, chosen, { condition, matrix, produces: makes ? ['x'] : [] });
      });
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), steps.length];
      const phases = checks.slice(0, cuts.length + 1).map((many, n) => ({
        name: `p${n}`,
        steps: steps.slice(bounds[n], bounds[n + 1]).map(({ id }) => id),
        checks: Array.from({ length: many }, () => ({ command: ['x'] as const, timeoutMs: 1 })),
      }));
      return { ...workflowOf(name, ...steps), phases: cuts.length === 0 ? [] : phases };
    });

const ANY_PLAN: fc.Arbitrary<RunPlan> = fc
  .tuple(workflows('example', 'inner'), workflows('inner', undefined))
  .map(([{ steps, phases }, inner]) =>
    planWith({ workflow: { phases }, workflows: [inner] }, ...steps),
  );
