import { unreachable } from '../base/exhaustive.ts';
import type { Decision, EventBody } from '../domain/event.ts';
import type { Actor } from '../domain/actor.ts';
import { taskIdOf, type TaskId } from '../domain/ids.ts';
import type { RequestOutcome, RunRequest } from '../domain/request.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import type { AgentStep, GateStep, RunPlan } from '../domain/workflow.ts';
import { failedNeeds, type RunFold } from '../journal/fold.ts';
import { attemptMarker, type AttemptOutcome } from './attempt.ts';
import { decide, type Action, type Rules } from './decide.ts';
import { asError, Effects, type DriveEnd, type DriveOptions, type Message } from './effects.ts';
import { showGate, type ShownGate } from './gate.ts';
import { landArtifacts, type LandingStep } from './landing.ts';
import type { DriverParts } from './parts.ts';

// Drives one run: asks `decide` what is to be done, has it done, and records what comes back. It owns
// nothing but whether it lets go; what the run *is* stands in the journal, what is under way in `Effects`.
//
// D1  There is one waiting point: `take()` in `drive`. Everything that happens outside (an attempt
//     ends, a person answers) comes through the mailbox, so no two things change the run at once.
// D2  An event is appended before it is acted on, and flushed before an effect that cannot be undone:
//     a process, a branch, the answer to a person.
// D3  `drive` returns only when nothing is under way (E1).
// D4  When the journal cannot be written, nothing new is begun and everything under way is stopped:
//     what cannot be remembered must not happen.

export type { DriveEnd, DriveOptions } from './effects.ts';

export class RunDriver {
  readonly #plan: RunPlan;
  readonly #fold: RunFold;
  readonly #parts: DriverParts;
  readonly #options: DriveOptions;
  readonly #rules: Rules;
  readonly #agentSteps = new Map<TaskId, AgentStep>();
  readonly #gateSteps = new Map<TaskId, GateStep>();
  readonly #effects: Effects;
  #letGo: { readonly end: DriveEnd } | undefined;
  #ended = false;

  constructor(
    plan: RunPlan,
    rules: Rules,
    fold: RunFold,
    parts: DriverParts,
    options: DriveOptions,
  ) {
    this.#plan = plan;
    this.#rules = rules;
    this.#fold = fold;
    this.#parts = parts;
    this.#effects = new Effects(parts);
    this.#options = options;
    for (const step of plan.workflow.steps) {
      if (step.kind === 'agent') {
        this.#agentSteps.set(taskIdOf(step.id), step);
      } else {
        this.#gateSteps.set(taskIdOf(step.id), step);
      }
    }
  }

  /** Call once. Resolves when the run has finished or the driver has let it go; never rejects. */
  async drive(): Promise<DriveEnd> {
    try {
      await this.#recover();
      for (;;) {
        this.#turn();
        const end = this.#endOfDrive();
        if (end !== undefined) {
          await this.#parts.journal.sync();
          return end;
        }
        this.#handle(await this.#effects.mailbox.take());
      }
    } catch (thrown) {
      return await this.#breakOff(asError(thrown));
    } finally {
      this.#ended = true;
      this.#refuseTheRest();
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
    this.#effects.mailbox.put({ kind: 'detach' });
  }

  #append(...bodies: EventBody[]): void {
    const events = this.#parts.journal.append(bodies);
    for (const event of events) {
      this.#fold.apply(event);
    }
    this.#parts.onAppended(events);
  }

  /** What a dead driver left: its processes are ended, its attempts without outcome thrown away. */
  async #recover(): Promise<void> {
    for (const [task, state] of this.#fold.state.tasks) {
      if (state.kind !== 'running') {
        continue;
      }
      const marker = attemptMarker(this.#fold.state.run, task, state.attempt);
      const ended = await this.#parts.endOrphans(
        { marker, process: state.process },
        new AbortController().signal,
      );
      this.#parts.log.info(
        `${task} was cut off in attempt ${state.attempt}; ended ${ended} left-over processes`,
      );
      this.#append({ type: 'task-interrupted', task, attempt: state.attempt });
    }
  }

  #turn(): void {
    let acted = this.#letGo === undefined;
    while (acted) {
      acted = false;
      for (const action of decide(this.#fold.state, this.#rules)) {
        acted = this.#perform(action) || acted;
      }
    }
  }

  /** True when the run or what is under way changed by it. */
  #perform(action: Action): boolean {
    switch (action.kind) {
      case 'start':
        this.#start(action.task);
        return true;
      case 'open-gate':
        return this.#effects.begin(action.task, async () => ({
          kind: 'gate-shown',
          task: action.task,
          shown: await showGate(
            this.#plan,
            this.#fold.state,
            this.#gate(action.task),
            this.#parts.blobs,
          ),
        }));
      case 'skip':
        this.#append({
          type: 'task-skipped',
          task: action.task,
          because: failedNeeds(this.#fold.state, this.#rules.graph, action.task),
        });
        return true;
      case 'land':
        return this.#land(action.task);
      case 'stop':
        return this.#effects.stop(action.task);
      case 'drop':
        this.#append({ type: 'task-cancelled', task: action.task, durationMs: 0 });
        return true;
      case 'finish':
        if (this.#effects.hasEffects) {
          return false;
        }
        this.#append({ type: 'run-finished', status: action.status });
        return true;
      default:
        return unreachable(action);
    }
  }

  #start(task: TaskId): void {
    const step = this.#agentSteps.get(task);
    const before = this.#fold.state.tasks.get(task);
    if (step === undefined || before?.kind !== 'pending') {
      throw new Error(`Internal error: ${task} cannot start`);
    }
    const attempt = before.attempts + 1;
    this.#append({ type: 'task-started', task, attempt });
    this.#effects.attempt(task, { plan: this.#plan, state: this.#fold.state, step, attempt });
  }

  #land(task: TaskId): boolean {
    const { landing } = this.#parts;
    const step = this.#agentSteps.get(task);
    if (landing === undefined || step === undefined) {
      return false;
    }
    const state = this.#fold.state;
    return this.#effects.begin(task, async () => ({
      kind: 'landing',
      task,
      step: await landArtifacts(
        this.#plan,
        state,
        this.#rules.graph,
        step,
        landing,
        this.#parts.blobs,
      ),
    }));
  }

  #handle(message: Message): void {
    switch (message.kind) {
      case 'process':
        this.#recordProcess(message.task, message.process);
        break;
      case 'attempt-ended':
        this.#recordOutcome(message.task, message.outcome);
        break;
      case 'gate-shown':
        this.#effects.ended(message.task);
        this.#openGate(message.task, message.shown);
        break;
      case 'landing':
        this.#recordLanding(message.task, message.step);
        break;
      case 'request':
        this.#answer(message.request, message.settle);
        break;
      case 'flushed':
        this.#effects.flushed();
        message.settle();
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

  #recordProcess(task: TaskId, process: ProcessIdentity): void {
    const state = this.#fold.state.tasks.get(task);
    if (state?.kind === 'running') {
      this.#append({ type: 'task-process', task, attempt: state.attempt, process });
    }
  }

  #recordOutcome(task: TaskId, outcome: AttemptOutcome): void {
    const durationMs = this.#effects.attemptEnded(task);
    const state = this.#fold.state.tasks.get(task);
    if (durationMs === undefined || state?.kind !== 'running') {
      throw new Error(`Internal error: ${task} ended without running`);
    }
    if (this.#letGo !== undefined) {
      // Stopped because we let go: without an outcome, the next driver tries it again.
      return;
    }
    if (outcome.kind === 'succeeded') {
      const { exitCode, output, log, artifacts } = outcome;
      this.#append({
        type: 'task-succeeded',
        task,
        attempt: state.attempt,
        exitCode,
        durationMs,
        output,
        log,
        artifacts,
      });
    } else if (outcome.failure.reason === 'cancelled') {
      this.#append({ type: 'task-cancelled', task, durationMs });
    } else {
      const { failure, log } = outcome;
      this.#append({ type: 'task-failed', task, attempt: state.attempt, durationMs, failure, log });
    }
  }

  #openGate(task: TaskId, shown: ShownGate): void {
    if (this.#letGo !== undefined || this.#fold.state.tasks.get(task)?.kind !== 'pending') {
      return;
    }
    this.#append({ type: 'gate-opened', task, digest: shown.digest, ask: shown.ask });
    if (this.#options.approveGate(task)) {
      this.#recordAnswer(task, 'approved', shown, this.#options.by, 'approved on the command line');
    }
  }

  #recordLanding(task: TaskId, step: LandingStep): void {
    switch (step.kind) {
      case 'prepared': {
        const { branch, tag, commit } = step.prepared;
        this.#append({ type: 'landing-started', task, branch, tag, commit });
        this.#effects.goOn(this.#publish(task, step));
        break;
      }
      case 'done': {
        this.#effects.ended(task);
        const { branch, tag, commit } = step.prepared;
        this.#append({ type: 'landing-done', task, branch, tag, commit });
        break;
      }
      case 'failed':
        this.#effects.ended(task);
        this.#append({ type: 'landing-failed', task, failure: step.failure });
        break;
      default:
        unreachable(step);
    }
  }

  /** The intent must outlive us before a branch is made (D2). */
  async #publish(
    task: TaskId,
    prepared: Extract<LandingStep, { kind: 'prepared' }>,
  ): Promise<Message> {
    await this.#parts.journal.sync();
    return { kind: 'landing', task, step: await prepared.publish() };
  }

  #answer(request: RunRequest, settle: (outcome: RequestOutcome) => void): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      settle({ kind: 'refused', why: refusal });
      return;
    }
    if (request.kind === 'cancel') {
      if (this.#fold.state.phase.kind === 'active') {
        this.#append({ type: 'cancel-requested', by: request.by });
      }
    } else {
      this.#recordAnswer(request.task, request.decision, request, request.by, request.note);
    }
    this.#effects.flush(
      () => settle({ kind: 'accepted' }),
      () => settle({ kind: 'refused', why: 'the journal could not be written' }),
    );
  }

  #refusal(request: RunRequest): string | undefined {
    if (this.#letGo !== undefined) {
      return 'this window has just let go of the run; try again';
    }
    if (this.#fold.state.phase.kind === 'finished') {
      return 'the run has finished';
    }
    if (request.kind === 'cancel') {
      return undefined;
    }
    const gate = this.#fold.state.tasks.get(request.task);
    if (gate?.kind !== 'waiting') {
      return gate === undefined
        ? `the run has no gate "${request.task}"`
        : `"${request.task}" is not waiting for an answer, it is ${gate.kind}`;
    }
    return gate.digest === request.digest
      ? undefined
      : 'what was shown has changed since; look again';
  }

  #recordAnswer(
    task: TaskId,
    decision: Decision,
    { digest }: Pick<ShownGate, 'digest'>,
    by: Actor,
    note: string | undefined,
  ): void {
    this.#append({ type: 'gate-answered', task, digest, decision, by, note });
  }

  #gate(task: TaskId): GateStep {
    const gate = this.#gateSteps.get(task);
    if (gate === undefined) {
      throw new Error(`Internal error: ${task} is no gate`);
    }
    return gate;
  }

  #endOfDrive(): DriveEnd | undefined {
    if (!this.#effects.isIdle) {
      return undefined;
    }
    const { phase, frontier } = this.#fold.state;
    if (phase.kind === 'finished') {
      return { kind: 'finished', status: phase.status };
    }
    if (this.#letGo !== undefined) {
      return this.#letGo.end;
    }
    return this.#options.leaveAtGates && frontier.waiting.size > 0 && this.#effects.mailbox.isEmpty
      ? { kind: 'waiting' }
      : undefined;
  }

  #letGoOf(end: DriveEnd): void {
    this.#letGo ??= { end };
    this.#effects.stopAll();
  }

  /** D4: waits until everything under way has ended, then gives the error back. */
  async #breakOff(error: Error): Promise<DriveEnd> {
    this.#parts.log.error('The run could not be driven on', error);
    this.#letGoOf({ kind: 'broken', error });
    while (this.#effects.hasAttempts) {
      const message = await this.#effects.mailbox.take();
      if (message.kind === 'attempt-ended') {
        this.#effects.attemptEnded(message.task);
      } else if (message.kind === 'request') {
        message.settle(NOT_DRIVEN);
      } else if (message.kind === 'flushed') {
        message.settle();
      }
    }
    return { kind: 'broken', error };
  }

  #refuseTheRest(): void {
    for (const message of this.#effects.mailbox.drain()) {
      if (message.kind === 'request') {
        message.settle(NOT_DRIVEN);
      } else if (message.kind === 'flushed') {
        message.settle();
      }
    }
  }
}

const NOT_DRIVEN: RequestOutcome = {
  kind: 'refused',
  why: 'the run is not driven here any more; try again',
};
