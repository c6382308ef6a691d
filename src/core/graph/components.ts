import type { GraphItem } from './graph.ts';

/** Items that need each other in a circle stand in one component; every other item has its own. */
export interface Components<Id extends string> {
  /** Each after all components its items need. */
  readonly lists: readonly (readonly Id[])[];
  /** Index of an item's component in `lists`. */
  readonly of: ReadonlyMap<Id, number>;
}

/** Edges by id, without unknown ids and repetitions: what is written in a file need not be right. */
export function knownEdges<Id extends string>(
  items: readonly GraphItem<Id>[],
): ReadonlyMap<Id, readonly Id[]> {
  const ids = new Set(items.map(({ id }) => id));
  const edges = new Map<Id, readonly Id[]>();
  for (const { id, needs } of items) {
    if (!edges.has(id)) {
      edges.set(
        id,
        [...new Set(needs)].filter((need) => ids.has(need)),
      );
    }
  }
  return edges;
}

/**
 * Strongly connected components by Tarjan's algorithm, O(V + E). It keeps its own stack of open
 * items, so that a chain of any length cannot overflow the program's.
 */
export function componentsOf<Id extends string>(
  edges: ReadonlyMap<Id, readonly Id[]>,
): Components<Id> {
  const lists: Id[][] = [];
  const of = new Map<Id, number>();
  /** When an item was first seen, and the earliest open item that can be reached from it. */
  const seen = new Map<Id, { readonly at: number; low: number }>();
  const unassigned: Id[] = [];

  for (const root of edges.keys()) {
    const open: {
      readonly id: Id;
      readonly marks: { readonly at: number; low: number };
      next: number;
    }[] = [];
    const enter = (id: Id) => {
      const marks = { at: seen.size, low: seen.size };
      seen.set(id, marks);
      unassigned.push(id);
      open.push({ id, marks, next: 0 });
    };
    if (!seen.has(root)) {
      enter(root);
    }
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const need = edges.get(top.id)?.[top.next];
      top.next += 1;
      if (need !== undefined) {
        const marks = seen.get(need);
        if (marks === undefined) {
          enter(need);
        } else if (!of.has(need)) {
          top.marks.low = Math.min(top.marks.low, marks.at);
        }
        continue;
      }
      open.pop();
      const below = open.at(-1);
      if (below !== undefined) {
        below.marks.low = Math.min(below.marks.low, top.marks.low);
      }
      if (top.marks.low === top.marks.at) {
        const list = unassigned.splice(unassigned.lastIndexOf(top.id));
        for (const id of list) {
          of.set(id, lists.length);
        }
        lists.push(list);
      }
    }
  }
  return { lists, of };
}
