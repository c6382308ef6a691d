// Calls of language models: what can go wrong with one, what it takes, and the policy for both.
// docs/failures.md has the table: how each failure is recognised, and what is done about it.

/** Why a call did not give what it was to give. Stable: journals keep it. */
export const CALL_FAILURES = [
  'authentication',
  'permission',
  'billing',
  'rate-limit',
  'overloaded',
  'invalid-request',
  'context-length',
  'model-not-found',
  'content-refused',
  'timeout',
  'network',
  'server-error',
  'truncated',
  'malformed-output',
  'tool-error',
  'unknown',
] as const;
export type CallFailureKind = (typeof CALL_FAILURES)[number];

export interface CallFailure {
  readonly kind: CallFailureKind;
  /** What the provider or the network said, without secrets; one line, at most 500 characters. */
  readonly message: string;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Until when the provider says another call is of no use, in milliseconds since 1970. */
  readonly notBefore: number | undefined;
}

/** Tokens of a call. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  /** Of `input`: read from the provider's cache. */
  readonly cachedInput: number;
  /** Of `output`: thought, not said. */
  readonly reasoning: number;
  /** `estimate`: the provider does not tell, Sluice counted. */
  readonly counted: 'provider' | 'estimate';
}

export const NO_USAGE: Usage = {
  input: 0,
  output: 0,
  cachedInput: 0,
  reasoning: 0,
  counted: 'provider',
};

/** How calls of models are made for an agent or a step; `undefined`: as its criticality says. */
export interface CallPolicy {
  /** Tries of one call with one model, the first included. */
  readonly attempts: number | undefined;
  /** How long one call may wait in all before its task fails, in milliseconds. */
  readonly maxWaitMs: number | undefined;
  /** What happens when another model answers than was asked. @default 'show' */
  readonly onOtherModel: 'show' | 'fail' | undefined;
  /** Answers of a model in one attempt: an endless loop of tools ends there. @default 50 */
  readonly maxTurns: number | undefined;
}

export const DEFAULT_MAX_TURNS = 50;

/** A model at a provider, as `provider/model`; the model's own name may hold more slashes. */
export interface ModelRef {
  readonly provider: string;
  readonly model: string;
}

export function modelName({ provider, model }: ModelRef): string {
  return `${provider}/${model}`;
}
