import { PlaceSet } from '../base/placeSet.ts';
import type { TaskId } from '../domain/ids.ts';
import type { ReadyTasks } from '../domain/runState.ts';
import type { GraphOrder } from '../graph/order.ts';

/** Tasks that may start, kept in both orders of the graph at once. */
export class MutableReady implements ReadyTasks {
  readonly #order: GraphOrder<TaskId>;
  readonly #byWay: PlaceSet;
  readonly #byDepth: PlaceSet;

  constructor(order: GraphOrder<TaskId>) {
    this.#order = order;
    this.#byWay = new PlaceSet(order.byWay.length);
    this.#byDepth = new PlaceSet(order.byDepth.length);
  }

  get size(): number {
    return this.#byWay.size;
  }

  has(task: TaskId): boolean {
    return this.#byWay.has(this.#order.wayPlace(task));
  }

  longestFirst(): Iterable<TaskId> {
    return inOrder(this.#byWay, this.#order.byWay);
  }

  deepestFirst(): Iterable<TaskId> {
    return inOrder(this.#byDepth, this.#order.byDepth);
  }

  wayLeftMs(task: TaskId): number {
    return this.#order.wayLeft(task);
  }

  add(task: TaskId): void {
    this.#byWay.add(this.#order.wayPlace(task));
    this.#byDepth.add(this.#order.depthPlace(task));
  }

  delete(task: TaskId): void {
    this.#byWay.delete(this.#order.wayPlace(task));
    this.#byDepth.delete(this.#order.depthPlace(task));
  }
}

function* inOrder(places: PlaceSet, ids: readonly TaskId[]): Iterable<TaskId> {
  for (let place = places.next(0); place !== -1; place = places.next(place + 1)) {
    const id = ids[place];
    if (id !== undefined) {
      yield id;
    }
  }
}
