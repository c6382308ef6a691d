import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { simulateReadableStream } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import type { LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { textOf } from '../../../src/core/domain/chat.ts';
import type { CallOutcome, CallRequest, UsableModel } from '../../../src/core/domain/modelPort.ts';
import type { Models } from '../../../src/core/models/models.ts';
import { LoopbackProvider } from '../../support/loopbackProvider.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { callOf, Heard, hostedModel, TestHost } from './modelRig.ts';

const { signal } = new AbortController();

/** In the shape of a key, and of no account. */
const KEY = `sk-test-${'a1B2'.repeat(10)}`;

async function usable(models: Models, name: string): Promise<UsableModel> {
  const { usable: found, problems } = await models.resolve([name], signal);
  assert.deepEqual(problems, []);
  return found[0]!;
}

async function ask(
  models: Models,
  name: string,
  heard = new Heard(),
  more: Partial<CallRequest> = {},
): Promise<CallOutcome> {
  return await models.call(callOf(await usable(models, name), more), heard, signal);
}

describe('A call of a model, at a mock of its provider', () => {
  let mock: LLMock;
  let host: TestHost;
  let models: Models;

  before(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent' });
    await mock.start();
  });
  after(() => mock.stop());

  beforeEach(() => {
    mock.reset();
    mock.onMessage('What is the answer?', { content: 'Forty-two.' });
    host = new TestHost();
    for (const provider of ['anthropic', 'openai', 'google', 'openrouter', 'team']) {
      host.keys.set(provider, KEY);
    }
    host.set({
      baseURLs: {
        anthropic: `${mock.url}/v1`,
        openai: `${mock.url}/v1`,
        google: `${mock.url}/v1beta`,
      },
      addresses: [
        { id: 'team', baseURL: `${mock.url}/v1`, keyName: 'team', headers: { 'x-team': 'blue' } },
      ],
    });
    models = host.models();
  });

  afterEach(() => {
    models.dispose();
    assert.deepEqual(host.logged, []);
  });

  for (const [name, header, isPriced] of [
    ['anthropic/claude-sonnet-4-5', 'x-api-key', true],
    ['openai/gpt-5-mini', 'authorization', true],
    ['google/gemini-2.5-flash', 'x-goog-api-key', true],
    ['team/gpt-4o-mini', 'authorization', false],
  ] as const) {
    it(`answers, counts and ${isPriced ? 'prices' : 'does not price'}: ${name}`, async () => {
      const heard = new Heard();
      const outcome = await ask(models, name, heard);
      assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
      assert.equal(textOf(outcome.message), 'Forty-two.');
      assert.equal(heard.text, 'Forty-two.');
      assert.equal(heard.began_, 1);
      assert.ok(outcome.usage.input > 0 && outcome.usage.output > 0);
      assert.equal(outcome.usd !== undefined && outcome.usd > 0, isPriced);
      assert.ok(outcome.served === undefined || name.endsWith(outcome.served));
      assert.ok(host.sent.at(-1)?.get(header)?.endsWith(KEY), 'the key is sent');
      assert.deepEqual(
        models.standing().map(({ running, waiting }) => [running, waiting]),
        [[0, 0]],
      );
    });
  }

  it('sends the headers of an address', async () => {
    await ask(models, 'team/gpt-4o-mini');
    assert.equal(mock.getLastRequest()?.headers['x-team'], 'blue');
  });

  it('costs what the user says it costs, from the next call on', async () => {
    host.set({ prices: { 'team/*': { input: 1_000_000, output: 0 } } });
    const outcome = await ask(models, 'team/gpt-4o-mini');
    assert.ok(outcome.kind === 'answered');
    assert.equal(outcome.usd, outcome.usage.input);
  });

  it('is made with the key of the moment, by a model that was found before', async () => {
    const model = await usable(models, 'anthropic/claude-sonnet-4-5');
    host.keys.set('anthropic', 'other-key');
    await models.call(callOf(model), new Heard(), signal);
    assert.equal(host.sent.at(-1)?.get('x-api-key'), 'other-key');
    host.keys.delete('anthropic');
    const heard = new Heard();
    const outcome = await models.call(callOf(model), heard, signal);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'authentication');
    assert.match(outcome.failure.message, /set the variable ANTHROPIC_API_KEY/);
    assert.equal(heard.began_, 0, 'nobody was asked');
  });

  it('does not say its key where the provider says it back', async () => {
    mock.nextRequestError(401, {
      message: `Incorrect API key provided: ${KEY}.`,
      type: 'invalid_request_error',
      code: 'invalid_api_key',
    });
    const outcome = await ask(models, 'openai/gpt-5-mini');
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'authentication');
    assert.ok(!JSON.stringify(outcome).includes(KEY));
    assert.equal(models.redact(`key=${KEY}`), 'key=[hidden]');
  });

  it('is told to wait where the provider has had enough', async () => {
    mock.nextRequestError(429, { message: 'slow down', type: 'rate_limit_error' });
    const model = await usable(models, 'anthropic/claude-sonnet-4-5');
    const outcome = await models.call(callOf(model), new Heard(), signal);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'rate-limit');
    const remedy = models.afterFailure({
      model,
      failure: outcome.failure,
      tries: 1,
      waitedMs: 0,
      policy: undefined,
      criticality: 5,
      hasFallback: true,
    });
    assert.equal(remedy.kind, 'again');
  });

  it('is not begun by who gave up before', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    const heard = new Heard();
    const model = await usable(models, 'anthropic/claude-sonnet-4-5');
    assert.deepEqual(await models.call(callOf(model), heard, stop.signal), {
      kind: 'cancelled',
      began: false,
    });
    assert.equal(heard.began_, 0);
    assert.equal(mock.getRequests().length, 0);
  });

  it('that is stopped while it begins is given up, and leaves its place to others', async () => {
    const stop = new AbortController();
    const heard = new Heard();
    heard.onBegan = () => stop.abort(new Error('enough'));
    const model = await usable(models, 'anthropic/claude-sonnet-4-5');
    assert.deepEqual(await models.call(callOf(model), heard, stop.signal), {
      kind: 'cancelled',
      began: true,
    });
    assert.equal(models.standing()[0]?.running, 0);
  });

  it('that breaks off by a bug of a listener fails, is logged, and leaves its place', async () => {
    const heard = new Heard();
    heard.onBegan = () => {
      throw new Error('Internal error: the journal is upside down');
    };
    const outcome = await ask(models, 'anthropic/claude-sonnet-4-5', heard);
    assert.equal(outcome.kind, 'failed');
    assert.equal(models.standing()[0]?.running, 0);
    assert.match(host.logged.splice(0).join(), /broke off.*upside down/);
  });

  it('waits for a moment that a journal remembers, without being begun', async () => {
    const clock = new ManualClock();
    const own = host.models(clock);
    const until = clock.now() + 3_600_000;
    own.recall({ provider: 'anthropic', model: 'claude-sonnet-4-5', because: 'rate-limit', until });
    const heard = new Heard();
    const outcome = await ask(own, 'anthropic/claude-sonnet-4-5', heard);
    assert.ok(outcome.kind === 'wait', JSON.stringify(outcome));
    assert.ok(outcome.until >= until);
    assert.equal(heard.began_, 0);
    own.dispose();
  });

  it('tells its listeners that calls go otherwise than before', async () => {
    let heard = 0;
    models.onDidChange(() => {
      heard += 1;
    });
    await ask(models, 'openai/gpt-5-mini');
    assert.ok(heard > 0);
    const before = heard;
    host.changed.fire();
    assert.ok(heard > before, 'keys and settings too');
    models.dispose();
    const after = heard;
    host.changed.fire();
    assert.equal(heard, after);
  });
});

describe('A call that another model answers', () => {
  it('says so, and costs what that one costs', async () => {
    const provider = await LoopbackProvider.start({
      reply: () => ({
        answer: {
          text: 'Hello.',
          served: 'claude-opus-4-1-20250805',
          usage: { input: 1000, output: 0 },
        },
      }),
    });
    const host = new TestHost();
    host.keys.set('anthropic', KEY);
    host.set({ baseURLs: { anthropic: provider.baseURL('anthropic') } });
    const outcome = await ask(host.models(), 'anthropic/claude-sonnet-4-5');
    await provider.close();
    assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
    assert.equal(outcome.served, 'claude-opus-4-1-20250805');
    assert.equal(outcome.usd?.toFixed(6), '0.015000');
  });
});

describe('A call of a model that VS Code has', () => {
  const parts: LanguageModelV3StreamPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'From VS Code.' },
    { type: 'text-end', id: '1' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: undefined },
      usage: {
        inputTokens: {
          total: undefined,
          noCache: undefined,
          cacheRead: undefined,
          cacheWrite: undefined,
        },
        outputTokens: { total: undefined, text: undefined, reasoning: undefined },
      },
    },
  ];

  it('answers; its tokens are estimates and it has no price', async () => {
    const host = new TestHost();
    host.hostedModels = [hostedModel('copilot', 'GPT-5', { id: 'copilot/gpt-5' })];
    const wanted: string[] = [];
    host.asHosted = (id) => {
      wanted.push(id);
      return Promise.resolve(
        new MockLanguageModelV3({
          doStream: { stream: simulateReadableStream({ chunks: parts }) },
        }),
      );
    };
    const outcome = await ask(host.models(), 'GPT-5 (copilot)');
    assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
    assert.equal(textOf(outcome.message), 'From VS Code.');
    assert.equal(outcome.usage.counted, 'estimate');
    assert.equal(outcome.usd, undefined);
    assert.deepEqual(wanted, ['copilot/gpt-5']);
  });

  it('fails where the model is gone', async () => {
    const host = new TestHost();
    host.hostedModels = [hostedModel('copilot', 'GPT-5')];
    const models = host.models();
    const model = await usable(models, 'gpt-5');
    host.hostedModels = [];
    const outcome = await models.call(callOf(model), new Heard(), signal);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'model-not-found');
  });
});
