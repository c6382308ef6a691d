import type { CallFailure, CallFailureKind } from '../../domain/call.ts';
import { callMessage } from './callMessage.ts';
import { detect } from './detection.ts';
import { gatherEvidence, type Evidence } from './evidence.ts';
import { toldLimits } from './limitHeaders.ts';

/** Kinds for which a moment that a provider names counts. */
const WITH_MOMENT: ReadonlySet<CallFailureKind> = new Set<CallFailureKind>([
  'rate-limit',
  'overloaded',
  'server-error',
  'timeout',
]);

/**
 * Says what went wrong with a call. Never throws. An abort is no failure: whoever aborted knows.
 *
 * @param thrown whatever came instead of an answer: an error of an SDK, of the network, or an event in a stream
 * @param at.provider its name as in `ModelRef`
 * @param at.now milliseconds since 1970
 */
export function classifyThrown(
  thrown: unknown,
  at: { readonly provider: string; readonly now: number },
): CallFailure {
  const evidence = gatherEvidence(thrown, at.provider);
  const { notBefore, shouldRetry } = toldLimits(evidence.headers, at.now, evidence.body);
  const kind = heeded(detect(evidence, notBefore !== undefined), shouldRetry);
  return {
    kind,
    message: messageOf(kind, evidence),
    status: evidence.status,
    notBefore: WITH_MOMENT.has(kind) ? notBefore : undefined,
  };
}

/** `x-should-retry`, where the table leaves it open whether the failure passes. */
function heeded(kind: CallFailureKind, shouldRetry: boolean | undefined): CallFailureKind {
  switch (kind) {
    case 'invalid-request':
    case 'unknown':
      return shouldRetry === true ? 'server-error' : kind;
    case 'server-error':
      return shouldRetry === false ? 'unknown' : kind;
    default:
      return kind;
  }
}

function messageOf(kind: CallFailureKind, { isPage, status, message, codes }: Evidence): string {
  if (isPage && kind === 'malformed-output') {
    return 'A web page came instead of an answer: perhaps a login page of the network.';
  }
  // A page's own text is no message for people.
  const said = /^\s*</.test(message) ? '' : callMessage(message);
  const code = [...codes].find((one) => /^(?:e[a-z]{3,}|und_err_\w+)$/.test(one));
  if (said === '') {
    return status === undefined
      ? 'It failed and does not say why.'
      : `It answered with status ${status} and does not say why.`;
  }
  return kind === 'network' && code !== undefined && !said.toLowerCase().includes(code)
    ? callMessage(`${said} (${code.toUpperCase()})`)
    : said;
}

/** Reasons of finishing that are failures, by what providers and SDKs call them. */
const BAD_ENDS: ReadonlyMap<string, CallFailureKind> = new Map<string, CallFailureKind>([
  ['model_context_window_exceeded', 'context-length'],
  ['length', 'truncated'],
  ['max_tokens', 'truncated'],
  ['max_output_tokens', 'truncated'],
  ['continuation', 'truncated'],
  ['content-filter', 'content-refused'],
  ['content_filter', 'content-refused'],
  ['refusal', 'content-refused'],
  ['safety', 'content-refused'],
  ['image_safety', 'content-refused'],
  ['recitation', 'content-refused'],
  ['blocklist', 'content-refused'],
  ['prohibited_content', 'content-refused'],
  ['spii', 'content-refused'],
  ['malformed_function_call', 'tool-error'],
  ['unexpected_tool_call', 'tool-error'],
]);

/**
 * Says whether a way to finish is a failure; `undefined`: it is a good end.
 *
 * @param reason as the SDK unifies it, with the provider's own word where there is one; `undefined`: none came
 */
export function classifyFinish(
  reason: { readonly unified: string; readonly raw: string | undefined } | undefined,
  status?: number,
): CallFailure | undefined {
  const raw = reason?.raw?.toLowerCase();
  // Without a word of the provider `other` is what the SDK puts where no end came.
  const isCut = reason === undefined || (reason.unified === 'other' && raw === undefined);
  const kind = isCut
    ? 'truncated'
    : (BAD_ENDS.get(raw ?? '') ??
      BAD_ENDS.get(reason.unified) ??
      (reason.unified === 'error' ? 'server-error' : undefined));
  return kind === undefined
    ? undefined
    : { kind, message: endText(kind, isCut, raw), status, notBefore: undefined };
}

function endText(kind: CallFailureKind, isCut: boolean, raw: string | undefined): string {
  switch (kind) {
    case 'context-length':
      return 'The conversation has become longer than the model takes in.';
    case 'truncated':
      return isCut
        ? 'The answer was cut off before its end.'
        : 'The answer reached the most tokens that one answer may have.';
    case 'content-refused':
      return `The model refused to answer, or its answer was filtered${raw === undefined ? '' : callMessage(` (${raw})`)}.`;
    case 'tool-error':
      return 'The model called a tool in a way that cannot be read.';
    default:
      return 'The provider ended the answer with an error and does not say which.';
  }
}
