import type { CallFailure, CallFailureKind } from '../../domain/call.ts';
import type { BreakerState } from '../../domain/modelPort.ts';
import type { ToldLimits } from '../failures/limitHeaders.ts';

export interface AdmitRequest {
  /** As in `UsableModel`. */
  readonly account: string;
  readonly provider: string;
  readonly model: string;
  /** Tokens it will take in and give out, as far as can be told before. */
  readonly tokens: number;
  /** 1 to 10. */
  readonly criticality: number;
}

export type Admission =
  | { readonly kind: 'go'; readonly permit: Permit }
  /** Milliseconds since 1970: come back then. */
  | { readonly kind: 'wait'; readonly until: number; readonly because: CallFailureKind };

/** Hears of moves of the breaker that its call causes. `until`: milliseconds since 1970. */
export type OnBreaker = (state: BreakerState, until: number | undefined) => void;

export type PermitEnd =
  /** `tokens`: what it took in truth. */
  | { readonly kind: 'answered'; readonly tokens: number; readonly limits: ToldLimits | undefined }
  | {
      readonly kind: 'failed';
      readonly failure: CallFailure;
      readonly limits: ToldLimits | undefined;
    }
  | { readonly kind: 'cancelled' };

/** Leave to make one call. */
export interface Permit {
  /** The call is over. The first end counts, further ones do nothing. */
  end(outcome: PermitEnd): void;
}
