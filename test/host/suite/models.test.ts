import assert from 'node:assert/strict';
import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Message,
  LanguageModelV3StreamPart,
} from '@ai-sdk/provider';
import * as vscode from 'vscode';
import { HostedModels } from '../../../src/vscode/models/hostedModels.ts';
import { until } from '../../ui/support/until.ts';
import { NOTICED } from './inWindow.ts';

// VS Code's models, as the AI SDK asks them. An extension beside this one provides them: test/host/standIns/models.

interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: number; readonly text: string }[];
  readonly tools: readonly string[];
  readonly toolMode: number;
  readonly cancelled: boolean;
}

const SEARCH = {
  type: 'function',
  name: 'search',
  description: 'Looks for a text.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
} as const;

function user(...lines: readonly string[]): LanguageModelV3Message {
  return { role: 'user', content: [{ type: 'text', text: lines.join('\n') }] };
}

describe('models of VS Code', () => {
  let allowed: boolean | undefined;
  let isHere: boolean;
  let hosted: HostedModels;
  const changed = new vscode.EventEmitter<void>();

  beforeEach(() => {
    allowed = true;
    isHere = true;
    hosted = new HostedModels(
      { canSendRequest: () => allowed, onDidChange: changed.event },
      () => isHere,
    );
  });

  afterEach(() => hosted.dispose());

  function standIn(): readonly Asked[] {
    const extension = vscode.extensions.getExtension('sluice-tests.stand-in-models');
    assert.ok(extension, 'VS Code does not list the stand-in');
    return (extension.exports as { readonly requests: readonly Asked[] }).requests;
  }

  async function scripted(): Promise<LanguageModelV3> {
    return await until(
      'the stand-in',
      async () => {
        const models = await hosted.list(AbortSignal.timeout(5000));
        const found = models.find(({ id }) => id === 'fake/scripted');
        return found && (await hosted.model(found.id));
      },
      NOTICED,
    );
  }

  async function partsOf(
    model: LanguageModelV3,
    options: LanguageModelV3CallOptions,
    each: (part: LanguageModelV3StreamPart) => void = () => undefined,
  ): Promise<LanguageModelV3StreamPart[]> {
    const { stream } = await model.doStream(options);
    const reader = stream.getReader();
    const parts: LanguageModelV3StreamPart[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      each(next.value);
    }
    return parts;
  }

  it('are listed by vendor and id, with what VS Code tells of them', async () => {
    await scripted();
    const models = await hosted.list(AbortSignal.timeout(5000));
    const facts = { vendor: 'fake', family: 'stand-in', version: '1', canUseTools: true };
    assert.deepEqual(
      models.filter(({ vendor }) => vendor === 'fake'),
      [
        { id: 'fake/scripted', name: 'Scripted', ...facts, maxInputTokens: 100_000, allowed: true },
        { id: 'fake/other', name: 'Other', ...facts, maxInputTokens: 100_000, allowed: true },
      ],
    );
    await assert.rejects(hosted.model('fake/gone'), { code: 'NotFound' });
  });

  it('stream what they say, piece by piece, and are told the system prompt first', async () => {
    const model = await scripted();
    const parts = await partsOf(model, {
      prompt: [{ role: 'system', content: 'Be brief.' }, user('say: one two three')],
    });
    assert.deepEqual(
      parts.map((part) => (part.type === 'text-delta' ? part.delta : part.type)),
      ['stream-start', 'text-start', 'one ', 'two ', 'three', 'text-end', 'finish'],
    );
    const finish = parts.at(-1);
    assert.ok(finish?.type === 'finish');
    assert.equal(finish.finishReason.unified, 'stop');
    // `Be brief.` and `say: one two three`; `one two three`.
    assert.deepEqual(
      [finish.usage.inputTokens.total, finish.usage.outputTokens.total, finish.usage.raw],
      [6, 3, { counted: 'estimate' }],
    );
    assert.deepEqual(
      standIn()
        .at(-1)
        ?.messages.map(({ text }) => text),
      ['Be brief.', 'say: one two three'],
    );
    const whole = await model.doGenerate({ prompt: [user('say: one two')] });
    assert.deepEqual(whole.content, [{ type: 'text', text: 'one two' }]);
  });

  it('tell thoughts from what they say', async () => {
    const parts = await partsOf(await scripted(), {
      prompt: [user('think: hm', 'say: yes')],
    });
    assert.deepEqual(
      parts.flatMap((part) => ('delta' in part ? [[part.type, part.delta]] : [])),
      [
        ['reasoning-delta', 'hm'],
        ['text-delta', 'yes'],
      ],
    );
  });

  it('call tools, and are told what came of it', async () => {
    const model = await scripted();
    const asks = user('call: search {"text":"ä b"}', 'tell: It said {result}');
    const parts = await partsOf(model, { prompt: [asks], tools: [SEARCH] });
    const call = parts.find((part) => part.type === 'tool-call');
    assert.deepEqual([call?.toolName, call?.input], ['search', '{"text":"ä b"}']);
    assert.ok(call);
    const finish = parts.at(-1);
    assert.equal(finish?.type === 'finish' && finish.finishReason.unified, 'tool-calls');
    assert.deepEqual([standIn().at(-1)?.tools, standIn().at(-1)?.toolMode], [['search'], 1]);

    const { toolCallId, toolName } = call;
    const answer = await partsOf(model, {
      prompt: [
        asks,
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId, toolName, input: { text: 'ä b' } }],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId,
              toolName,
              output: { type: 'text', value: '3 files' },
            },
          ],
        },
      ],
      tools: [SEARCH],
      toolChoice: { type: 'required' },
    });
    const said = answer.flatMap((part) => (part.type === 'text-delta' ? part.delta : []));
    assert.equal(said.join(''), 'It said 3 files');
    assert.deepEqual(
      standIn()
        .at(-1)
        ?.messages.map(({ text }) => text)
        .slice(1),
      ['[call search {"text":"ä b"}]', '[result 3 files]'],
    );
    assert.equal(standIn().at(-1)?.toolMode, 2);
  });

  it('stop within a tenth of a second, and a cut answer is never taken for a whole one', async () => {
    const model = await scripted();
    const stopping = new AbortController();
    let abortedAt = 0;
    await assert.rejects(
      partsOf(
        model,
        { prompt: [user('repeat: 10000 word')], abortSignal: stopping.signal },
        (part) => {
          if (part.type === 'text-delta' && abortedAt === 0) {
            abortedAt = performance.now();
            stopping.abort(new Error('That is enough'));
          }
        },
      ),
      /That is enough/,
    );
    assert.ok(performance.now() - abortedAt < 100);
    await until('the provider to hear of it', () => standIn().at(-1)?.cancelled === true, NOTICED);
  });

  it('stop while they say nothing yet, and are not asked once the signal has aborted', async () => {
    const model = await scripted();
    const stopping = new AbortController();
    const before = standIn().length;
    const silent = partsOf(model, { prompt: [user('wait')], abortSignal: stopping.signal });
    await until('the request', () => standIn().length > before, NOTICED);
    stopping.abort(new Error('No longer'));
    await assert.rejects(silent, /No longer/);
    await assert.rejects(
      partsOf(model, {
        prompt: [user('say: no')],
        abortSignal: AbortSignal.abort(new Error('Before')),
      }),
      /Before/,
    );
  });

  it('fail as VS Code says they do, with its codes', async () => {
    const model = await scripted();
    const failing = (line: string) => partsOf(model, { prompt: [user(line)] });
    await assert.rejects(failing('fail: blocked'), { code: 'Blocked', message: /quota/ });
    await assert.rejects(failing('fail: not-found'), { code: 'NotFound' });
    await assert.rejects(failing('fail: no-permissions'), { code: 'NoPermissions' });
    await assert.rejects(failing('fail: rate limit exceeded'), /rate limit exceeded/);
    await assert.rejects(
      partsOf(model, { prompt: [user('say: half of it', 'fail: the line broke')] }),
      /the line broke/,
    );
  });

  it('are not asked for leave while nobody is there', async () => {
    const model = await scripted();
    isHere = false;
    allowed = undefined;
    await assert.rejects(partsOf(model, { prompt: [user('say: hello')] }), {
      code: 'NoPermissions',
      message: /^You have not allowed Sluice to use Scripted yet\./,
    });
    allowed = true;
    assert.ok((await partsOf(model, { prompt: [user('say: hello')] })).length > 0);
  });
});
