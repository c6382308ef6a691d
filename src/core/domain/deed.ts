import type { CallFailure, CallFailureKind, Usage } from './call.ts';
import type { BreakerState } from './modelPort.ts';

/** What runners tell of an attempt while it is made. */
export type AttemptDeed =
  /** Intent: a model is asked, and from here on may have to be paid. */
  | {
      readonly type: 'call-started';
      /** From 1 in the task. */
      readonly call: number;
      readonly provider: string;
      readonly model: string;
    }
  | {
      readonly type: 'call-ended';
      readonly call: number;
      /** The model that answered, by the response; `undefined`: it does not say. */
      readonly served: string | undefined;
      readonly usage: Usage;
      /** US dollars; `undefined`: the model has no price. */
      readonly usd: number | undefined;
      readonly durationMs: number;
      readonly failure: CallFailure | undefined;
    }
  /** Another model takes over. `chosen`: a person wanted it. */
  | {
      readonly type: 'model-changed';
      readonly from: string;
      readonly to: string;
      readonly why: CallFailureKind | 'chosen';
    }
  /** Intent: a tool is used; what it does outside the copy happens from here on. */
  | {
      readonly type: 'tool-called';
      /** From 1 in the task. */
      readonly use: number;
      readonly tool: string;
      /** One line: what it is to do. */
      readonly summary: string;
    }
  | {
      readonly type: 'tool-ended';
      readonly use: number;
      /** `refused`: not allowed, and not done. `lost`: cut off; nobody knows. */
      readonly outcome: 'done' | 'failed' | 'refused' | 'lost';
      readonly durationMs: number;
    }
  /** Calls of the model are not made until `until`, or are made again. */
  | {
      readonly type: 'breaker-moved';
      readonly provider: string;
      readonly model: string;
      readonly state: BreakerState;
      readonly until: number | undefined;
    };

/** Why an attempt is not worked on although it is not over. */
export type ParkReason =
  /** The provider takes no call before then. */
  | {
      readonly kind: 'provider';
      readonly provider: string;
      readonly model: string;
      readonly because: CallFailureKind;
    }
  /** A pause, a hold, or whoever drove the run let go of it. */
  | { readonly kind: 'stopped' }
  /** The program driving it died. */
  | { readonly kind: 'cut-off' };
