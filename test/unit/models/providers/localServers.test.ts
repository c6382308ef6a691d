import assert from 'node:assert/strict';
import { systemClock, type Clock } from '../../../../src/core/base/clock.ts';
import { LocalServers } from '../../../../src/core/models/providers/localServers.ts';
import {
  builtInProviders,
  type Provider,
} from '../../../../src/core/models/providers/providers.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { startServer, type Answer, type Server } from './server.ts';

const { signal } = new AbortController();

describe('Models of this machine', () => {
  let server: Server;
  let answer: Answer;

  beforeEach(async () => {
    server = await startServer((request) => answer(request));
  });

  afterEach(async () => {
    await server.close();
  });

  function at(id: string): Provider {
    const provider = builtInProviders().find((one) => one.id === id)!;
    return { ...provider, baseURL: `${server.url}/v1` };
  }

  function servers(clock: Clock = new ManualClock()): LocalServers {
    return new LocalServers(clock, () => fetch);
  }

  it('are looked for at three ports of 127.0.0.1 and nowhere else', () => {
    const local = builtInProviders().filter((provider) => provider.local !== undefined);
    assert.deepEqual(
      local.map(({ id, baseURL }) => `${id} ${baseURL}`),
      [
        'ollama http://127.0.0.1:11434/v1',
        'lmstudio http://127.0.0.1:1234/v1',
        'vllm http://127.0.0.1:8000/v1',
      ],
    );
  });

  it('of Ollama are listed without those that only embed, with what they can do', async () => {
    answer = ({ path, body }) =>
      path === '/api/tags'
        ? {
            models: [
              { name: 'qwen3:latest' },
              { name: 'nomic-embed-text:latest' },
              { name: 'phi:2b' },
            ],
          }
        : {
            capabilities:
              (JSON.parse(body) as { model: string }).model === 'phi:2b' ? [] : ['tools'],
          };
    assert.deepEqual(await servers().models(at('ollama'), signal), [
      { model: 'qwen3:latest', contextTokens: undefined, canUseTools: true },
      { model: 'phi:2b', contextTokens: undefined, canUseTools: false },
    ]);
    assert.deepEqual(server.paths.sort(), ['/api/show', '/api/show', '/api/tags']);
  });

  it('of an old Ollama, which does not tell what they can do, are taken to use tools', async () => {
    answer = ({ path }) => (path === '/api/tags' ? { models: [{ name: 'a' }] } : { status: 404 });
    assert.equal((await servers().models(at('ollama'), signal))?.[0]?.canUseTools, true);
  });

  it('of vLLM and LM Studio are listed with their size where that is told', async () => {
    answer = () => ({ data: [{ id: 'org/large', max_model_len: 32_768 }, { id: 'small' }] });
    assert.deepEqual(
      (await servers().models(at('vllm'), signal))?.map((one) => [one.model, one.contextTokens]),
      [
        ['org/large', 32_768],
        ['small', undefined],
      ],
    );
    assert.deepEqual(server.paths, ['/v1/models']);
  });

  it('are found by the name without its tag', async () => {
    answer = ({ path }) =>
      path === '/api/tags' ? { models: [{ name: 'qwen3:latest' }, { name: 'qwen3:8b' }] } : {};
    const local = servers();
    assert.equal((await local.find(at('ollama'), 'qwen3', signal))?.model, 'qwen3:latest');
    assert.equal((await local.find(at('ollama'), 'qwen3:8b', signal))?.model, 'qwen3:8b');
    assert.equal(await local.find(at('ollama'), 'qwen', signal), undefined);
  });

  it('are asked for once by all who ask at the same time, and again after half a minute', async () => {
    answer = () => ({ data: [{ id: 'a' }] });
    const clock = new ManualClock();
    const local = servers(clock);
    await Promise.all([1, 2, 3].map(() => local.models(at('lmstudio'), signal)));
    clock.advance(29_000);
    await local.models(at('lmstudio'), signal);
    assert.equal(server.paths.length, 1);
    clock.advance(2000);
    await local.models(at('lmstudio'), signal);
    assert.equal(server.paths.length, 2);
    local.forget();
    await local.models(at('lmstudio'), signal);
    assert.equal(server.paths.length, 3);
  });

  for (const [what, bad] of [
    ['an error', { status: 500 }],
    ['a page', { text: '<html>' }],
    ['another JSON', { hello: 1 }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['nothing but zeros, without end', { text: '0'.repeat(9 * 1024 * 1024) }],
  ] as const) {
    it(`are not there where ${what} is answered`, async () => {
      answer = () => bad;
      assert.equal(await servers().models(at('lmstudio'), signal), undefined);
    });
  }

  it('are not there where nobody answers', async () => {
    const provider = at('lmstudio');
    await server.close();
    assert.equal(await servers().models(provider, signal), undefined);
  });

  it('are not waited for longer than a moment', async () => {
    answer = () => 'hang';
    const before = performance.now();
    assert.equal(await servers(systemClock).models(at('lmstudio'), signal), undefined);
    assert.ok(performance.now() - before < 3000);
  });

  it('are not waited for by who gives up, and still come for the others', async () => {
    const open = server.nextRequest();
    answer = () => 'hang';
    const local = servers();
    const stop = new AbortController();
    const impatient = local.models(at('lmstudio'), stop.signal);
    const patient = local.models(at('lmstudio'), signal);
    await open;
    stop.abort(new Error('enough'));
    await assert.rejects(impatient, /enough/);
    server.answerOpen({ data: [{ id: 'a' }] });
    assert.equal((await patient)?.length, 1);
  });
});
