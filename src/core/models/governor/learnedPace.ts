import { Bucket } from './bucket.ts';

// What a provider allows that says nothing but "not before" when it is too much. Those that count by windows name a
// moment far away, and what they took in the window before it is their limit. Those that let requests drip name one
// close by, and what they took since the last such moment is their rate.

/** A lower pace is forgotten after so long without a call, in milliseconds; or after two windows. */
const FORGET_MS = 120_000;
/** From this wait on a provider counts by windows. */
const WINDOW_WAIT_MS = 3000;
/** Of a window this part more than learned is tried at its end, and at least one call. */
const TRIED_PART = 0.04;
/** Windows that are usual, in milliseconds. */
const USUAL_WINDOWS = [60_000, 3_600_000, 86_400_000];
/** Moments are told in whole seconds. */
const ROUNDING_MS = 1000;
/** So close to the next window nothing is tried any more: it would be counted in that one. */
const LAST_MS = 2000;
/** Until a call has come to the provider. */
const WAY_THERE_MS = 150;
/** A window that took this part of its size was full: where it ends tells how long windows are. */
const FULL_PART = 0.8;
/** Pauses in one window after which the provider does not count by windows, if so few calls went between two. */
const MOST_PAUSES = 3;
const CALLS_OF_DRIPS = 2;
/** Calls that drip come in sips of this time, and what was not used is kept for that one. */
const SIP_MS = 500;
const KEPT_MS = 2000;
/** A pace that meets no refusal grows this often by this part; after so many times by twice as much each time. */
const GROWS_EVERY_MS = 5000;
const GROWTH = 0.03;
const EVEN_STEPS = 6;
const MOST_GROWTH = 0.5;
/** A rate that is refused is that of this time before. */
const LATELY_MS = 20_000;
/** A refusal lowers a pace by at least, and at most, to these parts. */
const LEAST_CUT = 0.95;
const DEEPEST_CUT = 0.25;
/** Calls that are remembered. */
const MOST_REMEMBERED = 20_000;

/**
 * P1. Nothing goes before a moment that the provider named.
 * P2. Only calls that were taken are counted; those refused late are taken out of what they were counted in.
 * P3. What was learned too low grows while all of it is used: windows by a few calls tried at their end, drips by time.
 */
export class LearnedPace {
  #bucket: Bucket | undefined;
  #shape: 'window' | 'drip' = 'window';
  /** Calls taken, or under way; oldest first. */
  #taken: { readonly call: number; readonly at: number }[] = [];
  #calls = 0;
  #lastAt = -Infinity;
  #firstAt = -Infinity;
  /** Where the window began, or the last moment that was named, and the first call after it. */
  #boundaryAt: number | undefined;
  #boundaryCall = 0;
  /** As the boundary, but named by the provider. */
  #toldCall = 0;
  #toldAt = -Infinity;
  #told = 0;
  #pauses = 0;
  #pausedUntil = -Infinity;
  /** The first call after the last pause was asked for. */
  #pauseCall = 0;
  #isFreshWindow = false;
  /** Calls more than learned that may be tried now. */
  #probes = 0;
  /** With so many times the usual a window begins: doubles while all are taken. */
  #boldness = 1;
  /** Times it grew since a refusal. */
  #growths = 0;
  #grownAt = 0;

  get bucket(): Bucket | undefined {
    return this.#bucket;
  }

  /** In the middle of a window the provider wants a pause. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** The provider has named two moments or more: it is not a first guess. */
  get isSure(): boolean {
    return this.#told > 1;
  }

  /** Calls more than learned that may be tried now. */
  get probes(): number {
    return this.#probes;
  }

  /** Milliseconds between drips; `undefined`: it counts by windows, or nothing is known. */
  get dripMs(): number | undefined {
    return this.#shape === 'drip' ? this.#bucket?.terms.spanMs : undefined;
  }

  /** Calls more than learned that each window has. */
  get extra(): number {
    return this.#bucket === undefined || this.#shape === 'drip'
      ? 0
      : Math.min(
          this.#bucket.terms.size,
          this.#boldness * Math.max(1, Math.round(this.#bucket.terms.size * TRIED_PART)),
        );
  }

  renew(now: number): void {
    const bucket = this.#bucket;
    if (bucket === undefined) {
      return;
    }
    const { spanMs, size } = bucket.terms;
    if (now >= bucket.renewsAt && now - this.#lastAt > Math.max(FORGET_MS, 2 * spanMs)) {
      this.#forget();
      return;
    }
    const unused = bucket.left;
    if (!bucket.renew(now)) {
      if (bucket.renewsAt - now < LAST_MS) {
        this.#probes = 0;
      }
      return;
    }
    if (this.#shape === 'window') {
      this.#boundaryAt = bucket.renewsAt - spanMs;
      this.#boundaryCall = this.#calls;
      this.#isFreshWindow = true;
      this.#probes = this.extra;
      this.#pauses = 0;
      return;
    }
    if (now - this.#grownAt >= GROWS_EVERY_MS) {
      this.#grownAt = now;
      // Where something is left over, nobody knows whether there is more.
      if (unused < size) {
        const growth = GROWTH * 2 ** Math.max(0, this.#growths - EVEN_STEPS);
        this.#growths += 1;
        this.#drip(
          (size / spanMs) * (1 + Math.min(MOST_GROWTH, growth)),
          bucket.left,
          bucket.renewsAt,
        );
      }
    }
  }

  /** @returns the number of the call, to say how it ended */
  goes(now: number, isProbe: boolean): number {
    if (this.#bucket === undefined && now - this.#lastAt > FORGET_MS) {
      this.#forget();
      this.#firstAt = now;
    }
    this.#lastAt = now;
    if (isProbe) {
      this.#probes -= 1;
    } else {
      this.#bucket?.take(1);
    }
    if (this.#isFreshWindow && this.#bucket !== undefined) {
      // Many providers begin a window with the first call in it.
      this.#bucket.postpone(now + this.#bucket.terms.spanMs + WAY_THERE_MS);
    }
    this.#isFreshWindow = false;
    this.#taken.push({ call: this.#calls, at: now });
    this.#trim(now);
    this.#calls += 1;
    return this.#calls - 1;
  }

  /** It was taken, whatever came of it. */
  wasTaken(call: number, isProbe: boolean): void {
    const bucket = this.#bucket;
    if (!isProbe || call < this.#toldCall || bucket === undefined || this.#shape === 'drip') {
      return;
    }
    // Slow start: each that is taken lets two more be tried.
    this.#probes += 2;
    const { spanMs } = bucket.terms;
    const size = bucket.terms.size + 1;
    this.#boldness = Math.min(this.#boldness * 2, size);
    bucket.set({ size, spanMs, most: size }, bucket.left, bucket.renewsAt);
  }

  /** It never came to the provider, or nobody knows. */
  wasLost(call: number, isProbe: boolean): void {
    this.#uncount(call);
    if (!isProbe && call >= this.#boundaryCall) {
      this.#bucket?.give(1);
    }
  }

  /** It was refused. @param until when the provider takes calls again, by what it said; later than `now` */
  wasRefused(call: number, until: number, now: number): void {
    this.#uncount(call);
    this.#boldness = 1;
    this.#probes = 0;
    const bucket = this.#bucket;
    if (call < this.#toldCall && (now < this.#toldAt || until <= this.#toldAt)) {
      this.#refusedLate(until, now);
      return;
    }
    const waitMs = until - now;
    const before = this.#boundaryAt ?? this.#firstAt;
    const gapMs = Math.max(1, until - before);
    const since = this.#boundaryAt === undefined ? 0 : this.#boundaryCall;
    const count = this.#taken.filter((one) => one.call >= since).length;
    this.#told += 1;
    this.#growths = 0;
    this.#grownAt = until;
    if (bucket !== undefined && this.#shape === 'drip') {
      const { size, spanMs } = bucket.terms;
      const rate = size / spanMs;
      if (waitMs < Math.max(WINDOW_WAIT_MS, 2 * spanMs)) {
        const seen = Math.max(count / gapMs, this.#lately(now, before));
        const next = Math.min(LEAST_CUT * rate, Math.max(DEEPEST_CUT * rate, seen));
        this.#drip(next, 0, until);
      } else {
        this.#window(usualWindow(waitMs), until, now);
      }
    } else if (bucket !== undefined) {
      const { size, spanMs } = bucket.terms;
      if (count >= FULL_PART * size) {
        const isUsual = Math.abs(gapMs - spanMs) < 0.1 * spanMs;
        this.#set('window', count, isUsual ? spanMs : gapMs, 0, until);
      } else if (waitMs >= spanMs / 4) {
        this.#window(Math.max(spanMs, usualWindow(waitMs)), until, now);
      } else {
        this.#pauses += call < this.#pauseCall ? 0 : 1;
        this.#pauseCall = this.#calls;
        this.#pausedUntil = Math.max(this.#pausedUntil, until);
        bucket.give(1);
        if (this.#pauses < MOST_PAUSES || count > CALLS_OF_DRIPS * this.#pauses) {
          return;
        }
        this.#drip(Math.max(1, count) / gapMs, 0, until);
      }
    } else if (waitMs >= WINDOW_WAIT_MS) {
      this.#window(usualWindow(waitMs), until, now);
    } else {
      this.#drip(Math.max(1, count) / gapMs, 0, until);
    }
    this.#boundaryAt = until;
    this.#boundaryCall = this.#calls;
    this.#toldAt = until;
    this.#toldCall = this.#calls;
  }

  /** One of a burst whose first refusal is known: the limit was reached one call earlier. */
  #refusedLate(until: number, now: number): void {
    const bucket = this.#bucket;
    if (bucket === undefined || now >= this.#toldAt) {
      return;
    }
    if (until > this.#toldAt) {
      this.#toldAt = until;
      this.#boundaryAt = until;
      bucket.postpone(until);
    }
    if (this.#shape === 'window') {
      const { size, spanMs } = bucket.terms;
      this.#set('window', Math.max(1, size - 1), spanMs, 0, bucket.renewsAt);
    }
  }

  #window(spanMs: number, until: number, now: number): void {
    const from = until - spanMs - ROUNDING_MS - WAY_THERE_MS;
    const count = this.#taken.filter(({ at }) => at > from && at <= now).length;
    this.#set('window', Math.max(1, count), spanMs, 0, until);
  }

  /** @param rate calls per millisecond */
  #drip(rate: number, left: number, renewsAt: number): void {
    const size = Math.max(1, Math.round(rate * SIP_MS));
    this.#set('drip', size, size / rate, left, renewsAt);
  }

  #set(
    shape: 'window' | 'drip',
    size: number,
    spanMs: number,
    left: number,
    renewsAt: number,
  ): void {
    this.#shape = shape;
    this.#isFreshWindow = false;
    const most =
      shape === 'window' ? size : Math.max(size + 1, Math.floor((size / spanMs) * KEPT_MS));
    if (this.#bucket === undefined) {
      this.#bucket = new Bucket({ size, spanMs, most }, left, renewsAt);
    } else {
      this.#bucket.set({ size, spanMs, most }, left, renewsAt);
    }
  }

  /** The rate of the last while; 0 where it began in the middle of it. */
  #lately(now: number, since: number): number {
    return now - since < LATELY_MS
      ? 0
      : this.#taken.filter(({ at }) => at > now - LATELY_MS).length / LATELY_MS;
  }

  #uncount(call: number): void {
    const index = this.#taken.findLastIndex((one) => one.call === call);
    if (index >= 0) {
      this.#taken.splice(index, 1);
    }
  }

  #trim(now: number): void {
    const keptMs = Math.max(FORGET_MS, this.#bucket?.terms.spanMs ?? 0) + ROUNDING_MS;
    const first = this.#taken.findIndex(({ at }) => at > now - keptMs);
    this.#taken.splice(0, Math.max(first, this.#taken.length - MOST_REMEMBERED));
  }

  #forget(): void {
    this.#bucket = undefined;
    this.#taken = [];
    this.#boundaryAt = undefined;
    this.#toldCall = 0;
    this.#toldAt = -Infinity;
    this.#told = 0;
    this.#pauses = 0;
  }
}

function usualWindow(waitMs: number): number {
  return USUAL_WINDOWS.find((spanMs) => waitMs <= spanMs + ROUNDING_MS) ?? waitMs;
}
