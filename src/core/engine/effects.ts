import pLimit from 'p-limit';
import type { Digest } from '../base/digest.ts';
import type { Result } from '../base/result.ts';
import type { Actor } from '../domain/actor.ts';
import type { AttemptDeed } from '../domain/deed.ts';
import type { RunStatus } from '../domain/event.ts';
import { internalFailure, type Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { Question, Reply } from '../domain/question.ts';
import type { RequestOutcome, RunRequest } from '../domain/request.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import { runAttempt, type AttemptLink, type AttemptOutcome, type Evidence } from './attempt.ts';
import type { Debugged } from './debugging.ts';
import type { ShownGate } from './gate.ts';
import type { AttemptInput } from './inputs.ts';
import type { LandingStep } from './landing.ts';
import { Mailbox } from './mailbox.ts';
import type { CacheAnswer, CheckoutLook, DriverParts } from './parts.ts';
import { Telling } from './telling.ts';
import type { Unfolding } from './unfolding.ts';

export type DriveEnd =
  | { readonly kind: 'finished'; readonly status: RunStatus }
  /** Only people can move the run on, and the caller asked not to wait for them. */
  | { readonly kind: 'waiting' }
  /** The driver was told to let go; the run goes on wherever it is claimed next. */
  | { readonly kind: 'detached' }
  | { readonly kind: 'broken'; readonly error: Error };

export interface DriveOptions {
  readonly by: Actor;
  /** Answers given beforehand, on the command line: the gate's decision as soon as it opens. */
  readonly approveGate: (gate: TaskId) => boolean;
  /** Return `waiting` when only people can move the run on, instead of waiting with it. */
  readonly leaveAtGates: boolean;
}

export type Settle = (outcome: RequestOutcome) => void;
type Steer = (text: string) => void;

/** What comes back from outside. */
export type Message =
  | {
      readonly kind: 'process';
      readonly task: TaskId;
      readonly process: ProcessIdentity | undefined;
      readonly steer: Steer | undefined;
    }
  | { readonly kind: 'did'; readonly task: TaskId; readonly deed: AttemptDeed }
  | {
      readonly kind: 'asked';
      readonly task: TaskId;
      readonly key: string;
      readonly asks: Question;
      readonly reply: (reply: Reply) => void;
    }
  | {
      readonly kind: 'cache-answered';
      readonly task: TaskId;
      readonly answer: CacheAnswer;
    }
  | { readonly kind: 'attempt-ended'; readonly task: TaskId; readonly outcome: AttemptOutcome }
  | { readonly kind: 'judged'; readonly task: TaskId; readonly met: boolean }
  | { readonly kind: 'unfolded'; readonly task: TaskId; readonly unfolding: Unfolding }
  | Debugged
  | { readonly kind: 'gate-shown'; readonly task: TaskId; readonly shown: ShownGate }
  /** Whether the checkout is what it was. */
  | {
      readonly kind: 'checkout-looked';
      readonly task: TaskId;
      readonly before: 'landing' | 'end';
      /** `undefined`: it could not be looked. */
      readonly look: CheckoutLook | undefined;
    }
  | { readonly kind: 'landing'; readonly task: TaskId; readonly step: LandingStep }
  /** What an attempt that was cut off has left, for somebody who says that it did its work; `undefined`: nothing. */
  | {
      readonly kind: 'looked';
      readonly task: TaskId;
      readonly evidence: Result<Evidence, Failure> | undefined;
      readonly by: Actor;
      readonly settle: Settle;
    }
  | { readonly kind: 'request'; readonly request: RunRequest; readonly settle: Settle }
  /** Everything appended before survives a power loss. */
  | { readonly kind: 'flushed'; readonly settle: () => void }

  /** A time has come that `nextLook` named. */
  | { readonly kind: 'woke' }
  | { readonly kind: 'detach' }
  | { readonly kind: 'broke'; readonly error: Error };

/** Gates, conditions and landings looked at at once: each reads files. */
const AT_ONCE = 16;

/** Begun, and waiting for its release. */
interface Held {
  readonly begin: () => void;
  /** In its place when it is never released. */
  readonly drop: () => void;
}

interface RunningAttempt {
  /** Moved on by the time that it waited for people: that is no work. */
  begun: number;
  readonly stop: AbortController;
  steer: Steer | undefined;
  /** Questions that are open, and since when there is one. */
  asking: number;
  askingSince: number;
}

/**
 * What is under way outside the driver. It owns the attempts, the effects and the mailbox they report to.
 *
 * E1  Every effect begun puts exactly one last message, also when it fails; until that is taken and
 *     `ended` is called, `isIdle` is false. No promise is left without an owner.
 * E2  A task has at most one attempt or one effect under way.
 * E3  What is begun waits for `release`, which the driver calls once the events that led to it are written.
 *     What is never released has not begun.
 */
export class Effects {
  readonly mailbox = new Mailbox<Message>();
  readonly telling: Telling;
  readonly #parts: DriverParts;
  readonly #attempts = new Map<TaskId, RunningAttempt>();
  readonly #effects = new Set<TaskId>();
  readonly #limit = pLimit(AT_ONCE);
  #held: Held[] = [];
  /** Flushes that somebody waits for. */
  #flushes = 0;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.telling = new Telling(parts, (thrown) =>
      this.mailbox.put({ kind: 'broke', error: asError(thrown) }),
    );
  }

  get isIdle(): boolean {
    return this.#attempts.size === 0 && this.#effects.size === 0 && this.#flushes === 0;
  }

  /** Attempts keep a run from being let go; gates and landings do not. */
  get hasAttempts(): boolean {
    return this.#attempts.size > 0;
  }

  get hasEffects(): boolean {
    return this.#effects.size > 0;
  }

  isUnderWay(task: TaskId): boolean {
    return this.#effects.has(task);
  }

  /** E3 */
  release(): void {
    if (this.#held.length > 0) {
      const held = this.#held;
      this.#held = [];
      held.forEach(({ begin }) => begin());
    }
  }

  /** Nothing that waits for its release happens. */
  abandon(): void {
    this.#held.splice(0).forEach(({ drop }) => drop());
  }

  /** @param key what it was asked: other runs that ask the same wait for it */
  attempt(
    task: TaskId,
    input: AttemptInput,
    key: Digest | undefined,
    wishes: Pick<AttemptLink, 'wishes' | 'timeLeft'>,
  ): void {
    const begin = () => {
      const stop = new AbortController();
      const attempt: RunningAttempt = {
        begun: this.#parts.clock.monotonic(),
        stop,
        steer: undefined,
        asking: 0,
        askingSince: 0,
      };
      this.#attempts.set(task, attempt);
      const link: AttemptLink = {
        ...wishes,
        started: (process, steer) => this.mailbox.put({ kind: 'process', task, process, steer }),
        did: (deed) => this.mailbox.put({ kind: 'did', task, deed }),
        ask: (key, asks) => this.#ask(task, attempt, key, asks),
      };
      const endOfQuestion = key && this.#parts.cache.begin(input.state.run, key);
      void runAttempt(input, this.#parts, link, stop.signal)
        .catch((thrown: unknown): AttemptOutcome => ({
          kind: 'failed',
          failure: internalFailure(thrown),
          log: undefined,
          hasBegun: true,
        }))
        .then((outcome) => {
          endOfQuestion?.();
          this.mailbox.put({ kind: 'attempt-ended', task, outcome });
        });
    };
    this.#held.push({ begin, drop: () => undefined });
  }

  /** Milliseconds the attempt took; `undefined` when there was none. */
  attemptEnded(task: TaskId): number | undefined {
    const attempt = this.#attempts.get(task);
    this.#attempts.delete(task);
    return attempt && Math.round(this.#parts.clock.monotonic() - attempt.begun);
  }

  listens(task: TaskId, steer: Steer | undefined): void {
    const attempt = this.#attempts.get(task);
    if (attempt !== undefined) {
      attempt.steer = steer;
    }
  }

  /** How to say something to the task's agent; `undefined`: it does not listen. */
  steerOf(task: TaskId): Steer | undefined {
    return this.#attempts.get(task)?.steer;
  }

  /** True when the attempt was running and is told to stop now for the first time. */
  stop(task: TaskId): boolean {
    const attempt = this.#attempts.get(task);
    if (attempt === undefined || attempt.stop.signal.aborted) {
      return false;
    }
    attempt.stop.abort();
    return true;
  }

  stopAll(): void {
    for (const task of this.#attempts.keys()) {
      this.stop(task);
    }
  }

  /** False when the task's effect is under way already. */
  begin(task: TaskId, effect: () => Promise<Message>): boolean {
    if (this.#effects.has(task)) {
      return false;
    }
    this.#effects.add(task);
    this.goOn(task, effect);
    return true;
  }

  /** As `begin`, for what may wait long: it keeps no other effect from its turn. */
  ask(task: TaskId, effect: () => Promise<Message>): boolean {
    if (this.#effects.has(task)) {
      return false;
    }
    this.#effects.add(task);
    const begin = () => this.#report(effect());
    this.#held.push({ begin, drop: () => this.ended(task) });
    return true;
  }

  /** The task's effect goes on with another part, which puts the last message. */
  goOn(task: TaskId, next: () => Promise<Message>): void {
    this.#held.push({
      begin: () => this.#report(this.#limit(next)),
      drop: () => this.ended(task),
    });
  }

  ended(task: TaskId): void {
    this.#effects.delete(task);
  }

  /** Calls `settle` from the loop once everything appended so far is flushed and told, `lost` when it cannot be. */
  flush(settle: () => void, lost: () => void): void {
    this.#flushes += 1;
    const begin = () =>
      this.#report(
        this.telling.done().then(
          (): Message => ({ kind: 'flushed', settle }),
          (thrown: unknown): Message => {
            lost();
            return { kind: 'broke', error: asError(thrown) };
          },
        ),
      );
    this.#held.push({ begin, drop: lost });
  }

  /** Has done what may only be done once everything appended so far is kept. */
  tidy(tidy: (() => Promise<void>) | undefined): void {
    if (tidy === undefined) {
      return;
    }
    this.#flushes += 1;
    const begin = () =>
      this.#report(
        this.telling
          .done()
          .then(tidy)
          .then((): Message => ({ kind: 'flushed', settle: () => undefined })),
      );
    this.#held.push({ begin, drop: () => this.flushed() });
  }

  flushed(): void {
    this.#flushes -= 1;
  }

  /** Rejects once the attempt is stopped. */
  #ask(task: TaskId, attempt: RunningAttempt, key: string, asks: Question): Promise<Reply> {
    const { signal } = attempt.stop;
    const now = () => this.#parts.clock.monotonic();
    return new Promise<Reply>((resolve, reject) => {
      signal.throwIfAborted();
      if (attempt.asking === 0) {
        attempt.askingSince = now();
      }
      attempt.asking += 1;
      const settle = () => {
        signal.removeEventListener('abort', stopped);
        attempt.asking -= 1;
        if (attempt.asking === 0) {
          attempt.begun += now() - attempt.askingSince;
        }
      };
      const stopped = () => {
        settle();
        reject(asError(signal.reason));
      };
      signal.addEventListener('abort', stopped, { once: true });
      const reply = (given: Reply) => {
        settle();
        resolve(given);
      };
      this.mailbox.put({ kind: 'asked', task, key, asks, reply });
    });
  }

  #report(message: Promise<Message>): void {
    void message
      .catch((thrown: unknown): Message => ({ kind: 'broke', error: asError(thrown) }))
      .then((arrived) => this.mailbox.put(arrived));
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
