import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { agentName, stepId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { upgradePlan } from '../../../src/core/planning/upgradePlan.ts';
import { gate, nested, plan, planWith, step, workflowOf } from '../../support/plans.ts';

const RECORDED = path.resolve(import.meta.dirname, '../../fixtures/journals/v1/plan.json');

const NOW = planWith(
  {
    workflows: [workflowOf('inner', step('x'))],
    workflow: {
      phases: [
        {
          name: 'one',
          steps: [stepId('a'), stepId('n'), stepId('g')],
          checks: [{ command: ['ok'], timeoutMs: 1 }],
        },
      ],
    },
  },
  step('a', [], { matrix: { x: ['1', '2'] }, condition: 'always()', produces: ['made'] }),
  nested('n', ['a'], 'inner'),
  gate('g', ['a']),
);

/** What is left of a plan once it has been a blob. */
function written(of: RunPlan): unknown {
  return JSON.parse(JSON.stringify(of));
}

describe('the plan of an earlier run', () => {
  it('of the first version gets a task for each step', () => {
    const old = upgradePlan(JSON.parse(fs.readFileSync(RECORDED, 'utf8')));
    assert.deepEqual(
      old.tasks.map(({ id, needs, estimateMs }) => [id, needs.join(), estimateMs]),
      [
        ['lint', '', 10_000],
        ['report', 'lint', 10_000],
        ['approve', 'report', 0],
        ['after', 'approve', 10_000],
        ['break', '', 10_000],
        ['never', 'break', 10_000],
        ['missing', '', 10_000],
        ['reject', 'lint', 0],
        ['long', 'after', 10_000],
      ],
    );
    assert.deepEqual([old.workflow.phases, old.workflow.onFailure], [[], 'continue']);
    assert.deepEqual(old.scopes, [{ inputs: {}, within: undefined }]);
    assert.deepEqual(old.tasks[1]?.step, {
      kind: 'agent',
      id: 'report',
      needs: ['lint'],
      condition: undefined,
      matrix: undefined,
      maxParallel: undefined,
      metadata: undefined,
      agent: 'report',
      prompt: '',
      env: {},
      produces: [{ path: 'report.md', schema: undefined }],
      outputSchema: undefined,
      checks: [],
      limits: {},
      retry: undefined,
      effects: undefined,
      terms: NO_TERMS,
    });
    assert.deepEqual(old.agents['lint' as keyof typeof old.agents]?.runner, {
      kind: 'command',
      command: ['node', '-e', "console.log('2 findings')"],
      successCodes: [0],
      env: {},
      limits: { timeoutMs: 600_000, idleTimeoutMs: undefined, graceMs: 5000 },
      effects: 'copy',
      probe: undefined,
      stdin: 'prompt',
    });
  });

  it('of the first version keeps the time its steps were given', () => {
    const json = JSON.parse(fs.readFileSync(RECORDED, 'utf8')) as {
      workflow: { steps: Record<string, unknown>[] };
    };
    json.workflow.steps[0] = { ...json.workflow.steps[0], timeoutMs: 77 };
    const [first] = upgradePlan(json).workflow.steps;
    assert.deepEqual(first?.kind === 'agent' ? first.limits : undefined, { timeoutMs: 77 });
  });

  it('of today stays as it is', () => {
    const read = upgradePlan(written(NOW));
    assert.deepEqual(written(read), written(NOW));
    assert.equal(read.tasks.length, NOW.tasks.length);
  });

  it('of a version that could not call models has agents without servers of tools', () => {
    const made = plan(step('a'));
    const runner = { kind: 'model', instructions: 'x', models: ['m'] };
    const agent = { ...made.agents[agentName('a-agent')], runner };
    const read = upgradePlan(written({ ...made, agents: { 'a-agent': agent } } as never));
    assert.deepEqual(read.agents[agentName('a-agent')]?.runner, { ...runner, mcpServers: [] });
  });

  it('is refused with a sentence when it is no plan', () => {
    const refused = (json: unknown) => {
      try {
        upgradePlan(json);
      } catch (thrown) {
        return thrown instanceof Error ? thrown.message : 'no sentence';
      }
      return 'accepted';
    };
    const good = plan(step('a'), step('b', ['a']));
    const [a, b] = good.tasks;
    assert.deepEqual(
      [
        null,
        [],
        {},
        { ...good, maxParallel: '5' },
        { ...good, tasks: [a, a] },
        { ...good, tasks: [b] },
        { ...good, scopes: [] },
        { ...good, base: { kind: 'svn' } },
      ].map(refused),
      [
        'The plan of the run cannot be read: plan should be an object.',
        'The plan of the run cannot be read: plan should be an object.',
        'The plan of the run cannot be read: inputs should be an object.',
        'The plan of the run cannot be read: maxParallel should be a number.',
        'The plan of the run cannot be read: tasks have an id twice.',
        'The plan of the run cannot be read: tasks[0].needs name what is not there.',
        'The plan of the run cannot be read: tasks[0].names.scope is no scope of the plan.',
        'The plan of the run cannot be read: base.kind should be git or plain.',
      ],
    );
  });

  it('is read or refused with that sentence, whatever part of it is damaged', () => {
    const damaged = [null, 0, 'x', true, [], {}, [null], { kind: 'agent' }];
    const recorded: unknown = JSON.parse(fs.readFileSync(RECORDED, 'utf8'));
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...damaged),
        (isOld, way, value) => {
          const whole = structuredClone(isOld ? recorded : written(NOW));
          let at = whole as Record<string, unknown>;
          for (const [depth, turn] of way.entries()) {
            const keys = Object.keys(at);
            const key = keys[turn % Math.max(keys.length, 1)] ?? 'none';
            const next = at[key];
            if (depth === way.length - 1 || typeof next !== 'object' || next === null) {
              at[key] = value;
              break;
            }
            at = next as Record<string, unknown>;
          }
          try {
            upgradePlan(whole);
          } catch (thrown) {
            assert.match(String(thrown), /^Error: The plan of the run cannot be read: /);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
