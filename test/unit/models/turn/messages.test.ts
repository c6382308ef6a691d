import assert from 'node:assert/strict';
import { jsonOf, markOf, modelMessages } from '../../../../src/core/models/turn/messages.ts';
import type { AnswerPart, ChatMessage } from '../../../../src/core/domain/chat.ts';
import type { JsonValue } from '../../../../src/core/domain/workflow.ts';

function said(...parts: readonly AnswerPart[]): ChatMessage {
  return { role: 'assistant', parts };
}

function call(id: string, input: JsonValue, name = 'look'): AnswerPart {
  return { kind: 'tool-call', id, name, input, invalid: undefined, mark: undefined };
}

describe('a conversation as a provider takes it', () => {
  it('gives marks back to who made them', () => {
    const mark = { anthropic: { signature: 's' } };
    const thought = said(
      { kind: 'reasoning', text: 'hm', mark },
      { kind: 'text', text: 'a', mark: undefined },
    );
    assert.deepEqual(modelMessages([thought], 'anthropic.messages'), [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerOptions: mark },
          { type: 'text', text: 'a' },
        ],
      },
    ]);
  });

  it('keeps thoughts from another provider', () => {
    const mark = { anthropic: { signature: 's' } };
    const thought = said({ kind: 'reasoning', text: 'hm', mark });
    assert.deepEqual(modelMessages([thought], 'openai.responses'), []);
  });

  it('gives a thought without a mark to anybody: some servers want it back so', () => {
    const thought = said({ kind: 'reasoning', text: 'hm', mark: undefined });
    assert.equal(modelMessages([thought], 'deepseek.chat').length, 1);
  });

  it('gives objects only as arguments', () => {
    for (const input of ['{"a"', null, 7, [1]]) {
      const [message] = modelMessages([said(call('c', input))], 'x');
      assert.deepEqual(message?.content, [
        { type: 'tool-call', toolCallId: 'c', toolName: 'look', input: {} },
      ]);
    }
  });

  it('makes ids and names that every provider takes, the same for a call and its result', () => {
    const id = `ünusual|${'x'.repeat(300)}`;
    const messages = modelMessages(
      [
        said(call(id, {}, 'my tool!')),
        { role: 'tool', results: [{ id, name: 'my tool!', text: 't', isError: true }] },
      ],
      'x',
    );
    const [made, result] = messages.map(
      ({ content }) => (content as readonly { toolCallId: string; toolName: string }[])[0],
    );
    assert.match(made?.toolCallId ?? '', /^[A-Za-z0-9_-]{1,64}$/);
    assert.equal(made?.toolCallId, result?.toolCallId);
    assert.deepEqual([made?.toolName, result?.toolName], ['my_tool_', 'my_tool_']);
  });

  it('leaves out what is empty', () => {
    const nothing = [
      said(),
      said({ kind: 'text', text: '', mark: undefined }),
      { role: 'tool', results: [] } as const,
    ];
    assert.deepEqual(modelMessages(nothing, 'x'), []);
  });

  it('tells a failed tool from one that answered', () => {
    const results = [
      { id: 'a', name: 'look', text: 'x', isError: false },
      { id: 'b', name: 'look', text: 'y', isError: true },
    ];
    const [message] = modelMessages([{ role: 'tool', results }], 'x');
    const content = message?.content as readonly { output: { type: string } }[];
    assert.deepEqual(
      content.map(({ output }) => output.type),
      ['text', 'error-text'],
    );
  });
});

describe('the mark of a part', () => {
  it('is what a provider gave, as JSON', () => {
    assert.deepEqual(markOf({ openai: { itemId: 'i', gone: undefined } }), {
      openai: { itemId: 'i' },
    });
  });

  it('is none where a provider gave nothing', () => {
    for (const nothing of [undefined, null, {}, { openai: {} }, { openai: null }, 'x', 7]) {
      assert.equal(markOf(nothing), undefined);
    }
  });
});

describe('JSON of anything', () => {
  it('is null for what JSON has not', () => {
    assert.deepEqual([undefined, () => 1, Symbol('x'), Number.NaN].map(jsonOf), [
      null,
      null,
      null,
      null,
    ]);
  });
});
