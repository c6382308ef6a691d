import type { Graph } from './graph.ts';

/** Two total orders over the items of a graph, as places from 0, and what they are made of. */
export interface GraphOrder<Id extends string> {
  /** By `wayLeft`, the longest first; then as written. */
  readonly byWay: readonly Id[];
  /** By the number of items one behind the other before it, the most first; then as written. */
  readonly byDepth: readonly Id[];
  /** The item's place in `byWay`. */
  wayPlace(id: Id): number;
  /** The item's place in `byDepth`. */
  depthPlace(id: Id): number;
  /** The heaviest path from the item to an end, with its own weight. */
  wayLeft(id: Id): number;
}

/** O(V log V + E). @param weight of an item, 0 or more */
export function orderOf<Id extends string>(
  graph: Graph<Id>,
  weight: (id: Id) => number,
): GraphOrder<Id> {
  const depths = new Map<Id, number>();
  for (const id of graph.forwards) {
    const depth = graph.needs(id).reduce((most, need) => Math.max(most, of(depths, need) + 1), 0);
    depths.set(id, depth);
  }
  const ways = new Map<Id, number>();
  for (const id of graph.forwards.toReversed()) {
    const behind = graph.dependents(id).reduce((most, next) => Math.max(most, of(ways, next)), 0);
    ways.set(id, behind + weight(id));
  }
  // Sorting keeps the order written among equals.
  const byWay = graph.ids.toSorted((a, b) => of(ways, b) - of(ways, a));
  const byDepth = graph.ids.toSorted((a, b) => of(depths, b) - of(depths, a));
  const wayPlaces = placesIn(byWay);
  const depthPlaces = placesIn(byDepth);
  return {
    byWay,
    byDepth,
    wayPlace: (id) => of(wayPlaces, id),
    depthPlace: (id) => of(depthPlaces, id),
    wayLeft: (id) => of(ways, id),
  };
}

function placesIn<Id extends string>(ids: readonly Id[]): ReadonlyMap<Id, number> {
  return new Map(ids.map((id, place) => [id, place]));
}

function of<Id extends string>(values: ReadonlyMap<Id, number>, id: Id): number {
  const value = values.get(id);
  if (value === undefined) {
    throw new Error(`Internal error: ${id} is not in the graph`);
  }
  return value;
}
