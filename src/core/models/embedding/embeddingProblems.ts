import { formatDuration, oneLine } from '../../base/text.ts';
import { unreachable } from '../../base/exhaustive.ts';
import type { CallFailure, CallFailureKind } from '../../domain/call.ts';
import type { Provider } from '../providers/providers.ts';

// Why a text has no vector: a sentence each, with what to do.

export function noProviderNamed(name: string): string {
  return name.trim() === ''
    ? 'No embedding model is named: write its provider and its name, such as "ollama/nomic-embed-text".'
    : `"${oneLine(name, 100)}" names no provider: write it with one, such as "ollama/nomic-embed-text" or "openai/text-embedding-3-small".`;
}

export function hostedEmbedNothing(name: string): string {
  return `"${oneLine(name, 100)}" is a model of VS Code, which has no embedding models for others: name one of a provider, such as "ollama/nomic-embed-text".`;
}

export function providerEmbedsNothing({ title }: Provider): string {
  return `${title} has no embedding models: name one of another provider, such as "openai/text-embedding-3-small" or "ollama/nomic-embed-text".`;
}

export function notEmbedding({ title }: Provider, model: string): string {
  return `"${oneLine(model, 100)}" of ${title} is no embedding model: name one that is, with "embed" in most of their names.`;
}

export function textEmpty(): string {
  return 'A question without words has no vector.';
}

export function textTooLong(most: number): string {
  return `The question is longer than the ${most.toLocaleString('en-US')} characters that are compared: similar ones are not looked for.`;
}

export function textTooManyTokens(model: string, most: number): string {
  return `The question is longer than what "${oneLine(model, 100)}" takes in (${most.toLocaleString('en-US')} tokens): name an embedding model with more room, or ask shorter.`;
}

/** The model says that it read less than it was given. */
export function textCut(model: string): string {
  return `"${oneLine(model, 100)}" took in only a part of the question: name an embedding model with more room, or ask shorter.`;
}

export function noVector(model: string): string {
  return `"${oneLine(model, 100)}" gave no vector that can be used: name a real embedding model.`;
}

export function otherLength(model: string, before: number, now: number): string {
  return `"${oneLine(model, 100)}" gave a vector of ${now} numbers and before of ${before}: see which model is served under that name.`;
}

export function mustWait({ title }: Provider, ms: number): string {
  return `${title} takes no call for ${formatDuration(Math.max(0, ms))}: similar questions are looked for again after that.`;
}

export function noAnswerInTime(ms: number): CallFailure {
  return {
    kind: 'timeout',
    message: `No vector came within ${formatDuration(ms)}.`,
    status: undefined,
    notBefore: undefined,
  };
}

export function unreadable(message: string, status: number | undefined): CallFailure {
  return { kind: 'malformed-output', message, status, notBefore: undefined };
}

export function embeddingFailed(
  { title }: Provider,
  model: string,
  { kind, message }: CallFailure,
): string {
  const said = message.replace(/[.\s]+$/, '');
  return `${title} gave no vector of "${oneLine(model, 100)}": ${said}; ${toDo(kind)}.`;
}

function toDo(kind: CallFailureKind): string {
  switch (kind) {
    case 'authentication':
      return 'set its key';
    case 'permission':
      return 'see what the key may do, and whether it is an embedding model';
    case 'billing':
      return 'see to the account';
    case 'rate-limit':
    case 'overloaded':
    case 'timeout':
    case 'network':
    case 'server-error':
      return 'it is asked again with the next question';
    case 'context-length':
      return 'name an embedding model with more room, or ask shorter';
    case 'invalid-request':
    case 'model-not-found':
    case 'content-refused':
    case 'truncated':
    case 'malformed-output':
    case 'tool-error':
    case 'unknown':
      return 'see whether the name is that of an embedding model';
    default:
      return unreachable(kind);
  }
}
