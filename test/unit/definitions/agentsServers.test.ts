import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AgentFormat, McpServerRef } from '../../../src/core/domain/agent.ts';
import { lines, readAgent, sourceOf } from './marked.ts';

function draftIn(text: string, format: AgentFormat) {
  const file = {
    sluice: '.sluice/agents/a.md',
    vscode: '.github/agents/a.agent.md',
    claude: '.claude/agents/a.md',
    acp: '',
    'claude-json': '',
  }[format];
  return readAgent(sourceOf(file, `---\nname: a\ndescription: d\n${text}---\nHelp.`), format);
}

function serversIn(text: string, format: AgentFormat): readonly McpServerRef[] {
  const draft = draftIn(text, format);
  assert.ok(draft.kind === 'valid' && draft.agent.runner.kind === 'model');
  assert.deepEqual(draft.diagnostics, []);
  return draft.agent.runner.mcpServers;
}

const STARTED = {
  name: 'things',
  server: {
    kind: 'stdio',
    command: ['npx', '-y', '@x/things'],
    env: { LEVEL: '1.0', KEY: '${KEY}' },
  },
};
const REACHED = {
  name: 'far',
  server: { kind: 'http', url: 'https://example.com/mcp', headers: { A: 'b' } },
};

describe('MCP servers of an agent', () => {
  it('are said as Claude Code does: names, and servers by name', () => {
    const text = lines`
      mcpServers:
        - github
        - things:
            type: stdio
            command: npx
            args: [-y, '@x/things']
            env: { LEVEL: 1.0, KEY: '${'${KEY}'}' }
        - far: { type: http, url: https://example.com/mcp, headers: { A: b }, timeout: 5 }
    `;
    const expected = ['github', STARTED, REACHED];
    assert.deepEqual(serversIn(text, 'claude'), expected);
    assert.deepEqual(serversIn(text, 'sluice'), expected);
    assert.deepEqual(serversIn(text.replace('mcpServers', 'mcp-servers'), 'sluice'), expected);
  });

  it('are said as VS Code does: a map by name', () => {
    const text = lines`
      mcp-servers:
        things:
          type: local
          command: npx
          args: [-y, '@x/things']
          env: { LEVEL: 1.0, KEY: '${'${KEY}'}' }
        far: { url: https://example.com/mcp, headers: { A: b } }
        old: { type: sse, url: http://localhost:1/sse }
    `;
    const old = {
      name: 'old',
      server: { kind: 'sse', url: 'http://localhost:1/sse', headers: {} },
    };
    assert.deepEqual(serversIn(text, 'vscode'), [STARTED, REACHED, old]);
    assert.deepEqual(serversIn(text, 'sluice'), [STARTED, REACHED, old]);
    assert.deepEqual(serversIn('', 'vscode'), []);
    assert.deepEqual(serversIn('mcp-servers:\n', 'vscode'), []);
  });

  it('of another tool that cannot be read are left out with a warning, the others stay', () => {
    const draft = draftIn(
      'mcpServers:\n  - 5: { command: x }\n  - a: { type: ws, url: "wss://x" }\n  - b: {}\n  - [c]\n  - d: { command: d }\n  - e\n  - f: 3\n',
      'claude',
    );
    assert.ok(draft.kind === 'valid' && draft.agent.runner.kind === 'model');
    assert.deepEqual(
      draft.agent.runner.mcpServers.map((one) => (typeof one === 'string' ? one : one.name)),
      ['5', 'd', 'e'],
    );
    assert.deepEqual(
      draft.diagnostics.map(({ severity, code, range }) => [severity, code, range.start.line]),
      [6, 7, 8, 11].map((line) => ['warning', 'bad-server', line]),
    );
  });

  it('of Sluice that cannot be read are errors, each told once', () => {
    const told = (text: string) =>
      draftIn(text, 'sluice').diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
    assert.deepEqual(told('mcp-servers: { a: {} }\n'), [
      'error: An MCP server needs "command", or "url".',
    ]);
    assert.deepEqual(told('mcp-servers: { a: { type: stdio, url: https://x } }\n'), [
      'error: An MCP server needs "command": the program that is the server.',
    ]);
    assert.deepEqual(told('mcp-servers: { a: { url: ftp://x } }\n'), [
      'error: "url" must begin with http:// or https://.',
    ]);
    assert.equal(told('mcp-servers: 5\n').length, 1);
    assert.deepEqual(told('runner: claude-code\nmcp-servers: [a]\n'), [
      'error: Claude Code has its own "mcp-servers": remove it here, or write "runner: model".',
    ]);
  });

  it('make no reader fail, whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.constantFrom('claude', 'vscode', 'sluice'),
        (json, format) => {
          const field = format === 'claude' ? 'mcpServers' : 'mcp-servers';
          const draft = draftIn(`${field}: ${json}\n`, format);
          assert.ok(draft.kind === 'valid' || format === 'sluice');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('An agent that Claude Code runs', () => {
  it('is instructions with the runner "claude-code", in Markdown and YAML', () => {
    const markdown = draftIn('runner: claude-code\nmodel: [opus, sonnet]\n', 'sluice');
    const yaml = readAgent(
      sourceOf(
        '.sluice/agents/a.yaml',
        'runner: claude-code\ninstructions: Help.\nmodel: [opus, sonnet]\n',
      ),
      'sluice',
    );
    for (const draft of [markdown, yaml]) {
      assert.ok(draft.kind === 'valid');
      assert.deepEqual(draft.agent.runner, {
        kind: 'claude-code',
        instructions: 'Help.',
        models: ['opus', 'sonnet'],
      });
    }
  });
});
