import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Disposable } from '../base/disposables.ts';
import { unreachable } from '../base/exhaustive.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RequestOutcome, RunRequest } from '../domain/request.ts';
import { effectsOf } from '../domain/workflow.ts';
import type { RunFold } from '../journal/fold.ts';
import { failedNeeds } from '../journal/skipping.ts';
import { Answering } from './answering.ts';
import type { AttemptOutcome } from './attempt.ts';
import { debug, debuggingEvents } from './debugging.ts';
import { decide, isEnding, nextLook, type Action, type Rules } from './decide.ts';
import { Desk } from './desk.ts';
import { asError, Effects, type DriveEnd, type DriveOptions, type Message } from './effects.ts';
import { Gating } from './gating.ts';
import { Landings } from './landings.ts';
import { Looking } from './looking.ts';
import { outcomeEvent } from './outcomes.ts';
import type { DriverParts } from './parts.ts';
import { recover } from './recovery.ts';
import { judge } from './render.ts';
import { Reusing } from './reusing.ts';
import { Talking } from './talking.ts';
import { unfold, unfoldingEvents } from './unfolding.ts';

// Drives one run: asks `decide` what is to be done, has it done, and records what comes back. It owns
// nothing but whether it lets go; what the run *is* stands in the journal, what is under way in `Effects`.
//
// D1  There is one waiting point: `take()` in `drive`. Everything that happens outside (an attempt
//     ends, a person answers) comes through the mailbox, so no two things change the run at once.
// D2  A turn folds what came in and what is decided on it, writes all of it at once, and only then acts
//     and tells. Flushed before is what cannot be undone: an effect outside a copy, a branch, the answer
//     to a person, and whatever people are shown.
// D3  `drive` returns only when nothing is under way (E1).
// D4  When the journal cannot be written, nothing new is begun and everything under way is stopped:
//     what cannot be remembered must not happen.
// D5  No turn holds the program up: it does a limited number of things, and other work gets its turn.

export type { DriveEnd, DriveOptions } from './effects.ts';

/** D5 */
const ACTIONS_A_TURN = 200;
const BUSY_MS = 8;

export class RunDriver {
  readonly #desk: Desk;
  readonly #answering: Answering;
  readonly #talking: Talking;
  readonly #reusing: Reusing;
  readonly #gating: Gating;
  readonly #looking: Looking;
  readonly #landings: Landings;
  readonly #parts: DriverParts;
  readonly #options: DriveOptions;
  readonly #rules: Rules;
  readonly #effects: Effects;
  readonly #closing = new AbortController();
  #alarm: { readonly at: number; readonly timer: Disposable } | undefined;
  #letGo: { readonly end: DriveEnd } | undefined;
  #ended = false;

  constructor(rules: Rules, fold: RunFold, parts: DriverParts, options: DriveOptions) {
    this.#rules = rules;
    this.#parts = parts;
    this.#effects = new Effects(parts);
    this.#desk = new Desk(fold, parts, this.#effects);
    this.#talking = new Talking(this.#desk);
    this.#gating = new Gating(this.#desk, options);
    this.#answering = new Answering(this.#desk, rules, this.#talking, this.#gating);
    this.#reusing = new Reusing(this.#desk);
    this.#looking = new Looking(this.#desk, options);
    this.#landings = new Landings(this.#desk, rules, this.#looking);
    this.#options = options;
  }

  /** Call once. Resolves when the run has finished or the driver has let it go; never rejects. */
  async drive(): Promise<DriveEnd> {
    const { mailbox } = this.#effects;
    try {
      await this.#recover();
      // Whoever took the run over to ask something is heard before anything starts.
      this.#handleAll();
      let busySince = this.#parts.clock.monotonic();
      for (;;) {
        const isDone = this.#turn();
        this.#desk.commit();
        const end = isDone ? this.#endOfDrive() : undefined;
        if (end !== undefined) {
          await this.#effects.telling.done();
          return end;
        }
        if (!isDone || this.#parts.clock.monotonic() - busySince > BUSY_MS) {
          await nextTurn();
          busySince = this.#parts.clock.monotonic();
        }
        if (isDone) {
          this.#setAlarm();
          this.#handle(await mailbox.take());
        }
        this.#handleAll();
      }
    } catch (thrown) {
      return await this.#breakOff(asError(thrown));
    } finally {
      this.#ended = true;
      this.#alarm?.timer.dispose();
      mailbox.close(settleUndone);
    }
  }

  /** Resolves once the request stands in the journal, or is refused with the reason. */
  request(request: RunRequest): Promise<RequestOutcome> {
    if (this.#ended) {
      return Promise.resolve(NOT_DRIVEN);
    }
    return new Promise((settle) => {
      this.#effects.mailbox.put({ kind: 'request', request, settle });
    });
  }

  /** Stops what runs without recording an outcome and makes `drive` return `detached`. */
  detach(): void {
    this.#closing.abort();
    this.#effects.mailbox.put({ kind: 'detach' });
  }

  async #recover(): Promise<void> {
    const { signal } = this.#closing;
    const { plan, planned, state } = this.#desk;
    const found = await recover(plan, planned, state, this.#parts, signal).catch(
      (thrown: unknown) => {
        if (!signal.aborted) {
          throw thrown;
        }
        return [];
      },
    );
    // Let go meanwhile: what was looked into may have been cut short, so the next driver looks again.
    if (!signal.aborted) {
      this.#desk.append(...found);
      this.#gating.doubt(this.#rules);
    }
  }

  /** False when there is more to do at once. */
  #turn(): boolean {
    if (this.#letGo === undefined) {
      // A run that was over may go on only now.
      this.#gating.doubt(this.#rules);
    }
    let left = ACTIONS_A_TURN;
    let acted = this.#letGo === undefined;
    while (acted) {
      acted = false;
      for (const action of decide(this.#desk.state, this.#rules, this.#parts.clock.now())) {
        if (left === 0) {
          return false;
        }
        if (this.#perform(action)) {
          acted = true;
          left -= 1;
        }
      }
    }
    return true;
  }

  /** True when the run or what is under way changed by it. */
  #perform(action: Action): boolean {
    switch (action.kind) {
      case 'start':
        this.#start(action.task);
        return true;
      case 'judge':
        return this.#effects.begin(action.task, () => this.#judge(action.task));
      case 'unfold':
        return this.#effects.begin(action.task, () => unfold(action.task, this.#desk));
      case 'debug':
        return this.#effects.begin(action.task, () => debug(action.task, this.#desk));
      case 'open-gate':
        return this.#gating.open(action.task);
      case 'ask-cache':
        return this.#reusing.ask(action.task);
      case 'skip':
        this.#desk.append({
          type: 'task-skipped',
          task: action.task,
          because: failedNeeds(this.#desk.state, this.#rules.graph, action.task),
          by: undefined,
        });
        return true;
      case 'land':
        return this.#landings.land(action.task);
      case 'stop':
        return this.#effects.stop(action.task);
      case 'drop':
        this.#reusing.stop(action.task);
        this.#desk.append({ type: 'task-cancelled', task: action.task, durationMs: 0 });
        return true;
      case 'finish':
        if (this.#effects.hasEffects) {
          return false;
        }
        if (!this.#looking.mayFinish()) {
          return true;
        }
        this.#desk.append({ type: 'run-finished', status: action.status });
        return true;
      default:
        return unreachable(action);
    }
  }

  #start(id: TaskId): void {
    const { plan, planned, state } = this.#desk;
    const before = state.tasks.get(id);
    if (before?.kind !== 'pending') {
      throw new Error(`Internal error: ${id} cannot start`);
    }
    const continues = before.parked !== undefined;
    const attempt = continues ? before.attempts : before.attempts + 1;
    this.#desk.append({ type: continues ? 'task-continued' : 'task-started', task: id, attempt });
    const [task, step] = [this.#desk.task(id), this.#desk.agentStep(id)];
    const input = { plan, planned, state, task, step, attempt, continues };
    const key = state.misses.get(id)?.key;
    this.#effects.attempt(id, input, key, this.#talking.link(id));
  }

  /** A condition that cannot be judged holds: the attempt meets the same error and fails with it. */
  async #judge(id: TaskId): Promise<Message> {
    const judged = await judge(this.#desk.task(id), this.#desk.context);
    if (!judged.ok) {
      this.#parts.log.warn(failureText(judged.error).title, { task: id });
    }
    return { kind: 'judged', task: id, met: judged.ok ? judged.value : true };
  }

  #handleAll(): void {
    const { mailbox } = this.#effects;
    for (let next = mailbox.poll(); next !== undefined; next = mailbox.poll()) {
      this.#handle(next);
    }
  }

  #handle(message: Message): void {
    switch (message.kind) {
      case 'process':
        this.#recordProcess(message);
        break;
      case 'did':
        this.#talking.did(message);
        break;
      case 'asked':
        this.#talking.asked(message);
        break;
      case 'attempt-ended':
        this.#talking.ended(message.task);
        this.#recordOutcome(message.task, message.outcome);
        break;
      case 'judged':
        this.#effects.ended(message.task);
        if (this.#letGo === undefined && this.#desk.state.frontier.undecided.has(message.task)) {
          this.#desk.append({ type: 'condition-judged', task: message.task, met: message.met });
        }
        break;
      case 'unfolded':
        this.#effects.ended(message.task);
        if (this.#letGo === undefined) {
          this.#desk.append(...unfoldingEvents(message.unfolding, this.#desk));
        }
        break;
      case 'debugged':
        this.#effects.ended(message.task);
        if (this.#letGo === undefined) {
          this.#desk.append(...debuggingEvents(message, this.#desk));
        }
        break;
      case 'gate-shown':
        this.#effects.ended(message.task);
        if (this.#letGo === undefined) {
          this.#gating.shown(message);
        }
        break;
      case 'cache-answered':
        this.#effects.ended(message.task);
        if (this.#letGo === undefined) {
          this.#reusing.answered(message);
        }
        break;
      case 'landing':
        this.#landings.record(message.task, message.step);
        break;
      case 'checkout-looked':
        this.#effects.ended(message.task);
        if (this.#letGo === undefined) {
          this.#looking.looked(message);
        }
        break;
      case 'looked':
        this.#effects.ended(message.task);
        this.#answering.looked(message);
        break;
      case 'request':
        if (this.#letGo === undefined) {
          this.#answering.answer(message.request, message.settle);
        } else {
          message.settle(NOT_DRIVEN);
        }
        break;
      case 'flushed':
        this.#effects.flushed();
        message.settle();
        break;
      case 'woke':
        break;
      case 'detach':
        this.#letGoOf({ kind: 'detached' });
        break;
      case 'broke':
        throw message.error;
      default:
        unreachable(message);
    }
  }

  #recordProcess({ task, process, steer }: Extract<Message, { kind: 'process' }>): void {
    const state = this.#desk.state.tasks.get(task);
    this.#effects.listens(task, steer);
    if (state?.kind === 'running' && process !== undefined) {
      this.#desk.append({ type: 'task-process', task, attempt: state.attempt, process });
    }
  }

  #recordOutcome(id: TaskId, outcome: AttemptOutcome): void {
    const durationMs = this.#effects.attemptEnded(id);
    if (durationMs === undefined) {
      throw new Error(`Internal error: ${id} ended without running`);
    }
    if (this.#letGo !== undefined) {
      // Stopped because we let go: without an outcome, the next driver looks into it.
      return;
    }
    const { state, plan } = this.#desk;
    const step = this.#desk.agentStep(id);
    const effects = effectsOf(step, plan.agents[step.agent]);
    const chance = { now: this.#parts.clock.now(), random: this.#parts.random() };
    const ended = { task: id, step, effects, durationMs, outcome };
    this.#desk.append(outcomeEvent(state, ended, isEnding(state, this.#rules), chance));
    this.#effects.tidy(outcome.tidy);
  }

  #setAlarm(): void {
    const at = nextLook(this.#desk.state);
    if (at === this.#alarm?.at) {
      return;
    }
    this.#alarm?.timer.dispose();
    this.#alarm = undefined;
    if (at !== undefined) {
      const ms = Math.max(0, at - this.#parts.clock.now());
      const timer = this.#parts.clock.timer(ms, () => {
        this.#alarm = undefined;
        this.#effects.mailbox.put({ kind: 'woke' });
      });
      this.#alarm = { at, timer };
    }
  }

  #endOfDrive(): DriveEnd | undefined {
    if (!this.#effects.isIdle) {
      if (this.#options.leaveAtGates && this.#talking.isAllForPeople()) {
        this.#letGoOf({ kind: 'waiting' });
      }
      return undefined;
    }
    const { state } = this.#desk;
    if (state.phase.kind === 'finished') {
      // A finished run is driven when somebody asks for a part of it again.
      return this.#effects.mailbox.isEmpty
        ? { kind: 'finished', status: state.phase.status }
        : undefined;
    }
    if (this.#letGo !== undefined) {
      return this.#letGo.end;
    }
    const isForPeople = nextLook(state) === undefined && this.#effects.mailbox.isEmpty;
    return this.#options.leaveAtGates && isForPeople ? { kind: 'waiting' } : undefined;
  }

  #letGoOf(end: DriveEnd): void {
    this.#letGo ??= { end };
    this.#effects.stopAll();
    this.#reusing.stopAll();
  }

  /** D4: waits until everything under way has ended, then gives the error back. */
  async #breakOff(error: Error): Promise<DriveEnd> {
    this.#parts.log.error('The run could not be driven on', error);
    this.#letGoOf({ kind: 'broken', error });
    this.#effects.abandon();
    while (this.#effects.hasAttempts) {
      const message = await this.#effects.mailbox.take();
      if (message.kind === 'attempt-ended') {
        this.#effects.attemptEnded(message.task);
      } else {
        settleUndone(message);
      }
    }
    return { kind: 'broken', error };
  }
}

function settleUndone(message: Message): void {
  if (message.kind === 'request' || message.kind === 'looked') {
    message.settle(NOT_DRIVEN);
  } else if (message.kind === 'flushed') {
    message.settle();
  }
}

/** The driver has let go of the run, or is about to: whoever drives it next may take the request. */
export const NOT_DRIVEN: RequestOutcome = {
  kind: 'refused',
  why: 'the run is not driven here any more; try again',
  passes: true,
};
