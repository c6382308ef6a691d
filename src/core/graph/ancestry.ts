import { componentsOf, knownEdges } from './components.ts';
import type { GraphItem } from './graph.ts';

/**
 * Answers whether an item needs another, directly or not, for every pair of some: both are told by their
 * places among these. Cycles are allowed: their items need each other. O((V + E) · some / 32) time,
 * V · some bits.
 * @param among ids of items, each once
 */
export function ancestry<Id extends string>(
  items: readonly GraphItem<Id>[],
  among: readonly Id[],
): (item: number, ancestor: number) => boolean {
  const edges = knownEdges(items);
  const { lists, of } = componentsOf(edges);
  const words = Math.ceil(among.length / 32);
  const bitOf = new Map(among.map((id, bit) => [id, bit]));
  const rows = new Int32Array(lists.length * words);
  const set = (row: number, id: Id) => {
    const bit = bitOf.get(id);
    if (bit !== undefined) {
      rows[row * words + (bit >> 5)] = (rows[row * words + (bit >> 5)] ?? 0) | (1 << (bit & 31));
    }
  };
  // Components stand behind those they need, so one pass is enough.
  lists.forEach((list, row) => {
    const needs = new Set(list.flatMap((id) => edges.get(id) ?? []));
    const below = new Set<number>();
    for (const need of needs) {
      const other = of.get(need) ?? row;
      if (other !== row) {
        below.add(other);
        (lists[other] ?? []).forEach((id) => {
          set(row, id);
        });
      }
    }
    for (const other of below) {
      for (let word = 0; word < words; word += 1) {
        const at = row * words + word;
        rows[at] = (rows[at] ?? 0) | (rows[other * words + word] ?? 0);
      }
    }
    if (list.length > 1) {
      list.forEach((id) => {
        set(row, id);
      });
    }
  });
  const rowOf = Int32Array.from(among, (id) => of.get(id) ?? -1);
  return (item, ancestor) => {
    const word = (rowOf[item] ?? -1) * words + (ancestor >> 5);
    return item !== ancestor && ((rows[word] ?? 0) & (1 << (ancestor & 31))) !== 0;
  };
}
