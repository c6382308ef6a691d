import type { CallFailure, CallFailureKind } from '../../domain/call.ts';
import type { RememberedWait } from '../../domain/modelPort.ts';
import type { Allowance, ToldLimits } from '../failures/limitHeaders.ts';
import { Breaker, type BreakerMove } from './breaker.ts';
import type { Bucket } from './bucket.ts';
import { Concurrency } from './concurrency.ts';
import type { Asking, Going } from './going.ts';
import { LearnedPace } from './learnedPace.ts';
import { KEPT_MS, Promises, type UnitsOf } from './promises.ts';
import { ToldPace } from './toldPace.ts';

/** How long calls last, until one has. */
const FIRST_GUESS_MS = 2000;
/** Where a refusal names no moment: from here doubled up to there, in milliseconds. */
const FIRST_HOLD_MS = 1000;
const LONGEST_HOLD_MS = 60_000;
/** A call comes back after at most so long to be told anew: what was learned may be wrong. */
const UNSURE_MS = 90_000;
const SURE_MS = 180_000;
/** A pace of drips may be faster than learned: so many times as many calls are told to come. */
const GENEROSITY = 1.6;
/** Who waits for a drip that is further than this looks again after this part of the time. */
const NEAR_MS = 5000;
const EARLY_PART = 0.8;
/** So many drips early it comes, but not earlier than this. */
const EARLY_DRIPS = 2;
const EARLIEST_MS = 3000;
/** How long the probe of a breaker is given before others come. */
const SHORTEST_PROBE_MS = 1500;
const LONGEST_PROBE_MS = 10_000;

const ONE: UnitsOf = () => 1;
const TOKENS: UnitsOf = ({ tokens }) => tokens;

/**
 * One model of one account: how many calls of it may go, and when. Time is monotonic milliseconds.
 *
 * N1. `running` is the calls that went and have not ended.
 * N2. A call goes only if its concurrency, its breaker, its hold and both its paces have room beyond what is promised.
 */
export class Lane {
  readonly provider: string;
  readonly model: string;
  readonly breaker = new Breaker();
  readonly #concurrency: Concurrency;
  readonly #promises = new Promises();
  readonly #learned = new LearnedPace();
  readonly #requests = new ToldPace();
  readonly #tokens = new ToldPace();
  readonly #random: () => number;
  #running = 0;
  #calls = 0;
  #tokensTaken = 0;
  #tokensOpen = 0;
  #meanMs = FIRST_GUESS_MS;
  #hold = -Infinity;
  #holdBecause: CallFailureKind = 'rate-limit';
  /** Refusals in a row without a moment, and the first call that would be one more. */
  #refusals = 0;
  #refusalsFrom = 0;

  constructor(provider: string, model: string, ceiling: () => number, random: () => number) {
    this.provider = provider;
    this.model = model;
    this.#concurrency = new Concurrency(ceiling);
    this.#random = random;
  }

  get running(): number {
    return this.#running;
  }

  get limit(): number {
    return this.#concurrency.limit;
  }

  /** Calls that were sent away until a moment. */
  get promised(): number {
    return this.#promises.count;
  }

  get because(): CallFailureKind {
    return this.breaker.because ?? this.#holdBecause;
  }

  /** True while only running calls can keep others waiting. */
  isFree(now: number): boolean {
    return (
      this.breaker.state === 'closed' &&
      this.#heldUntil <= now &&
      this.#requestBucket === undefined &&
      this.#tokens.bucket === undefined
    );
  }

  /** Lets time come. */
  renew(now: number): void {
    this.#learned.renew(now);
    this.#requests.renew(now);
    this.#tokens.renew(now);
    this.#promises.lapse(now);
  }

  /** A call comes. @returns whether it was told to */
  comes(now: number, criticality: number): boolean {
    return this.#promises.claim(now, criticality);
  }

  hasRoom(asking: Asking, now: number): boolean {
    if (
      this.#running >= this.#concurrency.limit ||
      this.#heldUntil > now ||
      !this.breaker.lets(now) ||
      !this.#has(this.#tokens.bucket, TOKENS, asking)
    ) {
      return false;
    }
    return this.#has(this.#requestBucket, ONE, asking);
  }

  go(asking: Asking, now: number): Going & { readonly move: BreakerMove | undefined } {
    const isPaceProbe = this.#probes > 0 && (this.#requestBucket?.left ?? 1) < 1;
    const move = this.breaker.goes();
    this.#running += 1;
    this.#calls += 1;
    this.#tokensTaken += asking.tokens;
    this.#tokensOpen += asking.tokens;
    this.#requests.bucket?.take(1);
    this.#tokens.bucket?.take(asking.tokens);
    return {
      tokens: asking.tokens,
      startedAt: now,
      call: this.#calls - 1,
      paceCall: this.#shifting(this.#learned, () => this.#learned.goes(now, isPaceProbe)),
      tokensBefore: this.#tokensTaken,
      isProbe: move !== undefined,
      isPaceProbe,
      move,
    };
  }

  /**
   * The moment from which on there is room for the call, running calls left out of account.
   *
   * @param ahead calls before it in the queue, and their tokens
   */
  roomAt(
    asking: Asking,
    ahead: { readonly calls: number; readonly tokens: number },
    now: number,
  ): number {
    const from = Math.max(now, this.#heldUntil, this.#breakerFreeAt(asking, ahead.calls, now));
    let moment = from;
    let before =
      moment > now ? this.#promises.countFrom(from, asking.criticality) + ahead.calls : 0;
    // Each bucket may put it off; then the other must have room then too.
    for (let round = 0; round < 4; round += 1) {
      const start = moment;
      for (const [bucket, unitsOf, aheadUnits] of [
        [this.#requestBucket, ONE, ahead.calls],
        [this.#tokens.bucket, TOKENS, ahead.tokens],
      ] as const) {
        if (bucket === undefined) {
          continue;
        }
        const extra = bucket === this.#learned.bucket ? this.#learned.extra : 0;
        const generosity = unitsOf === ONE && this.#earlyMs > 0 ? GENEROSITY : 1;
        const more =
          unitsOf === ONE
            ? this.#probes + this.#requests.doubt(this.#running)
            : this.#tokens.doubt(this.#tokensOpen);
        const room = this.#promises.roomIn(
          bucket,
          unitsOf,
          asking,
          aheadUnits - more,
          moment,
          extra,
          generosity,
          this.#stepMs,
        );
        if (room.start > moment) {
          moment = room.start;
          before = room.before;
          before = Math.min(before, Math.floor((bucket.terms.spanMs * 0.5) / this.#stepMs));
        }
      }
      if (moment === start) {
        break;
      }
    }
    // Those of one window come one after another, somewhat faster than they can go.
    return moment > now ? moment + before * this.#stepMs : moment;
  }

  /** When to look again whether the first of the queue may go; `undefined`: when a call ends. */
  looksAgainAt(asking: Asking, now: number): number | undefined {
    if (this.#running >= this.#concurrency.limit) {
      return undefined;
    }
    const until = Math.max(this.#heldUntil, this.breaker.until ?? -Infinity);
    const [requests, tokens] = [this.#requestBucket, this.#tokens.bucket];
    const moments = [
      until,
      requests === undefined || this.#has(requests, ONE, asking) ? -Infinity : requests.renewsAt,
      tokens === undefined || this.#has(tokens, TOKENS, asking) ? -Infinity : tokens.renewsAt,
    ];
    const at = Math.max(...moments);
    return at > now ? at : undefined;
  }

  /** How long a call may wait for a moment in the queue, where `usualMs` is what is usual. */
  inPlaceMs(usualMs: number): number {
    return Math.max(usualMs, 2 * this.#earlyMs);
  }

  /** @returns when the call is to come */
  promise(asking: Asking, at: number, now: number): number {
    const from = Math.max(now, this.#heldUntil, this.#requestBucket?.renewsAt ?? now);
    const comesAt = Math.min(
      at - this.#earlyMs,
      this.#earlyMs > 0 && at - from > NEAR_MS
        ? from + EARLY_PART * (at - from)
        : from + (this.#learned.isSure ? SURE_MS : UNSURE_MS),
    );
    this.#promises.add({ ...asking, at, comesAt });
    return comesAt;
  }

  answered(
    going: Going,
    tokens: number,
    limits: ToldLimits | undefined,
    now: number,
  ): BreakerMove | undefined {
    this.#concurrency.answered(this.#running, now);
    this.#running -= 1;
    this.#tokensOpen -= going.tokens;
    this.#refusals = 0;
    this.#meanMs += (now - going.startedAt - this.#meanMs) / 8;
    this.#learned.wasTaken(going.paceCall, going.isPaceProbe);
    this.#tokens.bucket?.give(going.tokens - tokens);
    this.#tokensTaken += tokens - going.tokens;
    this.#read(going, limits, now);
    return this.breaker.answered(going.isProbe);
  }

  failed(
    going: Going,
    failure: CallFailure,
    notBefore: number | undefined,
    limits: ToldLimits | undefined,
    now: number,
  ): BreakerMove | undefined {
    this.#running -= 1;
    this.#tokensOpen -= going.tokens;
    this.#tokens.bucket?.give(going.tokens);
    this.#tokensTaken -= going.tokens;
    this.#read(going, limits, now);
    switch (failure.kind) {
      case 'rate-limit':
        if (!going.isPaceProbe) {
          this.#concurrency.overrun(now);
        }
        this.#refused(going, notBefore, now);
        break;
      case 'overloaded':
        this.#concurrency.overrun(now);
        this.#learned.wasLost(going.paceCall, going.isPaceProbe);
        break;
      case 'network':
      case 'server-error':
      case 'timeout':
        this.#learned.wasLost(going.paceCall, going.isPaceProbe);
        break;
      default:
        this.#learned.wasTaken(going.paceCall, going.isPaceProbe);
    }
    const kind = failure.kind;
    return this.breaker.failed(
      kind,
      kind === 'rate-limit' ? undefined : notBefore,
      going.isProbe,
      now,
    );
  }

  cancelled(going: Going, now: number): BreakerMove | undefined {
    this.#running -= 1;
    this.#tokensOpen -= going.tokens;
    this.#learned.wasLost(going.paceCall, going.isPaceProbe);
    return going.isProbe ? this.breaker.probeLost(now) : undefined;
  }

  /** @param until on the clock of `now` */
  recall({ because }: RememberedWait, until: number, now: number): void {
    if (until <= now) {
      return;
    }
    this.breaker.recall(because, until);
    if (this.breaker.state === 'closed') {
      this.#hold = this.#heldUntil > now ? Math.min(this.#hold, until) : until;
      this.#holdBecause = because;
    }
    this.#promises.add({ at: until, comesAt: until, tokens: 0, criticality: 10 });
  }

  /** Until when nothing goes; `undefined`: something may. */
  closedUntil(now: number): number | undefined {
    const empty = (bucket: Bucket | undefined) =>
      bucket !== undefined && bucket.left < bucket.needed(1) ? bucket.renewsAt : -Infinity;
    const until = Math.max(
      this.#heldUntil,
      this.breaker.until ?? -Infinity,
      empty(this.#requestBucket),
      empty(this.#tokens.bucket),
    );
    return until > now ? until : undefined;
  }

  get #heldUntil(): number {
    return Math.max(this.#hold, this.#learned.pausedUntil);
  }

  /** What is told goes before what is learned. */
  get #requestBucket(): Bucket | undefined {
    return this.#requests.bucket ?? this.#learned.bucket;
  }

  /** Calls that wait come this far apart, so that some always wait for a running one to end. */
  get #stepMs(): number {
    return Math.max(1, this.#meanMs / (2 * this.#concurrency.good));
  }

  #has(bucket: Bucket | undefined, unitsOf: UnitsOf, asking: Asking): boolean {
    return (
      bucket === undefined ||
      bucket.left +
        (unitsOf === ONE ? this.#probes : 0) -
        (asking.isExpected ? 0 : this.#promises.heldNow(bucket, unitsOf, asking.criticality)) >=
        bucket.needed(unitsOf(asking))
    );
  }

  /** Drips come close together: calls come before theirs, so that there is always one to take it. */
  get #earlyMs(): number {
    const dripMs = this.#requests.bucket === undefined ? this.#learned.dripMs : undefined;
    return dripMs === undefined ? 0 : Math.min(EARLIEST_MS, EARLY_DRIPS * dripMs);
  }

  get #probes(): number {
    return this.#requests.bucket === undefined ? this.#learned.probes : 0;
  }

  #breakerFreeAt(asking: Asking, ahead: number, now: number): number {
    const state = this.breaker.state;
    if (state === 'closed') {
      return now;
    }
    const until = this.breaker.until ?? now;
    const isFirst =
      state === 'open' && ahead === 0 && this.#promises.countFrom(until, asking.criticality) === 0;
    return isFirst
      ? until
      : Math.max(now, until) +
          Math.min(LONGEST_PROBE_MS, Math.max(SHORTEST_PROBE_MS, this.#meanMs));
  }

  #refused(going: Going, notBefore: number | undefined, now: number): void {
    if (notBefore === undefined) {
      this.#learned.wasLost(going.paceCall, going.isPaceProbe);
      if (going.call >= this.#refusalsFrom) {
        this.#refusals += 1;
        this.#refusalsFrom = this.#calls;
        const most = Math.min(LONGEST_HOLD_MS, FIRST_HOLD_MS * 2 ** (this.#refusals - 1));
        this.#holdUntil(now + most * (0.5 + this.#random() / 2));
      }
      return;
    }
    this.#refusals = 0;
    this.#shifting(this.#learned, () => this.#learned.wasRefused(going.paceCall, notBefore, now));
    if (this.#requests.bucket !== undefined) {
      this.#holdUntil(notBefore);
    }
    this.#keepOrdered();
    // The refused call comes back at that moment, before those that have not been tried.
    const asking: Asking = { tokens: going.tokens, criticality: 10, isExpected: false };
    const at = this.roomAt(asking, { calls: 0, tokens: 0 }, now);
    this.#promises.add({ ...asking, at: Math.max(at, notBefore), comesAt: notBefore });
  }

  /** Where a window turns out to begin somewhat later, what was promised of it does too. */
  #shifting<T>(pace: { readonly bucket: Bucket | undefined }, change: () => T): T {
    const before = pace.bucket?.renewsAt;
    const result = change();
    const bucket = pace.bucket;
    if (before !== undefined && bucket !== undefined && !bucket.keepsRest) {
      const laterMs = bucket.renewsAt - before;
      if (laterMs > 0 && laterMs < KEPT_MS) {
        this.#promises.shift(before, laterMs);
      }
    }
    return result;
  }

  #holdUntil(moment: number): void {
    this.#hold = Math.max(this.#hold, moment);
    this.#holdBecause = 'rate-limit';
  }

  /** Promises that a slower pace cannot keep are given up. */
  #keepOrdered(): void {
    const bucket = this.#requestBucket;
    if (bucket === undefined || this.#promises.count === 0) {
      return;
    }
    const { size, spanMs } = bucket.terms;
    const needed = bucket.renewsAt + (Math.ceil(this.#promises.count / size) - 1) * spanMs;
    if (needed > this.#promises.lastAt() + Math.max(spanMs, 2000)) {
      this.#promises.clear();
    }
  }

  #read(going: Going, limits: ToldLimits | undefined, now: number): void {
    const read = (pace: ToldPace, told: Allowance | undefined, since: number, open: number) => {
      if (told !== undefined) {
        this.#shifting(pace, () => pace.read(told, going.call, since, open, now));
      }
    };
    read(this.#requests, limits?.requests, this.#calls - 1 - going.call, this.#running);
    read(
      this.#tokens,
      limits?.tokens,
      Math.max(0, this.#tokensTaken - going.tokensBefore),
      this.#tokensOpen,
    );
  }
}
