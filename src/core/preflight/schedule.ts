import { PlaceSet } from '../base/placeSet.ts';
import type { TaskId } from '../domain/ids.ts';
import type { LaneOf } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import type { GraphOrder } from '../graph/order.ts';
import { LaneLimits } from './laneLimits.ts';

type Ways = Pick<GraphOrder<TaskId>, 'byWay' | 'wayPlace' | 'wayLeft'>;

/** The heaviest chain of tasks, each needing the one before. */
export function criticalPath(graph: Graph<TaskId>, { byWay, wayLeft }: Ways): TaskId[] {
  const path: TaskId[] = [];
  let candidates: readonly TaskId[] = byWay.filter((id) => graph.needs(id).length === 0);
  while (candidates.length > 0) {
    const next = candidates.reduce((most, id) => (wayLeft(id) > wayLeft(most) ? id : most));
    path.push(next);
    candidates = graph.dependents(next);
  }
  return path;
}

export interface Limits {
  /** Tasks at once, 1 or more. */
  readonly slots: number;
  /** Waits without taking a slot: a gate. */
  readonly isGate: (id: TaskId) => boolean;
  readonly lanesOf: (id: TaskId) => readonly LaneOf[];
}

/**
 * How long a run takes whose tasks take as long as told: whatever may start does, the longest way to the
 * end first. @returns milliseconds
 */
export function wallTime(
  graph: Graph<TaskId>,
  ways: Ways,
  durationMs: (id: TaskId) => number,
  limits: Limits,
): number {
  return new Simulation(graph, ways, durationMs, limits).run();
}

interface Running {
  readonly id: TaskId;
  /** Milliseconds from the start of the run. */
  readonly endsAt: number;
}

class Simulation {
  readonly #graph: Graph<TaskId>;
  readonly #ways: Ways;
  readonly #durationMs: (id: TaskId) => number;
  readonly #limits: Limits;
  readonly #lanes: LaneLimits;
  readonly #unmet: Map<TaskId, number>;
  readonly #ready: PlaceSet;
  /** As many as there are slots at most. */
  readonly #running: Running[] = [];
  #now = 0;

  constructor(
    graph: Graph<TaskId>,
    ways: Ways,
    durationMs: (id: TaskId) => number,
    limits: Limits,
  ) {
    this.#graph = graph;
    this.#ways = ways;
    this.#durationMs = durationMs;
    this.#limits = limits;
    this.#lanes = new LaneLimits(graph.ids, limits.lanesOf);
    this.#unmet = new Map(graph.ids.map((id) => [id, graph.needs(id).length]));
    this.#ready = new PlaceSet(graph.ids.length);
  }

  run(): number {
    this.#enter(this.#graph.ids.filter((id) => this.#unmet.get(id) === 0));
    for (;;) {
      this.#start();
      const next = this.#running.reduce<Running | undefined>(
        (first, one) => (first === undefined || one.endsAt < first.endsAt ? one : first),
        undefined,
      );
      if (next === undefined) {
        return this.#now;
      }
      this.#running.splice(this.#running.indexOf(next), 1);
      this.#now = next.endsAt;
      this.#enter(this.#end(next.id));
    }
  }

  /** Tasks that need nothing any more; gates among them end at once. */
  #enter(tasks: readonly TaskId[]): void {
    const open = [...tasks];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (!this.#limits.isGate(id)) {
        this.#ready.add(this.#ways.wayPlace(id));
        continue;
      }
      const others = this.#lanes.begin(id);
      if (others !== undefined) {
        open.push(...others, ...this.#end(id));
      }
    }
  }

  #start(): void {
    while (this.#ready.size > 0 && this.#running.length < this.#limits.slots) {
      const place = this.#ready.next(0);
      this.#ready.delete(place);
      const id = this.#ways.byWay[place];
      const others = id === undefined ? undefined : this.#lanes.begin(id);
      if (id !== undefined && others !== undefined) {
        this.#enter(others);
        this.#running.push({ id, endsAt: this.#now + this.#durationMs(id) });
      }
    }
  }

  /** @returns what may begin now */
  #end(id: TaskId): TaskId[] {
    const next = this.#graph.dependents(id).filter((dependent) => {
      const left = (this.#unmet.get(dependent) ?? 0) - 1;
      this.#unmet.set(dependent, left);
      return left === 0;
    });
    return [...next, ...this.#lanes.end(id)];
  }
}
