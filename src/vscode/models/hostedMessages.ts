import type {
  JSONValue,
  LanguageModelV3CallOptions,
  LanguageModelV3Message,
  LanguageModelV3ToolResultPart,
  SharedV3Warning,
} from '@ai-sdk/provider';
import * as vscode from 'vscode';

type AssistantPart = vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart;

/** What VS Code is asked in place of what the AI SDK asks; `warnings` say what of it VS Code has no words for. */
export interface HostedRequest {
  readonly messages: vscode.LanguageModelChatMessage[];
  readonly options: vscode.LanguageModelChatRequestOptions;
  readonly warnings: SharedV3Warning[];
}

export function hostedRequest(options: LanguageModelV3CallOptions): HostedRequest {
  const warnings: SharedV3Warning[] = [];
  const messages = options.prompt.flatMap((message) => hostedMessage(message, warnings));
  if (options.responseFormat?.type === 'json') {
    warnings.push({ type: 'unsupported', feature: 'responseFormat' });
  }
  return { messages, options: { ...hostedTools(options, warnings), justification }, warnings };
}

/** Shown by VS Code where it asks whether Sluice may use a model. */
const justification = 'Agents of the workflows you run are answered by this model.';

function hostedMessage(
  message: LanguageModelV3Message,
  warnings: SharedV3Warning[],
): vscode.LanguageModelChatMessage[] {
  switch (message.role) {
    case 'system':
      // VS Code has no such role; what stands first is said first.
      return message.content === '' ? [] : [vscode.LanguageModelChatMessage.User(message.content)];
    case 'user': {
      const parts = message.content.flatMap((part) => {
        if (part.type === 'text') {
          return new vscode.LanguageModelTextPart(part.text);
        }
        warnings.push({ type: 'unsupported', feature: `a file of type ${part.mediaType}` });
        return [];
      });
      return parts.length === 0 ? [] : [vscode.LanguageModelChatMessage.User(parts)];
    }
    case 'assistant': {
      const parts = message.content.flatMap((part): AssistantPart[] => {
        switch (part.type) {
          case 'text':
            return part.text === '' ? [] : [new vscode.LanguageModelTextPart(part.text)];
          case 'tool-call':
            return [
              new vscode.LanguageModelToolCallPart(
                part.toolCallId,
                part.toolName,
                objectOf(part.input),
              ),
            ];
          // What a model thought is the provider's own; VS Code takes none of it back.
          default:
            return [];
        }
      });
      // Some providers refuse a message that says nothing.
      return parts.length === 0 ? [] : [vscode.LanguageModelChatMessage.Assistant(parts)];
    }
    case 'tool': {
      const results = message.content.flatMap((part) =>
        part.type === 'tool-result'
          ? new vscode.LanguageModelToolResultPart(part.toolCallId, [
              new vscode.LanguageModelTextPart(textOfResult(part)),
            ])
          : [],
      );
      return results.length === 0 ? [] : [vscode.LanguageModelChatMessage.User(results)];
    }
  }
}

/** Arguments that were not JSON stay visible to the model that wrote them. */
function objectOf(input: unknown): object {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input };
}

function textOfResult({ output }: LanguageModelV3ToolResultPart): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value;
    case 'json':
    case 'error-json':
      return textOfJson(output.value);
    case 'execution-denied':
      return output.reason ?? 'Not allowed.';
    case 'content':
      return output.value.map((part) => (part.type === 'text' ? part.text : '')).join('');
  }
}

function textOfJson(value: JSONValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function hostedTools(
  { tools = [], toolChoice }: LanguageModelV3CallOptions,
  warnings: SharedV3Warning[],
): Pick<vscode.LanguageModelChatRequestOptions, 'tools' | 'toolMode'> {
  if (toolChoice?.type === 'none') {
    return {};
  }
  const wanted = toolChoice?.type === 'tool' ? toolChoice.toolName : undefined;
  const known = tools.flatMap((tool): vscode.LanguageModelChatTool[] => {
    if (tool.type === 'provider') {
      warnings.push({ type: 'unsupported', feature: `the provider's own tool ${tool.name}` });
      return [];
    }
    const { name, description = '', inputSchema } = tool;
    return wanted === undefined || wanted === name
      ? [{ name, description, inputSchema: inputSchema }]
      : [];
  });
  if (known.length === 0) {
    return {};
  }
  const mustUse = toolChoice?.type === 'tool' || toolChoice?.type === 'required';
  if (mustUse && known.length > 1) {
    // VS Code takes that for one tool alone.
    warnings.push({ type: 'unsupported', feature: 'toolChoice' });
  }
  const { Auto, Required } = vscode.LanguageModelChatToolMode;
  return { tools: known, toolMode: mustUse && known.length === 1 ? Required : Auto };
}
