import type { CallFailure, Usage } from '../../domain/call.ts';
import type { ChatMessage } from '../../domain/chat.ts';
import type { Clock } from '../../base/clock.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { ToldLimits } from '../failures/limitHeaders.ts';
import type { ToolSpec } from '../../domain/modelPort.ts';

// One call of one model, once: no retries, no governor. What is asked, and what can come of it.

export interface TurnRequest {
  /** The system prompt; may be empty. */
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly outputSchema: JsonValue | undefined;
  /** The model keeps to a JSON Schema by itself; without, or with tools, it is asked to in words. */
  readonly canStructure: boolean;
  /** As in `ModelRef`: who serves the model, and its name there. */
  readonly provider: string;
  readonly requested: string;
}

export interface TurnEvents {
  said(text: string): void;
  thought(text: string): void;
}

export interface TurnLimits {
  /** Until the first byte of the response, in milliseconds: a local server may load the model first. */
  readonly firstByteMs: number;
  /** Without a byte, in milliseconds. */
  readonly idleMs: number;
  /** With bytes but without a word of the answer, in milliseconds: some providers keep a line alive for ever. */
  readonly silentMs: number;
  /** Of text, thoughts and arguments in one answer. */
  readonly maxChars: number;
}

export const DEFAULT_TURN_LIMITS: TurnLimits = {
  firstByteMs: 240_000,
  idleMs: 60_000,
  silentMs: 600_000,
  maxChars: 4_000_000,
};

export interface TurnOptions extends Partial<TurnLimits> {
  readonly clock: Clock;
}

export interface TurnFacts {
  /** The model that answered, by the response; `undefined`: it does not say. */
  readonly served: string | undefined;
  readonly usage: Usage;
  readonly durationMs: number;
  /** What the response says of the account's limits; `NO_LIMITS` where it says nothing. */
  readonly limits: ToldLimits;
}

export type TurnOutcome =
  | ({
      readonly kind: 'answered';
      readonly message: Extract<ChatMessage, { role: 'assistant' }>;
    } & TurnFacts)
  | ({ readonly kind: 'failed'; readonly failure: CallFailure } & TurnFacts)
  /** The signal aborted. */
  | { readonly kind: 'cancelled' };
