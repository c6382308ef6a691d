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
  /** Every item, each behind all that it needs. */
  readonly forwards: readonly Id[];
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
  const forwards = sorted(ids, needs, dependents);

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
    forwards,
  };
}

function sorted<Id extends string>(
  ids: readonly Id[],
  needs: ReadonlyMap<Id, readonly Id[]>,
  dependents: ReadonlyMap<Id, readonly Id[]>,
): Id[] {
  const unmet = new Map(ids.map((id) => [id, known(needs, id).length]));
  const order = ids.filter((id) => unmet.get(id) === 0);
  // `order` grows while it is walked.
  for (const id of order) {
    for (const dependent of known(dependents, id)) {
      const left = known(unmet, dependent) - 1;
      unmet.set(dependent, left);
      if (left === 0) {
        order.push(dependent);
      }
    }
  }
  if (order.length < ids.length) {
    throw new Error('Internal error: a graph was built of items with a cycle');
  }
  return order;
}

function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) {
    throw new Error(`Internal error: ${String(key)} is not in the graph`);
  }
  return value;
}
