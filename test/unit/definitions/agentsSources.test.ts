import assert from 'node:assert/strict';
import path from 'node:path';
import { agentPlaces } from '../../../src/core/definitions/agents/agentPlaces.ts';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import { AgentRig, claudeFile } from './agentRig.ts';
import { said, unmark } from './marked.ts';

describe('The agents of a folder and its user', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
  });
  afterEach(() => rig.dispose());

  it('are looked for in these places, in this order', () => {
    assert.deepEqual(
      agentPlaces('/home/ada').map(({ origin }) => [origin.label, origin.scope]),
      [
        ['.sluice/agents', 'folder'],
        ['.claude/claude.json', 'folder'],
        ['.github/agents', 'folder'],
        ['.claude/agents', 'folder'],
        ['~/.claude/agents', 'user'],
        ['~/.copilot/agents', 'user'],
      ],
    );
    assert.deepEqual(agentPlaces(undefined), agentPlaces('/home/ada').slice(0, 4));
  });

  function writeOneEverywhere(name: string): void {
    rig.write('.sluice/agents/own.yaml', `name: ${name}\ncommand: [x]\n`);
    rig.write('.claude/claude.json', JSON.stringify({ agents: { [name]: { file: 'listed.md' } } }));
    rig.write('.claude/listed.md', '# Listed\n');
    rig.write('.github/agents/a.chatmode.md', `---\nname: ${name}\n---\nPlan.`);
    rig.write('.claude/agents/deep/er/b.md', claudeFile(name));
    rig.writeHome('.claude/agents/deep/c.md', claudeFile(name));
    rig.writeHome('.copilot/agents/d.agent.md', `---\nname: ${name}\n---\nPlan.`);
  }

  it('are all shown, and of one name the first wins and the others say who hides them', async () => {
    writeOneEverywhere('tool');
    const { agents, diagnostics } = await rig.find(rig.home);
    const winner = '.sluice/agents/own.yaml';
    assert.deepEqual(
      agents.map(({ kind, file, format, origin, shadowedBy }) => [
        kind,
        file,
        format,
        origin.label,
        shadowedBy,
      ]),
      [
        ['valid', winner, 'sluice', '.sluice/agents', undefined],
        ['valid', '.claude/listed.md', 'claude-json', '.claude/claude.json', winner],
        ['valid', '.github/agents/a.chatmode.md', 'vscode', '.github/agents', winner],
        ['valid', '.claude/agents/deep/er/b.md', 'claude', '.claude/agents', winner],
        [
          'valid',
          path.join(rig.home, '.claude/agents/deep/c.md'),
          'claude',
          '~/.claude/agents',
          winner,
        ],
        [
          'valid',
          path.join(rig.home, '.copilot/agents/d.agent.md'),
          'vscode',
          '~/.copilot/agents',
          winner,
        ],
      ],
    );
    assert.deepEqual(diagnostics, []);
    // A folder may have its own way with what its user has everywhere.
    assert.deepEqual(
      agents.map((entry) => entry.diagnostics.length),
      [0, 1, 1, 1, 0, 0],
    );
  });

  it('of a user are told of a clash among themselves', async () => {
    rig.writeHome('.claude/agents/c.md', claudeFile('tool'));
    rig.writeHome('.copilot/agents/tool.md', 'Plan.');
    const { agents } = await rig.find(rig.home);
    const winner = path.join(rig.home, '.claude/agents/c.md');
    assert.deepEqual(
      agents.map(({ shadowedBy, diagnostics }) => [shadowedBy, ...said(diagnostics)]),
      [
        [undefined],
        [
          winner,
          `shadowed-agent: ${winner} defines the agent "tool" too and goes before this file.`,
        ],
      ],
    );
  });

  it('of a user are not looked for without a home', async () => {
    rig.writeHome('.claude/agents/c.md', claudeFile('tool'));
    assert.deepEqual((await rig.find()).agents, []);
  });

  it('stand once where the home folder itself is open, or one place is a link to another', async () => {
    rig.writeHome('.claude/agents/c.md', claudeFile('tool'));
    assert.deepEqual(
      (await rig.find(rig.home, rig.home)).agents.map(({ file }) => file),
      ['.claude/agents/c.md'],
    );
    rig.link('.claude/agents', path.join(rig.home, '.claude/agents'));
    assert.deepEqual(
      (await rig.find(rig.home)).agents.map(({ file, origin }) => [file, origin.scope]),
      [['.claude/agents/c.md', 'folder']],
    );
  });

  it('are not looked for above the folder', async () => {
    rig.write('.claude/agents/up.md', claudeFile('up'));
    rig.write('below/.claude/agents/down.md', claudeFile('down'));
    const { agents } = await rig.find(undefined, `${rig.folder}/below`);
    assert.deepEqual(
      agents.map(({ name }) => name),
      ['down'],
    );
  });

  it('reach workflows from every place', async () => {
    rig.write('.sluice/workflows/w.yaml', '[one, two, three, four, five, six]');
    rig.write('.sluice/agents/one.yaml', 'command: [x]');
    rig.write('.claude/claude.json', JSON.stringify({ agents: { two: { file: 'two.md' } } }));
    rig.write('.claude/two.md', '# Two');
    rig.write('.github/agents/three.agent.md', 'Plan.');
    rig.write('.claude/agents/four.md', claudeFile('four'));
    rig.writeHome('.claude/agents/five.md', claudeFile('five'));
    rig.writeHome('.copilot/agents/six.md', 'Plan.');
    const { workflows } = await readDefinitions(rig.folder, new AbortController().signal, rig.home);
    assert.deepEqual(said(workflows[0]?.diagnostics ?? []), []);
  });
});

describe('The agents of .claude/claude.json', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
  });
  afterEach(() => rig.dispose());

  const MARKDOWN = `# Code Reviewer Agent

Some words.

## Role

You review code
for what people miss.

More about it.

## Rules

- Be kind.
`;

  it('are their Markdown files as a whole, with the contract behind them', async () => {
    rig.write(
      '.claude/claude.json',
      JSON.stringify({
        version: '1.0.0',
        agents: {
          'code-reviewer': {
            file: 'agents/code-reviewer.md',
            contract: 'contracts/code-reviewer.contract',
            domains: ['code-quality'],
            priority: 1,
            made_up: true,
          },
        },
        workflows: { w: ['code-reviewer'] },
        governance: {},
      }),
    );
    rig.write('.claude/agents/code-reviewer.md', MARKDOWN);
    rig.write('.claude/contracts/code-reviewer.contract', 'MUST answer.\n');
    const { agents, diagnostics } = await rig.find();
    assert.equal(agents.length, 1, 'the file is not listed as an agent of Claude Code too');
    assert.deepEqual(diagnostics, []);
    const { agent, priority } = await rig.valid('code-reviewer');
    assert.deepEqual(agent, {
      name: 'code-reviewer',
      description: 'You review code for what people miss.',
      criticality: 5,
      version: undefined,
      domains: ['code-quality'],
      tools: undefined,
      runner: {
        kind: 'model',
        instructions: `${MARKDOWN.trim()}\n\nMUST answer.`,
        models: [],
        mcpServers: [],
      },
      outputSchema: undefined,
      asTool: undefined,
      terms: agent.terms,
      format: 'claude-json',
      file: '.claude/agents/code-reviewer.md',
      digest: agent.digest,
    });
    assert.equal(priority, 1);
    rig.write('.claude/contracts/code-reviewer.contract', 'MUST ask.\n');
    assert.notEqual((await rig.valid('code-reviewer')).agent.digest, agent.digest);
  });

  it('may name their file by "path", outside .claude too, and be described by their title', async () => {
    rig.write('.claude/claude.json', '{ "agents": { "a": { "path": "../docs/a.md" } } }');
    rig.write('docs/a.md', 'Words.\n\n# Title of A\n\n## Role\n\n## Next\nx');
    assert.equal((await rig.valid('a')).agent.description, 'Title of A');
    rig.write('docs/a.md', 'Nothing but words.');
    assert.equal((await rig.valid('a')).agent.description, '');
  });

  it('say in front matter what counts, where they have one', async () => {
    rig.write('.claude/claude.json', '{ "agents": { "a": { "file": "agents/a.md" } } }');
    rig.write('.claude/agents/a.md', claudeFile('other', 'Says so.', 'tools: Read\nmodel: opus\n'));
    const { agents } = await rig.find();
    // It is a second agent under its own name, as Claude Code has it.
    assert.deepEqual(
      agents.map(({ name, format, kind }) => [name, format, kind]),
      [
        ['a', 'claude-json', 'valid'],
        ['other', 'claude', 'valid'],
      ],
    );
    const { agent } = await rig.valid('a');
    assert.deepEqual([agent.description, agent.tools], ['Says so.', ['Read']]);
    assert.deepEqual(agent.runner, {
      kind: 'model',
      instructions: 'You are other.',
      models: ['opus'],
      mcpServers: [],
    });
    rig.write('.claude/agents/a.md', claudeFile('a'));
    assert.deepEqual(
      (await rig.find()).agents.map(({ format }) => format),
      ['claude-json'],
    );
  });

  it('begin with a line across the page and are read all the same', async () => {
    rig.write('.claude/claude.json', '{ "agents": { "a": { "file": "a.md" } } }');
    rig.write('.claude/a.md', '---\n\n# A\n');
    const { runner } = (await rig.valid('a')).agent;
    assert.equal(runner.kind === 'model' && runner.instructions, '---\n\n# A');
  });

  it('leave a file they do not name, and without front matter, as Claude Code has it', async () => {
    rig.write('.claude/claude.json', '{ "agents": {} }');
    rig.write('.claude/agents/notes.md', '# Notes');
    assert.match(
      said((await rig.entry('notes')).diagnostics).join(),
      /^skipped-by-claude: .*no front matter/,
    );
  });

  it('are shown with what is wrong, at its place', async () => {
    const json = unmark(`{
  "agents": {
    «"none"»: { "domains": ["x"] },
    "gone": { "file": «"agents/gone.md"» },
    "out": { "file": «"../../secret.md"» },
    "absolute": { "file": «"/absolute.md"» },
    "empty": { "file": «"empty.md"» },
    "contract": { "file": "good.md", "contract": «"contracts/binary"» },
    "wrong": { "file": "good.md", "priority": «"high"», "domains": «{}» },
    "plain": «"good.md"»,
    «" "»: { "file": "good.md" },
    "folder": { "file": «"contracts"» },
    "blank": { "file": «""» },
    "good": { "file": "good.md" }
  }
}`);
    rig.write('.claude/claude.json', json.text);
    rig.write('.claude/good.md', '# Good');
    rig.write('.claude/empty.md', '\n');
    rig.write('.claude/contracts/binary', Buffer.from([1, 0, 2]));
    const { agents } = await rig.find();
    const diagnostics = agents.flatMap((entry) => entry.diagnostics);
    assert.deepEqual(
      agents.map(({ name, kind }) => [name, kind]),
      [
        ...['none', 'gone', 'out', 'absolute', 'empty', 'contract', 'wrong', 'plain', ' '],
        ...['folder', 'blank'],
      ]
        .map((name) => [name, 'invalid'])
        .concat([['good', 'valid']]),
    );
    assert.deepEqual(
      diagnostics.map(({ file }) => file),
      diagnostics.map(() => '.claude/claude.json'),
    );
    assert.deepEqual(
      [...diagnostics]
        .map(({ range }) => range)
        .sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column),
      json.ranges,
    );
    assert.deepEqual(said(diagnostics), [
      'missing-field: "file" is missing: name the Markdown file of the agent.',
      'unreadable: .claude/agents/gone.md cannot be used. This cannot be read: it is not there.',
      'outside-folder: "../../secret.md" leads out of the folder: put the file into it.',
      'outside-folder: "/absolute.md" leads out of the folder: put the file into it.',
      'empty-file: .claude/empty.md is empty: it should hold the instructions of the agent.',
      'unreadable: .claude/contracts/binary cannot be used. This is no text: it holds NUL bytes.',
      'wrong-type: "domains" must be a text or a list, not fields.',
      'wrong-value: "priority" must be a number.',
      'wrong-type: An agent must be made of fields, one "name: value" a line.',
      'wrong-value: The name of an agent must be one line of 1 to 100 characters, with no blanks around it.',
      'unreadable: .claude/contracts cannot be used. This cannot be read: it is not a plain file.',
      'wrong-value: "file" must name a file.',
    ]);
  });

  it('are one broken entry where the file itself cannot be made sense of', async () => {
    for (const [text, problem] of [
      ['{ "agents": ', /^yaml-syntax/],
      ['{ "agents": ["a"] }', /^wrong-type: "agents" must be made of fields/],
      ['[]', /^wrong-type: This file must be made of fields/],
      [Buffer.from([1, 0]), /^not-text/],
    ] as const) {
      rig.write('.claude/claude.json', text);
      const { agents } = await rig.find();
      assert.deepEqual(
        agents.map(({ kind, file, name }) => [kind, file, name]),
        [['invalid', '.claude/claude.json', 'claude']],
      );
      assert.match(said(agents[0]?.diagnostics ?? [])[0] ?? '', problem);
    }
  });

  it('are none in a file without agents', async () => {
    rig.write('.claude/claude.json', '{ "workflows": {} }');
    assert.deepEqual(await rig.find(), { agents: [], diagnostics: [] });
  });
});
