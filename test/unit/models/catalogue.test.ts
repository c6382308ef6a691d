import assert from 'node:assert/strict';
import { ManualClock } from '../../support/manualClock.ts';
import { hostedModel, TestHost } from './modelRig.ts';
import { startServer, type Answer, type Server } from './providers/server.ts';

const { signal } = new AbortController();
const KEY = `sk-test-${'a1B2'.repeat(10)}`;

describe('What a person can choose from', () => {
  let server: Server;
  let answer: Answer;
  let host: TestHost;

  beforeEach(async () => {
    server = await startServer((request) => answer(request));
    host = new TestHost();
    host.set({
      baseURLs: {
        anthropic: `${server.url}/anthropic`,
        openai: `${server.url}/openai`,
        google: `${server.url}/google`,
        openrouter: `${server.url}/openrouter`,
        ollama: `${server.url}/v1`,
      },
    });
    answer = () => ({ status: 404 });
  });

  afterEach(() => server.close());

  async function shown(clock?: ManualClock): Promise<readonly string[]> {
    const groups = await host.models(clock).catalogue(signal);
    return groups.flatMap(({ title, models, problem }) => [
      ...models.map((one) => `${title}: ${one.name}`),
      ...(problem === undefined ? [] : [`${title}! ${problem}`]),
    ]);
  }

  it('is nothing where there is no key, no server and no VS Code, and nobody is asked', async () => {
    host.set({ baseURLs: { anthropic: `${server.url}/anthropic` } });
    assert.deepEqual(await shown(), []);
    assert.deepEqual(server.paths, []);
  });

  it('is what each provider lists to the key, without what does not talk', async () => {
    host.keys.set('anthropic', KEY).set('openai', KEY).set('google', KEY);
    answer = ({ path, headers }) => {
      switch (path.split('/')[1]) {
        case 'anthropic':
          return headers['x-api-key'] === KEY
            ? { data: [{ id: 'claude-opus-5-5', display_name: 'Claude Opus 5.5' }] }
            : { status: 401 };
        case 'openai':
          return headers.authorization === `Bearer ${KEY}`
            ? {
                data: [
                  { id: 'gpt-5' },
                  { id: 'tts-1' },
                  { id: 'text-embedding-3' },
                  { id: 'gpt-4o-realtime-preview' },
                ],
              }
            : { status: 401 };
        case 'google':
          return headers['x-goog-api-key'] === KEY
            ? {
                models: [
                  {
                    name: 'models/gemini-2.5-pro',
                    inputTokenLimit: 7,
                    supportedGenerationMethods: ['generateContent'],
                  },
                  { name: 'models/aqa', supportedGenerationMethods: ['generateAnswer'] },
                ],
              }
            : { status: 400 };
        default:
          return { status: 404 };
      }
    };
    assert.deepEqual(await shown(), [
      'Anthropic: anthropic/claude-opus-5-5',
      'OpenAI: openai/gpt-5',
      'Google: google/gemini-2.5-pro',
    ]);
    const groups = await host.models().catalogue(signal);
    const [anthropic, openai, google] = groups.map(({ models }) => models[0]!);
    assert.deepEqual([anthropic?.title, anthropic?.contextTokens], ['Claude Opus 5.5', 1_000_000]);
    assert.equal(openai?.price?.input, 1.25);
    assert.equal(google?.contextTokens, 7);
  });

  it('is what Sluice knows where a provider gives no list, and says so', async () => {
    host.keys.set('anthropic', KEY).set('google', KEY);
    answer = ({ path }) => ({ status: path.startsWith('/google') ? 403 : 500 });
    const all = await shown();
    assert.ok(all.includes('Anthropic: anthropic/claude-sonnet-4-5'));
    assert.ok(all.includes('Anthropic! Anthropic gave no answer: HTTP 500.'));
    assert.ok(all.includes('Google! Google does not accept the key (HTTP 403).'));
  });

  it('has the models of VS Code by vendor, and of servers of this machine for nothing', async () => {
    host.hostedModels = [
      hostedModel('copilot', 'GPT-5'),
      hostedModel('other', 'Own 1'),
      hostedModel('other', 'Own 2', { allowed: false }),
    ];
    answer = ({ path }) =>
      path === '/api/tags' ? { models: [{ name: 'qwen3:8b' }] } : { capabilities: [] };
    assert.deepEqual(await shown(), [
      'VS Code: copilot: vscode/copilot/gpt-5',
      'VS Code: other: vscode/other/own-1',
      'VS Code: other! VS Code does not let Sluice use "other": allow it with "Manage Language Model Access" in the menu of accounts.',
      'Ollama: ollama/qwen3:8b',
    ]);
    const ollama = (await host.models().catalogue(signal)).find((one) => one.provider === 'ollama');
    assert.equal(ollama?.models[0]?.price?.output, 0);
  });

  it('is asked for again only after a while, or when a key is another', async () => {
    host.keys.set('openai', KEY);
    answer = () => ({ data: [{ id: 'gpt-5' }] });
    const clock = new ManualClock();
    const models = host.models(clock);
    const asked = () => server.paths.filter((path) => path.startsWith('/openai')).length;
    await models.catalogue(signal);
    await models.catalogue(signal);
    assert.equal(asked(), 1);
    host.keys.set('openai', 'another');
    await models.catalogue(signal);
    assert.equal(asked(), 2);
    clock.advance(601_000);
    await models.catalogue(signal);
    assert.equal(asked(), 3);
    host.changed.fire();
    await models.catalogue(signal);
    assert.equal(asked(), 4);
  });

  it('is given up by who does not want to know any more', async () => {
    host.keys.set('openai', KEY);
    answer = () => 'hang';
    const stop = new AbortController();
    const asked = host.models().catalogue(stop.signal);
    await server.nextRequest();
    stop.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });

  describe('and the keys for it', () => {
    it('are told of without the keys themselves', async () => {
      host.keys.set('openai', KEY);
      host.set({
        addresses: [
          { id: 'my-proxy', baseURL: 'https://a.example', keyName: 'my-proxy', headers: {} },
        ],
      });
      const providers = await host.models().providers();
      assert.deepEqual(
        providers.map(
          ({ id, hasKey, keyVariables }) => `${id} ${hasKey} ${keyVariables.join('|')}`,
        ),
        [
          'anthropic false ANTHROPIC_API_KEY',
          'openai true OPENAI_API_KEY',
          'google false GEMINI_API_KEY|GOOGLE_API_KEY|GOOGLE_GENERATIVE_AI_API_KEY',
          'openrouter false OPENROUTER_API_KEY',
          'ollama false ',
          'lmstudio false ',
          'vllm false ',
          'my-proxy false MY_PROXY_API_KEY',
        ],
      );
      assert.ok(!JSON.stringify(providers).includes(KEY));
    });

    for (const provider of ['anthropic', 'openai', 'google', 'openrouter'] as const) {
      it(`are accepted, refused or left open by ${provider}`, async () => {
        const models = host.models();
        assert.equal((await models.checkKey(provider, signal)).kind, 'no-key');
        assert.deepEqual(server.paths, []);
        answer = () => ({ data: [], models: [] });
        assert.deepEqual(await models.checkKey(provider, signal, KEY), { kind: 'accepted' });
        answer = () => ({ status: 401 });
        assert.equal((await models.checkKey(provider, signal, KEY)).kind, 'refused');
        answer = () => ({ status: 503 });
        const open = await models.checkKey(provider, signal, KEY);
        assert.equal(open.kind, 'no-answer');
        assert.ok(!JSON.stringify(open).includes(KEY));
      });
    }

    it('go to nobody else: a redirect is not followed', async () => {
      const other = await startServer(() => ({ data: [] }));
      answer = () => ({ status: 302, headers: { location: `${other.url}/models` } });
      const check = await host.models().checkKey('openai', signal, KEY);
      assert.equal(check.kind, 'no-answer');
      assert.deepEqual(other.paths, []);
      await other.close();
    });
  });
});
