import type { Vertex } from './vertex.ts';

/** More sweeps find next to nothing: of 24, the best is nearly always among the first eight. */
const SWEEPS = 8;
/** Of graphs so large that nobody follows their edges one by one, being there at once counts more. */
const LARGE = 2000;
const SWEEPS_OF_LARGE = 3;

/**
 * Orders every layer so that few edges cross: barycentre sweeps there and back, the best order seen
 * wins, and of equals the first, so that a graph that can be drawn as written is.
 * @param roots the vertices to start from, in the order written
 * @returns the layers, each in order; `rank` is set
 */
export function orderLayers(roots: readonly Vertex[], layerCount: number): Vertex[][] {
  let layers = depthFirst(roots, layerCount);
  let best = layers;
  let fewest = rankAndCount(layers);
  const vertices = layers.reduce((sum, layer) => sum + layer.length, 0);
  const sweeps = vertices > LARGE ? SWEEPS_OF_LARGE : SWEEPS;
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    layers = sweepOnce(layers, sweep % 2 === 0);
    const crossings = rankAndCount(layers);
    if (crossings < fewest) {
      fewest = crossings;
      best = layers;
    }
  }
  rankAndCount(best);
  return best;
}

/** A step's followers stand together and as written: already free of crossings for trees and lanes. */
function depthFirst(roots: readonly Vertex[], layerCount: number): Vertex[][] {
  const layers = Array.from({ length: layerCount }, (): Vertex[] => []);
  const seen = new Set<Vertex>();
  const open = [...roots].reverse();
  for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
    if (seen.has(vertex)) {
      continue;
    }
    seen.add(vertex);
    layers[vertex.layer]?.push(vertex);
    for (let i = vertex.after.length - 1; i >= 0; i -= 1) {
      const next = vertex.after[i];
      if (next !== undefined && !seen.has(next)) {
        open.push(next);
      }
    }
  }
  return layers;
}

function sweepOnce(layers: readonly Vertex[][], forward: boolean): Vertex[][] {
  const result = layers.map((layer) => layer);
  for (let step = 1; step < layers.length; step += 1) {
    const index = forward ? step : layers.length - 1 - step;
    const weighed = (result[index] ?? []).map((vertex) => {
      const near = forward ? vertex.before : vertex.after;
      const sum = near.reduce((total, other) => total + other.rank, 0);
      return { vertex, weight: near.length === 0 ? vertex.rank : sum / near.length };
    });
    weighed.sort((a, b) => a.weight - b.weight || a.vertex.rank - b.vertex.rank);
    const sorted = weighed.map(({ vertex }) => vertex);
    // The next layer of this sweep weighs by these places.
    setRanks(sorted);
    result[index] = sorted;
  }
  return result;
}

function setRanks(layer: readonly Vertex[]): void {
  layer.forEach((vertex, rank) => (vertex.rank = rank));
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Sets `rank` and counts the pairs of edges that cross between neighbouring layers. */
function rankAndCount(layers: readonly Vertex[][]): number {
  layers.forEach(setRanks);
  let crossings = 0;
  for (let index = 1; index < layers.length; index += 1) {
    const width = layers[index]?.length ?? 0;
    // A Fenwick tree over the places of the later layer: how many edges ended at or before a place.
    const ended = new Int32Array(width + 1);
    let edges = 0;
    for (const vertex of layers[index - 1] ?? []) {
      // Most have one or two edges: a list less for each.
      const { after } = vertex;
      const ranks = after.length > 1 ? after.map((next) => next.rank).sort(ascending) : undefined;
      for (let place = 0; place < after.length; place += 1) {
        const rank = ranks?.[place] ?? after[place]?.rank ?? 0;
        let atOrBefore = 0;
        for (let i = rank + 1; i > 0; i -= i & -i) {
          atOrBefore += ended[i] ?? 0;
        }
        crossings += edges - atOrBefore;
        for (let i = rank + 1; i <= width; i += i & -i) {
          ended[i] = (ended[i] ?? 0) + 1;
        }
        edges += 1;
      }
    }
  }
  return crossings;
}
