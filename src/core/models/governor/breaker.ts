import type { CallFailure, CallFailureKind } from '../../domain/call.ts';
import type { BreakerState } from '../../domain/modelPort.ts';

/** Failures in a row after which a model is left alone. */
export const OPENS_AFTER = 5;
/** How long it is left alone: the first time, doubling each time that a probe fails, and at most; in milliseconds. */
export const FIRST_REST_MS = 5000;
export const LONGEST_REST_MS = 15_000;

/** A provider that is down, or not reached. Rate limits are the pace's matter; the rest is about one request. */
const COUNTED: ReadonlySet<CallFailureKind> = new Set<CallFailureKind>([
  'overloaded',
  'server-error',
  'network',
  'timeout',
]);

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | {
      readonly kind: 'open';
      readonly until: number;
      readonly rests: number;
      readonly because: CallFailureKind;
    }
  /** One probe is under way. */
  | { readonly kind: 'half-open'; readonly rests: number; readonly because: CallFailureKind };

export interface BreakerMove {
  readonly state: BreakerState;
  /** When the next call is tried; as the clock that the breaker is told. */
  readonly until: number | undefined;
}

/**
 * Keeps calls from a model that does not answer.
 *
 * B1. closed -> open -> half-open -> closed or open; no other arrow.
 * B2. While open nothing is let through; while half-open exactly one call, the probe.
 * B3. Calls that began before it opened move it no more.
 */
export class Breaker {
  #state: State = { kind: 'closed', failures: 0 };

  get state(): BreakerState {
    return this.#state.kind;
  }

  /** Until when nothing is let through; `undefined`: not open. */
  get until(): number | undefined {
    return this.#state.kind === 'open' ? this.#state.until : undefined;
  }

  get because(): CallFailureKind | undefined {
    return this.#state.kind === 'closed' ? undefined : this.#state.because;
  }

  lets(now: number): boolean {
    switch (this.#state.kind) {
      case 'closed':
        return true;
      case 'open':
        return now >= this.#state.until;
      case 'half-open':
        return false;
    }
  }

  /** A call that it lets goes. @returns what changed: the call is the probe */
  goes(): BreakerMove | undefined {
    if (this.#state.kind !== 'open') {
      return undefined;
    }
    const { rests, because } = this.#state;
    this.#state = { kind: 'half-open', rests, because };
    return { state: 'half-open', until: undefined };
  }

  /** @param isProbe the call whose `goes` said so */
  answered(isProbe: boolean): BreakerMove | undefined {
    const wasProbed = this.#state.kind === 'half-open' && isProbe;
    if (this.#state.kind === 'closed' || wasProbed) {
      this.#state = { kind: 'closed', failures: 0 };
    }
    return wasProbed ? { state: 'closed', until: undefined } : undefined;
  }

  /** @param notBefore by the provider, on the same clock as `now` */
  failed(
    kind: CallFailure['kind'],
    notBefore: number | undefined,
    isProbe: boolean,
    now: number,
  ): BreakerMove | undefined {
    switch (this.#state.kind) {
      case 'open':
        return undefined;
      case 'half-open':
        // The provider answers, if with a refusal: that is what was to be found out.
        return !isProbe
          ? undefined
          : COUNTED.has(kind)
            ? this.#open(kind, this.#state.rests + 1, notBefore, now)
            : this.answered(true);
      case 'closed': {
        if (!COUNTED.has(kind)) {
          return undefined;
        }
        const failures = this.#state.failures + 1;
        if (failures < OPENS_AFTER && notBefore === undefined) {
          this.#state = { kind: 'closed', failures };
          return undefined;
        }
        return this.#open(kind, 0, notBefore, now);
      }
    }
  }

  /** The probe was given up before it told anything: the next call is it. */
  probeLost(now: number): BreakerMove | undefined {
    return this.#state.kind === 'half-open'
      ? this.#open(this.#state.because, this.#state.rests, now, now)
      : undefined;
  }

  /** A journal remembers that it was open. */
  recall(because: CallFailureKind, until: number): void {
    if (this.#state.kind === 'closed' && COUNTED.has(because)) {
      this.#state = { kind: 'open', until, rests: 0, because };
    }
  }

  #open(
    because: CallFailureKind,
    rests: number,
    notBefore: number | undefined,
    now: number,
  ): BreakerMove {
    const until = notBefore ?? now + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** rests);
    this.#state = { kind: 'open', until, rests, because };
    return { state: 'open', until };
  }
}
