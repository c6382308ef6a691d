import type { LanguageModelV3Usage } from '@ai-sdk/provider';
import type { AnswerPart } from '../../domain/chat.ts';
import type { TurnRequest } from './turn.ts';
import type { Usage } from '../../domain/call.ts';

const CHARS_PER_TOKEN = 4;

/** What the provider counted; `undefined`: it does not tell, or not all of it. */
export function countedUsage(usage: LanguageModelV3Usage | undefined): Usage | undefined {
  const input = tokens(usage?.inputTokens.total);
  const output = tokens(usage?.outputTokens.total);
  // Adapters begin at 0: an answer that took nothing was not counted.
  if (usage === undefined || input === undefined || output === undefined || input + output === 0) {
    return undefined;
  }
  return {
    input,
    output,
    cachedInput: tokens(usage.inputTokens.cacheRead) ?? 0,
    reasoning: tokens(usage.outputTokens.reasoning) ?? 0,
    // VS Code does not tell; its adapter counts itself and says so.
    counted: usage.raw?.['counted'] === 'estimate' ? 'estimate' : 'provider',
  };
}

/** @param received characters of the answer that came */
export function estimatedUsage(request: TurnRequest, received: number): Usage {
  const asked =
    request.system.length +
    request.messages.reduce((sum, message) => sum + charsOf(message), 0) +
    request.tools.reduce(
      (sum, tool) =>
        sum + tool.name.length + tool.description.length + JSON.stringify(tool.inputSchema).length,
      0,
    );
  return {
    input: Math.ceil(asked / CHARS_PER_TOKEN),
    output: Math.ceil(received / CHARS_PER_TOKEN),
    cachedInput: 0,
    reasoning: 0,
    counted: 'estimate',
  };
}

function charsOf(message: TurnRequest['messages'][number]): number {
  switch (message.role) {
    case 'user':
      return message.text.length;
    case 'assistant':
      return message.parts.reduce((sum, part) => sum + charsOfPart(part), 0);
    case 'tool':
      return message.results.reduce((sum, result) => sum + result.text.length, 0);
  }
}

function charsOfPart(part: AnswerPart): number {
  return part.kind === 'tool-call'
    ? part.name.length + JSON.stringify(part.input).length
    : part.text.length;
}

function tokens(count: number | undefined): number | undefined {
  return count !== undefined && Number.isFinite(count) && count >= 0
    ? Math.round(count)
    : undefined;
}
