import type { Clock } from '../../base/clock.ts';
import { NO_USAGE, type CallFailure, type Usage } from '../../domain/call.ts';
import type { AttemptDeed } from '../../domain/deed.ts';

/** Characters a token stands for, roughly, in English and in code. */
const CHARACTERS_A_TOKEN = 4;

/** What an agent tells of a turn's cost; the ledger estimates what it does not. */
export interface TurnCost {
  readonly usage: Usage | undefined;
  /** US dollars. */
  readonly usd: number | undefined;
  /** The model that worked; `undefined`: it does not say. */
  readonly served: string | undefined;
}

/**
 * The turns of a coding agent as calls in the run's ledger, one each: how often it asks its model in a turn is its
 * own affair.
 */
export class TurnLedger {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #did: (deed: AttemptDeed) => void;
  #count: number;
  #startedAt: number | undefined;
  #inputLength = 0;
  #outputLength = 0;

  /** @param counted calls that the journal has of the task already */
  constructor(provider: string, counted: number, clock: Clock, did: (deed: AttemptDeed) => void) {
    this.#provider = provider;
    this.#count = counted;
    this.#clock = clock;
    this.#did = did;
  }

  begin(model: string, prompt: string): void {
    this.#count += 1;
    this.#startedAt = this.#clock.monotonic();
    this.#inputLength = prompt.length;
    this.#outputLength = 0;
    this.#did({ type: 'call-started', call: this.#count, provider: this.#provider, model });
  }

  /** The model wrote something, said or thought. */
  wrote(text: string): void {
    this.#outputLength += text.length;
  }

  /** Does nothing when no turn is under way. */
  end(cost: TurnCost, failure: CallFailure | undefined): void {
    if (this.#startedAt === undefined) {
      return;
    }
    const durationMs = Math.round(this.#clock.monotonic() - this.#startedAt);
    this.#startedAt = undefined;
    this.#did({
      type: 'call-ended',
      call: this.#count,
      served: cost.served,
      usage: cost.usage ?? this.#estimate(),
      usd: cost.usd,
      durationMs,
      failure,
    });
  }

  #estimate(): Usage {
    return {
      ...NO_USAGE,
      input: Math.ceil(this.#inputLength / CHARACTERS_A_TOKEN),
      output: Math.ceil(this.#outputLength / CHARACTERS_A_TOKEN),
      counted: 'estimate',
    };
  }
}
