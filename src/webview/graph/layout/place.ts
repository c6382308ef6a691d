import type { Vertex } from './vertex.ts';

/** Px between neighbours of a layer: two steps, and where at least one is a bend. */
export interface Gaps {
  readonly steps: number;
  readonly bends: number;
}

const SWEEPS = 12;
/** Of them, the last so many. */
const BOTH_SIDES = 6;
/** As in `order.ts`. */
const LARGE = 2000;
const SWEEPS_OF_LARGE = 5;

const BEFORE = ['before'] as const;
const AFTER = ['after'] as const;
const BOTH = ['before', 'after'] as const;

/**
 * Sets `middle` of every vertex: as near as can be to its neighbours', in the order of its layer and
 * with the gaps kept. Long edges are held straighter than short ones.
 */
export function placeAcross(layers: readonly (readonly Vertex[])[], gaps: Gaps): void {
  for (const layer of layers) {
    settle(layer, gaps, () => ({ at: 0, weight: 1 }));
  }
  const vertices = layers.reduce((sum, layer) => sum + layer.length, 0);
  const first = vertices > LARGE ? SWEEPS - SWEEPS_OF_LARGE : 0;
  for (let sweep = first; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    // At last both sides at once: what stands between two layers is not drawn to the one asked last.
    const isLast = sweep >= SWEEPS - BOTH_SIDES;
    const sides = isLast ? BOTH : forward ? BEFORE : AFTER;
    for (const layer of forward ? layers : [...layers].reverse()) {
      settle(layer, gaps, (vertex) => pull(vertex, sides));
    }
  }
}

interface Pull {
  readonly at: number;
  readonly weight: number;
}

function pull(vertex: Vertex, sides: readonly ('before' | 'after')[]): Pull {
  let weight = 0;
  let sum = 0;
  for (const side of sides) {
    for (const other of vertex[side]) {
      const strength = side === 'before' ? strengthOf(other, vertex) : strengthOf(vertex, other);
      weight += strength;
      sum += strength * other.middle;
    }
  }
  // Without a neighbour on that side it stays, but gives way easily.
  return weight === 0 ? { at: vertex.middle, weight: 0.1 } : { at: sum / weight, weight };
}

/** One edge of a fan weighs little: it is slanted anyway, while the only edge of both ends can be straight. */
function strengthOf(from: Vertex, to: Vertex): number {
  const bends = Number(from.step === undefined) + Number(to.step === undefined);
  const straightness = bends === 2 ? 8 : bends === 1 ? 2 : 1;
  return straightness / (from.after.length + to.before.length - 1);
}

/**
 * The places nearest to the wished ones, least squares, that keep order and gaps: neighbours that
 * want to pass each other are merged into a block that stands at their mean (pool adjacent violators).
 */
function settle(layer: readonly Vertex[], gaps: Gaps, wish: (vertex: Vertex) => Pull): void {
  interface Block {
    weight: number;
    sum: number;
    count: number;
  }
  const blocks: Block[] = [];
  const offsets: number[] = [];
  let offset = 0;
  layer.forEach((vertex, rank) => {
    const previous = layer[rank - 1];
    if (previous !== undefined) {
      const isBend = previous.step === undefined || vertex.step === undefined;
      offset += (previous.size + vertex.size) / 2 + (isBend ? gaps.bends : gaps.steps);
    }
    offsets.push(offset);
    const { at, weight } = wish(vertex);
    let block: Block = { weight, sum: weight * (at - offset), count: 1 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.sum / last.weight <= block.sum / block.weight) {
        break;
      }
      block = {
        weight: last.weight + block.weight,
        sum: last.sum + block.sum,
        count: last.count + block.count,
      };
      blocks.pop();
    }
    blocks.push(block);
  });
  let rank = 0;
  for (const block of blocks) {
    for (const end = rank + block.count; rank < end; rank += 1) {
      const vertex = layer[rank];
      if (vertex !== undefined) {
        vertex.middle = block.sum / block.weight + (offsets[rank] ?? 0);
      }
    }
  }
}
