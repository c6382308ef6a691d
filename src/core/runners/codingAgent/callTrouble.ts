import { oneLine } from '../../base/text.ts';
import { CALL_FAILURES, type CallFailure, type CallFailureKind } from '../../domain/call.ts';

const MESSAGE_LENGTH = 500;

/** Keys as agents let them slip into messages. */
const KEYS = /\b(?:sk|pk|key|ghp|gho|xox[a-z])[-_][\w-]{8,}|\bBearer\s+\S+/gi;

/** Claude Code's names of what went wrong, where they differ from ours. */
const NAMES: Readonly<Record<string, CallFailureKind>> = {
  authentication_failed: 'authentication',
  oauth_org_not_allowed: 'permission',
  billing_error: 'billing',
  max_output_tokens: 'truncated',
};

/** Of texts the first that fits. Agents pass on what their provider said, and not much else. */
const SIGNS: readonly (readonly [RegExp, CallFailureKind])[] = [
  [/insufficient.quota|credit balance|billing|\b402\b/i, 'billing'],
  [/rate.?limit|too many requests|\b429\b/i, 'rate-limit'],
  [/overloaded|\b529\b|\b503\b/i, 'overloaded'],
  [/prompt is too long|context.(?:length|window)/i, 'context-length'],
  [/invalid api key|not logged in|log ?in|authenticat|\b401\b/i, 'authentication'],
  [/forbidden|permission denied|\b403\b/i, 'permission'],
  [/model.{0,40}not (?:found|exist)|\b404\b/i, 'model-not-found'],
  [/timed? ?out/i, 'timeout'],
  [/ECONN\w+|ENOTFOUND|EAI_AGAIN|fetch failed|network/i, 'network'],
  [/internal server error|\b50[02]\b/i, 'server-error'],
];

/** What an agent says went wrong with its model. @param name the agent's word for it, where it has one */
export function callTrouble(text: string, name?: string): CallFailure {
  const kind = name === undefined ? undefined : (NAMES[name] ?? known(name.replaceAll('_', '-')));
  return failed(kind ?? SIGNS.find(([sign]) => sign.test(text))?.[1] ?? 'unknown', text);
}

export function failed(kind: CallFailureKind, text: string): CallFailure {
  const status = /\b([45]\d\d)\b/.exec(text)?.[1];
  return {
    kind,
    message: oneLine(text.replace(KEYS, '[key]'), MESSAGE_LENGTH),
    status: status === undefined ? undefined : Number(status),
    notBefore: undefined,
  };
}

function known(name: string): CallFailureKind | undefined {
  return name === 'unknown' ? undefined : CALL_FAILURES.find((kind) => kind === name);
}
