/** Px; `along` is the direction of the edges, `across` is within a layer. */
export interface FlowPoint {
  readonly along: number;
  readonly across: number;
}

export interface FlowStep {
  /** Extents of the step in px. */
  readonly along: number;
  readonly across: number;
}

/** Where steps and edges are, before it is known which way is right and which is down. */
export interface Drawing {
  /** By place of the step: its corner nearest to the origin. */
  readonly corners: readonly FlowPoint[];
  readonly layers: readonly number[];
  /** Place in its layer, from 0, steps only. */
  readonly ranks: readonly number[];
  readonly routes: readonly {
    readonly from: number;
    readonly to: number;
    /** An even number: a curve to the second, straight on to the third, a curve to the fourth, … */
    readonly points: readonly FlowPoint[];
  }[];
  readonly along: number;
  readonly across: number;
}
