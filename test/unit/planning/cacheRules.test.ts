import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Agent } from '../../../src/core/domain/agent.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import { cacheUseOf } from '../../../src/core/domain/cacheUse.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { NO_TERMS, plainCacheRule, type CacheRule } from '../../../src/core/domain/terms.ts';
import { termsOf, type Phase, type RunPlan } from '../../../src/core/domain/workflow.ts';
import { unfoldPlan } from '../../../src/core/planning/unfoldPlan.ts';
import { upgradePlan } from '../../../src/core/planning/upgradePlan.ts';
import {
  commandAgent,
  modelAgent,
  nested,
  planWith,
  step,
  textInput,
  workflowOf,
  type StepParts,
} from '../../support/plans.ts';
import { taskIn } from './planRig.ts';

const NEVER = plainCacheRule(false);
const ALWAYS = plainCacheRule(true);
const SIMILAR = { model: 'openai/x', threshold: 0.9 };

function rule(over: Partial<CacheRule>): CacheRule {
  return { ...ALWAYS, ...over };
}

function saying(cache: CacheRule | undefined): Pick<StepParts, 'terms'> {
  return { terms: { ...NO_TERMS, cache } };
}

function agents(...all: readonly Agent[]): RunPlan['agents'] {
  return Object.fromEntries(all.map((agent) => [agent.name, agent]));
}

function agentSaying(name: string, cache: CacheRule | undefined, kind = commandAgent): Agent {
  return { ...kind(name), terms: { ...NO_TERMS, cache } };
}

/** The rule that counts for a task. */
function ruleIn(plan: RunPlan, id: string): CacheRule | undefined {
  const { step: planned } = taskIn(plan.tasks, id);
  assert.ok(planned.kind === 'agent');
  const { cache } = termsOf(planned, plan.agents[planned.agent]);
  assert.deepEqual(planned.terms.cache, cache, 'the plan itself holds the rule');
  return cache;
}

/** Of a step in a workflow in a workflow, each of which says something, as its agent does. */
function settled(
  said: Readonly<Record<'step' | 'inner' | 'outer' | 'agent', CacheRule | undefined>>,
): CacheRule | undefined {
  const inner = { ...workflowOf('inner', step('a', [], saying(said.step))), cache: said.inner };
  const made = planWith(
    {
      workflow: { cache: said.outer },
      workflows: [inner],
      agents: agents(agentSaying('a-agent', said.agent)),
    },
    nested('n', [], 'inner'),
  );
  return ruleIn(made, 'n.a');
}

const NOBODY = { step: undefined, inner: undefined, outer: undefined, agent: undefined };

describe('The cache rule of a task', () => {
  it('is nothing where nobody says anything', () => {
    const one = step('a');
    const made = planWith({}, one);
    assert.equal(taskIn(made.tasks, 'a').step, one);
    assert.equal(ruleIn(made, 'a'), undefined);
  });

  it('is what the step says, else its workflow, else the one around it, else its agent, field by field', () => {
    assert.deepEqual(
      settled({
        step: rule({ ttlMs: 1 }),
        inner: rule({ ttlMs: 2, namespace: 'inner' }),
        outer: rule({ namespace: 'outer', inputs: ['outer/**'] }),
        agent: rule({ ttlMs: 4, inputs: ['agent/**'] }),
      }),
      rule({ ttlMs: 1, namespace: 'inner', inputs: ['outer/**'] }),
    );
    assert.deepEqual(
      settled({ ...NOBODY, agent: rule({ namespace: 'x' }) }),
      rule({ namespace: 'x' }),
    );
    assert.deepEqual(settled({ ...NOBODY, outer: rule({ ttlMs: 3 }) }), rule({ ttlMs: 3 }));
  });

  it('is never to use it where anybody says so, unless the step itself says otherwise', () => {
    for (const who of ['inner', 'outer', 'agent'] as const) {
      const others = {
        ...{ step: undefined, inner: rule({ ttlMs: 1 }), outer: ALWAYS, agent: ALWAYS },
        [who]: NEVER,
      };
      assert.equal(settled(others)?.use, false, who);
      assert.equal(settled({ ...others, step: ALWAYS })?.use, true, who);
      assert.equal(settled({ ...others, step: rule({ ttlMs: 5 }) })?.use, true, who);
    }
    assert.equal(settled({ step: NEVER, inner: ALWAYS, outer: ALWAYS, agent: ALWAYS })?.use, false);
  });

  it('follows these rules whatever is said', () => {
    const some = fc.option(
      fc.oneof(
        fc.constantFrom(ALWAYS, NEVER),
        fc.record({
          use: fc.constant(true),
          ttlMs: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
          namespace: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
          inputs: fc.option(fc.constantFrom(['a'], ['b'], []), { nil: undefined }),
          similar: fc.constant(undefined),
        }),
      ),
      { nil: undefined },
    );
    const said = fc.record({ step: some, inner: some, outer: some, agent: some });
    fc.assert(
      fc.property(said, (all) => {
        const order = [all.step, all.inner, all.outer, all.agent];
        const first = (field: 'ttlMs' | 'namespace' | 'inputs') =>
          order.map((one) => one?.[field]).find((value) => value !== undefined);
        const wanted = order.every((one) => one === undefined)
          ? undefined
          : {
              use: all.step?.use ?? order.every((one) => one?.use !== false),
              ttlMs: first('ttlMs'),
              namespace: first('namespace'),
              inputs: first('inputs'),
              similar: undefined,
            };
        assert.deepEqual(settled(all), wanted);
      }),
    );
  });

  it('is also that of the checks between phases', () => {
    const phase: Phase = {
      name: 'one',
      steps: [stepId('a')],
      checks: [{ command: ['npm', 'test'], timeoutMs: 1 }],
    };
    const made = planWith({ workflow: { cache: NEVER, phases: [phase] } }, step('a'));
    assert.deepEqual(
      made.tasks.map(({ id }) => ruleIn(made, id)?.use),
      [false, false],
    );
  });

  it('finds similar questions for nothing but texts of language models', () => {
    const made = planWith(
      {
        workflow: { cache: rule({ similar: SIMILAR }) },
        agents: agents(
          agentSaying('text-agent', undefined, modelAgent),
          agentSaying('files-agent', rule({ similar: SIMILAR }), modelAgent),
          agentSaying('program-agent', rule({ similar: SIMILAR })),
        ),
      },
      step('text'),
      step('files', [], { produces: ['x.md'] }),
      step('program'),
    );
    assert.deepEqual(ruleIn(made, 'text')?.similar, SIMILAR);
    assert.equal(ruleIn(made, 'files')?.similar, undefined);
    assert.equal(ruleIn(made, 'program')?.similar, undefined);
  });

  it('holds the globs with the values of the task', () => {
    const made = planWith(
      {
        inputs: { part: 'core' },
        workflow: { inputs: { part: textInput() } },
        agents: agents(agentSaying('agents-agent', rule({ inputs: ['${{ matrix.x }}/*.ts'] }))),
      },
      step('a', [], {
        matrix: { x: ['one', 'two'] },
        ...saying(rule({ inputs: ['${{ inputs.part }}/${{ matrix.x }}/**', 'package.json'] })),
      }),
      step('agents', [], { matrix: { x: ['one'] } }),
    );
    assert.deepEqual(ruleIn(made, 'a.one')?.inputs, ['core/one/**', 'package.json']);
    assert.deepEqual(ruleIn(made, 'a.two')?.inputs, ['core/two/**', 'package.json']);
    assert.deepEqual(ruleIn(made, 'agents.one')?.inputs, ['one/*.ts']);
  });

  it('counts all files where a glob is not known, or is none with its values', () => {
    const globs = (...inputs: readonly string[]) => saying(rule({ inputs }));
    const made = planWith(
      { inputs: { where: '../up' }, workflow: { inputs: { where: textInput() } } },
      step('unknown', [], globs('src/**', '${{ matrix.x }}/**')),
      step('outside', [], globs('${{ inputs.where }}/**')),
      step('nothing', [], globs()),
    );
    assert.equal(ruleIn(made, 'unknown')?.inputs, undefined);
    assert.equal(ruleIn(made, 'outside')?.inputs, undefined);
    assert.deepEqual(ruleIn(made, 'nothing')?.inputs, []);
  });

  it('shares one step between the tasks that have the same', () => {
    const made = planWith(
      { workflow: { cache: NEVER } },
      step('a', [], { matrix: { x: ['1', '2', '3'] } }),
    );
    assert.equal(new Set(made.tasks.map((task) => task.step)).size, 1);
  });

  it('is the same when the plan is laid open again, and after it was a blob', () => {
    const first = planWith(
      {
        workflow: { cache: rule({ ttlMs: 7 }) },
        agents: agents(
          commandAgent('find-agent'),
          agentSaying('each-agent', rule({ namespace: 'x', inputs: ['${{ matrix.x }}/**'] })),
        ),
      },
      step('find'),
      step('each', ['find'], { matrix: { x: '${{ steps.find.output }}' } }),
    );
    const read = upgradePlan(JSON.parse(JSON.stringify({ ...first, useCache: true })));
    assert.equal(read.useCache, true);
    const again = unfoldPlan(read, digestOf('first'), new Map([[taskIdOf(stepId('find')), 'one']]));
    assert.ok(again.ok);
    assert.deepEqual(
      ruleIn(again.value, 'each.one'),
      rule({ ttlMs: 7, namespace: 'x', inputs: ['one/**'] }),
    );
    assert.equal(again.value.useCache, true);
  });
});

describe('Whether a run uses the cache', () => {
  it('is kept with its plan; those of older versions do not', () => {
    const made = planWith({ useCache: true }, step('a'));
    const task = taskIn(made.tasks, 'a');
    assert.ok(task.step.kind === 'agent');
    const agent = commandAgent('a-agent');
    const read = (plan: object) => upgradePlan(JSON.parse(JSON.stringify(plan)));
    assert.equal(cacheUseOf(read(made), task.step, agent).kind, 'use');
    const { useCache: _, ...older } = made;
    for (const plan of [{ ...made, useCache: false }, older]) {
      assert.deepEqual(cacheUseOf(read(plan), task.step, agent), { kind: 'off', why: 'run' });
    }
  });

  it('is decided by a rule of an older plan as it was then', () => {
    const old = step('a', [], {
      terms: { ...NO_TERMS, cache: { use: true, ttlMs: 5 } as unknown as CacheRule },
    });
    const agent = agentSaying('a-agent', NEVER);
    const use = cacheUseOf({ useCache: true }, old, agent);
    assert.ok(use.kind === 'use');
    assert.deepEqual([use.namespace, use.rule.ttlMs], ['command_output', 5]);
  });
});
