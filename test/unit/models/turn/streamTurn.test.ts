import assert from 'node:assert/strict';
import { LoopbackProvider, turnsOfTheLoop } from '../../../support/loopbackProvider.ts';
import { loopbackModel } from '../../../support/loopbackModels.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { SHAPES, type Shape } from '../../../support/loopbackShapes.ts';
import { streamTurn } from '../../../../src/core/models/turn/streamTurn.ts';
import { systemClock } from '../../../../src/core/base/clock.ts';
import { toolCallsOf, type ChatMessage } from '../../../../src/core/domain/chat.ts';
import { turnAt, turnRequest } from '../../../support/loopbackTurn.ts';
import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { ToolSpec } from '../../../../src/core/domain/modelPort.ts';
import type { TurnOutcome } from '../../../../src/core/models/turn/turn.ts';

const LOOK: ToolSpec = {
  name: 'look',
  description: 'Looks at a place.',
  inputSchema: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] },
};
const SILENT = { said: () => undefined, thought: () => undefined };
const never = new AbortController().signal;

function answered(outcome: TurnOutcome): Extract<TurnOutcome, { kind: 'answered' }> {
  assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
  return outcome;
}

describe('a call of a model', () => {
  let provider: LoopbackProvider;
  before(async () => {
    provider = await LoopbackProvider.start();
  });
  after(() => provider.close());
  beforeEach(() => provider.reset());

  for (const shape of SHAPES) {
    describe(`as ${shape}`, () => {
      it('tells who answered, what it took and what the headers say of limits', async () => {
        provider.next({
          headers: { 'x-ratelimit-limit-requests': '50', 'x-ratelimit-remaining-requests': '7' },
        });
        const outcome = answered((await turnAt(provider, shape)).outcome);
        assert.equal(outcome.served, 'served-model');
        assert.deepEqual(outcome.usage, {
          input: 11,
          output: 7,
          cachedInput: 0,
          reasoning: 0,
          counted: 'provider',
        });
        assert.equal(outcome.limits.requests?.remaining, 7);
        assert.ok(outcome.durationMs >= 0);
      });

      it('does not take the model asked for as the one that answered', async () => {
        provider.next({ answer: { served: undefined } });
        assert.equal(answered((await turnAt(provider, shape)).outcome).served, undefined);
      });

      it('counts by characters what the provider does not count, and says so', async () => {
        provider.next({ answer: { usage: undefined } });
        const { usage } = answered((await turnAt(provider, shape)).outcome);
        assert.equal(usage.counted, 'estimate');
        // 33 characters asked, 53 answered.
        assert.deepEqual([usage.input, usage.output], [9, 14]);
      });

      it('tells what is said as it is said', async () => {
        const pieces: string[] = [];
        const heard = moment();
        provider.next({ breaks: { at: 'middle', how: 'hang' } });
        const stop = new AbortController();
        const turn = streamTurn(
          loopbackModel(shape, provider.baseURL(shape)),
          turnRequest(shape),
          {
            said: (text) => {
              pieces.push(text);
              heard.resolve();
            },
            thought: () => undefined,
          },
          stop.signal,
          { clock: systemClock },
        );
        await heard.promise;
        assert.equal(provider.answered.size, 0);
        stop.abort();
        assert.equal((await turn).kind, 'cancelled');
        assert.match(pieces.join(''), /^The ans/);
      });

      it('keeps letters whole that are split over chunks', async () => {
        const text = 'Grüße an 👩‍👩‍👧 in 日本語: 𝒳 é ﷽';
        provider.next({ answer: { text }, writeBytes: 1 });
        const { outcome, said } = await turnAt(provider, shape);
        assert.equal(said, text);
        assert.equal(answered(outcome).usage.counted, 'provider');
      });

      it('gives tool calls with their arguments', async () => {
        provider.next({
          answer: { text: 'I look.', toolCalls: [{ id: 'c1', name: 'look', input: '{"at":"ü"}' }] },
        });
        const { message } = answered((await turnAt(provider, shape, { tools: [LOOK] })).outcome);
        const [call] = toolCallsOf(message);
        assert.deepEqual(
          [call?.name, call?.input, call?.invalid],
          ['look', { at: 'ü' }, undefined],
        );
      });

      it('says what is wrong with a call of a tool that is not there', async () => {
        const call = { id: 'c1', name: 'constructor', input: '{}' };
        for (const tools of [[], [LOOK]]) {
          provider.next({ answer: { text: '', toolCalls: [call] } });
          const { message } = answered((await turnAt(provider, shape, { tools })).outcome);
          assert.match(
            toolCallsOf(message)[0]?.invalid ?? '',
            /^There is no tool "constructor"\. (There are no tools|Tools: look)\.$/,
          );
        }
      });

      it('says what is wrong with arguments that are no JSON object', async () => {
        for (const input of ['{"at": ', '[1]', '"x"', 'null', '{"at":"x"} and more']) {
          provider.next({ answer: { text: '', toolCalls: [{ id: 'c1', name: 'look', input }] } });
          const { outcome } = await turnAt(provider, shape, { tools: [LOOK] });
          if (outcome.kind === 'failed') {
            // Google sends arguments as JSON: a text there is an event of the wrong shape.
            assert.deepEqual([shape, outcome.failure.kind], ['google', 'malformed-output'], input);
          } else {
            const [call] = toolCallsOf(answered(outcome).message);
            // Nothing at all is how Google writes no arguments.
            if (shape !== 'google' || input !== 'null') {
              assert.match(call?.invalid ?? '', /^The arguments are not /, input);
            }
          }
        }
      });

      it('takes no arguments as an empty object', async () => {
        provider.next({ answer: { text: '', toolCalls: [{ id: 'c', name: 'look', input: '' }] } });
        if (shape !== 'google') {
          const { message } = answered((await turnAt(provider, shape, { tools: [LOOK] })).outcome);
          assert.deepEqual(
            [toolCallsOf(message)[0]?.input, toolCallsOf(message)[0]?.invalid],
            [{}, undefined],
          );
        }
      });

      it('gives calls with the same id ids of their own', async () => {
        const call = { id: 'same', name: 'look', input: '{"at":"x"}' };
        provider.next({ answer: { text: '', toolCalls: [call, call, call] } });
        const { message } = answered((await turnAt(provider, shape, { tools: [LOOK] })).outcome);
        assert.equal(new Set(toolCallsOf(message).map(({ id }) => id)).size, 3);
      });

      it('sends the whole conversation again, with what the provider marked', async () => {
        provider.next({
          answer: {
            thought: 'Look first.',
            text: 'I look.',
            toolCalls: [{ id: 'c1', name: 'look', input: '{"at":"x"}' }],
          },
        });
        const asked: ChatMessage = { role: 'user', text: 'Where is it?' };
        const first = await turnAt(provider, shape, { tools: [LOOK], messages: [asked] });
        const { message } = answered(first.outcome);
        const [call] = toolCallsOf(message);
        assert.ok(call !== undefined);
        const results = [{ id: call.id, name: call.name, text: 'There.', isError: false }];
        answered(
          (
            await turnAt(provider, shape, {
              tools: [LOOK],
              // As a journal gives it back.
              messages: JSON.parse(
                JSON.stringify([asked, message, { role: 'tool', results }]),
              ) as ChatMessage[],
            })
          ).outcome,
        );
        const sent = JSON.stringify(provider.requests[1]?.body);
        for (const text of [
          'Where is it?',
          'I look.',
          'There.',
          'You are terse.',
          ...MARKS[shape],
        ]) {
          assert.ok(sent.includes(text), `${text} in ${sent}`);
        }
        assert.doesNotMatch(sent, /item_reference|"store":true/);
      });

      it('asks for JSON by the provider itself without tools, in words with them', async () => {
        const outputSchema = {
          type: 'object',
          properties: { relation: { type: 'string' } },
          required: ['relation'],
          additionalProperties: false,
        };
        provider.next({ answer: { text: '{"relation":"is a"}' } });
        await turnAt(provider, shape, { outputSchema });
        await turnAt(provider, shape, { outputSchema, tools: [LOOK] });
        await turnAt(provider, shape, { outputSchema, canStructure: false });
        const [native, withTools, cannot] = provider.requests.map(({ body }) =>
          JSON.stringify(body),
        );
        assert.match(native ?? '', STRUCTURED[shape]);
        assert.doesNotMatch(native ?? '', /JSON Schema:/);
        for (const sent of [withTools, cannot]) {
          assert.doesNotMatch(sent ?? '', STRUCTURED[shape]);
          assert.match(sent ?? '', /JSON Schema:\\n.*relation/);
        }
      });

      it('closes the socket within 100 ms of being cancelled, wherever the call is', async () => {
        for (const at of ['head', 'start', 'torn', 'middle', 'end'] as const) {
          provider.reset();
          provider.next({ breaks: { at, how: 'hang' } });
          const stop = new AbortController();
          const turn = turnAt(provider, shape, {}, stop.signal);
          await provider.until(() => provider.hung === 1);
          const cancelledAt = performance.now();
          stop.abort();
          assert.equal((await turn).outcome.kind, 'cancelled');
          await provider.until(() => provider.busy === 0 && provider.closedAt.length > 0);
          const took = (provider.closedAt.at(-1) ?? Infinity) - cancelledAt;
          assert.ok(took < 100, `${at}: ${took} ms`);
        }
      });

      it('asks once, whatever comes of it', async () => {
        provider.next({ status: 500 });
        await turnAt(provider, shape);
        assert.equal(provider.requests.length, 1);
      });
    });
  }

  it('stops reading an answer that is longer than is good', async () => {
    provider.next({ answer: { text: 'x'.repeat(50_000) }, gapMs: 0, writeBytes: 4_000 });
    const outcome = await streamTurn(
      loopbackModel('anthropic', provider.baseURL('anthropic')),
      turnRequest('anthropic'),
      SILENT,
      never,
      { clock: systemClock, maxChars: 1_000 },
    );
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'malformed-output');
    assert.match(outcome.failure.message, /longer than 1,000 characters/);
  });

  it('asks nothing when it is cancelled before it begins', async () => {
    const { outcome } = await turnAt(provider, 'anthropic', {}, AbortSignal.abort());
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.equal(provider.requests.length, 0);
  });

  it('leaves no listener on the signal it was given', async () => {
    const { signal } = new AbortController();
    let listening = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listening += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening -= 1;
      remove(...args);
    };
    await turnAt(provider, 'anthropic', {}, signal);
    assert.equal(listening, 0);
  });

  it('uses a connection again after a whole answer', async () => {
    provider.reset();
    for (let n = 0; n < 5; n += 1) {
      answered((await turnAt(provider, 'openai-chat')).outcome);
    }
    assert.deepEqual(provider.closedAt, []);
  });

  it('says nothing of the conversation in a failure of the network', async () => {
    const gone = await LoopbackProvider.start();
    const baseURL = gone.baseURL('openai-chat');
    await gone.close();
    const outcome = await streamTurn(
      loopbackModel('openai-chat', baseURL),
      turnRequest('openai-chat', { messages: [{ role: 'user', text: 'SECRET-PLAN' }] }),
      SILENT,
      never,
      { clock: systemClock },
    );
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'network');
    assert.doesNotMatch(JSON.stringify(outcome), /SECRET-PLAN|test-key/);
  });
});

describe('a model that is not reached over a socket', () => {
  it('is waited for while it thinks longer than a line may be idle', async () => {
    const clock = new ManualClock();
    const parts = scripted();
    const turn = streamTurn(parts.model, turnRequest('anthropic'), SILENT, never, { clock });
    await parts.asked;
    parts.give({ type: 'stream-start', warnings: [] });
    clock.advance(200_000);
    parts.give({ type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Yes.' });
    await turnsOfTheLoop(3);
    clock.advance(500_000);
    parts.give({ type: 'text-end', id: '1' }, FINISH);
    parts.end();
    assert.equal((await turn).kind, 'answered');
    assert.equal(clock.pending, 0);
  });

  it('is given up when it says nothing for too long', async () => {
    const clock = new ManualClock();
    const parts = scripted();
    const turn = streamTurn(parts.model, turnRequest('anthropic'), SILENT, never, { clock });
    await parts.asked;
    parts.give({ type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Well' });
    await turnsOfTheLoop(3);
    clock.advance(600_000);
    const outcome = await turn;
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.kind, 'timeout');
    assert.equal(clock.pending, 0);
    assert.ok(parts.signal()?.aborted);
  });

  it('is a failure of its own when the model throws what is no error', async () => {
    for (const thrown of [undefined, null, 'no', 7, { code: 'NotFound' }, new Error('')]) {
      const model: LanguageModelV3 = {
        ...scripted().model,
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as some do
        doStream: () => Promise.reject(thrown),
      };
      const outcome = await streamTurn(model, turnRequest('anthropic'), SILENT, never, {
        clock: systemClock,
      });
      assert.ok(outcome.kind === 'failed');
      assert.notEqual(outcome.failure.message, '');
    }
  });

  it('has nothing printed of what its adapter warns of, or throws', async () => {
    const printed: unknown[] = [];
    const { warn, info, error } = console;
    console.warn = console.info = console.error = (text: unknown) => printed.push(text);
    try {
      const parts = scripted();
      const turn = streamTurn(parts.model, turnRequest('anthropic'), SILENT, never, {
        clock: systemClock,
      });
      await parts.asked;
      parts.give(
        { type: 'stream-start', warnings: [{ type: 'other', message: 'odd' }] },
        { type: 'text-start', id: '1' },
        { type: 'text-delta', id: '1', delta: 'a' },
        FINISH,
      );
      parts.end();
      assert.equal((await turn).kind, 'answered');
    } finally {
      Object.assign(console, { warn, info, error });
    }
    assert.deepEqual(printed, []);
  });

  it('tells nothing after it was cancelled', async () => {
    const parts = scripted();
    const stop = new AbortController();
    const said: string[] = [];
    const turn = streamTurn(
      parts.model,
      turnRequest('anthropic'),
      { said: (text) => said.push(text), thought: () => undefined },
      stop.signal,
      { clock: systemClock },
    );
    await parts.asked;
    parts.give({ type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'a' });
    await turnsOfTheLoop(3);
    stop.abort();
    parts.give({ type: 'text-delta', id: '1', delta: 'b' });
    assert.equal((await turn).kind, 'cancelled');
    await turnsOfTheLoop(3);
    assert.deepEqual(said, ['a']);
  });
});

const FINISH: LanguageModelV3StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  },
};

const MARKS: Readonly<Record<Shape, readonly string[]>> = {
  anthropic: ['Look first.', 'c2lnbmVk'],
  'openai-chat': [],
  'openai-responses': [],
  google: ['c2ln'],
};

const STRUCTURED: Readonly<Record<Shape, RegExp>> = {
  // A model its adapter does not know answers by way of a tool named `json`.
  anthropic: /"name":"json"|output_format/,
  'openai-chat': /"response_format":.*"strict":true/,
  'openai-responses': /"format":\{"type":"json_schema","strict":true/,
  google: /"responseMimeType":"application\/json"/,
};

function moment(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((told) => {
    resolve = told;
  });
  return { promise, resolve };
}

/** A model whose stream a test gives piece by piece, and which heeds no signal. */
function scripted(): {
  readonly model: LanguageModelV3;
  readonly asked: Promise<void>;
  readonly give: (...parts: LanguageModelV3StreamPart[]) => void;
  readonly end: () => void;
  readonly signal: () => AbortSignal | undefined;
} {
  const asked = moment();
  let controller!: ReadableStreamDefaultController<LanguageModelV3StreamPart>;
  let signal: AbortSignal | undefined;
  const stream = new ReadableStream<LanguageModelV3StreamPart>({
    start: (given) => {
      controller = given;
    },
  });
  return {
    model: {
      specificationVersion: 'v3',
      provider: 'vscode',
      modelId: 'm',
      supportedUrls: {},
      doGenerate: () => Promise.reject(new Error('not asked for')),
      doStream: (options) => {
        signal = options.abortSignal;
        asked.resolve();
        return Promise.resolve({ stream });
      },
    },
    asked: asked.promise,
    give: (...parts) => parts.forEach((part) => controller.enqueue(part)),
    end: () => controller.close(),
    signal: () => signal,
  };
}
