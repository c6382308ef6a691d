import type { CallFailureKind } from '../../domain/call.ts';
import type { Evidence } from './evidence.ts';

/** Providers whose errors are worded alike; `any`: every one of them. */
export type ProviderFamily = 'any' | 'anthropic' | 'openai' | 'google' | 'vscode';

/** One way to recognise a failure: all that is set must hold, of `codes` and `statuses` one. */
export interface DetectionRule {
  readonly kind: CallFailureKind;
  /** `openai` is also every provider that speaks its protocol. @default 'any' */
  readonly of?: ProviderFamily;
  readonly statuses?: readonly number[];
  /** Names, codes, types and reasons of the error, in lower case. */
  readonly codes?: readonly string[];
  readonly says?: RegExp;
  /** The response does not say when to come again. */
  readonly withoutRetryAfter?: true;
  /** The response is a web page. */
  readonly page?: true;
}

/** The first rule that holds decides: what a provider names itself goes before a status, a status before words. */
export const DETECTION: readonly DetectionRule[] = [
  // Money.
  {
    kind: 'billing',
    codes: [
      'insufficient_quota',
      'billing_error',
      'billing_hard_limit_reached',
      'billing_not_active',
      'billing_disabled',
      'credit_balance_exhausted',
      'insufficient_balance',
      'insufficient_credits',
      'organization_spend_limit_exceeded',
      'project_spend_limit_exceeded',
    ],
  },
  { kind: 'billing', of: 'vscode', codes: ['blocked', 'chatquotaexceeded', 'quota_exceeded'] },
  {
    kind: 'billing',
    of: 'anthropic',
    codes: ['enforced_spend_limit_reached'],
    withoutRetryAfter: true,
  },
  {
    kind: 'billing',
    of: 'anthropic',
    says: /credit balance is too low|spend(?:ing)? limit/,
    withoutRetryAfter: true,
  },
  {
    kind: 'billing',
    of: 'openai',
    says: /exceeded your current quota|insufficient (?:balance|credits?|funds)|billing hard limit/,
  },
  { kind: 'billing', statuses: [402] },

  // The key, and what it may be used for.
  {
    kind: 'authentication',
    codes: [
      'ai_loadapikeyerror',
      'ai_loadsettingerror',
      'api_key_invalid',
      'authentication_error',
      'invalid_api_key',
      'invalid_authentication',
      'unauthenticated',
    ],
  },
  {
    kind: 'authentication',
    statuses: [400, 403],
    says: /(?:invalid|incorrect|expired|missing|no) api[ _-]?key|api[ _-]?key (?:not valid|expired|is invalid|not found|is missing)|invalid x-api-key/,
  },
  { kind: 'authentication', statuses: [401] },

  // What was asked.
  {
    kind: 'context-length',
    codes: [
      'context_length_exceeded',
      'model_context_window_exceeded',
      'request_too_large',
      'string_above_max_length',
    ],
  },
  { kind: 'context-length', statuses: [413] },
  {
    kind: 'context-length',
    says: /prompt is too long|maximum context length|(?:exceeds?|exceeded|larger than|beyond) (?:the |its )?(?:model'?s? |available |maximum )*context|input token count.{0,80}exceeds|input is too long|too many input tokens|message exceeds token limit/,
  },
  {
    kind: 'content-refused',
    codes: [
      'content_filter',
      'content_policy_violation',
      'prohibited_content',
      'responsibleaipolicyviolation',
      'safety',
    ],
  },
  {
    kind: 'content-refused',
    statuses: [400, 403, 422],
    says: /content (?:management|filtering|usage) policy|output blocked by content|flagged (?:by|as|for)|safety system|requires moderation/,
  },
  {
    kind: 'model-not-found',
    codes: [
      'ai_nosuchmodelerror',
      'ai_nosuchprovidererror',
      'model_not_found',
      'model_not_supported',
      'unknown_model',
    ],
  },
  { kind: 'model-not-found', of: 'vscode', codes: ['notfound'] },
  {
    kind: 'model-not-found',
    statuses: [400, 403, 404, 422],
    says: /models?\b.{0,120}(?:not found|does not exist|is not (?:found|supported|available)|not a valid model|has been (?:deprecated|retired|shut down))|(?:no such|unknown|invalid|not a valid) model\b/,
  },
  { kind: 'model-not-found', statuses: [404, 410] },
  {
    kind: 'tool-error',
    codes: [
      'ai_invalidtoolinputerror',
      'ai_missingtoolresultserror',
      'ai_nosuchtoolerror',
      'ai_toolcallrepairerror',
      'ai_toolchoiceviolationerror',
      'malformed_function_call',
    ],
  },

  // Too much at once.
  {
    kind: 'rate-limit',
    codes: [
      'chatratelimited',
      'rate_limit_error',
      'rate_limit_exceeded',
      'resource_exhausted',
      'too_many_requests',
    ],
  },
  { kind: 'rate-limit', statuses: [429] },
  {
    kind: 'rate-limit',
    of: 'vscode',
    says: /rate[ -]?limit|too many requests/,
  },
  {
    kind: 'overloaded',
    codes: [
      'engine_overloaded',
      'overloaded_error',
      'server_overloaded',
      'slow_down',
      'unavailable',
    ],
  },
  { kind: 'overloaded', statuses: [503, 529] },
  { kind: 'permission', of: 'vscode', codes: ['nopermissions'] },
  {
    kind: 'permission',
    codes: ['permission_denied', 'permission_error', 'unsupported_country_region_territory'],
  },
  { kind: 'permission', statuses: [403] },

  // The way there, and the other end of it.
  {
    kind: 'timeout',
    codes: [
      'deadline_exceeded',
      'etimedout',
      'timeouterror',
      'und_err_body_timeout',
      'und_err_connect_timeout',
      'und_err_headers_timeout',
    ],
  },
  { kind: 'timeout', statuses: [408] },
  {
    kind: 'network',
    codes: [
      'eai_again',
      'econnaborted',
      'econnrefused',
      'econnreset',
      'ehostunreach',
      'enetdown',
      'enetunreach',
      'enotfound',
      'epipe',
      'eproto',
      'err_stream_premature_close',
      'und_err_aborted',
      'und_err_closed',
      'und_err_destroyed',
      'und_err_socket',
    ],
  },
  {
    kind: 'network',
    codes: [
      'cert_has_expired',
      'cert_not_yet_valid',
      'depth_zero_self_signed_cert',
      'err_tls_cert_altname_invalid',
      'self_signed_cert_in_chain',
      'unable_to_get_issuer_cert_locally',
      'unable_to_verify_leaf_signature',
    ],
  },
  // SDKs give an error in a stream of status 200 a status of their own making; its name is the provider's.
  {
    kind: 'invalid-request',
    codes: [
      'ai_invalidargumenterror',
      'ai_invalidmessageroleerror',
      'ai_invalidprompterror',
      'ai_unsupportedfunctionalityerror',
      'ai_unsupportedmodelversionerror',
      'failed_precondition',
      'invalid_argument',
      'invalid_request_error',
    ],
  },
  {
    kind: 'server-error',
    codes: [
      'api_error',
      'conflict_error',
      'internal',
      'internal_error',
      'server_error',
      'timeout_error',
    ],
  },
  { kind: 'server-error', statuses: [409, 499, 500, 501, 502, 504, 520, 521, 522, 523, 524] },
  { kind: 'invalid-request', statuses: [400, 405, 406, 411, 414, 415, 422, 431] },

  // An answer, but not one of its protocol.
  { kind: 'malformed-output', page: true },
  {
    kind: 'network',
    says: /^terminated$|fetch failed|socket hang up|other side closed|network error|cannot connect to api/m,
  },
  {
    kind: 'malformed-output',
    codes: [
      'ai_emptyresponsebodyerror',
      'ai_invalidresponsedataerror',
      'ai_invalidstreamparterror',
      'ai_jsonparseerror',
      'ai_nocontentgeneratederror',
      'ai_noobjectgeneratederror',
      'ai_nooutputgeneratederror',
      'ai_typevalidationerror',
      'syntaxerror',
    ],
  },
];

export function detect(evidence: Evidence, saysWhen: boolean): CallFailureKind {
  return (
    DETECTION.find((rule) => holds(rule, evidence, saysWhen))?.kind ??
    (evidence.status !== undefined && evidence.status >= 500 ? 'server-error' : 'unknown')
  );
}

function holds(rule: DetectionRule, evidence: Evidence, saysWhen: boolean): boolean {
  return (
    isOf(rule.of ?? 'any', evidence.provider) &&
    (rule.statuses === undefined ||
      (evidence.status !== undefined && rule.statuses.includes(evidence.status))) &&
    (rule.codes?.some((code) => evidence.codes.has(code)) ?? true) &&
    (rule.says?.test(evidence.words) ?? true) &&
    !(rule.withoutRetryAfter === true && saysWhen) &&
    !(rule.page === true && !evidence.isPage)
  );
}

function isOf(family: ProviderFamily, provider: string): boolean {
  switch (family) {
    case 'any':
      return true;
    case 'openai':
      return provider !== 'anthropic' && provider !== 'google' && provider !== 'vscode';
    case 'anthropic':
    case 'google':
    case 'vscode':
      return provider === family;
  }
}
