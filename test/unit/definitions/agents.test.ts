import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Agent, AgentFormat } from '../../../src/core/domain/agent.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { lines, said, sourceOf, readAgent } from './marked.ts';

function agentIn(file: string, format: AgentFormat, text: string): Agent {
  const entry = readAgent(sourceOf(file, text), format);
  assert.deepEqual(said(entry.diagnostics), []);
  assert.ok(entry.kind === 'valid');
  assert.equal(entry.name, entry.agent.name);
  return entry.agent;
}

const yaml = (text: string) => agentIn('.sluice/agents/tool.yaml', 'sluice', text);

describe('An agent that is a command', () => {
  it('is read with everything it says', () => {
    const text = lines`
      name: eslint
      description: Lints.
      runner: command
      command: [eslint, --max-warnings, 0, .]
      success-codes: [0, 1]
      env: { LEVEL: 1.0, TOPIC: '$${'{{ inputs.topic }}'}' }
      install: npm install --save-dev eslint
      timeout: 1.5m
      idle-timeout: 500ms
      grace: 20s
      effects: external
      probe: { command: git ls-remote --exit-code, timeout: 5s }
      stdin: messages
      criticality: 9
      version: 1.0
      domains: [quality, style]
      tools: none
    `;
    const agent = yaml(text);
    assert.deepEqual(
      { ...agent, runner: { ...agent.runner, env: undefined } },
      {
        name: 'eslint',
        description: 'Lints.',
        criticality: 9,
        version: '1.0',
        domains: ['quality', 'style'],
        tools: ['none'],
        outputSchema: undefined,
        asTool: undefined,
        terms: NO_TERMS,
        format: 'sluice',
        file: '.sluice/agents/tool.yaml',
        digest: digestOf(text),
        runner: {
          kind: 'command',
          command: ['eslint', '--max-warnings', '0', '.'],
          successCodes: [0, 1],
          env: undefined,
          install: 'npm install --save-dev eslint',
          limits: { timeoutMs: 90_000, idleTimeoutMs: 500, graceMs: 20_000 },
          effects: 'external',
          probe: { command: ['git', 'ls-remote', '--exit-code'], timeoutMs: 5000 },
          stdin: 'messages',
        },
      },
    );
    assert.ok(agent.runner.kind === 'command');
    assert.deepEqual(Object.entries(agent.runner.env), [
      ['LEVEL', '1.0'],
      ['TOPIC', '$${{ inputs.topic }}'.slice(1)],
    ]);
  });

  it('needs no more than a command', () => {
    assert.deepEqual(
      { ...yaml('command: [tsc]'), digest: undefined },
      {
        name: 'tool',
        description: '',
        criticality: 5,
        version: undefined,
        domains: [],
        tools: undefined,
        outputSchema: undefined,
        asTool: undefined,
        terms: NO_TERMS,
        format: 'sluice',
        file: '.sluice/agents/tool.yaml',
        digest: undefined,
        runner: {
          kind: 'command',
          command: ['tsc'],
          successCodes: [0],
          env: Object.create(null) as object,
          install: undefined,
          limits: { timeoutMs: 600_000, idleTimeoutMs: undefined, graceMs: 5000 },
          effects: 'copy',
          probe: undefined,
          stdin: 'prompt',
        },
      },
    );
  });

  it('may be probed by a program in any spelling, for at most a minute', () => {
    for (const probe of ['[test, -f, out]', 'test -f out', '{ command: [test, -f, out] }']) {
      const { runner } = yaml(`command: [a]\neffects: external\nprobe: ${probe}\n`);
      assert.deepEqual(runner.kind === 'command' && runner.probe, {
        command: ['test', '-f', 'out'],
        timeoutMs: 60_000,
      });
    }
  });

  it('may be JSON', () => {
    assert.equal(
      agentIn('.sluice/agents/j.json', 'sluice', '{\n\t"command": ["tsc"]\n}').name,
      'j',
    );
  });
});

describe('An agent that is a model', () => {
  it('may be YAML', () => {
    const { runner } = yaml('instructions: |\n  Help.\n\nmodel: [opus, sonnet]\n');
    assert.deepEqual(runner, {
      kind: 'model',
      instructions: 'Help.',
      models: ['opus', 'sonnet'],
      mcpServers: [],
    });
  });

  it('may be Markdown with the fields of Sluice', () => {
    const agent = agentIn(
      '.sluice/agents/helper.md',
      'sluice',
      '---\ncriticality: 8\nversion: 2\ndomains: help, care\nmodel: opus\ncolor: red\n---\n\n# Helper\n\nHelp.\n',
    );
    assert.equal(agent.name, 'helper');
    assert.deepEqual([agent.criticality, agent.version, agent.domains], [8, '2', ['help', 'care']]);
    assert.deepEqual(agent.runner, {
      kind: 'model',
      instructions: '# Helper\n\nHelp.',
      models: ['opus'],
      mcpServers: [],
    });
  });

  it('may be Markdown without any front matter', () => {
    const agent = agentIn('.sluice/agents/helper.md', 'sluice', '# Helper\n\n---\n\nHelp.\n');
    assert.deepEqual(agent.runner, {
      kind: 'model',
      instructions: '# Helper\n\n---\n\nHelp.',
      models: [],
      mcpServers: [],
    });
  });
});

describe("An agent of VS Code's", () => {
  const vscode = (text: string, file = '.github/agents/planner.agent.md') =>
    agentIn(file, 'vscode', text);

  it('is read as its author wrote it, unknown fields and all', () => {
    const agent = vscode(lines`
      ---
      name: Planner
      description: Generate an implementation plan
      argument-hint: A list of items
      tools: ['search/codebase', 'github/*']
      model: ['Claude Opus 4.5', 'GPT-5.2 (copilot)']
      handoffs:
        - label: Start
          agent: implementation
          prompt: Do it.
          send: false
      criticality: very high
      made-up: { by: someone }
      ---
      Plan with #tool:search.
    `);
    assert.deepEqual(
      [agent.name, agent.description, agent.tools, agent.criticality, agent.format],
      ['Planner', 'Generate an implementation plan', ['search/codebase', 'github/*'], 5, 'vscode'],
    );
    assert.deepEqual(agent.runner, {
      kind: 'model',
      instructions: 'Plan with #tool:search.',
      models: ['Claude Opus 4.5', 'GPT-5.2 (copilot)'],
      mcpServers: [],
    });
  });

  it('is called as its file where it gives no name', () => {
    for (const [file, name] of [
      ['planner.agent.md', 'planner'],
      ['planner.md', 'planner'],
      ['old.chatmode.md', 'old'],
      ['v1.2.MD', 'v1.2'],
    ] as const) {
      assert.equal(vscode('Plan.', `.github/agents/${file}`).name, name);
    }
  });

  it('tells no tools from tools left out', () => {
    assert.deepEqual(vscode('---\ntools: []\n---\nPlan.').tools, []);
    assert.equal(vscode('---\ntools:\n---\nPlan.').tools, undefined);
    assert.equal(vscode('---\n---\nPlan.').tools, undefined);
  });
});

describe("An agent of Claude Code's", () => {
  const claude = (text: string) => agentIn('.claude/agents/a/reviewer.md', 'claude', text);

  it('is read as its author wrote it', () => {
    const agent = claude(lines`
      ---
      name: code-reviewer
      description: "Reviews. <example>user: \"hi\"</example>"
      tools: Read, Grep, Bash(git add:*, git commit:*), mcp__x
      model: inherit
      color: pink
      permissionMode: plan
      ---

      You review.
    `);
    assert.equal(agent.name, 'code-reviewer');
    assert.equal(agent.description, 'Reviews. <example>user: "hi"</example>');
    assert.deepEqual(agent.tools, ['Read', 'Grep', 'Bash(git add:*, git commit:*)', 'mcp__x']);
    assert.deepEqual(agent.runner, {
      kind: 'model',
      instructions: 'You review.',
      models: [],
      mcpServers: [],
    });
    assert.equal(agent.file, '.claude/agents/a/reviewer.md');
  });

  it('may go on after a second "---" and in any line ends', () => {
    const agent = claude('---\r\nname: a\r\ndescription: b\r\n---\r\nOne.\r\n---\r\nTwo.\r\n');
    assert.deepEqual(agent.runner, {
      kind: 'model',
      instructions: 'One.\r\n---\r\nTwo.',
      models: [],
      mcpServers: [],
    });
  });
});
