import { cacheUseOf } from '../domain/cacheUse.ts';
import type { Mending } from '../domain/debugging.ts';
import type { TaskId } from '../domain/ids.ts';
import {
  hasEnded,
  isDone,
  isFine,
  type Frontier,
  type LandingState,
  type TaskState,
} from '../domain/runState.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import { orderOf } from '../graph/order.ts';
import { LaneCaps } from './laneCaps.ts';
import { isUndecided } from './mendingFold.ts';
import { MutableReady } from './readyTasks.ts';

/** The fold's own maps, read whenever something has moved. */
export interface FoldedFacts {
  /** All pending when the frontier is made. */
  readonly tasks: ReadonlyMap<TaskId, TaskState>;
  readonly landings: ReadonlyMap<TaskId, LandingState>;
  readonly held: ReadonlyMap<TaskId, unknown>;
  /** Tasks that the cache has been asked about, and that are to run. */
  readonly missed: ReadonlyMap<TaskId, unknown>;
  readonly mending: ReadonlyMap<TaskId, Mending>;
}

/** What never changes about a task. */
interface TaskFacts {
  readonly isGate: boolean;
  readonly hasConditions: boolean;
  readonly after: 'done' | 'ended';
  /** Needs that only have to be fine. */
  readonly barrier: ReadonlySet<TaskId> | undefined;
  /** Needs that only have to have ended. */
  readonly mendedBy: readonly TaskId[] | undefined;
  /** No step of the workflow: nothing of it lands by itself, and its failure is not the run's. */
  readonly isFix: boolean;
  readonly estimateMs: number;
  /** Not empty for what stands for lanes. */
  readonly unfoldsAfter: readonly TaskId[];
  /** The cache may have its result. */
  readonly usesCache: boolean;
}

const STARTED = { kind: 'started' } as const;

/**
 * Owned by the fold: it is told of every change of a task and keeps the sets of `Frontier` true.
 *
 * R1  A pending task is in exactly one of `unasked`, `ready`, `delayed`, `undecided`, `faulty`, `dueGates`, `doomed`, or none
 *     while it waits for what it needs, is held, or stands for lanes (`folded`).
 * R2  A change costs what it touches: the task, what needs it, and, for a gate, what it guards.
 */
export class MutableFrontier implements Frontier {
  readonly ready: MutableReady;
  readonly unasked = new Set<TaskId>();
  readonly delayed = new Map<TaskId, number>();
  readonly undecided = new Set<TaskId>();
  readonly faulty = new Set<TaskId>();
  readonly dueGates = new Set<TaskId>();
  readonly doomed = new Set<TaskId>();
  readonly folded = new Map<TaskId, readonly TaskId[]>();
  readonly running = new Set<TaskId>();
  readonly waiting = new Set<TaskId>();
  readonly unknown = new Set<TaskId>();
  readonly stopping = new Set<TaskId>();
  readonly landable = new Set<TaskId>();
  unfinished: number;
  failed = 0;
  workLeftMs = 0;

  readonly #graph: Graph<TaskId>;
  readonly #facts: ReadonlyMap<TaskId, TaskFacts>;
  readonly #folded: FoldedFacts;
  readonly #lanes: LaneCaps;
  /** Running tasks that are to end for good. */
  readonly #stopAsked = new Set<TaskId>();
  /** Tasks that wait for nothing that they need. */
  readonly #placed = new Set<TaskId>();
  /** Tasks whose conditions hold. */
  readonly #wanted = new Set<TaskId>();
  /** Needs of each task that are not done (a barrier: not fine), and those that have not ended. */
  readonly #undone = new Map<TaskId, number>();
  readonly #unended = new Map<TaskId, number>();
  /** Gates that guard each task and are not approved; a task nothing guards is not in it. */
  readonly #guards = new Map<TaskId, number>();

  constructor(plan: RunPlan, graph: Graph<TaskId>, folded: FoldedFacts) {
    this.#graph = graph;
    this.#folded = folded;
    const facts = new Map<TaskId, TaskFacts>();
    this.#lanes = new LaneCaps(plan.tasks);
    for (const task of plan.tasks) {
      const { id, step, conditions, after, barrier, estimateMs, unfoldsAfter, mendedBy } = task;
      const isGate = step.kind === 'gate';
      const weight = isGate ? 0 : estimateMs;
      facts.set(id, {
        isGate,
        hasConditions: conditions.length > 0,
        after,
        barrier: barrier.length > 0 ? new Set(barrier) : undefined,
        mendedBy,
        isFix: task.fix !== undefined,
        estimateMs: weight,
        unfoldsAfter,
        usesCache: mayUseCache(plan, step),
      });
      this.workLeftMs += weight;
    }
    this.#facts = facts;
    this.ready = new MutableReady(orderOf(graph, (id) => facts.get(id)?.estimateMs ?? 0));
    this.unfinished = graph.ids.length;
    for (const id of graph.ids) {
      const { length } = graph.needs(id);
      this.#undone.set(id, length);
      this.#unended.set(id, length);
      const { unfoldsAfter } = this.#factsOf(id);
      if (this.#isGuard(id)) {
        this.#guard(id, 1);
      }
      if (unfoldsAfter.length > 0) {
        this.folded.set(id, unfoldsAfter);
      }
    }
    for (const id of graph.ids) {
      if (graph.needs(id).length === 0) {
        this.#place(id);
      }
    }
  }

  /** The task has become another in the fold's map. */
  moved(id: TaskId, before: TaskState, next: TaskState): void {
    this.#leave(id, before);
    this.#enter(id, next);
    this.#lanes.moved(id, before, next);
    this.#tellDependents(id, before, next);
    if (this.#isGuard(id) && (next.kind === 'approved') !== (before.kind === 'approved')) {
      this.#guard(id, next.kind === 'approved' ? -1 : 1);
    }
  }

  /** A task of an earlier plan, with what only its frontier knew. */
  takeOver(id: TaskId, before: TaskState, state: TaskState, earlier: MutableFrontier): void {
    this.moved(id, before, state);
    if (earlier.#wanted.has(id)) {
      this.judged(id, true);
    }
    if (earlier.#stopAsked.has(id)) {
      this.stopAsked(id);
    } else if (earlier.stopping.has(id)) {
      this.stopping.add(id);
    }
  }

  mayBegin(id: TaskId, beside: Iterable<TaskId>): boolean {
    return this.#lanes.mayBegin(id, beside);
  }

  /** The task's conditions hold, or are to be judged again. */
  judged(id: TaskId, isWanted: boolean): void {
    if (isWanted) {
      this.#wanted.add(id);
    } else {
      this.#wanted.delete(id);
    }
    this.#place(id);
  }

  /** The task was held or released. Of an attempt under way the last wish counts. */
  heldOrReleased(id: TaskId): void {
    if (this.#folded.held.has(id)) {
      this.#stopAsked.delete(id);
      if (this.running.has(id)) {
        this.stopping.add(id);
      }
    } else if (!this.#stopAsked.has(id)) {
      // Its attempt may be ending already; it is made again then.
      this.stopping.delete(id);
    }
    this.#place(id);
  }

  /** The cache was asked about the task, or is to be asked again. */
  askedCache(id: TaskId): void {
    this.#place(id);
  }

  stopAsked(id: TaskId): void {
    this.#stopAsked.add(id);
    this.stopping.add(id);
  }

  /** True for a task of an agent that may start now, or once its time has come. */
  mayStart(id: TaskId): boolean {
    return this.ready.has(id) || this.delayed.has(id);
  }

  landed(id: TaskId, landing: LandingState): void {
    if (landing.kind !== 'started') {
      this.landable.delete(id);
    }
  }

  #leave(id: TaskId, before: TaskState): void {
    switch (before.kind) {
      case 'pending':
        this.#unplace(id);
        this.folded.delete(id);
        break;
      case 'running':
        this.running.delete(id);
        this.stopping.delete(id);
        this.#stopAsked.delete(id);
        break;
      case 'waiting':
        this.waiting.delete(id);
        break;
      case 'unknown':
        this.unknown.delete(id);
        break;
      case 'failed':
        this.failed -= this.#factsOf(id).isFix ? 0 : 1;
        break;
      default:
        this.landable.delete(id);
    }
    if (hasEnded(before)) {
      this.unfinished += 1;
      this.workLeftMs += this.#factsOf(id).estimateMs;
    }
  }

  #enter(id: TaskId, next: TaskState): void {
    switch (next.kind) {
      case 'pending': {
        const { unfoldsAfter } = this.#factsOf(id);
        if (unfoldsAfter.length > 0) {
          this.folded.set(id, unfoldsAfter);
        }
        this.#place(id);
        break;
      }
      case 'running':
        this.running.add(id);
        break;
      case 'waiting':
        this.waiting.add(id);
        break;
      case 'unknown':
        this.unknown.add(id);
        break;
      case 'failed':
        this.failed += this.#factsOf(id).isFix ? 0 : 1;
        break;
      case 'succeeded':
        this.#considerLanding(id);
        break;
      default:
    }
    if (hasEnded(next)) {
      this.unfinished -= 1;
      this.workLeftMs -= this.#factsOf(id).estimateMs;
    }
  }

  #tellDependents(id: TaskId, before: TaskState, next: TaskState): void {
    const done = Number(isDone(before)) - Number(isDone(next));
    const fine = Number(isFine(before)) - Number(isFine(next));
    const ended = Number(hasEnded(before)) - Number(hasEnded(next));
    if (done === 0 && fine === 0 && ended === 0) {
      return;
    }
    for (const dependent of this.#graph.dependents(id)) {
      const { barrier, mendedBy } = this.#factsOf(dependent);
      const isFixed = mendedBy?.includes(id) === true;
      const met = isFixed ? ended : barrier?.has(id) === true ? fine : done;
      this.#undone.set(dependent, (this.#undone.get(dependent) ?? 0) + met);
      this.#unended.set(dependent, (this.#unended.get(dependent) ?? 0) + ended);
      this.#place(dependent);
    }
  }

  /** R1 */
  #place(id: TaskId): void {
    const task = this.#folded.tasks.get(id);
    if (task?.kind !== 'pending') {
      return;
    }
    const { after, hasConditions, isGate, unfoldsAfter, usesCache } = this.#factsOf(id);
    const undone = this.#undone.get(id) ?? 0;
    const unended = this.#unended.get(id) ?? 0;
    this.#unplace(id);
    const isLost = unfoldsAfter.some((source) => this.#isLost(source));
    if (isLost || (after === 'done' && undone > unended)) {
      this.doomed.add(id);
      return;
    }
    if (unfoldsAfter.length > 0) {
      return;
    }
    if ((after === 'done' ? undone : unended) > 0) {
      return;
    }
    this.#placed.add(id);
    const mending = this.#folded.mending.get(id);
    if (mending !== undefined && isUndecided(mending, this.#folded.tasks)) {
      this.faulty.add(id);
    } else if (hasConditions && !this.#wanted.has(id)) {
      this.undecided.add(id);
    } else if (this.#folded.held.has(id)) {
      return;
    } else if (isGate) {
      this.dueGates.add(id);
    } else {
      const until = task.retry?.until ?? task.parked?.until;
      if (until !== undefined) {
        this.delayed.set(id, until);
      } else if (usesCache && task.parked === undefined && !this.#folded.missed.has(id)) {
        this.unasked.add(id);
      } else {
        this.ready.add(id);
      }
    }
  }

  /** True for a task that gives no output any more. */
  #isLost(id: TaskId): boolean {
    const task = this.#folded.tasks.get(id);
    return task !== undefined && hasEnded(task) && task.kind !== 'succeeded';
  }

  #unplace(id: TaskId): void {
    if (!this.#placed.delete(id)) {
      this.doomed.delete(id);
      return;
    }
    this.unasked.delete(id);
    this.ready.delete(id);
    this.delayed.delete(id);
    this.undecided.delete(id);
    this.faulty.delete(id);
    this.dueGates.delete(id);
  }

  /** A gate guards all that it needs, directly or not. @param by 1: it does, -1: not any more */
  #guard(gate: TaskId, by: 1 | -1): void {
    for (const guarded of this.#graph.ancestors(gate)) {
      const left = (this.#guards.get(guarded) ?? 0) + by;
      if (left > 0) {
        this.#guards.set(guarded, left);
        this.landable.delete(guarded);
      } else {
        this.#guards.delete(guarded);
        this.#considerLanding(guarded);
      }
    }
  }

  /** A gate that asks how a failure is to be mended guards nothing. */
  #isGuard(id: TaskId): boolean {
    const { isGate, isFix } = this.#factsOf(id);
    return isGate && !isFix;
  }

  #considerLanding(id: TaskId): void {
    const task = this.#folded.tasks.get(id);
    const hasLanded = (this.#folded.landings.get(id) ?? STARTED).kind !== 'started';
    const made =
      !this.#factsOf(id).isFix &&
      task?.kind === 'succeeded' &&
      (task.artifacts.length > 0 || task.removed.length > 0);
    if (made && !hasLanded && !this.#guards.has(id)) {
      this.landable.add(id);
    }
  }

  #factsOf(id: TaskId): TaskFacts {
    const facts = this.#facts.get(id);
    if (facts === undefined) {
      throw new Error(`Internal error: no task ${id}`);
    }
    return facts;
  }
}

function mayUseCache(plan: RunPlan, step: PlannedTask['step']): boolean {
  const agent = step.kind === 'agent' ? plan.agents[step.agent] : undefined;
  return step.kind === 'agent' && agent !== undefined
    ? cacheUseOf(plan, step, agent).kind === 'use'
    : false;
}
