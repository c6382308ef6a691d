import assert from 'node:assert/strict';
import { OWN_TOOLS } from '../../../src/core/definitions/agents/declaredSchemas.ts';
import { OWN_TOOLS as TOOLS_GIVEN } from '../../../src/core/tools/names/toolNames.ts';
import { AgentRig, claudeFile } from './agentRig.ts';
import { lines } from './marked.ts';

const RELATION = '{ "type": "object", "required": ["kind"] }';

describe('What an agent answers and is asked with', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
  });
  afterEach(() => rig.dispose());

  const problemsOf = async (name: string) =>
    (await rig.entry(name)).diagnostics.map(
      ({ file, range, code, message }) =>
        `${file}:${range.start.line}:${range.start.column} ${code}: ${message}`,
    );

  it('is a schema that is written there, or a file of the folder', async () => {
    rig.write('schemas/relation.json', RELATION);
    rig.write(
      '.sluice/agents/ask.md',
      '---\noutput-schema: schemas/relation.json\ntool:\n  name: ask-it\n  input: { type: object, properties: { from: { type: string } } }\n---\nAnswer.\n',
    );
    rig.write('.sluice/agents/lint.yaml', 'command: [x]\noutput-schema: { type: array }\n');
    const { agent } = await rig.valid('ask');
    assert.deepEqual(agent.outputSchema, JSON.parse(RELATION));
    assert.deepEqual(agent.asTool, {
      name: 'ask-it',
      inputSchema: { type: 'object', properties: { from: { type: 'string' } } },
    });
    const lint = await rig.valid('lint');
    assert.deepEqual(lint.agent.outputSchema, { type: 'array' });
    assert.equal(lint.agent.asTool, undefined);
    assert.ok(!('declares' in lint));
  });

  it('is one text where a tool says nothing about it', async () => {
    rig.write('.sluice/agents/ask.yaml', 'instructions: Answer.\ntool: { name: ask }\n');
    const { agent } = await rig.valid('ask');
    assert.deepEqual((agent.asTool?.inputSchema as { required?: unknown }).required, ['question']);
  });

  it('is laid over agents of other tools', async () => {
    rig.write('.claude/agents/a.md', claudeFile('reviewer'));
    rig.write(
      '.sluice/agents.yaml',
      'reviewer:\n  output-schema: { type: object }\n  tool: { name: review }\n  model: opus\n',
    );
    const { agent, overlay } = await rig.valid('reviewer');
    assert.deepEqual(agent.outputSchema, { type: 'object' });
    assert.equal(agent.asTool?.name, 'review');
    assert.equal(overlay?.replaced, undefined);
  });

  it('cannot be asked by others where no model answers', async () => {
    rig.write('.claude/agents/a.md', claudeFile('reviewer'));
    for (const [runs, who] of [
      ['runner: claude-code', 'Claude Code'],
      ['command: [x]', 'a command'],
    ] as const) {
      rig.write('.sluice/agents.yaml', `reviewer:\n  tool: { name: review }\n  ${runs}\n`);
      const { agents, diagnostics } = await rig.find();
      assert.equal(agents[0]?.kind, 'invalid');
      assert.deepEqual(
        diagnostics.map(({ message, range }) => [message, range.start.line]),
        [
          [
            `Only a model can be asked by other agents, and this one is run by ${who}: remove "tool".`,
            2,
          ],
        ],
      );
    }
    rig.write('.sluice/agents.yaml', '{}');
    rig.write('.sluice/agents/b.md', '---\nrunner: claude-code\ntool: { name: b }\n---\nHelp.\n');
    assert.equal((await rig.entry('b')).kind, 'invalid');
  });

  it('may be run by Claude Code although another tool owns the file', async () => {
    rig.write('.claude/agents/a.md', claudeFile('reviewer', 'Does.', 'model: haiku\n'));
    rig.write('.sluice/agents.yaml', 'reviewer: { runner: claude-code }\n');
    const { agent, overlay } = await rig.valid('reviewer');
    assert.deepEqual(agent.runner, {
      kind: 'claude-code',
      instructions: 'You are reviewer.',
      models: ['haiku'],
    });
    assert.equal(overlay?.replaced?.kind, 'model');
  });

  it('is refused at its place where nothing can be checked with it', async () => {
    rig.write('schemas/bad.json', '{ "type": 5 }');
    rig.write(
      '.sluice/agents/a.yaml',
      lines`
        instructions: Answer.
        output-schema: schemas/bad.json
        tool:
          name: ask it
          input: schemas/lost.json
      `,
    );
    rig.write(
      '.sluice/agents/b.yaml',
      'instructions: x\noutput-schema: schemas/bad.json\ntool: { name: ask, input: schemas/lost.json }\n',
    );
    rig.write(
      '.sluice/agents/c.yaml',
      'instructions: x\ntool: { name: read, input: { type: array } }\n',
    );
    rig.write(
      '.sluice/agents/d.yaml',
      'instructions: x\noutput-schema: ../x.json\ntool: { name: d, input: { type: array } }\n',
    );
    rig.write('.sluice/agents/e.yaml', 'command: [x]\noutput-schema: ""\n');
    rig.write('.sluice/agents/f.yaml', 'command: [x]\ntool: { name: f }\n');
    assert.deepEqual(await problemsOf('a'), [
      '.sluice/agents/a.yaml:4:9 wrong-value: "name" must be made of 1 to 64 letters, digits, "_" and "-".',
    ]);
    const b = await problemsOf('b');
    assert.match(
      b[0] ?? '',
      /b\.yaml:2:16 bad-schema: In the schema "schemas\/bad\.json": Nothing/,
    );
    assert.match(b[1] ?? '', /b\.yaml:3:27 bad-schema: In the schema "schemas\/lost\.json": /);
    assert.deepEqual(await problemsOf('c'), [
      '.sluice/agents/c.yaml:2:15 wrong-value: "name" is the name of a tool that Sluice has itself: choose another.',
    ]);
    assert.deepEqual(await problemsOf('d'), [
      '.sluice/agents/d.yaml:2:16 bad-schema: "../x.json" is not in the folder: name a JSON file in it, relative to the folder.',
      '.sluice/agents/d.yaml:3:25 bad-schema: A tool is asked with named values: write "type: object" and its "properties" into the schema.',
    ]);
    assert.deepEqual(await problemsOf('e'), [
      '.sluice/agents/e.yaml:2:16 wrong-value: "output-schema" must name a JSON file, or be a schema.',
    ]);
    assert.deepEqual(await problemsOf('f'), [
      '.sluice/agents/f.yaml:2:1 unknown-field: Only a model agent has a field "tool".',
    ]);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      assert.equal((await rig.entry(name)).kind, 'invalid');
    }
  });

  it('keeps an agent from being used where what is laid over it is wrong', async () => {
    rig.write('.claude/agents/a.md', claudeFile('reviewer'));
    rig.write('.sluice/agents.yaml', 'reviewer:\n  output-schema: lost.json\n');
    assert.equal((await rig.entry('reviewer')).kind, 'invalid');
    const { diagnostics } = await rig.find();
    assert.deepEqual(
      diagnostics.map(({ file, code, range }) => [file, code, range.start.line]),
      [['.sluice/agents.yaml', 'bad-schema', 2]],
    );
  });
});

describe('The names of Sluice’s own tools', () => {
  it('are the same for those who read agents and those who give them tools', () => {
    assert.deepEqual([...OWN_TOOLS], [...TOOLS_GIVEN]);
  });
});

describe('Agents that ask each other', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
  });
  afterEach(() => rig.dispose());

  const agent = (name: string, asks: string) =>
    rig.write(
      `.sluice/agents/${name}.yaml`,
      `instructions: x\ntools: [read, ${asks}]\ntool: { name: ask-${name} }\n`,
    );

  it('may do so along a line', async () => {
    agent('a', 'ask-b');
    agent('b', 'ask-c');
    agent('c', 'nobody');
    const { agents } = await rig.find();
    assert.deepEqual(
      agents.map(({ kind, diagnostics }) => [kind, diagnostics.length]),
      [
        ['valid', 0],
        ['valid', 0],
        ['valid', 0],
      ],
    );
  });

  it('are refused where it goes in a circle, all of them, with the circle', async () => {
    agent('a', 'ask-b');
    agent('b', 'ask-c');
    agent('c', 'ask-a');
    agent('d', 'ask-d');
    agent('e', 'ask-a');
    const { agents } = await rig.find();
    assert.deepEqual(
      agents.map(({ name, kind, diagnostics }) => [name, kind, diagnostics[0]?.message]),
      [
        ...['a', 'b', 'c'].map((name) => [
          name,
          'invalid',
          'These agents ask each other in a circle: a → b → c → a. Take one of them from the tools of another.',
        ]),
        ['d', 'invalid', '"d" has itself among its tools: remove it there.'],
        ['e', 'valid', undefined],
      ],
    );
    assert.equal(agents[0]?.diagnostics[0]?.related.length, 2);
  });

  it('cannot be two under one name of a tool', async () => {
    agent('a', 'x');
    rig.write('.sluice/agents/b.yaml', 'instructions: x\ntool: { name: ask-a }\n');
    assert.equal((await rig.entry('a')).kind, 'valid');
    const { kind, diagnostics } = await rig.entry('b');
    assert.deepEqual(
      [kind, diagnostics[0]?.message],
      ['invalid', '"a" is the tool "ask-a" already: rename one of them.'],
    );
  });
});
