import type { CallFailure, CallFailureKind, CallPolicy, ModelRef, Usage } from './call.ts';
import type { ChatMessage } from './chat.ts';
import type { JsonValue } from './workflow.ts';

// What runners need of language models, whoever serves them. `core/models` is behind it.

export interface ModelPort {
  /** What can be asked of these, in their order. Asks nothing of a model and costs nothing. */
  resolve(names: readonly string[], signal: AbortSignal): Promise<ResolvedModels>;
  /** Makes one call, once its provider's governor lets it. Never rejects. */
  call(request: CallRequest, events: CallEvents, signal: AbortSignal): Promise<CallOutcome>;
  /** What to do about a failed call. Pure but for the spread of waits. */
  afterFailure(failed: FailedCall): Remedy;
  /** Tells the governor of a wait that a journal remembers. */
  recall(wait: RememberedWait): void;
}

export interface ResolvedModels {
  readonly usable: readonly UsableModel[];
  /** Why the others are not: a sentence each, with what to do. */
  readonly problems: readonly { readonly name: string; readonly why: string }[];
}

export interface UsableModel extends ModelRef {
  /** Calls of one account share its limits: the provider, its address and its key, as a digest. */
  readonly account: string;
  /** Tokens it takes in; `undefined`: not known. */
  readonly contextTokens: number | undefined;
  readonly canUseTools: boolean;
  /** It keeps to a JSON Schema by itself. */
  readonly canStructure: boolean;
}

export interface ToolSpec {
  /** Letters, digits, `_` and `-`, at most 64: what every provider takes. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonValue;
}

export interface CallRequest {
  readonly model: UsableModel;
  /** The system prompt; may be empty. */
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  /** The answer is JSON that satisfies it, where the model can keep to that by itself. */
  readonly outputSchema: JsonValue | undefined;
  /** 1 to 10: of calls that wait for their turn the more critical goes first. */
  readonly criticality: number;
}

export interface CallEvents {
  /** The governor lets it: from here on it may be paid for. */
  began(): void;
  said(text: string): void;
  thought(text: string): void;
  /** A breaker of the call's provider and model has changed. */
  breakerMoved(state: BreakerState, until: number | undefined): void;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface CallFacts {
  /** The model that answered, by the response; `undefined`: it does not say. */
  readonly served: string | undefined;
  readonly usage: Usage;
  /** US dollars; `undefined`: the model has no price. */
  readonly usd: number | undefined;
  readonly durationMs: number;
}

export type CallOutcome =
  | ({
      readonly kind: 'answered';
      readonly message: Extract<ChatMessage, { role: 'assistant' }>;
    } & CallFacts)
  | ({ readonly kind: 'failed'; readonly failure: CallFailure } & CallFacts)
  /** Not begun: the governor has no room for it before `until`, milliseconds since 1970. */
  | { readonly kind: 'wait'; readonly until: number; readonly because: CallFailureKind }
  /** The signal aborted. `began`: it may be paid for. */
  | { readonly kind: 'cancelled'; readonly began: boolean };

export interface FailedCall {
  readonly model: UsableModel;
  readonly failure: CallFailure;
  /** Failures of this kind in a row, this one included, of this call with this model. */
  readonly tries: number;
  /** How long the call has waited so far, in milliseconds. */
  readonly waitedMs: number;
  readonly policy: CallPolicy | undefined;
  readonly criticality: number;
  /** Another model is in the list. */
  readonly hasFallback: boolean;
}

export type Remedy =
  /** Milliseconds since 1970. */
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'fallback' }
  | { readonly kind: 'give-up' };

export interface RememberedWait {
  readonly provider: string;
  readonly model: string;
  readonly because: CallFailureKind;
  /** Milliseconds since 1970. */
  readonly until: number;
}
