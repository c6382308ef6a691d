import { unreachable } from '../base/exhaustive.ts';
import type { TaskId } from '../domain/ids.ts';
import { hasEnded, type Frontier, type LandingState, type TaskState } from '../domain/runState.ts';
import type { Graph } from '../graph/graph.ts';

/** Owned by the fold: it is told of every change of a task and keeps the sets of `Frontier` true. */
export class MutableFrontier implements Frontier {
  readonly ready: TaskId[] = [];
  readonly dueGates = new Set<TaskId>();
  readonly doomed = new Set<TaskId>();
  readonly running = new Set<TaskId>();
  readonly waiting = new Set<TaskId>();
  readonly landable = new Set<TaskId>();
  unfinished: number;

  readonly #graph: Graph<TaskId>;
  readonly #gates: ReadonlySet<TaskId>;
  /** Needs of each task that are not done yet. */
  readonly #unmet = new Map<TaskId, number>();
  /** Gates that guard each task and are not approved; a task nothing guards is not in it. */
  readonly #guards = new Map<TaskId, number>();

  constructor(graph: Graph<TaskId>, gates: ReadonlySet<TaskId>) {
    this.#graph = graph;
    this.#gates = gates;
    this.unfinished = graph.ids.length;
    for (const id of graph.ids) {
      this.#unmet.set(id, graph.needs(id).length);
      if (graph.needs(id).length === 0) {
        this.#addReady(id);
      }
    }
    for (const gate of gates) {
      for (const guarded of graph.ancestors(gate)) {
        this.#guards.set(guarded, (this.#guards.get(guarded) ?? 0) + 1);
      }
    }
  }

  moved(
    id: TaskId,
    before: TaskState,
    next: TaskState,
    tasks: ReadonlyMap<TaskId, TaskState>,
  ): void {
    this.#leave(id, before);
    switch (next.kind) {
      case 'pending':
        this.#addReady(id);
        break;
      case 'running':
        this.running.add(id);
        break;
      case 'waiting':
        this.waiting.add(id);
        break;
      case 'succeeded':
      case 'approved':
        this.#meet(id, tasks);
        break;
      case 'failed':
      case 'skipped':
      case 'cancelled':
        this.#doom(id, tasks);
        break;
      default:
        unreachable(next);
    }
    if (hasEnded(next)) {
      this.unfinished -= 1;
    }
    if (next.kind === 'succeeded' && next.artifacts.length > 0 && !this.#guards.has(id)) {
      this.landable.add(id);
    }
    if (next.kind === 'approved') {
      this.#openGuard(id, tasks);
    }
  }

  /** True for a task of an agent that may start now. */
  isReady(id: TaskId): boolean {
    return this.ready[this.#readyIndex(id)] === id;
  }

  landed(id: TaskId, landing: LandingState): void {
    if (landing.kind !== 'started') {
      this.landable.delete(id);
    }
  }

  #leave(id: TaskId, before: TaskState): void {
    switch (before.kind) {
      case 'pending': {
        if (this.isReady(id)) {
          this.ready.splice(this.#readyIndex(id), 1);
        }
        this.dueGates.delete(id);
        this.doomed.delete(id);
        break;
      }
      case 'running':
        this.running.delete(id);
        break;
      case 'waiting':
        this.waiting.delete(id);
        break;
      case 'succeeded':
      case 'approved':
      case 'failed':
      case 'skipped':
      case 'cancelled':
        break;
      default:
        unreachable(before);
    }
  }

  #meet(id: TaskId, tasks: ReadonlyMap<TaskId, TaskState>): void {
    for (const dependent of this.#graph.dependents(id)) {
      const unmet = (this.#unmet.get(dependent) ?? 0) - 1;
      this.#unmet.set(dependent, unmet);
      if (unmet === 0 && tasks.get(dependent)?.kind === 'pending') {
        this.#addReady(dependent);
      }
    }
  }

  #doom(id: TaskId, tasks: ReadonlyMap<TaskId, TaskState>): void {
    for (const dependent of this.#graph.dependents(id)) {
      if (tasks.get(dependent)?.kind === 'pending') {
        this.doomed.add(dependent);
      }
    }
  }

  #openGuard(gate: TaskId, tasks: ReadonlyMap<TaskId, TaskState>): void {
    for (const guarded of this.#graph.ancestors(gate)) {
      const left = (this.#guards.get(guarded) ?? 0) - 1;
      if (left > 0) {
        this.#guards.set(guarded, left);
        continue;
      }
      this.#guards.delete(guarded);
      const task = tasks.get(guarded);
      if (task?.kind === 'succeeded' && task.artifacts.length > 0) {
        this.landable.add(guarded);
      }
    }
  }

  #addReady(id: TaskId): void {
    if (this.#gates.has(id)) {
      this.dueGates.add(id);
      return;
    }
    this.ready.splice(this.#readyIndex(id), 0, id);
  }

  /** Where a task stands, or would stand, among the ready ones: they are ordered by rank. */
  #readyIndex(id: TaskId): number {
    const rank = this.#graph.rank(id);
    let low = 0;
    let high = this.ready.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.ready[middle];
      if (other !== undefined && this.#graph.rank(other) < rank) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
