import type { LanguageModelV3FinishReason } from '@ai-sdk/provider';
import type { Answer } from './answer.ts';
import { classifyFinish } from '../failures/classify.ts';
import type { CallFailure } from '../../domain/call.ts';
import { nothingCame, saidNothing } from './turnProblems.ts';

/**
 * Why a stream that was read to its end holds no answer; `undefined`: it holds one.
 *
 * @param reason as the adapter gave it; `undefined`: it gave none
 */
export function failureOfEnd(
  reason: LanguageModelV3FinishReason | undefined,
  answer: Answer,
  status: number | undefined,
): CallFailure | undefined {
  // Some servers send an empty reason with every piece: it is none.
  const told = reason?.raw === '' ? { ...reason, raw: undefined } : reason;
  const failure = classifyFinish(told, status);
  if (failure !== undefined) {
    return failure.kind === 'truncated' && answer.chars === 0 && told?.raw === undefined
      ? nothingCame(status)
      : failure;
  }
  return answer.saysSomething ? undefined : saidNothing(status);
}

/** Whether a response that is one JSON text tells of an error, whatever its status says. */
export function tellsOfError(body: string): boolean {
  const told = parsed(body);
  const first: unknown = Array.isArray(told) ? told[0] : told;
  return (
    typeof first === 'object' &&
    first !== null &&
    (('error' in first && Boolean(first.error)) || ('type' in first && first.type === 'error'))
  );
}

/**
 * What was thrown, without what an adapter made of it: Anthropic's gives a first event that it cannot read the status
 * of a broken server, though the response was a good one.
 */
export function withoutMadeUpStatus(thrown: unknown, status: number | undefined): unknown {
  if (status !== 200 || typeof thrown !== 'object' || thrown === null) {
    return thrown;
  }
  const body = 'responseBody' in thrown ? thrown.responseBody : undefined;
  const told = typeof body === 'string' ? parsed(body) : undefined;
  return nameOf(told)?.startsWith('AI_') === true ? told : thrown;
}

/** The SDK's word for a stream that ended before anything came. */
export function isEmptyStream(thrown: unknown): boolean {
  return nameOf(thrown) === 'AI_NoOutputGeneratedError';
}

/** An event that is not JSON, or not one of the protocol. */
export function isUnreadable(thrown: unknown): thrown is { readonly name: string } {
  return ['AI_JSONParseError', 'AI_TypeValidationError'].includes(nameOf(thrown) ?? '');
}

function nameOf(thrown: unknown): string | undefined {
  return typeof thrown === 'object' &&
    thrown !== null &&
    'name' in thrown &&
    typeof thrown.name === 'string'
    ? thrown.name
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
