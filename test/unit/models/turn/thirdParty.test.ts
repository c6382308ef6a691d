import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { loopbackModel } from '../../../support/loopbackModels.ts';
import { SHAPES, type Shape } from '../../../support/loopbackShapes.ts';
import { streamTurn } from '../../../../src/core/models/turn/streamTurn.ts';
import { systemClock } from '../../../../src/core/base/clock.ts';
import { textOf, toolCallsOf } from '../../../../src/core/domain/chat.ts';
import { turnRequest } from '../../../support/loopbackTurn.ts';
import type { TurnOutcome, TurnRequest } from '../../../../src/core/models/turn/turn.ts';

// The same against a server of somebody else's: what our own loopback takes for a protocol, it might take wrongly.

describe("a provider as somebody else's mock plays it", () => {
  let mock: LLMock;
  before(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent' });
    await mock.start();
  });
  after(() => mock.stop());
  beforeEach(() => {
    mock.reset();
  });

  const ask = async (shape: Shape, change: Partial<TurnRequest> = {}): Promise<TurnOutcome> =>
    await streamTurn(
      loopbackModel(shape, `${mock.url}/${shape === 'google' ? 'v1beta' : 'v1'}`, MODELS[shape]),
      turnRequest(shape, { requested: MODELS[shape], ...change }),
      { said: () => undefined, thought: () => undefined },
      new AbortController().signal,
      { clock: systemClock },
    );

  const LOOK = {
    name: 'look',
    description: 'Looks.',
    inputSchema: { type: 'object', properties: { at: { type: 'string' } } },
  };

  for (const shape of SHAPES) {
    describe(`as ${shape}`, () => {
      it('answers', async () => {
        mock.onMessage('What is the answer?', { content: 'Forty-two 🐋.' });
        const outcome = await ask(shape);
        assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
        assert.equal(textOf(outcome.message), 'Forty-two 🐋.');
        assert.ok(outcome.usage.output > 0);
      });

      it('calls a tool and goes on with its result', async () => {
        mock.on(
          { userMessage: 'What is the answer?', hasToolResult: false },
          { toolCalls: [{ name: 'look', arguments: '{"at":"sea"}' }] },
        );
        mock.on(
          { userMessage: 'What is the answer?', hasToolResult: true },
          { content: 'A whale.' },
        );
        const first = await ask(shape, { tools: [LOOK] });
        assert.ok(first.kind === 'answered', JSON.stringify(first));
        const [call] = toolCallsOf(first.message);
        assert.deepEqual(
          [call?.name, call?.input, call?.invalid],
          ['look', { at: 'sea' }, undefined],
        );
        const results = [{ id: call?.id ?? '', name: 'look', text: 'grey', isError: false }];
        const second = await ask(shape, {
          tools: [LOOK],
          messages: [
            { role: 'user', text: 'What is the answer?' },
            first.message,
            { role: 'tool', results },
          ],
        });
        assert.ok(second.kind === 'answered', JSON.stringify(second));
        assert.equal(textOf(second.message), 'A whale.');
      });

      it('answers 429', async () => {
        mock.onMessage('What is the answer?', { content: 'no' });
        mock.nextRequestError(429, { message: 'slow down', type: 'rate_limit_error' });
        const outcome = await ask(shape);
        assert.ok(outcome.kind === 'failed');
        assert.equal(outcome.failure.kind, 'rate-limit');
      });

      it('breaks off, drops or garbles what it sends', async () => {
        mock.onMessage('What is the answer?', { content: 'A long answer. '.repeat(40) });
        for (const chaos of [{ dropRate: 1 }, { malformedRate: 1 }, { disconnectRate: 1 }]) {
          mock.setChaos(chaos);
          const outcome = await ask(shape);
          assert.equal(outcome.kind, 'failed', JSON.stringify([chaos, outcome]));
        }
        mock.clearChaos();
      });
    });
  }
});

const MODELS: Readonly<Record<Shape, string>> = {
  anthropic: 'claude-sonnet-4-5',
  'openai-chat': 'gpt-4.1-mini',
  'openai-responses': 'gpt-4.1-mini',
  google: 'gemini-2.5-flash',
};
