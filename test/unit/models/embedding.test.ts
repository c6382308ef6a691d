import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Result } from '../../../src/core/base/result.ts';
import { isCut, MAX_QUESTION } from '../../../src/core/models/embedding/textRoom.ts';
import { unitVector } from '../../../src/core/models/embedding/unitVector.ts';
import type { Models } from '../../../src/core/models/models.ts';
import { LoopbackProvider, turnsOfTheLoop, vectorReply } from '../../support/loopbackProvider.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { TestHost } from './modelRig.ts';
import { startServer, type Answer, type Server } from './providers/server.ts';

const { signal } = new AbortController();

/** In the shape of a key, and of no account. */
const KEY = `sk-test-${'a1B2'.repeat(10)}`;
const VALUES = Array.from({ length: 32 }, (_, n) => n - 10);

function errorOf(result: Result<unknown, string>): string {
  assert.ok(!result.ok, 'there is a vector');
  return result.error;
}

describe('A vector of a text', () => {
  let provider: LoopbackProvider;
  let host: TestHost;
  let models: Models;

  before(async () => {
    provider = await LoopbackProvider.start();
  });
  after(() => provider.close());

  beforeEach(() => {
    provider.reset();
    host = new TestHost();
    for (const id of ['anthropic', 'openai', 'google', 'openrouter', 'team']) {
      host.keys.set(id, KEY);
    }
    host.set({
      baseURLs: {
        openai: provider.baseURL('openai-chat'),
        google: provider.baseURL('google'),
        openrouter: provider.baseURL('openai-chat'),
        anthropic: provider.baseURL('anthropic'),
      },
      addresses: [
        {
          id: 'team',
          baseURL: provider.baseURL('openai-chat'),
          keyName: 'team',
          headers: { 'x-team': 'blue' },
        },
      ],
    });
    models = host.models();
  });

  afterEach(() => {
    assert.ok(
      models.standing().every(({ running }) => running === 0),
      'every permit has ended',
    );
    assert.deepEqual(host.logged, []);
    models.dispose();
  });

  for (const [name, shape, path, header] of [
    ['openai/text-embedding-3-small', 'openai-chat', '/v1/embeddings', 'authorization'],
    [
      'google/gemini-embedding-001',
      'google',
      '/v1beta/models/gemini-embedding-001:embedContent',
      'x-goog-api-key',
    ],
    ['openrouter/baai/bge-m3', 'openai-chat', '/v1/embeddings', 'authorization'],
    ['team/e5-base', 'openai-chat', '/v1/embeddings', 'authorization'],
    ['openai-compatible:team/e5-base', 'openai-chat', '/v1/embeddings', 'authorization'],
  ] as const) {
    it(`has length 1, and is paid for with the key of its provider: ${name}`, async () => {
      provider.next(vectorReply(shape, VALUES, 5));
      const vector = await models.embed(name, 'What is a tide?', signal);
      assert.ok(vector.ok, JSON.stringify(vector));
      assert.equal(vector.value.length, 32);
      const length = Math.hypot(...vector.value);
      assert.ok(Math.abs(length - 1) < 1e-6, String(length));
      assert.ok(vector.value[0]! < 0 && vector.value[31]! > 0, 'the direction is kept');
      assert.deepEqual(
        provider.requests.map((one) => one.path),
        [path],
      );
      assert.ok(JSON.stringify(provider.requests[0]?.body).includes('What is a tide?'));
      assert.ok(host.sent.at(-1)?.get(header)?.endsWith(KEY));
      assert.equal(models.standing()[0]?.model, name.slice(name.indexOf('/') + 1));
    });
  }

  for (const [what, values] of [
    ['no number in it', Array.from({ length: 32 }, () => null)],
    ['only zeros', Array.from({ length: 32 }, () => 0)],
    ['too few numbers', [0.6, 0.8]],
    ['too many numbers', Array.from({ length: 20_000 }, () => 1)],
    ['numbers too large to have a length', Array.from({ length: 32 }, () => 1e300)],
    ['nothing', []],
    ['a text', 'a vector'],
  ] as const) {
    for (const [name, shape] of [
      ['openai/text-embedding-3-small', 'openai-chat'],
      ['google/gemini-embedding-001', 'google'],
    ] as const) {
      it(`is refused with ${what}: ${name}`, async () => {
        provider.next(vectorReply(shape, values, 5));
        const error = errorOf(await models.embed(name, 'What is a tide?', signal));
        assert.match(error, /embedding model/);
      });
    }
  }

  for (const [what, reply] of [
    ['a page', { body: '<html>log in</html>', headers: { 'content-type': 'text/html' } }],
    ['other JSON', { body: '{"choices":[]}', headers: { 'content-type': 'application/json' } }],
    ['no vector', { body: '{"data":[]}', headers: { 'content-type': 'application/json' } }],
    ['nothing', { body: '' }],
    ['too much', { body: Buffer.alloc(5 * 1024 * 1024, '[') }],
    [
      'half a body',
      { ...vectorReply('openai-chat', VALUES), breaks: { at: 'torn', how: 'close' } },
    ],
  ] as const) {
    it(`is refused where the provider sends ${what} with a good status`, async () => {
      provider.next(reply);
      const error = errorOf(await models.embed('team/e5-base', 'What is a tide?', signal));
      assert.match(error, /^team gave no vector of "e5-base": .+; .+\.$/);
    });
  }

  for (const [what, reply, expected] of [
    ['a refused key', { status: 401 }, /set its key\.$/],
    ['no right', { status: 403 }, /whether it is an embedding model\.$/],
    ['no such model', { status: 404 }, /see whether the name is that of an embedding model\.$/],
    ['no money', { status: 402 }, /see to the account\.$/],
    ['a broken server', { status: 500 }, /asked again with the next question\.$/],
    [
      'a broken line',
      { ...vectorReply('openai-chat', VALUES), breaks: { at: 'torn', how: 'reset' } },
      /asked again with the next question\.$/,
    ],
  ] as const) {
    it(`does not come of ${what}, and says what to do`, async () => {
      provider.next(reply);
      const error = errorOf(await models.embed('team/e5-base', 'What is a tide?', signal));
      assert.match(error, expected);
      assert.equal(provider.requests.length, 1, 'it is made once');
    });
  }

  it('is not asked for while the account is to wait, and its calls count for it', async () => {
    const clock = new ManualClock();
    models = host.models(clock);
    provider.next({ status: 429, headers: { 'retry-after': '60' } });
    assert.match(
      errorOf(await models.embed('team/e5-base', 'What is a tide?', signal)),
      /status 429; it is asked again with the next question/,
    );
    assert.equal(
      errorOf(await models.embed('team/e5-base', 'What is a tide?', signal)),
      'team takes no call for 1 min 00 s: similar questions are looked for again after that.',
    );
    assert.equal(provider.requests.length, 1);
    clock.advance(61_000);
    provider.next(vectorReply('openai-chat', VALUES));
    assert.ok((await models.embed('team/e5-base', 'What is a tide?', signal)).ok);
  });

  it('is given up after a while without an answer, and the line is closed', async () => {
    const clock = new ManualClock();
    models = host.models(clock);
    provider.next({ breaks: { at: 'head', how: 'hang' } });
    const asked = models.embed('team/e5-base', 'What is a tide?', signal);
    await provider.until(() => provider.hung === 1);
    await turnsOfTheLoop(5);
    clock.advance(30_000);
    assert.match(errorOf(await asked), /No vector came within 30\.0 s; it is asked again/);
    await provider.until(() => provider.busy === 0);
    assert.equal(clock.pending, 0);
  });

  for (const at of ['head', 'torn'] as const) {
    it(`ends with its signal, and the line is closed: ${at}`, async () => {
      const stop = new AbortController();
      provider.next({ ...vectorReply('openai-chat', VALUES), breaks: { at, how: 'hang' } });
      const asked = models.embed('team/e5-base', 'What is a tide?', stop.signal);
      await provider.until(() => provider.hung === 1);
      stop.abort(new Error('enough'));
      await assert.rejects(asked, /enough/);
      await provider.until(() => provider.busy === 0);
    });
  }

  it('does not follow the provider elsewhere with the key', async () => {
    provider.next({ status: 307, headers: { location: `${provider.origin}/v1/embeddings` } });
    assert.match(errorOf(await models.embed('team/e5-base', 'tide', signal)), /gave no vector/);
    assert.equal(provider.requests.length, 1);
  });

  it('does not say its key where the provider says it back', async () => {
    provider.next({ status: 401, body: JSON.stringify({ error: { message: `Wrong: ${KEY}` } }) });
    const error = errorOf(await models.embed('team/e5-base', 'tide', signal));
    assert.ok(!error.includes(KEY), error);
    assert.match(error, /hidden/);
  });

  it('of another length than the one before is refused once', async () => {
    provider.next(
      vectorReply('openai-chat', VALUES),
      vectorReply('openai-chat', [...VALUES, 1]),
      vectorReply('openai-chat', [...VALUES, 1]),
    );
    assert.ok((await models.embed('team/e5-base', 'tide', signal)).ok);
    assert.match(
      errorOf(await models.embed('team/e5-base', 'tide', signal)),
      /vector of 33 numbers and before of 32/,
    );
    assert.ok((await models.embed('team/e5-base', 'tide', signal)).ok);
  });

  it('is not asked for of a text that is empty or too long', async () => {
    assert.match(errorOf(await models.embed('team/e5-base', ' \n', signal)), /without words/);
    assert.match(
      errorOf(await models.embed('team/e5-base', 'x'.repeat(MAX_QUESTION + 1), signal)),
      /longer than the 8,000 characters/,
    );
    assert.match(
      errorOf(await models.embed('google/gemini-embedding-001', 'x'.repeat(7000), signal)),
      /takes in \(2,048 tokens\)/,
    );
    assert.equal(provider.requests.length, 0);
  });

  it('is refused where the model counted only a part of the text', async () => {
    const text = 'words of a question '.repeat(200);
    provider.next(vectorReply('openai-chat', VALUES, 256), vectorReply('openai-chat', VALUES, 801));
    assert.match(
      errorOf(await models.embed('team/e5-base', text, signal)),
      /took in only a part of the question/,
    );
    assert.ok((await models.embed('team/e5-base', text, signal)).ok);
    assert.ok(isCut('a'.repeat(500), 256, 256), 'all its room is taken');
    assert.ok(!isCut('short', 1, 512));
  });

  for (const [name, why] of [
    ['', /No embedding model is named/],
    ['auto', /names no provider/],
    ['text-embedding-3-small', /names no provider: write it with one/],
    ['claude-sonnet-5-5', /names no provider/],
    ['anthropic/claude-sonnet-5-5', /Anthropic has no embedding models: name one of another/],
    ['anthropic/embed', /Anthropic has no embedding models/],
    ['vscode/copilot/gpt-5', /model of VS Code, which has no embedding models/],
    ['openai/gpt-6.1-sol', /"gpt-6.1-sol" of OpenAI is no embedding model/],
    ['openrouter/openai/gpt-5', /is no embedding model/],
    ['google/gemini-3.8-flash', /is no embedding model/],
    ['team/rerank-embed-2', /is no embedding model/],
    ['openai/', /names no model/],
    ['nobody/embedder', /no provider or address "nobody"/],
    ['openai-compatible:nobody/embedder', /no provider or address "nobody"/],
    ['ollama/nomic-embed-text', /Servers on this machine are not looked for/],
  ] as const) {
    it(`refuses to begin without a real embedding model: "${name}"`, async () => {
      assert.match(errorOf(await models.embed(name, 'What is a tide?', signal)), why);
      assert.match((await models.embeddingProblem(name, signal)) ?? '', why);
      assert.equal(provider.requests.length, 0, 'nobody is asked');
    });
  }

  it('refuses to begin without a key', async () => {
    host.keys.clear();
    const why = 'There is no key for OpenAI: set the variable OPENAI_API_KEY.';
    const name = 'openai/text-embedding-3-small';
    assert.equal(errorOf(await models.embed(name, 'tide', signal)), why);
    assert.equal(await models.embeddingProblem(name, signal), why);
  });

  it('is possible as far as can be told: then there is no problem, and nothing is paid', async () => {
    for (const name of [
      'openai/text-embedding-3-small',
      'team/e5-base',
      'openrouter/baai/bge-m3',
    ]) {
      assert.equal(await models.embeddingProblem(name, signal), undefined);
    }
    assert.equal(provider.requests.length, 0);
  });

  it('is of length 1 for whatever numbers a model gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 16, maxLength: 64 }),
        (values) => {
          const vector = unitVector(values);
          const length = Math.hypot(...values);
          assert.equal(vector === undefined, length < 1e-30);
          if (vector !== undefined) {
            assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
          }
        },
      ),
    );
  });
});

describe('A vector of a server on this machine', () => {
  let server: Server;
  let answer: Answer;
  let host: TestHost;
  let models: Models;

  beforeEach(async () => {
    server = await startServer((request) => answer(request));
    host = new TestHost();
    const baseURL = `${server.url}/v1`;
    host.set({ baseURLs: { ollama: baseURL, lmstudio: baseURL, vllm: baseURL } });
    models = host.models();
  });

  afterEach(async () => {
    models.dispose();
    await server.close();
  });

  const vector = { data: [{ embedding: VALUES }], usage: { prompt_tokens: 4 } };

  function ollama(shown: unknown): Answer {
    return ({ path }) =>
      path === '/api/tags'
        ? { models: [{ name: 'qwen3:latest' }, { name: 'nomic-embed-text:latest' }] }
        : path === '/api/show'
          ? shown
          : vector;
  }

  it('comes of an embedding model of Ollama, which is asked once a minute whether it is one', async () => {
    answer = ollama({ capabilities: ['embedding'] });
    assert.ok((await models.embed('ollama/nomic-embed-text', 'tide', signal)).ok);
    assert.ok((await models.embed('ollama/nomic-embed-text', 'ebb', signal)).ok);
    assert.deepEqual(server.paths, ['/api/tags', '/api/show', '/v1/embeddings', '/v1/embeddings']);
    const asked = JSON.parse(server.asked.at(-1)!.body) as { model: string; input: unknown };
    assert.equal(asked.model, 'nomic-embed-text:latest');
    assert.deepEqual(asked.input, ['ebb']);
    assert.equal(server.asked.at(-1)!.headers.authorization, undefined);
  });

  it('is not asked of a model of Ollama that only talks, or that is not there', async () => {
    answer = ollama({ capabilities: ['completion'] });
    assert.match(
      errorOf(await models.embed('ollama/nomic-embed-text', 'tide', signal)),
      /of Ollama is no embedding model/,
    );
    assert.equal(
      errorOf(await models.embed('ollama/mxbai-embed-large', 'tide', signal)),
      'Ollama has no model "mxbai-embed-large": run "ollama pull mxbai-embed-large"; it has "nomic-embed-text:latest".',
    );
    assert.ok(!server.paths.includes('/v1/embeddings'));
  });

  it('is not asked for of a text that Ollama would cut', async () => {
    answer = ollama({
      capabilities: ['embedding'],
      parameters: 'temperature 0\nnum_ctx                        256',
      model_info: { 'bert.context_length': 512 },
    });
    assert.match(
      errorOf(await models.embed('ollama/nomic-embed-text', 'word '.repeat(200), signal)),
      /\(256 tokens\)/,
    );
  });

  it('comes of a model that LM Studio says is for it, and of no other', async () => {
    answer = ({ path }) =>
      path === '/api/v0/models'
        ? {
            data: [
              { id: 'text-embedding-nomic', type: 'embeddings', max_context_length: 2048 },
              { id: 'some-model', type: 'llm' },
            ],
          }
        : vector;
    assert.ok((await models.embed('lmstudio/text-embedding-nomic', 'tide', signal)).ok);
    assert.match(
      (await models.embeddingProblem('lmstudio/some-model', signal)) ?? '',
      /is no embedding model/,
    );
  });

  it('comes of the model that vLLM serves', async () => {
    answer = ({ path }) =>
      path === '/api/v0/models'
        ? { status: 404, text: '' }
        : path === '/v1/models'
          ? { data: [{ id: 'e5-mistral', max_model_len: 4096 }] }
          : vector;
    assert.ok((await models.embed('vllm/e5-mistral', 'tide', signal)).ok);
  });

  it('is refused where nobody answers', async () => {
    await server.close();
    assert.match(
      errorOf(await models.embed('ollama/nomic-embed-text', 'tide', signal)),
      /^Ollama does not answer at .+: start it\.$/,
    );
  });
});
