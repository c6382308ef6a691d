import { bundleEdges, type Bundle, type Edge } from './bundles.ts';
import { layersOf, type Dag } from './dag.ts';
import type { Drawing, FlowPoint, FlowStep } from './flow.ts';
import { orderLayers } from './order.ts';
import { placeAcross } from './place.ts';
import { join, newVertex, type Vertex } from './vertex.ts';

/** Px between layers, which is room for the curves, and between two steps of a layer. */
export interface LayeredSpacing {
  readonly layers: number;
  readonly steps: number;
}

/** Px a bend keeps from its neighbours. */
const BEND_GAP = 14;

/** Steps in layers, each component by itself, the components packed along and across. */
export function layeredOf(
  steps: readonly FlowStep[],
  dag: Dag,
  components: readonly (readonly number[])[],
  spacing: LayeredSpacing,
  pack: (parts: readonly FlowStep[]) => readonly FlowPoint[],
): Drawing {
  const layer = layersOf(dag);
  const vertices = steps.map((step, place) => newVertex(place, layer[place] ?? 0, step.across));
  const edges = bundleEdges(dag, layer);
  const bends = joinEdges(vertices, edges);

  const partOf = new Map<number, Part>();
  const parts = components.map((component) => {
    const roots = component.flatMap((place) => vertices[place] ?? []);
    const part = arrange(roots, steps, spacing);
    component.forEach((place) => partOf.set(place, part));
    return part;
  });
  const origins = pack(parts.map(({ along, across }) => ({ along, across })));
  const originOf = new Map(parts.map((part, index) => [part, origins[index]]));

  const locate = (place: number, along: number, across: number): FlowPoint => {
    const part = partOf.get(place);
    const origin = part === undefined ? undefined : originOf.get(part);
    return { along: along + (origin?.along ?? 0), across: across + (origin?.across ?? 0) };
  };
  const bandOf = (place: number, index: number): Band =>
    partOf.get(place)?.bands[index] ?? { start: 0, end: 0 };

  const corners = vertices.map((vertex, place) =>
    locate(place, bandOf(place, vertex.layer).start, vertex.middle - vertex.size / 2),
  );
  const routes = edges.map((edge) => {
    const { from, to, bundle } = edge;
    const [source, target] = [vertices[from], vertices[to]];
    const points: FlowPoint[] = [];
    if (source !== undefined && target !== undefined) {
      const { start, end } = bandOf(from, source.layer);
      const own = start + (steps[from]?.along ?? 0);
      points.push(locate(from, own, source.middle));
      if (own < end) {
        // Straight on beside what is longer in its layer: a curve would lead through it.
        points.push(locate(from, end, source.middle), locate(from, end, source.middle));
      }
      for (let index = source.layer + 1; index < target.layer; index += 1) {
        const bend = bundle === undefined ? undefined : bends.get(bundle)?.[index - bundle.first];
        const band = bandOf(from, index);
        const across = bend?.middle ?? 0;
        points.push(locate(from, band.start, across), locate(from, band.end, across));
      }
      points.push(locate(to, bandOf(to, target.layer).start, target.middle));
    }
    return { from, to, points };
  });

  return {
    corners,
    layers: vertices.map((vertex) => vertex.layer),
    ranks: vertices.map((vertex) => vertex.rank),
    routes,
    along: farthest(corners, steps, 'along'),
    across: routes.reduce(
      (most, { points }) => points.reduce((far, point) => Math.max(far, point.across), most),
      farthest(corners, steps, 'across'),
    ),
  };
}

function farthest(
  corners: readonly FlowPoint[],
  steps: readonly FlowStep[],
  axis: 'along' | 'across',
): number {
  return corners.reduce(
    (most, corner, place) => Math.max(most, corner[axis] + (steps[place]?.[axis] ?? 0)),
    0,
  );
}

/** Joins the vertices of all edges, over new bends where an edge passes layers. */
function joinEdges(
  vertices: readonly Vertex[],
  edges: readonly Edge[],
): ReadonlyMap<Bundle, readonly Vertex[]> {
  const bends = new Map<Bundle, Vertex[]>();
  for (const { from, to, bundle } of edges) {
    const [source, target] = [vertices[from], vertices[to]];
    if (source === undefined || target === undefined) {
      continue;
    }
    if (bundle === undefined) {
      join(source, target);
      continue;
    }
    let chain = bends.get(bundle);
    if (chain === undefined) {
      chain = [];
      for (let index = bundle.first; index <= bundle.last; index += 1) {
        const bend = newVertex(undefined, index, 0);
        const previous = chain.at(-1);
        if (previous !== undefined) {
          join(previous, bend);
        }
        chain.push(bend);
      }
      bends.set(bundle, chain);
    }
    const enters = chain[source.layer + 1 - bundle.first];
    const leaves = chain[target.layer - 1 - bundle.first];
    if (enters !== undefined && leaves !== undefined) {
      join(source, enters);
      join(leaves, target);
    }
  }
  return bends;
}

interface Band {
  readonly start: number;
  readonly end: number;
}

/** One component: its layers from 0, its extents, `middle` of its vertices from 0. */
interface Part extends FlowStep {
  readonly bands: readonly Band[];
}

function arrange(
  roots: readonly Vertex[],
  steps: readonly FlowStep[],
  spacing: LayeredSpacing,
): Part {
  const layerCount = roots.reduce((most, vertex) => Math.max(most, vertex.layer + 1), 0);
  const layers = orderLayers(roots, layerCount);
  placeAcross(layers, { steps: spacing.steps, bends: BEND_GAP });

  let low = Infinity;
  let high = -Infinity;
  for (const vertex of layers.flat()) {
    low = Math.min(low, vertex.middle - vertex.size / 2);
    high = Math.max(high, vertex.middle + vertex.size / 2);
  }
  const bands: Band[] = [];
  let along = 0;
  for (const layer of layers) {
    let thickness = 0;
    let stepRank = 0;
    for (const vertex of layer) {
      vertex.middle -= low;
      if (vertex.step !== undefined) {
        thickness = Math.max(thickness, steps[vertex.step]?.along ?? 0);
        vertex.rank = stepRank;
        stepRank += 1;
      }
    }
    const start = bands.length === 0 ? 0 : along + spacing.layers;
    along = start + thickness;
    bands.push({ start, end: along });
  }
  return { bands, along, across: high - low };
}
