import { setMaxListeners } from 'node:events';
import { ManualClock } from '../../../support/manualClock.ts';
import type { CallFailure, CallFailureKind } from '../../../../src/core/domain/call.ts';
import type { UsableModel } from '../../../../src/core/domain/modelPort.ts';
import { NO_LIMITS, type ToldLimits } from '../../../../src/core/models/failures/limitHeaders.ts';
import { remedyFor } from '../../../../src/core/models/failures/remedy.ts';
import { Governor, type GovernorOptions } from '../../../../src/core/models/governor/governor.ts';

/** Numbers from 0 to 1 that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a provider says to a call, the moment it comes. `undefined`: it takes it. */
export type Refuses = (now: number) => { readonly retryAfterMs: number | undefined } | undefined;

/** Counts by windows that stand still, or that begin with the first call in them. */
export function fixedWindow(
  limit: number,
  spanMs: number,
  begins: 'with-a-call' | number,
  said: (ms: number) => number | undefined = wholeSeconds,
): Refuses {
  let start = -Infinity;
  let used = 0;
  return (now) => {
    if (now >= start + spanMs) {
      start =
        begins === 'with-a-call' ? now : now - ((((now - begins) % spanMs) + spanMs) % spanMs);
      used = 0;
    }
    if (used < limit) {
      used += 1;
      return undefined;
    }
    return { retryAfterMs: said(start + spanMs - now) };
  };
}

export function tokenBucket(
  perMs: number,
  most: number,
  said: (ms: number) => number | undefined = wholeSeconds,
): Refuses {
  let left = most;
  let at = 0;
  return (now) => {
    left = Math.min(most, left + (now - at) * perMs);
    at = now;
    if (left >= 1) {
      left -= 1;
      return undefined;
    }
    return { retryAfterMs: said((1 - left) / perMs) };
  };
}

/** No more than `limit` in any `spanMs`. */
export function slidingWindow(limit: number, spanMs: number): Refuses {
  const taken: number[] = [];
  return (now) => {
    while (taken[0] !== undefined && taken[0] <= now - spanMs) {
      taken.shift();
    }
    if (taken.length < limit) {
      taken.push(now);
      return undefined;
    }
    return { retryAfterMs: wholeSeconds((taken[0] ?? now) + spanMs - now) };
  };
}

export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

export interface LoadOptions {
  readonly seed: number;
  readonly calls: number;
  readonly refuses: Refuses;
  readonly latencyMs?: (random: number) => number;
  /** Other failures, by the moment the call comes. */
  readonly fails?: (now: number, random: number) => CallFailureKind | undefined;
  /** Headers of an answer or a refusal. */
  readonly tells?: (now: number, date: number) => Partial<ToldLimits>;
  /** When calls are wanted, in milliseconds. @default all at once */
  readonly arrivesAt?: (index: number) => number;
  /** Until it is there again after a wait, in milliseconds. */
  readonly returnMs?: (random: number) => number;
  readonly governor?: Partial<GovernorOptions>;
  /** Hears after each answer. */
  readonly answered?: (governor: Governor, now: number) => void;
  /** The load is over then, in milliseconds, whatever is open. */
  readonly endsAt?: number;
}

export interface LoadResult {
  readonly answered: number;
  readonly lost: number;
  /** Calls that were refused for their rate. */
  readonly refused: number;
  /** Times that a call was told to come back. */
  readonly told: number;
  readonly wallMs: number;
  readonly longestMs: number;
  readonly mostAtOnce: number;
  readonly answeredAt: readonly number[];
  readonly governor: Governor;
  readonly clock: ManualClock;
}

const MODEL: UsableModel = {
  provider: 'test',
  model: 'one',
  account: 'a',
  contextTokens: undefined,
  canUseTools: true,
  canStructure: false,
};

/** Runs calls against a provider that exists only in the test, by a clock of its own. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const clock = new ManualClock();
  const random = seeded(options.seed);
  const governor = new Governor({ clock, random, ...options.governor });
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  const latency = options.latencyMs ?? ((r: number) => 200 + r * 2800);
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => void clock.timer(ms, () => resolve()));
  const answeredAt: number[] = [];
  let [lost, refused, told, running, mostAtOnce, longestMs] = [0, 0, 0, 0, 0, 0];

  const one = async (index: number): Promise<void> => {
    await sleep(options.arrivesAt?.(index) ?? 0);
    const wantedAt = clock.monotonic();
    let tries = 0;
    let last: CallFailureKind | undefined;
    for (;;) {
      const admission = await governor.admit(
        { account: 'a', provider: 'test', model: 'one', tokens: 1000, criticality: 5 },
        () => undefined,
        never,
      );
      if (admission.kind === 'wait') {
        told += 1;
        await sleep(
          admission.until - clock.now() + (options.returnMs?.(random()) ?? 1 + random() * 60),
        );
        continue;
      }
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await sleep(5 + random() * 40);
      const failing = options.fails?.(clock.monotonic(), random());
      const refusal = failing === undefined ? options.refuses(clock.monotonic()) : undefined;
      const limits = { ...NO_LIMITS, ...options.tells?.(clock.monotonic(), clock.now()) };
      if (failing === undefined && refusal === undefined) {
        await sleep(latency(random()));
        running -= 1;
        admission.permit.end({ kind: 'answered', tokens: 1000, limits });
        answeredAt.push(clock.monotonic());
        options.answered?.(governor, clock.monotonic());
        longestMs = Math.max(longestMs, clock.monotonic() - wantedAt);
        return;
      }
      await sleep(5 + random() * 40);
      running -= 1;
      const kind = failing ?? 'rate-limit';
      const failure: CallFailure = {
        kind,
        message: '',
        status: undefined,
        notBefore:
          refusal?.retryAfterMs === undefined ? undefined : clock.now() + refusal.retryAfterMs,
      };
      refused += refusal === undefined ? 0 : 1;
      admission.permit.end({ kind: 'failed', failure, limits });
      tries = kind === last ? tries + 1 : 1;
      last = kind;
      const remedy = remedyFor(
        {
          model: MODEL,
          failure,
          tries,
          waitedMs: 0,
          policy: undefined,
          criticality: 5,
          hasFallback: false,
        },
        clock.now(),
        random(),
      );
      if (remedy.kind !== 'again') {
        lost += 1;
        return;
      }
      await sleep(remedy.at - clock.now());
    }
  };

  let open = options.calls;
  for (let index = 0; index < options.calls; index += 1) {
    void one(index).then(() => {
      open -= 1;
    });
  }
  const endsAt = options.endsAt ?? 4 * 3_600_000;
  while (open > 0 && clock.monotonic() < endsAt) {
    await new Promise(setImmediate);
    if (open > 0 && !clock.advanceToNextTimer()) {
      await new Promise(setImmediate);
      if (open > 0 && clock.pending === 0) {
        throw new Error(`${open} calls wait for nothing`);
      }
    }
  }
  return {
    answered: answeredAt.length,
    lost,
    refused,
    told,
    wallMs: clock.monotonic(),
    longestMs,
    mostAtOnce,
    answeredAt,
    governor,
    clock,
  };
}
