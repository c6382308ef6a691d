/** A step, or the place where a bundle of edges passes a layer between its ends. */
export interface Vertex {
  /** Place of the step in the list given; `undefined`: a bend. */
  readonly step: number | undefined;
  readonly layer: number;
  /** Extent across the direction of the edges, in px. */
  readonly size: number;
  /** Neighbours in the layer before and in the layer after. */
  readonly before: Vertex[];
  readonly after: Vertex[];
  /** Place in its layer. */
  rank: number;
  /** Middle across the direction of the edges, in px. */
  middle: number;
}

export function newVertex(step: number | undefined, layer: number, size: number): Vertex {
  return { step, layer, size, before: [], after: [], rank: 0, middle: 0 };
}

/** Joins two vertices of neighbouring layers, once. */
export function join(from: Vertex, to: Vertex): void {
  const isJoined =
    from.after.length < to.before.length ? from.after.includes(to) : to.before.includes(from);
  if (!isJoined) {
    from.after.push(to);
    to.before.push(from);
  }
}
