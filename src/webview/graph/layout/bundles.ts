import type { Dag } from './dag.ts';

/** Where an edge that passes over layers bends: shared by all edges of its bundle. */
export interface Bundle {
  /** First and last layer passed, both included. */
  first: number;
  last: number;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  /** `undefined`: the layers are neighbours. */
  readonly bundle: Bundle | undefined;
}

/**
 * Edges that span layers, joined where no meaning is lost: edges to one step become one line before
 * they reach it, edges from one step stay one line until they part, whichever joins more of them.
 */
export function bundleEdges(dag: Dag, layer: readonly number[]): readonly Edge[] {
  const isLong = (from: number, to: number): boolean => (layer[to] ?? 0) - (layer[from] ?? 0) > 1;
  const longIn = dag.needs.map((needs, to) => needs.filter((from) => isLong(from, to)).length);
  const longOut = dag.feeds.map((feeds, from) => feeds.filter((to) => isLong(from, to)).length);
  const into = new Map<number, Bundle>();
  const outOf = new Map<number, Bundle>();
  const edges: Edge[] = [];
  dag.needs.forEach((needs, to) => {
    for (const from of needs) {
      if (!isLong(from, to)) {
        edges.push({ from, to, bundle: undefined });
        continue;
      }
      const joinsAtEnd = (longIn[to] ?? 0) >= (longOut[from] ?? 0);
      const [bundles, key] = joinsAtEnd ? [into, to] : [outOf, from];
      const first = (layer[from] ?? 0) + 1;
      const last = (layer[to] ?? 0) - 1;
      const bundle = bundles.get(key) ?? { first, last };
      bundle.first = Math.min(bundle.first, first);
      bundle.last = Math.max(bundle.last, last);
      bundles.set(key, bundle);
      edges.push({ from, to, bundle });
    }
  });
  return edges;
}
