import { unreachable } from '../base/exhaustive.ts';
import type { RunEvent } from '../domain/event.ts';
import { taskIdOf, type TaskId } from '../domain/ids.ts';
import {
  hasEnded,
  isDone,
  type LandingState,
  type RunPhase,
  type RunState,
  type TaskState,
} from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';
import { MutableFrontier } from './frontier.ts';

// The fold from events to the state of a run. Start, resume, viewers and time travel all come
// through `apply`, so there is one answer to "what is this run".
//
// F1  The state depends on the plan and the events alone; no clock, no files.
// F2  An event that cannot follow the ones before it is refused and changes nothing.
// F3  Each event costs what it touches (a task and those around it), never the whole run.

/** An event that cannot follow the ones before it: the journal was damaged or edited. */
export class ImpossibleEvent extends Error {
  readonly event: RunEvent;

  constructor(event: RunEvent, why: string) {
    super(`event ${event.seq} (${event.type}) cannot be: ${why}`);
    this.name = 'ImpossibleEvent';
    this.event = event;
  }
}

export function graphOf(plan: RunPlan): Graph<TaskId> {
  return buildGraph(
    plan.workflow.steps.map((step) => ({
      id: taskIdOf(step.id),
      needs: step.needs.map(taskIdOf),
    })),
  );
}

/** @throws ImpossibleEvent */
export function foldRun(plan: RunPlan, events: readonly RunEvent[]): RunState {
  const [created, ...rest] = events;
  if (created === undefined) {
    throw new Error('Internal error: a run without events has no state');
  }
  const fold = new RunFold(plan, graphOf(plan), created);
  for (const event of rest) {
    fold.apply(event);
  }
  return fold.state;
}

export class RunFold {
  readonly #tasks = new Map<TaskId, TaskState>();
  readonly #landings = new Map<TaskId, LandingState>();
  readonly #frontier: MutableFrontier;
  readonly #state: Mutable<RunState>;

  /** @throws ImpossibleEvent unless `created` is a run's first event */
  constructor(plan: RunPlan, graph: Graph<TaskId>, created: RunEvent) {
    if (created.type !== 'run-created' || created.seq !== 1) {
      throw new ImpossibleEvent(created, 'a run starts with run-created, event 1');
    }
    for (const id of graph.ids) {
      this.#tasks.set(id, { kind: 'pending', attempts: 0 });
    }
    const gates = plan.workflow.steps.filter((step) => step.kind === 'gate');
    this.#frontier = new MutableFrontier(graph, new Set(gates.map((gate) => taskIdOf(gate.id))));
    this.#state = {
      run: created.run,
      workflow: created.workflow,
      folder: created.folder,
      by: created.by,
      createdAt: created.at,
      seq: created.seq,
      epoch: created.epoch,
      phase: { kind: 'active' },
      tasks: this.#tasks,
      landings: this.#landings,
      frontier: this.#frontier,
    };
  }

  /** The state as of the last event; it changes with `apply`, so keep what must not. */
  get state(): RunState {
    return this.#state;
  }

  /** @throws ImpossibleEvent */
  apply(event: RunEvent): void {
    this.#checkHeader(event);
    switch (event.type) {
      case 'run-created':
        throw new ImpossibleEvent(event, 'the run exists already');
      case 'run-claimed':
        break;
      case 'task-started': {
        const task = this.#expect(event, event.task, 'pending');
        if (!this.#frontier.isReady(event.task)) {
          throw new ImpossibleEvent(event, 'what it needs is not done, or it is a gate');
        }
        if (event.attempt !== task.attempts + 1) {
          throw new ImpossibleEvent(event, `attempt ${task.attempts + 1} is next`);
        }
        this.#become(event.task, {
          kind: 'running',
          attempt: event.attempt,
          startedAt: event.at,
          process: undefined,
        });
        break;
      }
      case 'task-process': {
        const task = this.#expectAttempt(event, event.task, event.attempt);
        this.#tasks.set(event.task, { ...task, process: event.process });
        break;
      }
      case 'task-succeeded':
        this.#expectAttempt(event, event.task, event.attempt);
        this.#become(event.task, {
          kind: 'succeeded',
          attempt: event.attempt,
          endedAt: event.at,
          durationMs: event.durationMs,
          exitCode: event.exitCode,
          output: event.output,
          log: event.log,
          artifacts: event.artifacts,
        });
        break;
      case 'task-failed':
        this.#expectAttempt(event, event.task, event.attempt);
        this.#become(event.task, {
          kind: 'failed',
          attempt: event.attempt,
          endedAt: event.at,
          durationMs: event.durationMs,
          failure: event.failure,
          log: event.log,
        });
        break;
      case 'task-interrupted':
        this.#expectAttempt(event, event.task, event.attempt);
        this.#become(event.task, { kind: 'pending', attempts: event.attempt });
        break;
      case 'task-skipped':
        this.#expect(event, event.task, 'pending');
        if (!this.#frontier.doomed.has(event.task)) {
          throw new ImpossibleEvent(event, 'it may still run');
        }
        this.#become(event.task, { kind: 'skipped', endedAt: event.at, because: event.because });
        break;
      case 'task-cancelled': {
        const task = this.#task(event, event.task);
        if (hasEnded(task)) {
          throw new ImpossibleEvent(event, `the task is ${task.kind}`);
        }
        this.#become(event.task, {
          kind: 'cancelled',
          endedAt: event.at,
          durationMs: event.durationMs,
        });
        break;
      }
      case 'gate-opened':
        this.#expect(event, event.task, 'pending');
        if (!this.#frontier.dueGates.has(event.task)) {
          throw new ImpossibleEvent(event, 'what it needs is not done, or it is no gate');
        }
        this.#become(event.task, {
          kind: 'waiting',
          openedAt: event.at,
          digest: event.digest,
          ask: event.ask,
        });
        break;
      case 'gate-answered': {
        const gate = this.#expect(event, event.task, 'waiting');
        if (event.digest !== gate.digest) {
          throw new ImpossibleEvent(event, 'the answer is for something else than was shown');
        }
        this.#become(
          event.task,
          event.decision === 'approved'
            ? {
                kind: 'approved',
                openedAt: gate.openedAt,
                endedAt: event.at,
                digest: event.digest,
                by: event.by,
                note: event.note,
              }
            : {
                kind: 'failed',
                attempt: 1,
                endedAt: event.at,
                durationMs: event.at - gate.openedAt,
                failure: { reason: 'rejected', by: event.by.name, note: event.note },
                log: undefined,
              },
        );
        break;
      }
      case 'landing-started':
      case 'landing-done': {
        this.#expectLandable(event, event.task);
        const { branch, tag, commit } = event;
        const kind = event.type === 'landing-done' ? 'done' : 'started';
        this.#land(event.task, { kind, branch, tag, commit });
        break;
      }
      case 'landing-failed':
        this.#expectLandable(event, event.task);
        this.#land(event.task, { kind: 'failed', failure: event.failure });
        break;
      case 'cancel-requested':
        if (this.#state.phase.kind !== 'active') {
          throw new ImpossibleEvent(event, 'the run is being cancelled already');
        }
        this.#setPhase({ kind: 'cancelling', by: event.by });
        break;
      case 'run-finished':
        if (this.#frontier.unfinished > 0) {
          throw new ImpossibleEvent(event, `${this.#frontier.unfinished} tasks have not ended`);
        }
        this.#setPhase({ kind: 'finished', status: event.status, at: event.at });
        break;
      default:
        unreachable(event);
    }
    this.#state.seq = event.seq;
    this.#state.epoch = event.epoch;
  }

  #checkHeader(event: RunEvent): void {
    const state = this.#state;
    if (event.run !== state.run) {
      throw new ImpossibleEvent(event, `it belongs to ${event.run}, not ${state.run}`);
    }
    if (event.seq !== state.seq + 1) {
      throw new ImpossibleEvent(event, `event ${state.seq + 1} is next`);
    }
    if (event.epoch < state.epoch) {
      throw new ImpossibleEvent(event, `epoch ${state.epoch} has begun`);
    }
    if (state.phase.kind === 'finished') {
      throw new ImpossibleEvent(event, 'the run has finished');
    }
  }

  #task(event: RunEvent, id: TaskId): TaskState {
    const task = this.#tasks.get(id);
    if (task === undefined) {
      throw new ImpossibleEvent(event, `there is no task ${id}`);
    }
    return task;
  }

  #expect<Kind extends TaskState['kind']>(
    event: RunEvent,
    id: TaskId,
    kind: Kind,
  ): Extract<TaskState, { kind: Kind }> {
    const task = this.#task(event, id);
    if (!isKind(task, kind)) {
      throw new ImpossibleEvent(event, `the task is ${task.kind}, not ${kind}`);
    }
    return task;
  }

  #expectAttempt(
    event: RunEvent,
    id: TaskId,
    attempt: number,
  ): Extract<TaskState, { kind: 'running' }> {
    const task = this.#expect(event, id, 'running');
    if (task.attempt !== attempt) {
      throw new ImpossibleEvent(event, `attempt ${task.attempt} is running`);
    }
    return task;
  }

  #expectLandable(event: RunEvent, id: TaskId): void {
    this.#expect(event, id, 'succeeded');
    if (!this.#frontier.landable.has(id)) {
      throw new ImpossibleEvent(event, 'it made nothing, has landed, or a gate is not approved');
    }
  }

  #become(id: TaskId, next: TaskState): void {
    const before = this.#tasks.get(id);
    if (before === undefined) {
      throw new Error(`Internal error: no task ${id}`);
    }
    this.#tasks.set(id, next);
    this.#frontier.moved(id, before, next, this.#tasks);
  }

  #land(id: TaskId, landing: LandingState): void {
    this.#landings.set(id, landing);
    this.#frontier.landed(id, landing);
  }

  #setPhase(phase: RunPhase): void {
    this.#state.phase = phase;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function isKind<Kind extends TaskState['kind']>(
  task: TaskState,
  kind: Kind,
): task is Extract<TaskState, { kind: Kind }> {
  return task.kind === kind;
}

/** The tasks among the needs of `id` that ended without being done, in the order written. */
export function failedNeeds(state: RunState, graph: Graph<TaskId>, id: TaskId): TaskId[] {
  return graph.needs(id).filter((need) => {
    const task = state.tasks.get(need);
    return task !== undefined && hasEnded(task) && !isDone(task);
  });
}
