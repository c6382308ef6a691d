import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import type { Log } from '../../base/log.ts';
import { thrownMessage } from '../../base/text.ts';
import type { SharedTier } from '../parts.ts';

/** Milliseconds a call may take. */
const PATIENCE_MS = 2_000;
/** Failures in a row after which it is left alone. */
const MOST_FAILURES = 3;
/** Milliseconds it is left alone for. */
const LEFT_ALONE_MS = 60_000;
/** Further ones are not put. */
const MOST_UNDER_WAY = 32;

/** A shared tier that makes nobody wait for long, and no call fail. What it gives is not believed yet. */
export class GuardedTier {
  readonly #tier: SharedTier;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #underWay = new Set<Promise<unknown>>();
  #failures = 0;
  #leftAloneUntil = -Infinity;

  constructor(tier: SharedTier, clock: Clock, log: Log) {
    this.#tier = tier;
    this.#clock = clock;
    this.#log = log;
  }

  async get(key: Digest): Promise<Uint8Array | undefined> {
    const bytes = await this.#patiently(() => this.#tier.get(key));
    // Whoever wrote the tier may have had no compiler.
    return bytes instanceof Uint8Array ? bytes : undefined;
  }

  /** Goes on behind; `settled` waits for it. */
  put(key: Digest, bytes: Uint8Array): void {
    if (this.#underWay.size >= MOST_UNDER_WAY) {
      return;
    }
    const putting = this.#patiently(() => this.#tier.put(key, bytes)).finally(() =>
      this.#underWay.delete(putting),
    );
    this.#underWay.add(putting);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (this.#clock.monotonic() < this.#leftAloneUntil) {
      return undefined;
    }
    const answer = await new Promise<{ readonly value: T } | { readonly failure: string }>(
      (resolve) => {
        const timer = this.#clock.timer(PATIENCE_MS, () =>
          resolve({ failure: `it did not answer within ${PATIENCE_MS} ms` }),
        );
        void Promise.resolve()
          .then(call)
          .then(
            (value) => resolve({ value }),
            (thrown: unknown) => resolve({ failure: thrownMessage(thrown) }),
          )
          .finally(() => timer.dispose());
      },
    );
    if ('value' in answer) {
      this.#failures = 0;
      return answer.value;
    }
    this.#failures += 1;
    this.#log.debug(`Cache: the shared tier failed: ${answer.failure}`);
    if (this.#failures >= MOST_FAILURES) {
      this.#failures = 0;
      this.#leftAloneUntil = this.#clock.monotonic() + LEFT_ALONE_MS;
      this.#log.warn(`Cache: the shared tier is left alone for a minute: ${answer.failure}`);
    }
    return undefined;
  }
}
