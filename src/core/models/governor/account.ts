import type { CallFailureKind } from '../../domain/call.ts';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { FLOOR } from './concurrency.ts';
import type { Going } from './going.ts';
import { Lane } from './lane.ts';
import type { BreakerMove } from './breaker.ts';
import type { Admission, AdmitRequest, OnBreaker, Permit, PermitEnd } from './permit.ts';
import type { ToldLimits } from '../failures/limitHeaders.ts';

interface Waiting {
  readonly lane: Lane;
  readonly tokens: number;
  readonly criticality: number;
  readonly isExpected: boolean;
  readonly order: number;
  readonly onBreaker: OnBreaker;
  readonly settle: (admission: Admission) => void;
}

export interface AccountParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** Calls that run at once, of all models together. */
  readonly ceiling: () => number;
  /** Longer waits are told, not waited; in milliseconds. */
  readonly inPlaceMs: number;
  readonly changed: () => void;
}

/**
 * The calls of one account: its lanes share its ceiling, and one queue.
 *
 * A1. The more critical goes first, else who came first; a lane without room holds up no other.
 * A2. Who waits here waits for a running call to end, or at most `inPlaceMs` for a moment; else it is told to come back.
 * A3. There is a timer only while somebody waits for a moment.
 * A4. Each call that goes is counted in one lane until its permit ends, once.
 */
export class Account {
  readonly #parts: AccountParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #queues = new Map<Lane, Waiting[]>();
  #running = 0;
  #order = 0;
  #timer: Disposable | undefined;
  /** A listener may call back in the middle: then there is one turn more. */
  #turning: 'no' | 'yes' | 'again' = 'no';

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  lanes(): readonly { readonly lane: Lane; readonly waiting: number }[] {
    return [...this.#lanes.values()].map((lane) => ({
      lane,
      waiting: (this.#queues.get(lane)?.length ?? 0) + lane.promised,
    }));
  }

  /** @param begun of a new lane: what is remembered of it */
  lane(provider: string, model: string, begun: (lane: Lane) => void): Lane {
    const name = `${provider}/${model}`;
    const known = this.#lanes.get(name);
    if (known !== undefined) {
      return known;
    }
    const lane = new Lane(provider, model, this.#parts.ceiling, this.#parts.random);
    this.#lanes.set(name, lane);
    this.#queues.set(lane, []);
    begun(lane);
    return lane;
  }

  admit(
    lane: Lane,
    request: AdmitRequest,
    onBreaker: OnBreaker,
    signal: AbortSignal,
  ): Promise<Admission> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const now = this.#parts.clock.monotonic();
      const leave = () => {
        const queue = this.#queues.get(lane) ?? [];
        const index = queue.indexOf(waiting);
        if (index >= 0) {
          queue.splice(index, 1);
          this.#turn();
        }
        // The signal's own reason, whatever it is.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as above
        reject(signal.reason);
      };
      lane.renew(now);
      const waiting: Waiting = {
        lane,
        isExpected: lane.comes(now, request.criticality),
        tokens: Math.max(0, request.tokens),
        criticality: request.criticality,
        order: this.#order,
        onBreaker,
        settle: (admission) => {
          signal.removeEventListener('abort', leave);
          resolve(admission);
        },
      };
      this.#order += 1;
      signal.addEventListener('abort', leave, { once: true });
      const queue = this.#queues.get(lane) ?? [];
      const behind = queue.findIndex((other) => goesBefore(waiting, other));
      queue.splice(behind < 0 ? queue.length : behind, 0, waiting);
      this.#turn();
    });
  }

  /** Lets go what may, tells the others when, and sets the timer. */
  #turn(): void {
    if (this.#turning !== 'no') {
      this.#turning = 'again';
      return;
    }
    try {
      do {
        this.#turning = 'yes';
        this.#turnOnce();
      } while ((this.#turning as string) === 'again');
    } finally {
      this.#turning = 'no';
    }
    this.#parts.changed();
  }

  #turnOnce(): void {
    const now = this.#parts.clock.monotonic();
    for (const lane of this.#queues.keys()) {
      lane.renew(now);
    }
    for (let first = this.#next(now); first !== undefined; first = this.#next(now)) {
      this.#queues.get(first.lane)?.shift();
      this.#go(first, now);
    }
    for (const [lane, queue] of this.#queues) {
      if (queue.length > 0 && !lane.isFree(now)) {
        this.#sendAway(lane, queue, now);
      }
    }
    this.#setTimer(now);
  }

  #next(now: number): Waiting | undefined {
    if (this.#running >= Math.max(FLOOR, Math.floor(this.#parts.ceiling()))) {
      return undefined;
    }
    let best: Waiting | undefined;
    for (const [lane, queue] of this.#queues) {
      const first = queue[0];
      if (
        first !== undefined &&
        (best === undefined || goesBefore(first, best)) &&
        lane.hasRoom(first, now)
      ) {
        best = first;
      }
    }
    return best;
  }

  #go(waiting: Waiting, now: number): void {
    const { move, ...going } = waiting.lane.go(waiting, now);
    this.#running += 1;
    waiting.settle({ kind: 'go', permit: this.#permit(waiting, going) });
    this.#tell(waiting, move);
  }

  #permit(waiting: Waiting, going: Going): Permit {
    let isOver = false;
    return {
      end: (outcome) => {
        if (!isOver) {
          isOver = true;
          this.#running -= 1;
          this.#tell(waiting, this.#ended(waiting.lane, going, outcome));
          this.#turn();
        }
      },
    };
  }

  #ended(lane: Lane, going: Going, outcome: PermitEnd): BreakerMove | undefined {
    const now = this.#parts.clock.monotonic();
    lane.renew(now);
    switch (outcome.kind) {
      case 'answered':
        return lane.answered(going, outcome.tokens, this.#here(outcome.limits), now);
      case 'failed': {
        const { failure, limits } = outcome;
        const notBefore = failure.notBefore ?? limits?.notBefore;
        const until = notBefore === undefined ? undefined : this.#fromDate(notBefore);
        // A moment that is past says as little as none.
        const later = until !== undefined && until > now ? until : undefined;
        return lane.failed(going, failure, later, this.#here(limits), now);
      }
      case 'cancelled':
        return lane.cancelled(going, now);
    }
  }

  #sendAway(lane: Lane, queue: Waiting[], now: number): void {
    const staying: Waiting[] = [];
    let tokens = 0;
    for (const waiting of queue) {
      const ahead = { calls: staying.length, tokens };
      const at = lane.roomAt(waiting, ahead, now);
      if (at - now <= lane.inPlaceMs(this.#parts.inPlaceMs)) {
        staying.push(waiting);
        tokens += waiting.tokens;
      } else {
        const until = Math.ceil(this.toDate(lane.promise(waiting, at, now)));
        const because: CallFailureKind = lane.because;
        waiting.settle({ kind: 'wait', until, because });
      }
    }
    queue.splice(0, queue.length, ...staying);
  }

  #setTimer(now: number): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    let at = Infinity;
    for (const [lane, queue] of this.#queues) {
      const first = queue[0];
      if (first !== undefined) {
        at = Math.min(at, lane.looksAgainAt(first, now) ?? Infinity);
      }
    }
    if (at < Infinity) {
      this.#timer = this.#parts.clock.timer(Math.max(1, Math.ceil(at - now)), () => {
        this.#timer = undefined;
        this.#turn();
      });
    }
  }

  #tell(waiting: Waiting, move: BreakerMove | undefined): void {
    if (move !== undefined) {
      const until = move.until === undefined ? undefined : Math.ceil(this.toDate(move.until));
      waiting.onBreaker(move.state, until);
    }
  }

  /** Milliseconds since 1970 of a moment of this program's own clock. */
  toDate(moment: number): number {
    return this.#parts.clock.now() + (moment - this.#parts.clock.monotonic());
  }

  #fromDate(date: number): number {
    return this.#parts.clock.monotonic() + (date - this.#parts.clock.now());
  }

  #here(limits: ToldLimits | undefined): ToldLimits | undefined {
    const here = (allowed: ToldLimits['requests']): ToldLimits['requests'] =>
      allowed?.resetAt === undefined
        ? allowed
        : { ...allowed, resetAt: this.#fromDate(allowed.resetAt) };
    return limits === undefined
      ? undefined
      : { ...limits, requests: here(limits.requests), tokens: here(limits.tokens) };
  }
}

function goesBefore(a: Waiting, b: Waiting): boolean {
  return a.criticality !== b.criticality ? a.criticality > b.criticality : a.order < b.order;
}
