import type { Bucket } from './bucket.ts';

/** How long room is kept for a call that does not come back for it, in milliseconds. */
export const KEPT_MS = 3000;

export interface Promised {
  /** From when on there is room for it. */
  readonly at: number;
  /** When it was told to come. */
  readonly comesAt: number;
  readonly tokens: number;
  readonly criticality: number;
}

/** Units of a bucket that a call takes. */
export type UnitsOf = (call: { readonly tokens: number }) => number;

/**
 * Room promised to calls that were sent away until a moment. Calls have no names here: whoever comes at such a moment
 * is taken for the one that was told to.
 *
 * R1. Sorted by `at`.
 * R2. A promise that is not claimed within KEPT_MS of its moment lapses.
 * R3. A call is promised only what no promise of its criticality or above holds: the more critical overtakes.
 */
export class Promises {
  #promised: Promised[] = [];

  get count(): number {
    return this.#promised.length;
  }

  add(promise: Promised): void {
    const later = this.#promised.findIndex(({ at }) => at > promise.at);
    this.#promised.splice(later < 0 ? this.#promised.length : later, 0, promise);
  }

  /** Somebody has come: the earliest promise whose time it is is kept with it. @returns whether there is room for it */
  claim(now: number, criticality: number): boolean {
    this.lapse(now);
    const due = ({ comesAt }: Promised) => comesAt <= now;
    const own = this.#promised.findIndex(
      (promise) => due(promise) && promise.criticality === criticality,
    );
    // Those that a journal remembered have no criticality of their own.
    const index = own >= 0 ? own : this.#promised.findIndex(due);
    const [kept] = index < 0 ? [] : this.#promised.splice(index, 1);
    // Who was only to look again has no room yet.
    return kept !== undefined && kept.at <= now + KEPT_MS;
  }

  lapse(now: number): void {
    if (this.#promised.some(({ comesAt }) => comesAt + KEPT_MS <= now)) {
      this.#promised = this.#promised.filter(({ comesAt }) => comesAt + KEPT_MS > now);
    }
  }

  /** What was promised cannot be kept: who comes is told anew, in the order of coming. */
  clear(): void {
    this.#promised = [];
  }

  /** The window that began at `from` begins later by `ms`: its promises go with it, and those after it. */
  shift(from: number, ms: number): void {
    this.#promised = this.#promised.map((one) =>
      one.at >= from ? { ...one, at: one.at + ms } : one,
    );
  }

  lastAt(): number {
    return this.#promised.at(-1)?.at ?? -Infinity;
  }

  countFrom(moment: number, criticality: number): number {
    return this.#promised.filter((one) => one.at >= moment && one.criticality >= criticality)
      .length;
  }

  /** Units promised of what is left now. */
  heldNow(bucket: Bucket, unitsOf: UnitsOf, criticality: number): number {
    let held = 0;
    for (const promise of this.#promised) {
      if (promise.at >= bucket.renewsAt) {
        break;
      }
      if (promise.criticality >= criticality) {
        held += unitsOf(promise);
      }
    }
    return held;
  }

  /**
   * When there will be room for `call` in `bucket`, not before `from`, and how many steps after that it comes.
   *
   * @param ahead units that calls before it in the queue take
   * @param extra units more than its size that each window has; where the rest of one is kept: the next one
   * @param stepMs between calls that come in one window
   * @param generosity times its size that windows to come are taken to have
   */
  roomIn(
    bucket: Bucket,
    unitsOf: UnitsOf,
    call: { readonly tokens: number; readonly criticality: number },
    ahead: number,
    from: number,
    extra: number,
    generosity: number,
    stepMs: number,
  ): { readonly start: number; readonly before: number } {
    const { spanMs, most } = bucket.terms;
    const size = bucket.terms.size * generosity;
    const need = bucket.needed(unitsOf(call));
    const carries = bucket.keepsRest;
    let next = 0;
    let start = -Infinity;
    let end = bucket.renewsAt;
    let left = bucket.left - ahead;
    let spare = extra;
    let found: { start: number; before: number } | undefined;
    for (;;) {
      let before = 0;
      const first = Math.max(start, from);
      for (
        let promise = this.#promised[next];
        promise !== undefined && promise.at < end;
        next += 1, promise = this.#promised[next]
      ) {
        if (promise.criticality >= call.criticality) {
          left -= unitsOf(promise);
          // The first gap in the row is where it comes in.
          before += promise.at < first + (before + 0.5) * stepMs ? 1 : 0;
        }
      }
      if (left < need) {
        found = undefined;
      } else if (end > from) {
        found ??= { start: first, before };
        // Where the rest of a window is lost, later ones do not miss what is taken of this one.
        if (!carries || next >= this.#promised.length) {
          return found;
        }
      }
      start = end;
      // Windows in which nothing is promised and that begin too early need not be walked one by one.
      const skipped =
        next >= this.#promised.length && end + spanMs < from
          ? Math.floor((from - end) / spanMs) - 1
          : 0;
      end += spanMs * (1 + Math.max(0, skipped));
      start += spanMs * Math.max(0, skipped);
      left = Math.min(most, left + size * (1 + Math.max(0, skipped))) + spare;
      if (carries) {
        spare = 0;
      }
    }
  }
}
