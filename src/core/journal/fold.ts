import { unreachable } from '../base/exhaustive.ts';
import type { RunEvent } from '../domain/event.ts';
import type { Digest } from '../base/digest.ts';
import { evidenceBefore } from '../domain/gateEvidence.ts';
import type { TaskId } from '../domain/ids.ts';
import {
  attemptsOf,
  hasEnded,
  type RunState,
  type SkipReason,
  type TaskState,
} from '../domain/runState.ts';
import type { Mutable } from '../base/mutable.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import { Board } from './board.ts';
import { CacheFold } from './cacheFold.ts';
import { lookedAgain } from './checkoutFold.ts';
import { ImpossibleEvent, type Expectations } from './expectations.ts';
import type { MutableFrontier } from './frontier.ts';
import { withFix, withFixesOf, withoutFixes } from './fixedPlan.ts';
import { LandingsFold } from './landingsFold.ts';
import { MendingFold } from './mendingFold.ts';
import { mergeAfter } from './mergeFold.ts';
import * as outcomes from './outcomes.ts';
import { PeopleFold } from './peopleFold.ts';
import { phaseAfter } from './phases.ts';
import { carryHolds } from './planChange.ts';
import { graphOf } from './planGraph.ts';
import { whySkipped } from './skipping.ts';
import { TalkFold, type TalkEvent } from './talkFold.ts';

export { ImpossibleEvent } from './expectations.ts';

// The fold from events to the state of a run. Start, resume, viewers and time travel all come
// through `apply`, so there is one answer to "what is this run".
//
// F1  The state depends on the plan and the events alone; no clock, no files.
// F2  An event that cannot follow the ones before it is refused and changes nothing.
// F3  Each event costs what it touches (a task and those around it), never the whole run; but for a change of
//     the plan, of which there are as many as the workflow has steps that unfold.

/** @throws ImpossibleEvent */
export function foldRun(plan: RunPlan, events: readonly RunEvent[], plans?: PlanSource): RunState {
  return foldOf(plan, events, plans).state;
}

/** The fold of a run, to which more events can be told. @throws ImpossibleEvent */
export function foldOf(plan: RunPlan, events: readonly RunEvent[], plans?: PlanSource): RunFold {
  const [created, ...rest] = events;
  if (created === undefined) {
    throw new Error('Internal error: a run without events has no state');
  }
  const fold = new RunFold(plan, graphOf(plan), created, plans);
  for (const event of rest) {
    fold.apply(event);
  }
  return fold;
}

/** Plans by their digests; `undefined`: not there. */
export type PlanSource = (digest: Digest) => RunPlan | undefined;

export class RunFold {
  readonly #plans: PlanSource;
  readonly #board: Board;
  readonly #landings = new LandingsFold();
  readonly #talk = new TalkFold();
  readonly #cache = new CacheFold();
  readonly #people = new PeopleFold();
  readonly #mending = new MendingFold();
  readonly #state: Mutable<RunState>;

  /** @param plans those the plan may change into @throws ImpossibleEvent unless `created` is a run's first event */
  constructor(
    plan: RunPlan,
    graph: Graph<TaskId>,
    created: RunEvent,
    plans: PlanSource = () => undefined,
  ) {
    if (created.type !== 'run-created' || created.seq !== 1) {
      throw new ImpossibleEvent(created, 'a run starts with run-created, event 1');
    }
    this.#plans = plans;
    this.#board = new Board(plan, graph, {
      ...{ landings: this.#landings.landings, missed: this.#cache.misses },
      ...{ held: this.#people.held, mending: this.#mending.mending },
    });
    this.#state = {
      run: created.run,
      workflow: created.workflow,
      folder: created.folder,
      by: created.by,
      createdAt: created.at,
      seq: created.seq,
      epoch: created.epoch,
      phase: { kind: 'active' },
      tasks: this.#board.tasks,
      ...this.#landings.facts,
      ...this.#talk.facts,
      ...this.#cache.facts,
      ...this.#people.facts,
      mending: this.#mending.mending,
      frontier: this.#frontier,
    };
  }

  /** The state as of the last event; it changes with `apply`, so keep what must not. */
  get state(): RunState {
    return this.#state;
  }

  /** As of the last event. */
  get plan(): RunPlan {
    return this.#board.plan;
  }

  get graph(): Graph<TaskId> {
    return this.#board.graph;
  }

  get #tasks(): Map<TaskId, TaskState> {
    return this.#board.tasks;
  }

  get #frontier(): MutableFrontier {
    return this.#board.frontier;
  }

  get #expect(): Expectations {
    return this.#board.expect;
  }

  /** @throws ImpossibleEvent */
  apply(event: RunEvent): void {
    this.#expect.header(event, this.#state);
    switch (event.type) {
      case 'run-created':
        throw new ImpossibleEvent(event, 'the run exists already');
      case 'run-claimed':
        break;
      case 'plan-changed':
        this.#changePlan(event);
        break;
      case 'lanes-refused':
        if (!this.#frontier.folded.has(event.task)) {
          throw new ImpossibleEvent(event, 'it stands for no lanes, or is not pending');
        }
        this.#become(event.task, outcomes.refused(event, this.#expect.task(event, event.task)));
        break;
      case 'cache-missed':
        this.#expect.unasked(event);
        this.#cache.missed(event);
        this.#frontier.askedCache(event.task);
        break;
      case 'task-reused':
        this.#become(event.task, outcomes.reused(event, this.#expect.unasked(event)));
        break;
      case 'task-started': {
        const task = this.#expect.kind(event, event.task, 'pending');
        if (!this.#frontier.mayStart(event.task)) {
          throw new ImpossibleEvent(
            event,
            'what it needs is not done, it is held, or it is a gate',
          );
        }
        if (task.parked !== undefined || event.attempt !== task.attempts + 1) {
          throw new ImpossibleEvent(event, `it goes on, or attempt ${task.attempts + 1} is next`);
        }
        this.#become(event.task, outcomes.started(event, task));
        break;
      }
      case 'task-process': {
        const task = this.#expect.attempt(event, event.task, event.attempt);
        this.#tasks.set(event.task, { ...task, process: event.process });
        break;
      }
      case 'task-succeeded':
        if (event.accepted === undefined) {
          this.#expect.attempt(event, event.task, event.attempt);
        } else {
          this.#expect.cutOff(event, event.task, event.attempt);
        }
        this.#become(event.task, outcomes.succeeded(event), event.durationMs);
        for (const other of this.#cache.answered(event.task, this.#tasks)) {
          this.#frontier.askedCache(other);
        }
        break;
      case 'task-failed':
      case 'task-retried':
      case 'task-faulted': {
        const running = this.#expect.attempt(event, event.task, event.attempt);
        if (event.type === 'task-faulted') {
          this.#mending.faulted(event);
        }
        this.#become(event.task, outcomes.ended(event, running), event.durationMs);
        break;
      }
      case 'fix-opened':
        this.#expect.faulty(event, event.fix.of);
        this.#mending.opened(event);
        this.#adopt(event, withFix(this.plan, event.fix));
        break;
      case 'task-given-up':
        this.#become(event.task, outcomes.givenUp(event, this.#expect.faulty(event, event.task)));
        break;
      case 'task-interrupted': {
        const running = this.#expect.attempt(event, event.task, event.attempt);
        this.#cache.forget(event.task);
        this.#become(event.task, outcomes.interrupted(event, running));
        break;
      }
      case 'task-unknown':
        this.#expect.attempt(event, event.task, event.attempt);
        this.#become(event.task, outcomes.unknown(event));
        break;
      case 'task-parked': {
        const running = this.#expect.attempt(event, event.task, event.attempt);
        const durationMs = running.workedMs + event.durationMs;
        this.#become(event.task, outcomes.parked(event, running), durationMs);
        this.#talk.questions.parked(event.task);
        break;
      }
      case 'task-continued': {
        const task = this.#expect.kind(event, event.task, 'pending');
        const next = outcomes.continued(event, task);
        if (typeof next === 'string' || !this.#frontier.mayStart(event.task)) {
          throw new ImpossibleEvent(event, typeof next === 'string' ? next : 'it may not run now');
        }
        this.#become(event.task, next);
        break;
      }
      case 'call-started':
      case 'call-ended':
      case 'model-changed':
      case 'tool-called':
      case 'tool-ended':
      case 'breaker-moved':
      case 'question-opened':
      case 'question-answered':
      case 'permissions-chosen':
      case 'budget-noticed':
        this.#applyTalk(event);
        break;
      case 'model-chosen':
        this.#expect.task(event, event.task);
        this.#chooseModel(event.task, event.model);
        break;
      case 'condition-judged':
        this.#expect.kind(event, event.task, 'pending');
        if (!this.#frontier.undecided.has(event.task)) {
          throw new ImpossibleEvent(event, 'nothing is to be judged');
        }
        if (event.met) {
          this.#frontier.judged(event.task, true);
        } else {
          this.#skip(event.task, event.at, { kind: 'unwanted' });
        }
        break;
      case 'task-skipped':
        this.#skip(event.task, event.at, whySkipped(event, this.#expect, this.#frontier));
        break;
      case 'task-cancelled': {
        const task = this.#expect.task(event, event.task);
        if (hasEnded(task)) {
          throw new ImpossibleEvent(event, `the task is ${task.kind}`);
        }
        this.#become(event.task, outcomes.cancelled(event, task), event.durationMs);
        break;
      }
      case 'task-stop-requested':
        this.#expect.kind(event, event.task, 'running');
        // A held task would be made again.
        this.#people.held.delete(event.task);
        this.#frontier.stopAsked(event.task);
        break;
      case 'task-held':
        this.#people.hold(event, this.#expect.task(event, event.task));
        this.#frontier.heldOrReleased(event.task);
        break;
      case 'task-released':
        this.#people.release(event);
        this.#frontier.heldOrReleased(event.task);
        break;
      case 'task-steered':
        this.#expect.attempt(event, event.task, event.attempt);
        break;
      case 'command-ran':
        this.#expect.task(event, event.task);
        break;
      case 'tasks-reset':
        this.#reset(event);
        break;
      case 'gate-opened':
        this.#expect.kind(event, event.task, 'pending');
        if (!this.#frontier.dueGates.has(event.task)) {
          throw new ImpossibleEvent(event, 'what it needs is not done, or it is no gate');
        }
        this.#become(event.task, outcomes.opened(event));
        break;
      case 'gate-answered': {
        const gate = this.#expect.kind(event, event.task, 'waiting');
        const { changes } = event;
        if (changes !== undefined) {
          this.#expect.reset(event, changes.reset, this.#state.phase);
        }
        const needs = (id: TaskId) => this.graph.needs(id);
        const evidence = evidenceBefore(event.task, needs, this.#tasks);
        this.#people.answered(event, gate, evidence);
        if (changes === undefined) {
          this.#become(event.task, outcomes.answered(event, gate));
        } else {
          this.#askAgain(event, changes.reset);
        }
        break;
      }
      case 'gate-doubted':
        this.#expect.kind(event, event.task, 'approved');
        this.#expect.reset(event, event.reset, this.#state.phase);
        this.#people.doubted(event);
        this.#askAgain(event, event.reset);
        break;
      case 'landing-started':
      case 'landing-done':
      case 'landing-failed':
      case 'landing-undone':
        this.#expect.landing(event, this.#state);
        this.#frontier.landed(event.task, this.#landings.apply(event));
        break;
      case 'checkout-looked':
        this.#state.checkout = lookedAgain(this.#state.checkout, event);
        break;
      case 'merge-started':
      case 'merge-chosen':
      case 'merge-moved':
        this.#state.merge = mergeAfter(event, this.#state);
        break;
      case 'cancel-requested':
      case 'run-paused':
      case 'run-resumed':
      case 'run-finished':
        this.#state.phase = phaseAfter(event, this.#state, this.#expect);
        break;
      default:
        unreachable(event);
    }
    this.#state.seq = event.seq;
    this.#state.epoch = event.epoch;
  }

  #skip(id: TaskId, endedAt: number, why: SkipReason): void {
    const task = this.#tasks.get(id);
    this.#become(id, {
      kind: 'skipped',
      endedAt,
      attempts: task === undefined ? 0 : attemptsOf(task),
      why,
    });
  }

  #reset(event: Extract<RunEvent, { type: 'tasks-reset' }>): void {
    this.#expect.reset(event, event.tasks, this.#state.phase);
    if (event.edit !== undefined) {
      this.#people.edited(event.edit);
    }
    // Who wants a gate anew wants to be asked, whatever was answered.
    event.fresh.forEach((id) => this.#people.forget(id));
    this.#askAgain(event, event.tasks, event.fresh);
  }

  #askAgain(event: RunEvent, tasks: readonly TaskId[], fresh: readonly TaskId[] = []): void {
    const gone = this.#mending.reset(new Set(tasks), this.plan);
    if (gone.size > 0) {
      this.#adopt(event, withoutFixes(this.plan, gone));
      this.#board.forget(gone);
      gone.forEach((id) => this.#people.forget(id));
    }
    for (const id of tasks.filter((one) => !gone.has(one))) {
      const attempts = attemptsOf(this.#tasks.get(id) ?? outcomes.UNTOUCHED);
      this.#cache.forget(id, fresh.includes(id));
      this.#landings.landings.delete(id);
      this.#frontier.judged(id, false);
      this.#become(id, { ...outcomes.UNTOUCHED, attempts });
    }
    if (this.#state.phase.kind === 'finished') {
      this.#state.phase = { kind: 'active' };
    }
  }

  #changePlan(event: Extract<RunEvent, { type: 'plan-changed' }>): void {
    const plan = this.#plans(event.plan);
    if (plan === undefined) {
      throw new ImpossibleEvent(event, 'that plan is not there');
    }
    this.#adopt(event, withFixesOf(plan, this.plan.fixes ?? []));
  }

  #adopt(event: RunEvent, plan: RunPlan): void {
    carryHolds(this.#people.held, this.plan, plan);
    this.#board.adopt(event, plan);
    this.#state.frontier = this.#frontier;
  }

  /** @param durationMs what its attempt has taken so far, where that is known */
  #become(id: TaskId, next: TaskState, durationMs = 0): void {
    const before = this.#tasks.get(id);
    if (before === undefined) {
      throw new Error(`Internal error: no task ${id}`);
    }
    this.#tasks.set(id, next);
    if (hasEnded(next)) {
      this.#people.held.delete(id);
    }
    if (before.kind === 'running') {
      this.#talk.ledger.worked(id, durationMs - before.workedMs);
    }
    if (next.kind !== 'running' && (next.kind !== 'pending' || next.parked === undefined)) {
      this.#talk.questions.ended(id, attemptsOf(before));
    }
    this.#frontier.moved(id, before, next);
  }

  #applyTalk(event: TalkEvent): void {
    const asked = event.type === 'question-answered' ? [...this.#state.asking] : [];
    for (const { task, model } of this.#talk.apply(event, this.#expect)) {
      this.#chooseModel(task, model);
    }
    for (const [id, since] of asked) {
      const task = this.#tasks.get(id);
      if (task?.kind === 'running' && !this.#state.asking.has(id)) {
        // A wait for a person is no work.
        this.#tasks.set(id, { ...task, startedAt: task.startedAt + event.at - since });
      }
    }
  }

  #chooseModel(id: TaskId, model: string): void {
    this.#people.choseModel(id, model);
    const task = this.#tasks.get(id);
    if (task?.kind === 'pending' && task.parked?.why.kind === 'provider') {
      // It waited for the other one.
      this.#become(id, { ...task, parked: { ...task.parked, until: undefined } });
    }
  }
}
