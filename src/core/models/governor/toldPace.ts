import type { Allowance } from '../failures/limitHeaders.ts';
import { Bucket } from './bucket.ts';

// What a provider says of its limit with every answer: how much, how much is left, when all of it is back.

/** Where nothing says how long a window is: a minute, as nearly everywhere. */
const WINDOW_MS = 60_000;
/** Moments of resets are told in whole seconds: one that moves by more has really moved. */
const ROUNDING_MS = 1500;
/** Drops of a limit that fills all the time. */
const DROP_MS = 1000;
/** After so long without a word of it, it counts no more. */
const STALE_MS = 600_000;

/** Windows that are usual, and the part of one from which on the rest of it is taken for the whole. */
const USUAL_WINDOWS = [1000, 10_000, 60_000, 3_600_000, 86_400_000];
const MOST_OF_IT = 0.8;

interface Reading {
  readonly call: number;
  readonly limit: number;
  readonly resetAt: number | undefined;
  readonly at: number;
}

/**
 * A limit on one unit, as its provider tells it.
 *
 * L1. Of a window the least is left that was told of it, less what is under way: answers come in any order.
 * L2. Of a limit that fills, what was told last is left, less what went since the call that it was told to.
 * L3. All comes back at once at the reset, until a reset is seen to move while its time has not come: then the limit
 *     fills evenly.
 */
export class ToldPace {
  #bucket: Bucket | undefined;
  #last: Reading | undefined;
  #fillsEvenly = false;
  #windowMs = 0;
  #leastLeft = 0;

  get bucket(): Bucket | undefined {
    return this.#bucket;
  }

  /** Of `open` units under way some may be counted already: so many more may be left than is thought. */
  doubt(open: number): number {
    return this.#bucket === undefined || this.#fillsEvenly ? 0 : open;
  }

  renew(now: number): void {
    if (this.#last !== undefined && now - this.#last.at > STALE_MS) {
      this.#last = undefined;
      this.#bucket = undefined;
    }
    this.#bucket?.renew(now);
  }

  /**
   * @param call the number of the call that it was told to
   * @param since units that went after that call
   * @param open units that are under way
   * @param told its `resetAt` on the clock of `now`
   */
  read(told: Allowance, call: number, since: number, open: number, now: number): void {
    const last = this.#last;
    const { remaining, resetAt } = told;
    if (remaining === undefined) {
      return;
    }
    const limit = Math.max(1, told.limit ?? last?.limit ?? remaining, remaining);
    const isSameLimit = last?.limit === limit;
    if (!isSameLimit) {
      this.#fillsEvenly = false;
      this.#windowMs = 0;
    } else if (
      last.resetAt !== undefined &&
      resetAt !== undefined &&
      now < last.resetAt - ROUNDING_MS &&
      resetAt - last.resetAt > ROUNDING_MS
    ) {
      this.#fillsEvenly = true;
    }
    if (this.#fillsEvenly || resetAt === undefined) {
      if (last === undefined || call > last.call) {
        this.#last = { call, limit, resetAt, at: now };
        this.#fill(limit, remaining, remaining - since, resetAt, now);
      }
      return;
    }
    const movedMs = isSameLimit && last.resetAt !== undefined ? resetAt - last.resetAt : Infinity;
    if (movedMs < -ROUNDING_MS || Math.max(resetAt, last?.resetAt ?? 0) <= now) {
      return;
    }
    this.#leastLeft = movedMs > ROUNDING_MS ? remaining : Math.min(this.#leastLeft, remaining);
    // A moment that is told in whole seconds must not move the window to and fro.
    const renewsAt = movedMs > ROUNDING_MS || last?.resetAt === undefined ? resetAt : last.resetAt;
    this.#last = { call, limit, resetAt: renewsAt, at: now };
    this.#windowMs = Math.max(this.#windowMs, wholeWindow(resetAt - now));
    this.#set(
      { size: limit, spanMs: this.#windowMs, most: limit },
      this.#leastLeft - open,
      renewsAt,
    );
  }

  #fill(
    limit: number,
    remaining: number,
    left: number,
    resetAt: number | undefined,
    now: number,
  ): void {
    const missing = limit - remaining;
    const rate =
      resetAt === undefined || missing <= 0
        ? limit / WINDOW_MS
        : missing / Math.max(1, resetAt - now);
    this.#set({ size: rate * DROP_MS, spanMs: DROP_MS, most: limit }, left, now + DROP_MS);
  }

  #set(terms: Bucket['terms'], left: number, renewsAt: number): void {
    if (this.#bucket === undefined) {
      this.#bucket = new Bucket(terms, left, renewsAt);
    } else {
      this.#bucket.set(terms, left, renewsAt);
    }
  }
}

/** The first answer of a window comes when it is not new any more. */
function wholeWindow(restMs: number): number {
  return Math.max(
    restMs,
    USUAL_WINDOWS.find((spanMs) => restMs <= spanMs && restMs >= MOST_OF_IT * spanMs) ?? DROP_MS,
  );
}
