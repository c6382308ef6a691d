import type { Actor } from '../domain/actor.ts';
import { internalFailure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunRequest, RequestOutcome } from '../domain/request.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import type { RunStatus } from '../domain/event.ts';
import { runAttempt, type AttemptInput, type AttemptOutcome } from './attempt.ts';
import type { ShownGate } from './gate.ts';
import type { LandingStep } from './landing.ts';
import { Mailbox } from './mailbox.ts';
import type { DriverParts } from './parts.ts';

export type DriveEnd =
  | { readonly kind: 'finished'; readonly status: RunStatus }
  /** Only open gates are left, and the caller asked not to wait for them. */
  | { readonly kind: 'waiting' }
  /** The driver was told to let go; the run goes on wherever it is claimed next. */
  | { readonly kind: 'detached' }
  | { readonly kind: 'broken'; readonly error: Error };

export interface DriveOptions {
  readonly by: Actor;
  /** Answers given beforehand, on the command line: the gate's decision as soon as it opens. */
  readonly approveGate: (gate: TaskId) => boolean;
  /** Return `waiting` when only gates are left, instead of waiting with them. */
  readonly leaveAtGates: boolean;
}

/** What comes back from outside. */
export type Message =
  | { readonly kind: 'process'; readonly task: TaskId; readonly process: ProcessIdentity }
  | { readonly kind: 'attempt-ended'; readonly task: TaskId; readonly outcome: AttemptOutcome }
  | { readonly kind: 'gate-shown'; readonly task: TaskId; readonly shown: ShownGate }
  | { readonly kind: 'landing'; readonly task: TaskId; readonly step: LandingStep }
  | {
      readonly kind: 'request';
      readonly request: RunRequest;
      readonly settle: (outcome: RequestOutcome) => void;
    }
  /** Everything appended before survives a power loss. */
  | { readonly kind: 'flushed'; readonly settle: () => void }
  | { readonly kind: 'detach' }
  | { readonly kind: 'broke'; readonly error: Error };

/**
 * What is under way outside the driver. It owns the attempts, the effects and the mailbox they report to.
 *
 * E1  Every effect begun puts exactly one last message, also when it fails; until that is taken and
 *     `ended` is called, `isIdle` is false. No promise is left without an owner.
 * E2  A task has at most one attempt or one effect under way.
 */
export class Effects {
  readonly mailbox = new Mailbox<Message>();
  readonly #parts: DriverParts;
  readonly #attempts = new Map<
    TaskId,
    { readonly begun: number; readonly stop: AbortController }
  >();
  readonly #effects = new Set<TaskId>();
  /** Flushes that somebody waits for. */
  #flushes = 0;

  constructor(parts: DriverParts) {
    this.#parts = parts;
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

  attempt(task: TaskId, input: AttemptInput): void {
    const stop = new AbortController();
    this.#attempts.set(task, { begun: this.#parts.clock.monotonic(), stop });
    const onProcess = (process: ProcessIdentity) =>
      this.mailbox.put({ kind: 'process', task, process });
    void runAttempt(input, this.#parts, onProcess, stop.signal)
      .catch((thrown: unknown): AttemptOutcome => ({
        kind: 'failed',
        failure: internalFailure(thrown),
        log: undefined,
      }))
      .then((outcome) => this.mailbox.put({ kind: 'attempt-ended', task, outcome }));
  }

  /** Milliseconds the attempt took; `undefined` when there was none. */
  attemptEnded(task: TaskId): number | undefined {
    const attempt = this.#attempts.get(task);
    this.#attempts.delete(task);
    return attempt && Math.round(this.#parts.clock.monotonic() - attempt.begun);
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
    this.#report(effect());
    return true;
  }

  /** The task's effect goes on with another part, which puts the last message. */
  goOn(next: Promise<Message>): void {
    this.#report(next);
  }

  ended(task: TaskId): void {
    this.#effects.delete(task);
  }

  /** Calls `settle` from the loop once everything appended so far is flushed, `lost` when it cannot be. */
  flush(settle: () => void, lost: () => void): void {
    this.#flushes += 1;
    this.#report(
      this.#parts.journal.sync().then(
        (): Message => ({ kind: 'flushed', settle }),
        (thrown: unknown): Message => {
          lost();
          return { kind: 'broke', error: asError(thrown) };
        },
      ),
    );
  }

  flushed(): void {
    this.#flushes -= 1;
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
