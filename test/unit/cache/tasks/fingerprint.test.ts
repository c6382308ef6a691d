import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../../src/core/base/digest.ts';
import type { Agent, RunnerSpec } from '../../../../src/core/domain/agent.ts';
import { agentName, stepId, type RunId, type TaskId } from '../../../../src/core/domain/ids.ts';
import { DEFAULT_SANDBOX, type SandboxRule } from '../../../../src/core/domain/sandbox.ts';
import { NO_TERMS } from '../../../../src/core/domain/terms.ts';
import type { AgentStep, JsonValue } from '../../../../src/core/domain/workflow.ts';
import { fingerprintOf, scopeOf } from '../../../../src/core/cache/tasks/fingerprint.ts';
import {
  AGENT_FIELDS,
  CALLS_FIELDS,
  RUNNER_FIELDS,
  SANDBOX_FIELDS,
  STEP_FIELDS,
  TERMS_FIELDS,
} from '../../../../src/core/cache/tasks/keyFields.ts';
import type { NeedShown, TaskQuestion } from '../../../../src/core/cache/tasks/taskQuestion.ts';
import { commandAgent, modelAgent, step } from '../../../support/plans.ts';
import { commandQuestion, filesOf, modelQuestion, needOf, withRule } from './questions.ts';

const SCHEMA: JsonValue = { type: 'object', required: ['verdict'] };
const CALLS = { attempts: 2, maxWaitMs: 3, onOtherModel: 'fail', maxTurns: 4 } as const;

/** Other values of every field there is; each is tried alone. */
const OTHER_AGENT: { readonly [Name in keyof Agent]: Agent[Name] } = {
  name: agentName('other'),
  description: 'Another',
  criticality: 9,
  version: '2.0.0',
  domains: ['law'],
  tools: ['read'],
  runner: { kind: 'model', instructions: 'Be short.', models: [], mcpServers: [] },
  outputSchema: SCHEMA,
  asTool: { name: 'ask_it', inputSchema: SCHEMA },
  terms: { ...NO_TERMS, calls: CALLS },
  format: 'claude',
  file: '.claude/agents/reader.md',
  digest: digestOf('another file'),
};

const OTHER_STEP: { readonly [Name in keyof AgentStep]: AgentStep[Name] } = {
  kind: 'agent',
  id: stepId('b'),
  needs: [stepId('c')],
  condition: 'always()',
  matrix: { os: ['linux'] },
  maxParallel: 3,
  metadata: { ticket: 1 },
  agent: agentName('other'),
  prompt: 'as written',
  env: { AS: 'written' },
  produces: [{ path: 'a.md', schema: undefined }],
  outputSchema: SCHEMA,
  checks: [{ command: ['true'], timeoutMs: 1 }],
  limits: { timeoutMs: 1 },
  retry: { attempts: 2, delayMs: 1, maxDelayMs: 1, on: undefined },
  effects: 'external',
  terms: { ...NO_TERMS, calls: CALLS },
} as unknown as AgentStep;

const RUNNERS: { readonly [Kind in RunnerSpec['kind']]: Extract<RunnerSpec, { kind: Kind }> } = {
  command: commandAgent('x').runner as Extract<RunnerSpec, { kind: 'command' }>,
  model: { kind: 'model', instructions: '', models: [], mcpServers: [] },
  acp: { kind: 'acp', launches: [] },
  'claude-code': { kind: 'claude-code', instructions: '', models: [] },
};

const OTHER_RUNNERS: {
  readonly [Kind in RunnerSpec['kind']]: Extract<RunnerSpec, { kind: Kind }>;
} = {
  command: {
    kind: 'command',
    command: ['false'],
    successCodes: [0, 1],
    env: { A: 'b' },
    install: 'npm i',
    limits: { timeoutMs: 1, idleTimeoutMs: 1, graceMs: 1 },
    effects: 'external',
    probe: { command: ['true'], timeoutMs: 1 },
    stdin: 'messages',
  },
  model: { kind: 'model', instructions: 'Be short.', models: ['acme/small'], mcpServers: ['web'] },
  acp: {
    kind: 'acp',
    launches: [
      { kind: 'npx', command: ['npx', 'x'], env: {}, platform: undefined, archive: undefined },
    ],
  },
  'claude-code': { kind: 'claude-code', instructions: 'Be short.', models: ['opus'] },
};

const NEED: NeedShown = {
  task: 'lint' as TaskId,
  agent: agentName('eslint'),
  state: 'succeeded',
  failure: undefined,
  exitCode: 0,
  output: digestOf('fine'),
  artifacts: [
    { path: 'a.md', digest: digestOf('a'), executable: false },
    { path: 'b.md', digest: digestOf('b'), executable: false },
  ],
};

function keyOf(question: TaskQuestion): string {
  return fingerprintOf(question).key;
}

function changes(before: TaskQuestion, after: TaskQuestion): boolean {
  return keyOf(before) !== keyOf(after);
}

/** What of the parts differs, as `what name`. */
function changedParts(before: TaskQuestion, after: TaskQuestion): readonly string[] {
  const of = (question: TaskQuestion) =>
    new Map(
      fingerprintOf(question).parts.map(({ what, name, digest }) => [
        [what, name].filter(Boolean).join(' '),
        digest,
      ]),
    );
  const old = of(before);
  const now = of(after);
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => old.get(name) !== now.get(name),
  );
}

describe('what of an agent is in the key', () => {
  for (const [name, [counts]] of Object.entries(AGENT_FIELDS)) {
    if (name === 'runner' || name === 'terms') {
      continue;
    }
    const expected = counts === 'in' || name === 'outputSchema';
    it(`is ${expected ? '' : 'not '}its ${name}`, () => {
      const before = modelQuestion();
      const agent = { ...before.agent, [name]: OTHER_AGENT[name as keyof Agent] };
      assert.equal(changes(before, { ...before, agent }), expected);
    });
  }

  for (const kind of ['command', 'model', 'acp', 'claude-code'] as const) {
    for (const [name, [counts]] of Object.entries(RUNNER_FIELDS[kind])) {
      if (name === 'kind') {
        continue;
      }
      // The step's effects are as the agent's where it says nothing.
      const expected = counts === 'in' || name === 'effects';
      it(`is ${expected ? '' : 'not '}the ${name} of its runner of kind ${kind}`, () => {
        const question = kind === 'command' ? commandQuestion() : modelQuestion();
        const runner = RUNNERS[kind];
        const other = OTHER_RUNNERS[kind];
        const before = { ...question, agent: { ...question.agent, runner } };
        const changed = { ...runner, [name]: other[name as keyof typeof other] };
        const agent = { ...question.agent, runner: changed };
        assert.equal(changes(before, { ...before, agent }), expected);
      });
    }
  }

  it('is what runs it', () => {
    const before = modelQuestion();
    const agent = { ...before.agent, runner: RUNNERS['claude-code'] };
    assert.equal(changes(before, { ...before, agent }), true);
  });

  it('is not its output schema where the step has its own', () => {
    const before = modelQuestion({ step: step('a', [], { outputSchema: { type: 'array' } }) });
    const agent = { ...before.agent, outputSchema: SCHEMA };
    assert.equal(changes(before, { ...before, agent }), false);
  });

  for (const kind of ['model', 'claude-code', 'acp'] as const) {
    it(`is the models it may use, where nobody knows which is asked, of kind ${kind}`, () => {
      const question = modelQuestion({ model: undefined });
      const agent = { ...question.agent, runner: RUNNERS[kind] };
      const before = { ...question, agent };
      const terms = { ...NO_TERMS, models: ['acme/small'] };
      assert.equal(changes(before, { ...before, agent: { ...agent, terms } }), true);
      const known = { ...before, model: 'acme/large' };
      assert.equal(changes(known, { ...known, agent: { ...agent, terms } }), false);
    });
  }

  it('is the definition of each agent it can ask, with the words it is told of it', () => {
    const asked: Agent = {
      ...modelAgent('second'),
      asTool: { name: 'ask_second', inputSchema: SCHEMA },
    };
    const before = modelQuestion({ asTools: [asked] });
    const over: readonly Partial<Agent>[] = [
      { description: 'Knows all' },
      { asTool: { name: 'ask_other', inputSchema: SCHEMA } },
      { outputSchema: SCHEMA },
      { runner: OTHER_RUNNERS.model },
      { runner: { ...RUNNERS.model, models: ['acme/small'] } },
      { terms: { ...NO_TERMS, models: ['acme/small'] } },
      { terms: { ...NO_TERMS, calls: CALLS } },
    ];
    for (const other of over) {
      const after = { ...before, asTools: [{ ...asked, ...other }] };
      assert.deepEqual(changedParts(before, after), ['agent'], JSON.stringify(other));
    }
    for (const other of [{ file: 'x' }, { criticality: 1 }, { version: '9' }]) {
      assert.equal(changes(before, { ...before, asTools: [{ ...asked, ...other }] }), false);
    }
    assert.equal(changes(before, { ...before, asTools: [] }), true);
    const command: Agent = { ...commandAgent('third'), asTool: asked.asTool };
    const two = { ...before, asTools: [asked, command] };
    assert.equal(keyOf(two), keyOf({ ...before, asTools: [command, asked] }));
  });
});

describe('what of a step is in the key', () => {
  for (const [name, [counts]] of Object.entries(STEP_FIELDS)) {
    // These stand in the step's part as they hold.
    const isThere = name === 'checks' || name === 'effects' || name === 'terms';
    const expected = counts === 'in' || isThere;
    it(`is ${expected ? '' : 'not '}its ${name}`, () => {
      const before = modelQuestion();
      const after = {
        ...before,
        step: { ...before.step, [name]: OTHER_STEP[name as keyof AgentStep] },
      };
      assert.deepEqual(changedParts(before, after), expected ? ['step'] : []);
    });
  }

  it('is the schema of what it produces, in no order of files', () => {
    const of = (...produces: AgentStep['produces']) =>
      modelQuestion({ step: step('a', [], { produces }) });
    const a = { path: 'a', schema: undefined };
    const b = { path: 'b', schema: undefined };
    assert.equal(changes(of(a, b), of(b, a)), false);
    assert.equal(changes(of(a, b), of(a, { ...b, schema: SCHEMA })), true);
  });

  it('are the commands of its checks and not their time', () => {
    const of = (command: readonly [string, ...string[]], timeoutMs: number) =>
      modelQuestion({ step: step('a', [], { checks: [{ command, timeoutMs }] }) });
    assert.equal(changes(of(['npm', 'test'], 1), of(['npm', 'test'], 2)), false);
    assert.equal(changes(of(['npm', 'test'], 1), of(['npm', 'run', 'test'], 1)), true);
  });

  it('are the paths it may write, as rendered and in no order', () => {
    const of = (owns: readonly string[] | undefined, never: readonly string[] = []) =>
      modelQuestion({ bounds: { owns, never } });
    assert.equal(changes(of(['a', 'b']), of(['b', 'a'])), false);
    assert.equal(changes(of([], ['a', 'b']), of([], ['b', 'a'])), false);
    assert.equal(changes(of(['a']), of(['b'])), true);
    assert.equal(changes(of([]), of(undefined)), true);
    assert.equal(changes(of([]), of([], ['a'])), true);
  });

  it('are its terms for a model, as far as they change a good result', () => {
    const before = modelQuestion({ step: step('a', [], { terms: { ...NO_TERMS, calls: CALLS } }) });
    for (const [name, [counts]] of Object.entries(CALLS_FIELDS)) {
      const calls = { ...CALLS, [name]: undefined };
      const after = { ...before, step: step('a', [], { terms: { ...NO_TERMS, calls } }) };
      assert.equal(changes(before, after), counts === 'in', name);
    }
    const other = {
      owns: ['x'],
      never: ['x'],
      models: ['acme/small'],
      permissions: 'plan',
      budget: { tokens: 1, usd: 1, timeMs: 1 },
      cache: { ...before.rule, use: false },
    } as const;
    for (const name of Object.keys(TERMS_FIELDS).filter((field) => field !== 'calls')) {
      const terms = {
        ...NO_TERMS,
        calls: CALLS,
        [name]: other[name as keyof typeof other],
      };
      assert.equal(changes(before, { ...before, step: step('a', [], { terms }) }), false, name);
    }
    assert.equal(changes(before, { ...before, permissions: 'plan' }), true);
  });

  it('are none of the terms of models for a command', () => {
    const before = commandQuestion();
    const terms = { ...NO_TERMS, calls: CALLS, models: ['acme/small'] };
    const after = { ...before, step: step('a', [], { terms }), permissions: 'plan' as const };
    assert.equal(changes(before, after), false);
  });

  it('are whether it is shut in and in which image, and not within which limits', () => {
    const of = (sandbox: Partial<SandboxRule> | undefined) =>
      commandQuestion({
        step: step('a', [], {
          terms: { ...NO_TERMS, sandbox: sandbox && { ...DEFAULT_SANDBOX, ...sandbox } },
        }),
      });
    const other = { use: false, cpus: 2, memoryBytes: 1, diskBytes: 1, timeoutMs: 1, image: 'x' };
    for (const [name, [counts]] of Object.entries(SANDBOX_FIELDS)) {
      const changed = { [name]: other[name as keyof typeof other] };
      assert.equal(changes(of({}), of(changed)), counts === 'in', name);
    }
    assert.equal(changes(of(undefined), of({})), true);
    assert.equal(changes(of(undefined), of({ use: false, image: 'x' })), false);
  });

  it('say the same at the step as at the agent', () => {
    const terms = { ...NO_TERMS, calls: CALLS };
    const atStep = modelQuestion({ step: step('a', [], { terms }) });
    const agent = { ...modelQuestion().agent, terms };
    assert.equal(keyOf(atStep), keyOf(modelQuestion({ agent })));
  });
});

describe('what else is in the key', () => {
  it('is the model that is asked', () => {
    const before = modelQuestion();
    assert.deepEqual(changedParts(before, { ...before, model: 'acme/small' }), ['model']);
  });

  it('are the tools it may use', () => {
    const before = modelQuestion();
    assert.deepEqual(changedParts(before, { ...before, tools: digestOf('more') }), ['tools']);
  });

  it('is every character of the prompt', () => {
    const near = [
      'Sum up café.md',
      'Sum up café.md ',
      ' Sum up café.md',
      'Sum up  café.md',
      'Sum up cafe\u0301.md',
      'sum up café.md',
      'Sum up café.md\n',
      'Sum up café.md\r\n',
      'Sum up\u00a0café.md',
      'Sum up café.md\u200b',
      'Sum up саfé.md',
      'Sum up café.md\0',
      '"Sum up café.md"',
      '\ud83d',
      '\ud83e',
      '',
    ];
    const keys = near.map((prompt) => keyOf(modelQuestion({ prompt })));
    assert.equal(new Set(keys).size, near.length);
  });

  it('is each variable by its name, also one with a name of the language', () => {
    const before = commandQuestion({ env: { A: '1', B: '2' } });
    assert.deepEqual(changedParts(before, { ...before, env: { A: '1', B: '3' } }), [
      'environment B',
    ]);
    const named = { ...before, env: JSON.parse('{"A":"1","B":"2","__proto__":"3"}') as never };
    assert.deepEqual(changedParts(before, named), ['environment __proto__']);
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const after = { ...before, env: { ...before.env, [name]: '3' } };
      assert.deepEqual(changedParts(before, after), [`environment ${name}`]);
    }
  });

  it('is each fact of the machine, apart from a variable of the same name', () => {
    const before = commandQuestion({ host: { platform: 'linux', program: '/bin/cc 12 3' } });
    const after = { ...before, host: { platform: 'linux', program: '/bin/cc 12 4' } };
    assert.deepEqual(changedParts(before, after), ['environment program']);
    const asVariable = commandQuestion({ host: {}, env: { LANG: 'C' } });
    const asFact = commandQuestion({ host: { LANG: 'C' }, env: {} });
    assert.equal(changes(asVariable, asFact), true);
  });

  it('does not let one variable pass for two', () => {
    const one = commandQuestion({ env: { A: '1","B":"2' } });
    assert.equal(changes(one, commandQuestion({ env: { A: '1', B: '2' } })), true);
  });

  it('is all that a task finds of one it needs', () => {
    const before = commandQuestion({ needs: [NEED] });
    const [first, second] = NEED.artifacts ?? [];
    const others: readonly Partial<NeedShown>[] = [
      { agent: agentName('biome') },
      { state: 'skipped' },
      { exitCode: 1 },
      { output: digestOf('other') },
      { failure: { reason: 'cancelled' } },
      { artifacts: [] },
      { artifacts: [first!, { ...second!, executable: true }] },
      { artifacts: [first!, { ...second!, digest: digestOf('c') }] },
      { artifacts: [first!, { ...second!, path: 'c.md' }] },
      { removed: ['d.md'] },
    ];
    for (const other of others) {
      const after = { ...before, needs: [{ ...NEED, ...other }] };
      assert.deepEqual(changedParts(before, after), ['need lint'], JSON.stringify(other));
    }
    const renamed = { ...before, needs: [{ ...NEED, task: 'types' as TaskId }] };
    assert.deepEqual(changedParts(before, renamed), ['need lint', 'need types']);
    const bare: NeedShown = { ...needOf('lint'), state: 'skipped', exitCode: undefined };
    assert.equal(changes(before, { ...before, needs: [bare] }), true);
  });

  it('is in no order of needs, of their files and of variables', () => {
    const other: NeedShown = { ...NEED, task: 'types' as TaskId };
    const turned = { ...NEED, artifacts: [...(NEED.artifacts ?? [])].reverse() };
    const one = commandQuestion({ needs: [NEED, other], env: { A: '1', B: '2' } });
    const two = commandQuestion({ needs: [other, turned], env: { B: '2', A: '1' } });
    assert.equal(keyOf(one), keyOf(two));
  });

  it('are the files that count, and not how they are named', () => {
    const files = filesOf({ 'a.ts': 'a', 'b.ts': 'b' });
    const before = commandQuestion({ inputs: { globs: ['*.ts'], files } });
    const same = filesOf({ 'a.ts': 'a', 'b.ts': 'b' });
    assert.equal(
      keyOf(before),
      keyOf(commandQuestion({ inputs: { globs: undefined, files: same } })),
    );
    for (const other of [
      { 'a.ts': 'a' },
      { 'a.ts': 'b', 'b.ts': 'a' },
      { 'a.ts': 'a', 'c.ts': 'b' },
    ]) {
      const after = commandQuestion({
        inputs: { globs: ['*.ts'], files: filesOf(other) },
      });
      assert.deepEqual(changedParts(before, after), ['inputs']);
    }
    assert.equal(changes(before, commandQuestion({ inputs: undefined })), true);
  });

  it('is nothing of where and when it is asked', () => {
    const before = modelQuestion();
    const after: TaskQuestion = {
      ...withRule(before, { ttlMs: 1, namespace: 'x', inputs: ['*'] }),
      run: 'example-2' as RunId,
      task: 'other' as TaskId,
      workflow: 'another',
      namespace: 'x',
      ttlMs: 1,
      webTtlMs: 1,
      fresh: true,
      waitedFor: true,
    };
    assert.equal(keyOf(before), keyOf(after));
  });

  it('has a scope that is the same for other words alone', () => {
    const one = fingerprintOf(modelQuestion());
    const two = fingerprintOf(modelQuestion({ prompt: 'What does it hold?' }));
    assert.notEqual(one.key, two.key);
    assert.equal(scopeOf(one), scopeOf(two));
    assert.notEqual(scopeOf(one), scopeOf(fingerprintOf(modelQuestion({ model: 'acme/small' }))));
  });

  it('tells any two environments apart, and none from itself', () => {
    const record = fc.dictionary(fc.string(), fc.string(), { maxKeys: 5 });
    fc.assert(
      fc.property(record, record, (one, two) => {
        const isEqual =
          JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(two).sort());
        const turned = Object.fromEntries(Object.entries(one).reverse());
        assert.equal(
          changes(commandQuestion({ env: one }), commandQuestion({ env: two })),
          !isEqual,
        );
        assert.equal(
          changes(commandQuestion({ env: one }), commandQuestion({ env: turned })),
          false,
        );
      }),
      { numRuns: 200 },
    );
  });
});
