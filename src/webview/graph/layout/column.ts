import { bundleEdges, type Bundle } from './bundles.ts';
import { depthFirstOrder, type Dag } from './dag.ts';
import type { Drawing, FlowPoint, FlowStep } from './flow.ts';

/** Px from the start of a step to where its edges are tied: under its icon. */
const PORT = 22;
const LANE = 14;
const GAP = 28;
const BETWEEN_COMPONENTS = 44;

/**
 * One step after the other, as a Git log draws commits: edges to the next step are straight, all
 * others run in lanes beside the steps. For panes too narrow for two steps side by side.
 */
export function columnOf(
  steps: readonly FlowStep[],
  dag: Dag,
  components: readonly (readonly number[])[],
): Drawing {
  const componentOf: number[] = [];
  components.forEach((component, index) => {
    component.forEach((place) => (componentOf[place] = index));
  });
  // The sort is stable: within a component the order stays.
  const sequence = [...depthFirstOrder(dag)].sort(
    (a, b) => (componentOf[a] ?? 0) - (componentOf[b] ?? 0),
  );
  const row: number[] = [];
  sequence.forEach((place, index) => (row[place] = index));

  const tops: number[] = [];
  const ends: number[] = [];
  let along = 0;
  sequence.forEach((place, index) => {
    if (index > 0) {
      const isSame = componentOf[place] === componentOf[sequence[index - 1] ?? -1];
      along += isSame ? GAP : BETWEEN_COMPONENTS;
    }
    tops.push(along);
    along += steps[place]?.along ?? 0;
    ends.push(along);
  });

  const edges = bundleEdges(dag, row);
  const { laneOf, lanes } = assignLanes(edges.flatMap(({ bundle }) => bundle ?? []));
  const margin = lanes * LANE;
  const routes = edges.map(({ from, to, bundle }) => {
    const fromRow = row[from] ?? 0;
    const toRow = row[to] ?? 0;
    const points: FlowPoint[] = [{ along: ends[fromRow] ?? 0, across: margin + PORT }];
    if (bundle !== undefined) {
      const across = margin - LANE * ((laneOf.get(bundle) ?? 0) + 0.75);
      points.push({ along: tops[fromRow + 1] ?? 0, across });
      points.push({ along: ends[toRow - 1] ?? 0, across });
    }
    points.push({ along: tops[toRow] ?? 0, across: margin + PORT });
    return { from, to, points };
  });

  const widest = steps.reduce((most, step) => Math.max(most, step.across), 0);
  return {
    corners: steps.map((_, place) => ({ along: tops[row[place] ?? 0] ?? 0, across: margin })),
    ranks: steps.map(() => 0),
    layers: steps.map((_, place) => row[place] ?? 0),
    routes,
    along,
    across: margin + widest,
  };
}

/** The lane nearest to the steps that is free over all rows a bundle passes; 0 is the nearest. */
function assignLanes(all: readonly Bundle[]): {
  readonly laneOf: ReadonlyMap<Bundle, number>;
  readonly lanes: number;
} {
  const bundles = [...new Set(all)].sort((a, b) => a.first - b.first || a.last - b.last);
  const laneOf = new Map<Bundle, number>();
  const busyUntil: number[] = [];
  for (const bundle of bundles) {
    const free = busyUntil.findIndex((last) => last < bundle.first);
    const lane = free === -1 ? busyUntil.length : free;
    busyUntil[lane] = bundle.last;
    laneOf.set(bundle, lane);
  }
  return { laneOf, lanes: busyUntil.length };
}
