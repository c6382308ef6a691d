import type { jsonSchema as JsonSchema, streamText as StreamText } from 'ai';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import { modelMessages } from './messages.ts';
import { structureFor } from './structure.ts';
import { tappedModel, type Heard } from './tappedModel.ts';
import type { TurnRequest } from './turn.ts';

type StreamTextOptions = Parameters<typeof StreamText>[0];

/** Of models of others that speak Anthropic's protocol, in tokens of one answer: the adapter cuts them at 4,096. */
const OTHERS_LIKE_ANTHROPIC = 32_000;

/** A request as the AI SDK takes it: one step, no retries, nothing printed, no tool of which it runs anything. */
export function askedOfSdk(
  model: LanguageModelV3,
  request: TurnRequest,
  heard: Heard,
  signal: AbortSignal,
  jsonSchema: typeof JsonSchema,
): StreamTextOptions {
  const { format, words, strict } = structureFor(request);
  const system = [request.system, words].filter((text) => text !== '').join('\n\n');
  // As the adapter names itself in options: `openai` of `openai.responses`.
  const own = model.provider.split('.')[0] ?? '';
  const structured = format === undefined ? {} : { strictJsonSchema: strict };
  const tools = request.tools.map(({ name, description, inputSchema }) => [
    name,
    { description, inputSchema: jsonSchema(inputSchema as object) },
  ]);
  return {
    model: tappedModel(model, format, heard),
    ...(system === '' ? {} : { system }),
    messages: modelMessages(request.messages, model.provider),
    ...(tools.length === 0
      ? {}
      : { tools: Object.fromEntries(tools) as StreamTextOptions['tools'] & {} }),
    providerOptions: {
      [own]: structured,
      // The conversation is kept here: it is sent whole each time, and nothing of it stays at the provider.
      openai: { store: false, ...structured },
    },
    ...(own === 'anthropic' && !model.modelId.includes('claude-')
      ? { maxOutputTokens: OTHERS_LIKE_ANTHROPIC }
      : {}),
    maxRetries: 0,
    abortSignal: signal,
    // Left out, it prints the error.
    onError: () => undefined,
    experimental_include: { requestBody: false },
  };
}
