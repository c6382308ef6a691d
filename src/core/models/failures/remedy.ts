import type { CallFailureKind } from '../../domain/call.ts';
import type { FailedCall, Remedy } from '../../domain/modelPort.ts';

/** What is done about one kind of failure. */
export interface RemedyRule {
  /** Tries with one model, the first included; 1: it is never made again. */
  readonly attempts: number;
  /** The waits between them in milliseconds: anything up to a bound that doubles from the first to the last. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** At once: it is of no use with this model. After: when its tries are used up. */
  readonly fallback: 'never' | 'at-once' | 'after';
  /** Who is told, for docs/failures.md. */
  readonly told: string;
}

const NEVER_AGAIN = { attempts: 1, firstMs: 0, lastMs: 0 } as const;

export const REMEDIES: Readonly<Record<CallFailureKind, RemedyRule>> = {
  authentication: { ...NEVER_AGAIN, fallback: 'at-once', told: 'the task: set the key' },
  permission: { ...NEVER_AGAIN, fallback: 'at-once', told: 'the task: what the key may do' },
  billing: { ...NEVER_AGAIN, fallback: 'at-once', told: 'the task: the account' },
  'rate-limit': {
    attempts: 7,
    firstMs: 1000,
    lastMs: 60_000,
    fallback: 'after',
    told: 'the task waits until a moment',
  },
  overloaded: {
    attempts: 7,
    firstMs: 2000,
    lastMs: 60_000,
    fallback: 'after',
    told: 'the task waits until a moment',
  },
  'invalid-request': { ...NEVER_AGAIN, fallback: 'never', told: 'the task: a bug, or the agent' },
  'context-length': { ...NEVER_AGAIN, fallback: 'at-once', told: 'the task: shorten its input' },
  'model-not-found': {
    ...NEVER_AGAIN,
    fallback: 'at-once',
    told: 'the task: the name of the model',
  },
  'content-refused': { ...NEVER_AGAIN, fallback: 'at-once', told: 'the task' },
  timeout: {
    attempts: 3,
    firstMs: 1000,
    lastMs: 10_000,
    fallback: 'after',
    told: 'the task waits until a moment',
  },
  network: {
    attempts: 5,
    firstMs: 1000,
    lastMs: 30_000,
    fallback: 'after',
    told: 'the task waits until a moment',
  },
  'server-error': {
    attempts: 4,
    firstMs: 1000,
    lastMs: 20_000,
    fallback: 'after',
    told: 'the task waits until a moment',
  },
  truncated: { attempts: 3, firstMs: 1000, lastMs: 5000, fallback: 'after', told: 'the task' },
  'malformed-output': {
    attempts: 3,
    firstMs: 5000,
    lastMs: 5000,
    fallback: 'after',
    told: 'the task: a login page of the network?',
  },
  'tool-error': { attempts: 2, firstMs: 1000, lastMs: 1000, fallback: 'after', told: 'the task' },
  unknown: { attempts: 2, firstMs: 5000, lastMs: 5000, fallback: 'after', told: 'the task' },
};

/** How long one call waits after failures in all, where its policy does not say. */
export const DEFAULT_MAX_WAIT_MS = 15 * 60_000;

/** From this criticality on a call is tried half as often again; up to `LIGHT` about half as often. */
export const CRITICAL = 8;
export const LIGHT = 2;

/** Calls that a provider sends away until a moment come back spread over this time after it, in milliseconds. */
const SPREAD_MS = 500;

/** Tries that a kind gets with one model, the first included. A policy's own number counts for each kind that is made again. */
export function attemptsFor(
  kind: CallFailureKind,
  criticality: number,
  policyAttempts: number | undefined,
): number {
  const { attempts } = REMEDIES[kind];
  if (attempts === 1) {
    return 1;
  }
  if (policyAttempts !== undefined) {
    return Math.max(1, Math.floor(policyAttempts));
  }
  return criticality >= CRITICAL
    ? 1 + Math.ceil((attempts - 1) * 1.5)
    : criticality <= LIGHT
      ? 1 + Math.ceil((attempts - 1) / 2)
      : attempts;
}

/**
 * What to do about a failed call. Pure.
 *
 * @param now milliseconds since 1970
 * @param random 0 to 1: spreads the waits
 */
export function remedyFor(failed: FailedCall, now: number, random: number): Remedy {
  const rule = REMEDIES[failed.failure.kind];
  const instead: Remedy =
    failed.hasFallback && rule.fallback !== 'never' ? { kind: 'fallback' } : { kind: 'give-up' };
  if (
    failed.tries >= attemptsFor(failed.failure.kind, failed.criticality, failed.policy?.attempts)
  ) {
    return instead;
  }
  const at = nextMoment(failed, rule, now, random);
  const maxWaitMs = failed.policy?.maxWaitMs ?? DEFAULT_MAX_WAIT_MS;
  return failed.waitedMs + (at - now) > maxWaitMs ? instead : { kind: 'again', at };
}

function nextMoment(failed: FailedCall, rule: RemedyRule, now: number, random: number): number {
  const { notBefore } = failed.failure;
  if (notBefore !== undefined && notBefore > now) {
    return Math.ceil(notBefore + random * SPREAD_MS);
  }
  // Full jitter, but never at once: a wait of nothing is no wait.
  const bound = Math.min(rule.lastMs, rule.firstMs * 2 ** (failed.tries - 1));
  return Math.ceil(now + Math.max(rule.firstMs / 4, random * bound));
}
