/** What of a step the shape of the graph depends on. */
export interface Linked {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Steps are named by their place in the list given; edges go from a step to those that need it. */
export interface Dag {
  /** Without doubles, unknown steps and edges that would close a cycle. */
  readonly needs: readonly (readonly number[])[];
  readonly feeds: readonly (readonly number[])[];
  /** Every step once, after all it needs; otherwise as written. */
  readonly order: readonly number[];
}

/**
 * Reads the edges. A checked workflow has no cycle; of one that has, the edges back to the step
 * written first are left out, so that what is drawn always ends.
 */
export function dagOf(steps: readonly Linked[]): Dag {
  const places = new Map<string, number>();
  steps.forEach((step, place) => {
    if (!places.has(step.id)) {
      places.set(step.id, place);
    }
  });
  const wanted = steps.map((step, place) => {
    const known = new Set<number>();
    for (const need of step.needs) {
      const found = places.get(need);
      if (found !== undefined && found !== place) {
        known.add(found);
      }
    }
    return known;
  });
  const dependents = steps.map((): number[] => []);
  wanted.forEach((needs, place) => {
    for (const need of needs) {
      dependents[need]?.push(place);
    }
  });

  const missing = wanted.map((needs) => needs.size);
  const position = steps.map(() => -1);
  const order: number[] = [];
  const put = (place: number): void => {
    position[place] = order.length;
    order.push(place);
  };
  missing.forEach((count, place) => {
    if (count === 0) {
      put(place);
    }
  });
  let next = 0;
  for (let done = 0; done < steps.length; done += 1) {
    if (done === order.length) {
      while (position[next] !== -1) {
        next += 1;
      }
      put(next);
    }
    for (const dependent of dependents[order[done] ?? 0] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0 && position[dependent] === -1) {
        put(dependent);
      }
    }
  }

  const isForward = (from: number, to: number): boolean =>
    (position[from] ?? 0) < (position[to] ?? 0);
  return {
    needs: wanted.map((needs, place) => [...needs].filter((need) => isForward(need, place))),
    feeds: dependents.map((list, place) => list.filter((to) => isForward(place, to))),
    order,
  };
}

/** Groups of steps that no edge joins; each in the order written, the group of the first step first. */
export function componentsOf(dag: Dag): readonly (readonly number[])[] {
  const group = dag.order.map(() => -1);
  let groups = 0;
  for (let start = 0; start < group.length; start += 1) {
    if (group[start] !== -1) {
      continue;
    }
    const open = [start];
    group[start] = groups;
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      for (const near of [...(dag.needs[place] ?? []), ...(dag.feeds[place] ?? [])]) {
        if (group[near] === -1) {
          group[near] = groups;
          open.push(near);
        }
      }
    }
    groups += 1;
  }
  const members = Array.from({ length: groups }, (): number[] => []);
  group.forEach((of, place) => members[of]?.push(place));
  return members;
}

/** The layer of every step: one past the last layer of what it needs. */
export function layersOf(dag: Dag): readonly number[] {
  const layer = dag.order.map(() => 0);
  for (const place of dag.order) {
    for (const need of dag.needs[place] ?? []) {
      layer[place] = Math.max(layer[place] ?? 0, (layer[need] ?? 0) + 1);
    }
  }
  return layer;
}

/**
 * All steps one after the other, each after what it needs, and as soon after it as can be: what
 * belongs together stands together, and few edges are open at any place.
 */
export function depthFirstOrder(dag: Dag): readonly number[] {
  const missing = dag.needs.map((needs) => needs.length);
  const ready: number[] = [];
  const order: number[] = [];
  // A step that starts is taken up when nothing begun is ready, the first written first.
  const starts = dag.needs.flatMap((needs, place) => (needs.length === 0 ? place : []));
  for (const start of starts) {
    ready.push(start);
    for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
      order.push(place);
      const feeds = dag.feeds[place] ?? [];
      for (let index = feeds.length - 1; index >= 0; index -= 1) {
        const next = feeds[index];
        const left = next === undefined ? 0 : (missing[next] ?? 0) - 1;
        if (next !== undefined) {
          missing[next] = left;
          if (left === 0) {
            ready.push(next);
          }
        }
      }
    }
  }
  return order;
}
