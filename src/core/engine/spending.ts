import type { Clock } from '../base/clock.ts';
import type { Saved } from '../domain/cache.ts';
import type { AttemptDeed } from '../domain/deed.ts';
import type { CallEnd } from '../domain/ledger.ts';
import type { AttemptInput } from './inputs.ts';

/** What one attempt takes and costs, also before it was parked: so much is spared where its result is reused. */
export class Spending {
  readonly #clock: Clock;
  readonly #begun: number;
  #calls = 0;
  #tokens = 0;
  #usd = 0;

  constructor({ state, task, attempt, continues }: AttemptInput, clock: Clock) {
    this.#clock = clock;
    const was = state.tasks.get(task.id);
    this.#begun = clock.monotonic() - (was?.kind === 'running' ? was.workedMs : 0);
    for (const call of continues ? (state.ledger.tasks.get(task.id)?.calls ?? []) : []) {
      if (call.attempt === attempt && call.end !== undefined) {
        this.#add(call.end);
      }
    }
  }

  did(deed: AttemptDeed): void {
    if (deed.type === 'call-ended') {
      this.#add(deed);
    }
  }

  get total(): Saved {
    const ms = Math.round(this.#clock.monotonic() - this.#begun);
    return { ms, calls: this.#calls, tokens: this.#tokens, usd: this.#usd };
  }

  #add({ usage, usd }: Pick<CallEnd, 'usage' | 'usd'>): void {
    this.#calls += 1;
    this.#tokens += usage.input + usage.output;
    this.#usd += usd ?? 0;
  }
}
