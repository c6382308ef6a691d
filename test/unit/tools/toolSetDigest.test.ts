import assert from 'node:assert/strict';
import { rgPath } from '@vscode/ripgrep';
import { systemClock } from '../../../src/core/base/clock.ts';
import type { Agent, McpServerRef } from '../../../src/core/domain/agent.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import type { Tool } from '../../../src/core/domain/tool.ts';
import { Tools, type ToolsOptions } from '../../../src/core/tools/toolbox.ts';
import { McpRig, modelAgent as serverAgent } from './mcp/mcpRig.ts';
import { modelAgent } from './toolRig.ts';

const TOKEN = 'tok-0123456789abcdef';

function toolsWith(over: Partial<ToolsOptions> = {}): Tools {
  return new Tools({
    runProgram: () => Promise.reject(new Error('not run')),
    findRipgrep: () => Promise.resolve(rgPath),
    clock: systemClock,
    ...over,
  });
}

describe('the digest of an agent’s tools', () => {
  it('is the same for the same tools, in whichever program', async () => {
    const digest = await toolsWith().digestFor(modelAgent(['read', 'shell']));
    assert.equal(await toolsWith().digestFor(modelAgent(['read', 'shell'])), digest);
    assert.equal(await toolsWith().digestFor(modelAgent(['Bash', 'Read'])), digest);
    const others = [['read'], undefined, [], ['read', 'Bash(git:*)'], ['*']];
    const all = await Promise.all(others.map((tools) => toolsWith().digestFor(modelAgent(tools))));
    assert.equal(new Set([digest, ...all]).size, others.length + 1);
  });

  it('changes with a tool of the host that the agent has, and with no other', async () => {
    const tool = (name: string, description: string): Tool => ({
      name,
      description,
      inputSchema: { type: 'object' },
      does: 'other',
      summary: () => name,
      call: () => Promise.reject(new Error('not called')),
    });
    const digest = (...hosted: Tool[]) =>
      toolsWith({ hosted: { list: () => hosted } }).digestFor(modelAgent(['pub.ext/repo']));
    const named = { ...tool('repo', 'one'), alsoKnownAs: ['pub.ext/repo'] };
    const before = await digest(named);
    assert.equal(await digest(named, tool('other', 'x')), before);
    assert.notEqual(await digest({ ...named, description: 'two' }), before);
    assert.notEqual(await digest(), before);
  });

  it('changes with an agent that can be asked, and with no other', async () => {
    const asked = (over: Partial<Agent>): Agent => ({
      ...modelAgent([]),
      name: agentName('judge'),
      asTool: { name: 'judge-it', inputSchema: { type: 'object' } },
      ...over,
    });
    const digest = (agent: Agent, tools = ['read', 'judge-it']) =>
      toolsWith().digestFor(modelAgent(tools), { [agent.name]: agent });
    const runner = {
      kind: 'model',
      instructions: 'Be strict.',
      models: [],
      mcpServers: [],
    } as const;
    const before = await digest(asked({}));
    assert.notEqual(await digest(asked({ runner })), before);
    assert.notEqual(await digest(asked({ outputSchema: { type: 'object' } })), before);
    assert.equal(await digest(asked({ version: '2' })), before);
    const unnamed = await digest(asked({}), ['read']);
    assert.equal(await digest(asked({ runner }), ['read']), unnamed);
  });

  it('changes with what a server is, read anew, and not with keys', async () => {
    await using rig = new McpRig();
    const environment: Record<string, string> = { API_TOKEN: TOKEN, REGION: 'north' };
    const declared = {
      command: 'server',
      args: ['--key', '${API_TOKEN}', '--region', '${REGION}'],
      env: { SECRET_KEY: TOKEN, LEVEL: '1' },
    };
    const digest = (agent = serverAgent({ tools: ['s/*'] })) =>
      toolsWith({ mcp: rig.tools({ environment }) }).digestFor(agent);
    const write = (server: object, more = {}) =>
      rig.write('.mcp.json', JSON.stringify({ mcpServers: { s: server, ...more } }));
    write(declared);
    const before = await digest();
    environment['API_TOKEN'] = `${TOKEN}-2`;
    write({ ...declared, env: { SECRET_KEY: `${TOKEN}-2`, LEVEL: '1' } }, { other: declared });
    assert.equal(await digest(), before);
    const digests = new Set([before]);
    for (const server of [
      { ...declared, env: { SECRET_KEY: TOKEN, LEVEL: '2' } },
      { ...declared, env: { LEVEL: '1' } },
      { ...declared, args: [] },
      { ...declared, cwd: 'sub' },
      { url: 'https://mcp.test/', headers: { Authorization: TOKEN } },
      { url: 'https://mcp.test/', headers: { 'X-Key': TOKEN } },
      { url: 'https://mcp.test/' },
      { odd: true },
    ]) {
      write(server);
      digests.add(await digest());
    }
    assert.equal(digests.size, 9);
    write({ url: 'https://mcp.test/', headers: { Authorization: 'tok-other' } });
    assert.ok(digests.has(await digest()));
    write(declared);
    environment['REGION'] = 'south';
    digests.add(await digest());
    rig.write('.mcp.json', '{ broken');
    digests.add(await digest());
    rig.write('.mcp.json', '{}');
    digests.add(await digest());
    assert.equal(digests.size, 12);
  });

  it('knows servers that the agent’s own file writes out, and which of their tools it names', async () => {
    await using rig = new McpRig();
    const server = (url: string): McpServerRef => ({
      name: 's',
      server: { kind: 'http', url, headers: {} },
    });
    const digest = (mcpServers: readonly McpServerRef[], tools: readonly string[] = []) =>
      toolsWith({ mcp: rig.tools() }).digestFor(serverAgent({ mcpServers, tools }));
    const digests = await Promise.all([
      digest([server('https://a.test/')]),
      digest([server('https://b.test/')]),
      digest([server('https://a.test/')], ['s/look']),
      digest([]),
      digest(['gone']),
    ]);
    assert.equal(new Set(digests).size, 5);
    assert.deepEqual(rig.living(), []);
  });
});
