/** What a graph is built of: ids are unique, `needs` name other items, nothing needs itself in the end. */
export interface GraphItem<Id extends string> {
  readonly id: Id;
  /** Its prerequisites, in the order written. */
  readonly needs: readonly Id[];
}

/** A directed graph without cycles. Every call but `ancestors` answers in constant time. */
export interface Graph<Id extends string> {
  /** In the order written. */
  readonly ids: readonly Id[];
  /** What must be done before `id`, in the order written. */
  needs(id: Id): readonly Id[];
  /** What directly waits for `id`, in the order written. */
  dependents(id: Id): readonly Id[];
  /** All that must be done before `id`, directly or not; without `id` itself. O(V + E). */
  ancestors(id: Id): ReadonlySet<Id>;
  /** Items that nothing waits for, in the order written. */
  readonly ends: readonly Id[];
  /**
   * The item's place in a total order from 0: those with the longest path still before them come
   * first (each item counts one), then those written first. Whatever an item needs ranks before it.
   */
  rank(id: Id): number;
}

/** O(V + E). @throws for a duplicate id, an unknown need or a cycle: definitions are checked before. */
export function buildGraph<Id extends string>(items: readonly GraphItem<Id>[]): Graph<Id> {
  const needs = new Map<Id, readonly Id[]>();
  const dependents = new Map<Id, Id[]>();
  for (const item of items) {
    if (needs.has(item.id)) {
      throw new Error(`Internal error: ${item.id} stands in the graph twice`);
    }
    needs.set(item.id, [...new Set(item.needs)]);
    dependents.set(item.id, []);
  }
  for (const [id, itsNeeds] of needs) {
    for (const need of itsNeeds) {
      known(dependents, need).push(id);
    }
  }
  const ids = [...needs.keys()];
  const ranks = rankAll(ids, needs, dependents);

  return {
    ids,
    needs: (id) => known(needs, id),
    dependents: (id) => known(dependents, id),
    ancestors: (id) => {
      const found = new Set<Id>();
      const open = [id];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        for (const need of known(needs, next)) {
          if (!found.has(need)) {
            found.add(need);
            open.push(need);
          }
        }
      }
      return found;
    },
    ends: ids.filter((id) => known(dependents, id).length === 0),
    rank: (id) => known(ranks, id),
  };
}

function rankAll<Id extends string>(
  ids: readonly Id[],
  needs: ReadonlyMap<Id, readonly Id[]>,
  dependents: ReadonlyMap<Id, readonly Id[]>,
): ReadonlyMap<Id, number> {
  // From the ends backwards: an item's height is known once all that wait for it are done with.
  const waiting = new Map(ids.map((id) => [id, known(dependents, id).length]));
  const order = ids.filter((id) => waiting.get(id) === 0);
  const heights = new Map<Id, number>(order.map((id) => [id, 0]));
  // `order` grows while it is walked.
  for (const id of order) {
    const above = known(heights, id) + 1;
    for (const need of known(needs, id)) {
      heights.set(need, Math.max(heights.get(need) ?? 0, above));
      const left = known(waiting, need) - 1;
      waiting.set(need, left);
      if (left === 0) {
        order.push(need);
      }
    }
  }
  if (order.length < ids.length) {
    throw new Error('Internal error: a graph was built of items with a cycle');
  }
  const byHeight: Id[][] = [];
  for (const id of ids) {
    (byHeight[known(heights, id)] ??= []).push(id);
  }
  return new Map(
    byHeight
      .reverse()
      .flat()
      .map((id, rank) => [id, rank]),
  );
}

function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) {
    throw new Error(`Internal error: ${String(key)} is not in the graph`);
  }
  return value;
}
