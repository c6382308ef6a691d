import type { JsonValue } from './workflow.ts';

// A conversation with a language model, as Sluice keeps it. Providers' own marks travel along unread:
// some take an answer back only with the signature they gave it.

export type ChatMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly parts: readonly AnswerPart[] }
  | { readonly role: 'tool'; readonly results: readonly ToolResult[] };

export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string; readonly mark: JsonValue | undefined }
  | { readonly kind: 'reasoning'; readonly text: string; readonly mark: JsonValue | undefined }
  | ({ readonly kind: 'tool-call' } & ToolCall);

export interface ToolCall {
  /** Given by the provider; names the call within its conversation. */
  readonly id: string;
  readonly name: string;
  /** What the model wrote as arguments; text where it is not JSON. */
  readonly input: JsonValue;
  /** Set where the arguments are not JSON, or of the wrong shape: what is wrong with them. */
  readonly invalid: string | undefined;
  readonly mark: JsonValue | undefined;
}

export interface ToolResult {
  /** Of the call. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isError: boolean;
}

/** What the model said, without what it thought. */
export function textOf(message: ChatMessage): string {
  return message.role === 'assistant'
    ? message.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
    : '';
}

export function toolCallsOf(message: ChatMessage): readonly ToolCall[] {
  return message.role === 'assistant'
    ? message.parts.flatMap((part) => (part.kind === 'tool-call' ? [part] : []))
    : [];
}
