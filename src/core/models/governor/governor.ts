import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { BreakerState, RememberedWait } from '../../domain/modelPort.ts';
import { DEFAULT_CONCURRENCY } from '../modelHost.ts';
import { Account } from './account.ts';
import type { Lane } from './lane.ts';
import type { Admission, AdmitRequest, OnBreaker } from './permit.ts';

/** Waits up to this are waited in the queue; longer ones are told. In milliseconds. */
export const DEFAULT_IN_PLACE_MS = 1000;

export interface GovernorOptions {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Asked each time: people change it. */
  readonly ceiling?: (account: string) => number;
  readonly inPlaceMs?: number;
  readonly onListenerError?: (error: unknown) => void;
}

/** How one model of one account stands, for people. */
export interface Standing {
  readonly account: string;
  readonly provider: string;
  readonly model: string;
  /** Calls that may run at once. */
  readonly limit: number;
  readonly running: number;
  /** Calls in the queue, and calls that were told to come back. */
  readonly waiting: number;
  readonly breaker: BreakerState;
  /** Until when no call goes, in milliseconds since 1970; `undefined`: one may. */
  readonly until: number | undefined;
}

/**
 * Decides when calls of models are made; one for all runs of a program. What it learns of a provider it keeps in
 * memory only: what matters after a restart are the waits, and journals remember those (`recall`).
 *
 * G1. Never more calls at once than the ceiling of their account, nor than the limit of their model.
 * G2. No call before a moment that its provider named.
 * G3. Who is told to wait is told a moment; room is kept for who comes back then.
 * G4. A call whose signal aborts leaves at once, and takes nothing with it.
 * docs/failures.md has it on one page.
 */
export class Governor {
  readonly #options: GovernorOptions;
  readonly #accounts = new Map<string, Account>();
  readonly #changed: Emitter<undefined>;
  #remembered: RememberedWait[] = [];

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#changed = new Emitter(options.onListenerError ?? (() => undefined));
    this.onDidChange = this.#changed.on;
  }

  /** The standing of some model is another. */
  readonly onDidChange: Emitter<undefined>['on'];

  /**
   * Resolves when the call may go, or when it is known that it will have to wait for longer; its permit must be
   * ended. Rejects with the signal's reason, and with nothing else.
   */
  async admit(
    request: AdmitRequest,
    onBreaker: OnBreaker,
    signal: AbortSignal,
  ): Promise<Admission> {
    signal.throwIfAborted();
    const account = this.#account(request.account);
    const lane = account.lane(request.provider, request.model, (begun) => {
      for (const wait of this.#remembered.filter((one) => isOf(one, begun))) {
        this.#recallIn(begun, wait);
      }
    });
    return await account.admit(lane, request, onBreaker, signal);
  }

  /** A journal remembers that calls of a model were to wait: they will come back then, and no other goes before. */
  recall(wait: RememberedWait): void {
    const now = this.#options.clock.now();
    this.#remembered = [...this.#remembered.filter(({ until }) => until > now), wait];
    for (const account of this.#accounts.values()) {
      for (const { lane } of account.lanes()) {
        if (isOf(wait, lane)) {
          this.#recallIn(lane, wait);
        }
      }
    }
    this.#changed.fire(undefined);
  }

  standing(): readonly Standing[] {
    const now = this.#options.clock.monotonic();
    return [...this.#accounts].flatMap(([name, account]) =>
      account.lanes().map(({ lane, waiting }) => {
        const until = lane.closedUntil(now);
        return {
          account: name,
          provider: lane.provider,
          model: lane.model,
          limit: lane.limit,
          running: lane.running,
          waiting,
          breaker: lane.breaker.state,
          until: until === undefined ? undefined : Math.ceil(account.toDate(until)),
        };
      }),
    );
  }

  #account(name: string): Account {
    const known = this.#accounts.get(name);
    if (known !== undefined) {
      return known;
    }
    const { clock, random, ceiling, inPlaceMs } = this.#options;
    const account = new Account({
      clock,
      random,
      ceiling: () => ceiling?.(name) ?? DEFAULT_CONCURRENCY,
      inPlaceMs: inPlaceMs ?? DEFAULT_IN_PLACE_MS,
      changed: () => this.#changed.fire(undefined),
    });
    this.#accounts.set(name, account);
    return account;
  }

  #recallIn(lane: Lane, wait: RememberedWait): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    lane.recall(wait, now + (wait.until - clock.now()), now);
  }
}

function isOf(wait: RememberedWait, lane: Lane): boolean {
  return wait.provider === lane.provider && wait.model === lane.model;
}
