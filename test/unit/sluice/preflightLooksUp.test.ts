import assert from 'node:assert/strict';
import type { Agent, McpServerRef } from '../../../src/core/domain/agent.ts';
import type { AgentName } from '../../../src/core/domain/ids.ts';
import { NO_TERMS, plainCacheRule } from '../../../src/core/domain/terms.ts';
import {
  embeddingFaults,
  modelFacts,
  type KnownModels,
} from '../../../src/core/preflightModels.ts';
import { toolFaults, type ToolSources } from '../../../src/core/preflightTools.ts';
import { commandAgent, plan, planWith, step } from '../../support/plans.ts';
import { TemporaryFolder } from '../definitions/folder.ts';

const never = new AbortController().signal;

function modelAgent(
  name: string,
  over: Partial<Agent> = {},
  servers: readonly McpServerRef[] = [],
): Agent {
  return {
    ...commandAgent(name),
    runner: { kind: 'model', instructions: '', models: [], mcpServers: servers },
    file: `.sluice/agents/${name}.md`,
    ...over,
  };
}

function agentsOf(...agents: readonly Agent[]): Readonly<Record<AgentName, Agent>> {
  return Object.fromEntries(agents.map((agent) => [agent.name, agent]));
}

describe('What a pre-flight looks up of models', () => {
  const asked: (readonly string[])[] = [];
  const models: KnownModels = {
    resolve: (names) => {
      asked.push(names);
      const [name = 'chosen'] = names;
      const model = {
        provider: 'p',
        model: name,
        account: '',
        contextTokens: undefined,
        canUseTools: true,
        canStructure: true,
      };
      return Promise.resolve(
        name === 'lost'
          ? { usable: [], problems: [{ name, why: 'It is not there.' }] }
          : { usable: [model], problems: [] },
      );
    },
    embeddingProblem: (model) =>
      Promise.resolve(model.startsWith('p/') ? undefined : `Nobody serves ${model}.`),
    price: ({ model }) => (model === 'one' ? { input: 1, output: 2 } : undefined),
  };

  it('is each name once, and the user’s own choice where there is none', async () => {
    const made = {
      ...plan(
        step('a', [], { terms: { ...NO_TERMS, models: ['one', 'lost'] } }),
        step('b'),
        step('c', [], { terms: { ...NO_TERMS, models: ['one'] } }),
        step('d'),
      ),
      agents: agentsOf(
        modelAgent('a-agent', { terms: { ...NO_TERMS, models: ['other'] } }),
        modelAgent('b-agent'),
        modelAgent('c-agent'),
        commandAgent('d-agent'),
      ),
    };
    const facts = await modelFacts(made, models, never);
    assert.deepEqual(
      [...(facts ?? [])].sort(([x], [y]) => (x < y ? -1 : 1)),
      [
        ['', { kind: 'usable', name: 'p/chosen', price: undefined }],
        ['lost', { kind: 'unusable', why: 'It is not there.' }],
        ['one', { kind: 'usable', name: 'p/one', price: { input: 1, output: 2 } }],
        ['other', { kind: 'usable', name: 'p/other', price: undefined }],
      ],
    );
    assert.equal(asked.length, 4);
  });

  it('is why embedding models turn no text into vectors, each name once', async () => {
    const similarTo = (model: string) => ({
      terms: {
        ...NO_TERMS,
        cache: { ...plainCacheRule(true), similar: { model, threshold: 0.9 } },
      },
    });
    const made = planWith(
      { agents: agentsOf(...['a', 'b', 'c'].map((name) => modelAgent(`${name}-agent`))) },
      step('a', [], similarTo('lost/x')),
      step('b', [], similarTo('lost/x')),
      step('c', [], similarTo('p/x')),
    );
    assert.deepEqual(
      [...(await embeddingFaults(made, models, never))],
      [['lost/x', 'Nobody serves lost/x.']],
    );
    assert.equal((await embeddingFaults(made, undefined, never)).size, 0);
  });

  it('is nothing where nobody can be asked', async () => {
    assert.equal(await modelFacts(plan(step('a')), undefined, never), undefined);
  });
});

describe('What a pre-flight looks up of tools', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  const faults = (agents: readonly Agent[], hosted: ToolSources['hosted'] = []) =>
    toolFaults({ agents: agentsOf(...agents) }, { folder: folder.path, home: undefined, hosted });

  it('are names that neither Sluice nor an agent nor the host has, at their places', async () => {
    folder.write('.sluice/agents/a.md', '---\ntools: [Read, raed, ask-b, runThis]\n---\nx\n');
    const agents = [
      modelAgent('a', { tools: ['Read', 'raed', 'ask-b', 'runThis'] }),
      modelAgent('b', { asTool: { name: 'ask-b', inputSchema: {} } }),
    ];
    const found = await faults(agents, [{ name: 'x', alsoKnownAs: ['runThis'] }]);
    assert.deepEqual(
      found.map((one) => [one.kind, 'name' in one ? one.name : '', one.at?.range.start]),
      [['unknown', 'raed', { line: 2, column: 15 }]],
    );
  });

  it('are MCP servers that nothing declares', async () => {
    folder.write('.mcp.json', '{ "mcpServers": { "git hub": { "command": "x" } } }');
    folder.write('.sluice/agents/a.md', '---\nmcp-servers: [lost]\ntools: "gone/*"\n---\nx\n');
    const tools = ['mcp__git_hub__search', 'git hub/*', 'own/read', 'gone/*', 'mcp__gone__x'];
    const own: McpServerRef = {
      name: 'own',
      server: { kind: 'http', url: 'https://x', headers: {} },
    };
    const found = await faults([modelAgent('a', { tools }, [own, 'git hub', 'lost'])]);
    assert.deepEqual(
      found.map((one) => [one.kind, 'name' in one ? one.name : '', one.at?.range.start.line]),
      [
        ['server', 'lost', 2],
        ['server', 'gone', 3],
      ],
    );
  });

  it('are not missing where the file that may declare them cannot be read, which is told', async () => {
    folder.write('.mcp.json', '{ "mcpServers": ');
    const found = await faults([modelAgent('a', {}, ['lost'])]);
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['file'],
    );
    assert.match((found[0] as { message: string }).message, /\.mcp\.json/);
  });

  it('are patterns nothing keeps to, and nothing of a program’s', async () => {
    const found = await faults([
      modelAgent('a', { tools: ['Edit(docs/**)', 'Bash(git:*)'] }),
      { ...commandAgent('b'), tools: ['raed'] },
    ]);
    assert.deepEqual(
      found.map((one) => [one.kind, 'name' in one ? one.name : '']),
      [['unkept', 'Edit(docs/**)']],
    );
  });
});
