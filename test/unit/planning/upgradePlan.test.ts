import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import { agentName, stepId } from '../../../src/core/domain/ids.ts';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
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

  it('of a version that knew nothing of bases, branches and sandboxes says nothing of them', () => {
    const { baseTree, landing, correlation, checkout, ...made } = planWith(
      { workflows: [workflowOf('inner', step('x'))] },
      nested('n', [], 'inner'),
    );
    assert.deepEqual([baseTree, landing, correlation, checkout], Array(4).fill(undefined));
    const { base, validate, ...workflow } = made.workflow;
    const inner = made.nested['inner'];
    assert.ok(inner);
    const { validate: own, ...rest } = inner;
    assert.deepEqual([base, validate, own], [undefined, [], []]);
    const read = upgradePlan(written({ ...made, workflow, nested: { inner: rest } } as never));
    assert.deepEqual(
      [read.baseTree, read.landing, read.correlation, read.checkout, read.workflow.base],
      Array(5).fill(undefined),
    );
    assert.deepEqual([read.workflow.validate, read.nested['inner']?.validate], [[], []]);
  });

  it('keeps what it says of them', () => {
    const made = planWith(
      {
        baseTree: 'head',
        landing: { prefix: 'x/y', author: { name: 'N', email: 'n@example.com' } },
        correlation: 'c-1',
        checkout: {
          onChange: 'tell',
          state: {
            branch: undefined,
            commit: undefined,
            index: digestOf('i'),
            files: { 'a.ts': digestOf('a'), 'b.ts': null },
          },
        },
        workflow: { base: 'head', validate: [{ command: ['x', 'y'], timeoutMs: 5 }] },
      },
      step('a', [], { terms: { ...NO_TERMS, owns: ['src/**'], sandbox: DEFAULT_SANDBOX } }),
    );
    assert.deepEqual(written(upgradePlan(written(made))), written(made));
  });

  it('is refused where what it says of them cannot be', () => {
    const made = planWith(
      { workflow: { validate: [{ command: ['x'], timeoutMs: 5 }] } },
      step('a'),
    );
    const refused = (over: object) => {
      try {
        upgradePlan(written({ ...made, ...over }));
      } catch (thrown) {
        return String(thrown).replace('Error: The plan of the run cannot be read: ', '');
      }
      return 'accepted';
    };
    const author = { name: 'N', email: 'e' };
    const checkout = { onChange: 'stop', state: { index: 'i', files: {} } };
    const terms = (sandbox: unknown) => ({
      workflow: {
        ...made.workflow,
        steps: [step('a', [], { terms: { ...NO_TERMS, sandbox } as never })],
      },
    });
    assert.deepEqual(
      [
        refused({ baseTree: 'main' }),
        refused({ landing: { prefix: 1, author } }),
        refused({ landing: { prefix: 'p', author: {} } }),
        refused({ correlation: 5 }),
        refused({ checkout: { ...checkout, onChange: 'ask' } }),
        refused({ checkout: { ...checkout, state: { index: 'i', files: { a: 1 } } } }),
        refused({ workflow: { ...made.workflow, base: 'x' } }),
        refused({ workflow: { ...made.workflow, validate: [{ command: 'x', timeoutMs: 1 }] } }),
        refused({ tasks: [{ ...made.tasks[0], owns: 'src' }] }),
        refused(terms({ ...DEFAULT_SANDBOX, use: 'yes' })),
        refused(terms({ ...DEFAULT_SANDBOX, cpus: '1' })),
        refused({}),
      ],
      [
        'baseTree should be head or worktree.',
        'landing.prefix should be a text.',
        'landing.author.name should be a text.',
        'correlation should be a text.',
        'checkout.onChange should be stop or tell.',
        'checkout.state.files.a should be a text.',
        'workflow.base should be head or worktree.',
        'workflow.validate[0].command should be a list.',
        'tasks[0].owns should be a list.',
        'workflow.steps[0].terms.sandbox.use should be true or false.',
        'workflow.steps[0].terms.sandbox.cpus should be a number.',
        'accepted',
      ],
    );
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
