import type { CallFailure, CallFailureKind } from '../../domain/call.ts';
import { formatBytes, formatDuration, oneLine } from '../../base/text.ts';

// What Sluice itself says of an answer that is none. What providers say is put in words by `failures/`.

function failure(kind: CallFailureKind, message: string, status: number | undefined): CallFailure {
  return { kind, message: oneLine(message, 500), status, notBefore: undefined };
}

export function noFirstByte(ms: number): CallFailure {
  return failure(
    'timeout',
    `The provider did not begin to answer within ${formatDuration(ms)}.`,
    undefined,
  );
}

export function stalled(ms: number, status: number | undefined): CallFailure {
  return failure(
    'timeout',
    `The answer stopped in the middle: nothing came for ${formatDuration(ms)}.`,
    status,
  );
}

export function silent(ms: number, status: number | undefined): CallFailure {
  return failure(
    'timeout',
    `The provider kept the line open and said nothing for ${formatDuration(ms)}.`,
    status,
  );
}

export function nothingCame(status: number | undefined): CallFailure {
  return failure('truncated', 'The provider closed the line without an answer.', status);
}

export function saidNothing(status: number | undefined): CallFailure {
  return failure(
    'malformed-output',
    'The model ended its answer without a word and without a tool call.',
    status,
  );
}

export function answerTooLong(chars: number, status: number | undefined): CallFailure {
  return failure(
    'malformed-output',
    `The answer is longer than ${chars.toLocaleString('en-US')} characters; it was stopped there.`,
    status,
  );
}

export function lineTooLong(bytes: number, status: number): CallFailure {
  return failure(
    'malformed-output',
    `The provider sent an event of more than ${formatBytes(bytes)}; it was not read further.`,
    status,
  );
}

export function responseTooLong(bytes: number, status: number): CallFailure {
  return failure(
    'malformed-output',
    `The provider sent more than ${formatBytes(bytes)} for one answer; it was not read further.`,
    status,
  );
}

/** @param beginning of the body, as text */
export function notAStream(type: string, beginning: string, status: number): CallFailure {
  const title = /<title[^>]*>([^<]*)/i.exec(beginning)?.[1] ?? beginning.replace(/<[^>]*>/g, ' ');
  const said = oneLine(title, 120);
  const page = type.includes('html') ? ' (a login page of the network?)' : '';
  return failure(
    'malformed-output',
    `The provider answered with ${oneLine(type, 60)} instead of a stream of events${page}${said === '' ? '.' : `: ${said}`}`,
    status,
  );
}

/** @param name the SDK's, of the error */
export function unreadableEvent(name: string, status: number | undefined): CallFailure {
  const what = name === 'AI_JSONParseError' ? 'is not JSON' : 'its protocol does not have';
  return failure('malformed-output', `The provider sent an event that ${what}.`, status);
}

/** @param names of the tools there are */
export function noSuchTool(name: string, names: readonly string[]): string {
  const there = names.length === 0 ? 'There are no tools.' : `Tools: ${names.join(', ')}.`;
  return `There is no tool "${oneLine(name, 80)}". ${there}`;
}

export function argumentsNotJson(why: string): string {
  return `The arguments are not JSON: ${oneLine(why, 200)}`;
}

export function argumentsNotObject(): string {
  return 'The arguments are not a JSON object.';
}
