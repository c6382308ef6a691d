import assert from 'node:assert/strict';
import path from 'node:path';
import { agentName } from '../../../../src/core/domain/ids.ts';
import { sharedLookUp } from '../../../../src/core/tools/lookups.ts';
import { ServerAnswers, seesCopy } from '../../../../src/core/tools/mcp/serverAnswers.ts';
import { digestOf } from '../../../../src/core/base/digest.ts';
import { MemoryAnswers } from '../../../support/memoryAnswers.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { McpRig, odd, use } from './mcpRig.ts';

const OUTSIDE = { kind: 'web' };
const TREE = { kind: 'tree' };
const TOKEN = 'tok-0123456789abcdef';

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise(setImmediate);
  }
}

describe('Answers of MCP servers', () => {
  const clock = new ManualClock();
  let shared: MemoryAnswers;

  beforeEach(() => (shared = new MemoryAnswers()));

  const lookUp = () => sharedLookUp(shared, clock, agentName('helper'), (text) => text);
  const looking = (rig: McpRig, env = {}) => ({
    ...odd('looks', path.join(rig.root, 'calls')),
    env,
  });

  async function opened(rig: McpRig, env: Readonly<Record<string, string>> = {}) {
    rig.write('.mcp.json', JSON.stringify({ mcpServers: { s: looking(rig, env) } }));
    return await rig.open({ mcpServers: ['s'] }, { lookUp: lookUp() });
  }

  it('about the world outside are asked for once, by whichever attempt', async () => {
    await using rig = new McpRig();
    const [one, other] = [await opened(rig), await opened(rig)];
    const input = { q: 'limits', n: 1 };
    const first = await use(one, 's_look', input);
    const second = await use(other, 's_look', { n: 1, q: 'limits' });
    assert.deepEqual([first.text, second.text], ['call 1', 'call 1']);
    assert.deepEqual([first.reads, second.reads], [[OUTSIDE], [OUTSIDE]]);
    assert.equal(second.keptFrom, clock.now());
    assert.equal((await use(other, 's_look', { q: 'else' })).text, 'call 2');
  });

  it('of a server that may look at the copy are each attempt’s own, and stand on the tree', async () => {
    await using rig = new McpRig();
    const [one, other] = [await opened(rig), await opened(rig)];
    const answers = [await use(one, 's_peek'), await use(other, 's_peek')];
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['call 1', 'call 2'],
    );
    assert.deepEqual(answers[0]?.reads, [TREE, OUTSIDE]);
    assert.deepEqual(shared.asked, []);
  });

  it('are asked for anew once the attempt has done something there', async () => {
    await using rig = new McpRig();
    const [one, other] = [await opened(rig), await opened(rig)];
    await use(one, 's_look');
    await use(other, 's_act');
    assert.equal((await use(other, 's_look')).text, 'call 3');
    assert.equal((await use(one, 's_look')).text, 'call 1');
  });

  it('that are errors are not kept', async () => {
    await using rig = new McpRig();
    const one = await opened(rig);
    const failed = await use(one, 's_look', { fail: true });
    assert.deepEqual([failed.text, failed.isError], ['call 1', true]);
    assert.equal((await use(one, 's_look', { fail: true })).text, 'call 2');
    assert.equal(shared.kept.size, 0);
  });

  it('are told apart by who asks with which key, and no key is in the question', async () => {
    await using rig = new McpRig();
    await use(await opened(rig, { API_TOKEN: TOKEN }), 's_look');
    const other = await use(await opened(rig, { API_TOKEN: `${TOKEN}-2` }), 's_look');
    assert.equal(other.text, 'call 2');
    assert.equal((await use(await opened(rig, { API_TOKEN: TOKEN }), 's_look')).text, 'call 1');
    assert.ok(!JSON.stringify(shared.asked).includes(TOKEN));
  });

  it('begun by an attempt that ends are asked for by the next who waits', async () => {
    const stop = new AbortController();
    const calls: AbortSignal[] = [];
    let answer: (text: string) => void = () => undefined;
    const server = {
      identity: digestOf('server'),
      seesCopy: false,
      connection: {
        call: (_tool: string, _input: unknown, signal: AbortSignal) =>
          new Promise<{ text: string; isError: boolean }>((resolve) => {
            calls.push(signal);
            answer = (text) => resolve({ text, isError: false });
            signal.addEventListener('abort', () => resolve({ text: 'cut off', isError: true }));
          }),
      },
    };
    const tool = {
      name: 'look',
      description: '',
      inputSchema: {},
      does: 'reach',
      isOpenWorld: undefined,
    } as const;
    const leader = new ServerAnswers(server, lookUp()).call(tool, {}, stop.signal);
    const follower = new ServerAnswers(server, lookUp()).call(
      tool,
      {},
      new AbortController().signal,
    );
    assert.equal(calls.length, 1);
    stop.abort();
    assert.match((await leader).text, /Stopped/);
    await until(() => calls.length === 2);
    answer('whole');
    assert.deepEqual(await follower, { text: 'whole', isError: false, reads: [OUTSIDE] });
  });

  it('of servers elsewhere are of the world outside', () => {
    const http = (url: string) => seesCopy({ kind: 'http', url, headers: {} });
    assert.equal(http('https://mcp.example.com/mcp'), false);
    assert.equal(http('https://127.0.0.1.example.com/'), false);
    for (const url of ['http://localhost:1/', 'http://127.0.0.1/', 'http://[::1]:80/']) {
      assert.equal(http(url), true, url);
    }
    assert.equal(seesCopy({ kind: 'stdio', command: ['x'], env: {} }), true);
  });
});

describe('Servers of tools', () => {
  it('that fail for now are told from those that are declared wrongly', async () => {
    await using rig = new McpRig({ wrong: { odd: 1 }, gone: odd('exits'), well: odd('odd') });
    const failed = async (...mcpServers: string[]) => (await rig.open({ mcpServers })).hasFailed;
    assert.equal(await failed('well'), false);
    assert.equal(await failed('well', 'wrong', 'unknown'), false);
    assert.equal(await failed('well', 'gone'), true);
  });
});
