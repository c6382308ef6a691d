import { componentsOf, knownEdges } from './components.ts';
import type { GraphItem } from './graph.ts';

/**
 * One cycle for every group of items that need each other: the shortest through the group's item
 * written first. Each id needs the next, the last needs the first; an item that needs itself is a
 * cycle of one. In the order written; O(V + E). Unknown needs are passed over.
 */
export function findCycles<Id extends string>(items: readonly GraphItem<Id>[]): Id[][] {
  const edges = knownEdges(items);
  const { lists, of } = componentsOf(edges);
  const done = new Set<number>();
  const cycles: Id[][] = [];
  for (const id of edges.keys()) {
    const component = of.get(id) ?? -1;
    if (done.has(component)) {
      continue;
    }
    done.add(component);
    const circular = (lists[component]?.length ?? 0) > 1 || edges.get(id)?.includes(id) === true;
    if (circular) {
      cycles.push(shortestCycle(id, edges, (other) => of.get(other) === component));
    }
  }
  return cycles;
}

/** Breadth first from `start` back to `start`, inside its component. */
function shortestCycle<Id extends string>(
  start: Id,
  edges: ReadonlyMap<Id, readonly Id[]>,
  inside: (id: Id) => boolean,
): Id[] {
  const cameFrom = new Map<Id, Id>();
  const queue = [start];
  for (const id of queue) {
    for (const need of edges.get(id) ?? []) {
      if (need === start) {
        const cycle = [id];
        for (let step = cameFrom.get(id); step !== undefined; step = cameFrom.get(step)) {
          cycle.push(step);
        }
        return cycle.reverse();
      }
      if (inside(need) && !cameFrom.has(need)) {
        cameFrom.set(need, id);
        queue.push(need);
      }
    }
  }
  throw new Error(`Internal error: ${start} is in no cycle`);
}
