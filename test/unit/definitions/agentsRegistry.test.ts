import assert from 'node:assert/strict';
import { readAgents } from '../../../src/core/definitions/agents/readAgent.ts';
import { said, sourceOf, unmark } from './marked.ts';

const FILE = '.sluice/agents/agent.json';
const read = (text: string) => readAgents(sourceOf(FILE, text), 'sluice');

const ENTRY = {
  id: 'gemini',
  name: 'Gemini CLI',
  version: '1.2.3',
  description: 'A coding agent.',
  repository: 'https://example.com/gemini',
  authors: ['Somebody'],
  license: 'Apache-2.0',
  icon: 'icon.svg',
  distribution: {
    binary: {
      'linux-x86_64': {
        archive: 'https://example.com/gemini.tar.gz',
        cmd: './bin/gemini',
        args: ['--acp'],
        env: { MODE: 'acp' },
      },
    },
    npx: { package: '@example/gemini@1.2.3', args: ['--acp'], env: { LEVEL: '1' } },
    uvx: { package: 'gemini==1.2.3' },
  },
};

describe('An entry of an ACP registry', () => {
  it('is an agent with every way to start it, packages first', () => {
    const [draft, ...others] = read(JSON.stringify(ENTRY));
    assert.deepEqual(others, []);
    assert.ok(draft?.kind === 'valid');
    assert.deepEqual(draft.diagnostics, []);
    const { agent } = draft;
    assert.deepEqual(
      [agent.name, agent.description, agent.version, agent.format, agent.file],
      ['gemini', 'A coding agent.', '1.2.3', 'acp', FILE],
    );
    assert.deepEqual(agent.runner, {
      kind: 'acp',
      launches: [
        {
          kind: 'npx',
          command: ['npx', '--yes', '@example/gemini@1.2.3', '--acp'],
          env: { LEVEL: '1' },
          platform: undefined,
          archive: undefined,
        },
        {
          kind: 'uvx',
          command: ['uvx', 'gemini==1.2.3'],
          env: {},
          platform: undefined,
          archive: undefined,
        },
        {
          kind: 'binary',
          command: ['./bin/gemini', '--acp'],
          env: { MODE: 'acp' },
          platform: 'linux-x86_64',
          archive: 'https://example.com/gemini.tar.gz',
        },
      ],
    });
  });

  it('may say what Sluice adds, and be YAML', () => {
    const [draft] = read(
      'id: a\nname: Shown\ncriticality: 9\nowns: [src/**]\ndistribution: { npx: { package: a } }\n',
    );
    assert.ok(draft?.kind === 'valid');
    assert.deepEqual(
      [draft.agent.criticality, draft.agent.terms.owns, draft.agent.description],
      [9, ['src/**'], 'Shown'],
    );
  });

  it('is reported where it cannot be started, at its place', () => {
    for (const [marked, problem] of [
      [
        '{ "id": "a", "distribution": «{}» }',
        'missing-field: "distribution" must say how the agent is started: "npx", "uvx" or "binary".',
      ],
      ['{ «»"distribution": { "npx": { "package": "a" } } }', 'missing-field: "id" is missing.'],
      ['{ "id": "a", "distribution": { «"npx"»: {} } }', 'missing-field: "package" is missing.'],
      [
        '{ "id": "a", "distribution": { "binary": { «"linux-x86_64"»: {} } } }',
        'missing-field: "cmd" is missing.',
      ],
      [
        '{ "id": "a", "distribution": { "uvx": { "package": "a", "args": «"--x"» } } }',
        'wrong-type: "args" must be a list, not a text.',
      ],
      [
        '{ "id": «" "», "distribution": { "npx": { "package": "a" } } }',
        'wrong-value: "id" must be one line of 1 to 100 characters, with no blanks around it.',
      ],
    ] as const) {
      const { text, ranges } = unmark(marked);
      const [draft] = read(text);
      assert.equal(draft?.kind, 'invalid', text);
      assert.deepEqual(said(draft.diagnostics), [problem]);
      if (!marked.includes('«»')) {
        assert.deepEqual(
          draft.diagnostics.map(({ range }) => range),
          ranges,
        );
      }
    }
  });
});

describe('A whole ACP registry', () => {
  it('is all of its agents, each valid or with a reason', () => {
    const drafts = read(
      JSON.stringify({ version: '1', agents: [ENTRY, { ...ENTRY, id: 'other' }, { id: 'x' }, 5] }),
    );
    assert.deepEqual(
      drafts.map(({ kind, name, diagnostics }) => [kind, name, ...said(diagnostics)]),
      [
        ['valid', 'gemini'],
        ['valid', 'other'],
        ['invalid', 'x', 'missing-field: "distribution" is missing.'],
        [
          'invalid',
          'agent',
          'wrong-type: An agent must be made of fields, one "name: value" a line.',
        ],
      ],
    );
  });

  it('is one broken entry where it holds none, or keys twice', () => {
    assert.deepEqual(
      read('{ "agents": [] }').map(({ kind, diagnostics }) => [kind, ...said(diagnostics)]),
      [['invalid', 'wrong-value: "agents" must hold at least one agent.']],
    );
    assert.deepEqual(
      read('{ "agents": [{ "id": "a", "id": "b" }] }').map(({ kind }) => kind),
      ['invalid'],
    );
  });
});
