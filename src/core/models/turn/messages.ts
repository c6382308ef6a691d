import type { AssistantModelMessage, ModelMessage, ToolModelMessage } from 'ai';
import type { AnswerPart, ChatMessage } from '../../domain/chat.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { digestOf } from '../../base/digest.ts';

// A conversation as the AI SDK takes it. Marks go back as they came; what was thought goes only to those who thought it.

type AssistantParts = Exclude<AssistantModelMessage['content'], string>;
type Options = NonNullable<AssistantModelMessage['providerOptions']>;

/** @param provider the adapter's name, such as `anthropic.messages`: its marks are under the first word of it */
export function modelMessages(messages: readonly ChatMessage[], provider: string): ModelMessage[] {
  return messages.flatMap((message): ModelMessage[] => {
    switch (message.role) {
      case 'user':
        return [{ role: 'user', content: message.text }];
      case 'assistant': {
        const content = message.parts.flatMap((part) => assistantPart(part, provider));
        return content.length === 0 ? [] : [{ role: 'assistant', content }];
      }
      case 'tool':
        return message.results.length === 0 ? [] : [toolMessage(message.results)];
    }
  });
}

function assistantPart(part: AnswerPart, provider: string): AssistantParts {
  const options = part.mark === undefined ? {} : { providerOptions: part.mark as Options };
  switch (part.kind) {
    case 'text':
      return part.text === '' && part.mark === undefined
        ? []
        : [{ type: 'text', text: part.text, ...options }];
    case 'reasoning':
      return isForeign(part.mark, provider)
        ? []
        : [{ type: 'reasoning', text: part.text, ...options }];
    case 'tool-call':
      return [
        {
          type: 'tool-call',
          toolCallId: callId(part.id),
          toolName: toolName(part.name),
          // Providers take objects only; what was wrong with it stands in the call's result.
          input: isRecord(part.input) ? part.input : {},
          ...options,
        },
      ];
  }
}

function toolMessage(results: Extract<ChatMessage, { role: 'tool' }>['results']): ToolModelMessage {
  return {
    role: 'tool',
    content: results.map(({ id, name, text, isError }) => ({
      type: 'tool-result',
      toolCallId: callId(id),
      toolName: toolName(name),
      output: { type: isError ? 'error-text' : 'text', value: text },
    })),
  };
}

/** Another provider's: without its own signature none takes a thought back. Without any mark it is anybody's. */
function isForeign(mark: JsonValue | undefined, provider: string): boolean {
  if (!isRecord(mark)) {
    return false;
  }
  const family = (provider.split('.')[0] ?? '').toLowerCase();
  return !Object.keys(mark).some((key) => {
    const name = key.toLowerCase();
    return family.startsWith(name) || name.startsWith(family);
  });
}

/** What every provider takes as a call's id: one's may have 200 characters, another takes 64. */
function callId(id: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : `call_${digestOf(id).slice(0, 24)}`;
}

/** A model may make a name up that no provider takes back. */
function toolName(name: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name)
    ? name
    : name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'unnamed';
}

function isRecord(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a provider wants back with a part, kept unread; `undefined`: nothing. */
export function markOf(metadata: unknown): JsonValue | undefined {
  const mark = jsonOf(metadata);
  return isRecord(mark) && Object.values(mark).some((own) => isRecord(own) && hasKeys(own))
    ? mark
    : undefined;
}

function hasKeys(value: object): boolean {
  return Object.keys(value).length > 0;
}

/** As JSON has it; `null` for what JSON has not. */
export function jsonOf(value: unknown): JsonValue {
  if (value === undefined || value === null) {
    return null;
  }
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as JsonValue);
}
