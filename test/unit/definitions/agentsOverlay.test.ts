import assert from 'node:assert/strict';
import { plainCacheRule } from '../../../src/core/domain/terms.ts';
import { AgentRig, claudeFile } from './agentRig.ts';
import { said, unmark } from './marked.ts';

const OVERLAY = '.sluice/agents.yaml';

describe('.sluice/agents.yaml', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
    rig.write(
      '.claude/agents/r.md',
      claudeFile('reviewer', 'Reviews.', 'tools: Read\nmodel: opus\n'),
    );
    rig.write('.claude/agents/p.md', claudeFile('planner', 'Plans.', 'permissionMode: plan\n'));
  });
  afterEach(() => rig.dispose());

  it('adds to an agent what its own file cannot say', async () => {
    const before = (await rig.valid('reviewer')).agent;
    const overlay = unmark(`
«reviewer»:
  criticality: 9
  version: 2.10
  domains: [quality]
  model: [sonnet, haiku]
  owns: [docs/**]
  never: [docs/api/**]
  budget: { usd: 1 }
  cache: false
  permissions: acceptEdits
`);
    rig.write(OVERLAY, overlay.text);
    const { agent, overlay: applied } = await rig.valid('reviewer');
    assert.deepEqual(agent, {
      ...before,
      criticality: 9,
      version: '2.10',
      domains: ['quality'],
      runner: {
        kind: 'model',
        instructions: 'You are reviewer.',
        models: ['sonnet', 'haiku'],
        mcpServers: [],
      },
      terms: {
        owns: ['docs/**'],
        never: ['docs/api/**'],
        models: undefined,
        permissions: 'acceptEdits',
        budget: { tokens: undefined, usd: 1, timeMs: undefined },
        cache: plainCacheRule(false),
        calls: undefined,
        sandbox: undefined,
      },
      digest: agent.digest,
    });
    assert.notEqual(agent.digest, before.digest);
    assert.deepEqual(applied, {
      place: { file: OVERLAY, range: overlay.ranges[0] },
      replaced: undefined,
    });
    assert.equal((await rig.valid('planner')).overlay, undefined);
  });

  it('goes before what the file says, and leaves what it does not name', async () => {
    rig.write(OVERLAY, 'planner: { criticality: 8 }\n');
    assert.equal((await rig.valid('planner')).agent.terms.permissions, 'plan');
    rig.write(OVERLAY, 'planner: { permissions: default }\n');
    const { agent } = await rig.valid('planner');
    assert.deepEqual([agent.terms.permissions, agent.criticality], ['default', 5]);
  });

  it('runs a command in place of the model, whose text stays to be seen', async () => {
    const overlay = unmark(
      'reviewer:\n  command: [claude, --print]\n  timeout: 5m\n  env: { TOPIC: «"${{ inputs.topic }}"» }\n',
    );
    rig.write(OVERLAY, overlay.text);
    const { agent, variables, overlay: applied } = await rig.valid('reviewer');
    assert.ok(agent.runner.kind === 'command');
    assert.deepEqual(
      [agent.runner.command, agent.runner.limits.timeoutMs, agent.description],
      [['claude', '--print'], 300_000, 'Reviews.'],
    );
    assert.deepEqual(variables, { TOPIC: { file: OVERLAY, range: overlay.ranges[0] } });
    assert.deepEqual(applied?.replaced, {
      kind: 'model',
      instructions: 'You are reviewer.',
      models: ['opus'],
      mcpServers: [],
    });
  });

  it('reaches the agents of every other tool, also those of the user and those that are hidden', async () => {
    rig.write('.claude/claude.json', '{ "agents": { "listed": { "file": "l.md" } } }');
    rig.write('.claude/l.md', '# L');
    rig.write('.github/agents/plan.agent.md', 'Plan.');
    rig.write('.claude/agents/plan.md', claudeFile('plan'));
    rig.writeHome('.claude/agents/mine.md', claudeFile('mine'));
    rig.write(OVERLAY, 'listed: &nine { criticality: 9 }\nplan: *nine\nmine: *nine\n');
    const { agents, diagnostics } = await rig.find(rig.home);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      agents.flatMap(({ overlay, name }) => (overlay === undefined ? [] : [name])),
      ['listed', 'plan', 'plan', 'mine'],
    );
  });

  it('may be empty, or only comments', async () => {
    for (const text of ['', '# nothing yet\n', '{}']) {
      rig.write(OVERLAY, text);
      const { agents, diagnostics } = await rig.find();
      assert.deepEqual(diagnostics, []);
      assert.ok(agents.every(({ kind }) => kind === 'valid'));
    }
  });

  it('is told of a name no agent has, and does no harm', async () => {
    const { text, ranges } = unmark('«reviwer»: { criticality: 9 }\n«nobody-at-all»: {}\n');
    rig.write(OVERLAY, text);
    const { agents, diagnostics } = await rig.find();
    assert.deepEqual(said(diagnostics), [
      'unknown-agent: No agent is called "reviwer". Did you mean "reviewer"?',
      'unknown-agent: No agent is called "nobody-at-all".',
    ]);
    assert.deepEqual(
      diagnostics.map(({ range, severity, fixes }) => [range, severity, fixes]),
      [
        [
          ranges[0],
          'warning',
          [
            {
              title: 'Change to "reviewer"',
              edits: [{ range: ranges[0], text: 'reviewer' }],
            },
          ],
        ],
        [ranges[1], 'warning', undefined],
      ],
    );
    assert.ok(agents.every(({ kind }) => kind === 'valid'));
  });

  it("refuses an agent of Sluice's own, whose file says everything itself", async () => {
    rig.write('.sluice/agents/lint.yaml', 'name: lint\ncommand: [eslint]\n');
    const { text, ranges } = unmark('«lint»: { never: [src/**] }\n');
    rig.write(OVERLAY, text);
    const { diagnostics } = await rig.find();
    assert.deepEqual(said(diagnostics), [
      'misplaced-overlay: "lint" is an agent of Sluice\'s own format: write these fields into .sluice/agents/lint.yaml.',
    ]);
    assert.deepEqual(diagnostics[0]?.range, ranges[0]);
    assert.equal(diagnostics[0]?.related[0]?.file, '.sluice/agents/lint.yaml');
    // Without what was meant for it, it might do more than it may.
    assert.equal((await rig.entry('lint')).kind, 'invalid');
  });

  it('keeps an agent from being used whose part of it is wrong, and no other', async () => {
    const { text, ranges } = unmark(
      'reviewer:\n  owns: [«/abs»]\n  «nevr»: [x]\nplanner: { criticality: 8 }\n',
    );
    rig.write(OVERLAY, text);
    const { diagnostics } = await rig.find();
    assert.deepEqual(
      [...said(diagnostics)].sort(),
      [
        'unknown-field: There is no field "nevr". Did you mean "never"?',
        'wrong-value: An item of "owns" is absolute: write it relative to the folder.',
      ].sort(),
    );
    const reviewer = await rig.entry('reviewer');
    assert.equal(reviewer.kind, 'invalid');
    assert.deepEqual(said(reviewer.diagnostics), [
      'broken-overlay: What .sluice/agents.yaml says of this agent is wrong, and without it the agent might do more than it may: repair it first.',
    ]);
    const [problem] = reviewer.diagnostics;
    assert.equal(problem?.file, '.claude/agents/r.md');
    assert.equal(problem.related[0]?.file, OVERLAY);
    assert.ok(
      ranges.some((range) => JSON.stringify(range) === JSON.stringify(problem.related[0]?.range)),
    );
    assert.equal((await rig.valid('planner')).agent.criticality, 8);
  });

  it('is reported field by field', async () => {
    for (const [text, problem] of [
      [
        'reviewer: 5',
        'wrong-type: What is said of "reviewer" must be made of fields, one "name: value" a line.',
      ],
      [
        'reviewer: { timeout: 5m }',
        'missing-field: "timeout" is for an agent that runs a command: add "command".',
      ],
      [
        'reviewer: { command: [x], model: opus }',
        'unknown-field: An agent that runs a command has no "model": remove one of the two.',
      ],
      [
        'reviewer: { command: npm test }',
        'wrong-type: "command" must be a list of the program and its arguments: write ["npm", "test"].',
      ],
      ['reviewer: { name: other }', 'unknown-field: There is no field "name".'],
      [
        'reviewer: { criticality: 11 }',
        'wrong-value: "criticality" must be a whole number from 1 to 10.',
      ],
    ] as const) {
      rig.write(OVERLAY, `${text}\n`);
      const { diagnostics } = await rig.find();
      assert.equal(diagnostics.length, 1, text);
      assert.equal(
        said(diagnostics)[0]?.replace(/^wrong-(?:type|value)/, ''),
        problem.replace(/^wrong-(?:type|value)/, ''),
      );
      assert.equal((await rig.entry('reviewer')).kind, 'invalid', text);
    }
  });

  it('keeps all agents of other tools from being used where it cannot be told whom it is about', async () => {
    rig.write('.sluice/agents/lint.yaml', 'command: [eslint]\n');
    for (const text of [
      'reviewer: [\n',
      'reviewer: {}\nreviewer: {}\n',
      '[]',
      Buffer.from([1, 0]),
    ]) {
      rig.write(OVERLAY, text);
      const { agents, diagnostics } = await rig.find();
      assert.deepEqual(
        agents.map(({ name, kind }) => [name, kind]),
        [
          ['lint', 'valid'],
          ['planner', 'invalid'],
          ['reviewer', 'invalid'],
        ],
      );
      assert.ok(diagnostics.length > 0);
      assert.ok(
        diagnostics.every(({ file, severity }) => file === OVERLAY && severity === 'error'),
      );
    }
  });
});
