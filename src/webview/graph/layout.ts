import { columnOf } from './layout/column.ts';
import { componentsOf, dagOf } from './layout/dag.ts';
import type { Drawing, FlowPoint, FlowStep } from './layout/flow.ts';
import { layeredOf } from './layout/layered.ts';
import { packShelves, shelfRoom } from './layout/pack.ts';

/** Where edges lead: from left to right, or from top to bottom. */
export type Direction = 'right' | 'down';

export interface LayoutStep {
  readonly id: string;
  /** Steps not in the list are passed over. */
  readonly needs: readonly string[];
  /** Px. */
  readonly width: number;
  readonly height: number;
}

export interface LayoutOptions {
  readonly direction: Direction;
  /**
   * All steps one after the other, as in a log, with the edges in lanes beside them.
   * @default false
   */
  readonly singleFile?: boolean;
}

export interface Point {
  /** Px from the upper left corner of the layout. */
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** How many layers come before it, and how many steps of its layer. */
  readonly layer: number;
  readonly rank: number;
}

export interface Route {
  readonly from: string;
  readonly to: string;
  /** An even number: a curve leads to the second, a straight line to the third, a curve to the fourth, … */
  readonly points: readonly Point[];
  /** To a fix or back from it: its points are joined by straight lines, along the axes. Left out: it is an edge. */
  readonly side?: 'fix' | 'back' | undefined;
}

export interface GraphLayout {
  readonly direction: Direction;
  /** True when no two steps stand side by side and edges run in lanes. */
  readonly isSingleFile: boolean;
  /** In the order of the steps given. */
  readonly boxes: readonly Box[];
  /** In the order given; `layer` and `rank` among their siblings. */
  readonly bands: readonly Box[];
  readonly routes: readonly Route[];
  readonly width: number;
  readonly height: number;
}

const SPACING = {
  right: { layers: 72, steps: 20 },
  down: { layers: 48, steps: 24 },
};

/** Px between parts that no edge joins. As wide as between layers: what stands alone is in line with the rest. */
const PARTS = { width: SPACING.right.layers, height: 32 };

/** Width by height of several components together: panes are wider than high. */
const SHAPE = 2.2;

/**
 * Places the steps of a workflow in layers, or in single file. Depends on ids, needs and sizes only,
 * never on states or an earlier layout: the same steps are always drawn the same.
 * @param steps ids are unique
 */
export function layoutGraph(steps: readonly LayoutStep[], options: LayoutOptions): GraphLayout {
  const { direction, singleFile = false } = options;
  const isRight = direction === 'right';
  const dag = dagOf(steps);
  const components = componentsOf(dag);
  const flowSteps = steps.map(({ width, height }): FlowStep =>
    isRight ? { along: width, across: height } : { along: height, across: width },
  );
  const pack = (parts: readonly FlowStep[]): readonly FlowPoint[] => {
    const extents = parts.map((part) => extentOf(part, isRight));
    const room = shelfRoom(extents, PARTS, SHAPE);
    return packShelves(extents, PARTS, room).map(({ x, y }) =>
      isRight ? { along: x, across: y } : { along: y, across: x },
    );
  };
  const drawing = singleFile
    ? columnOf(flowSteps, dag, components)
    : layeredOf(flowSteps, dag, components, SPACING[direction], pack);
  return toPage(steps, drawing, direction, singleFile);
}

function extentOf(part: FlowStep, isRight: boolean): { width: number; height: number } {
  return isRight
    ? { width: part.along, height: part.across }
    : { width: part.across, height: part.along };
}

function toPage(
  steps: readonly LayoutStep[],
  drawing: Drawing,
  direction: Direction,
  isSingleFile: boolean,
): GraphLayout {
  const isRight = direction === 'right';
  // Whole px keep text and lines sharp; half a px less of a gap of 14 is never an overlap.
  const toPoint = ({ along, across }: FlowPoint): Point =>
    isRight
      ? { x: Math.round(along), y: Math.round(across) }
      : { x: Math.round(across), y: Math.round(along) };
  const { width, height } = extentOf(drawing, isRight);
  return {
    direction,
    isSingleFile,
    boxes: steps.map((step, place) => ({
      ...toPoint(drawing.corners[place] ?? { along: 0, across: 0 }),
      id: step.id,
      width: step.width,
      height: step.height,
      layer: drawing.layers[place] ?? 0,
      rank: drawing.ranks[place] ?? 0,
    })),
    bands: [],
    routes: drawing.routes.map(({ from, to, points }) => ({
      from: steps[from]?.id ?? '',
      to: steps[to]?.id ?? '',
      points: points.map(toPoint),
    })),
    width: Math.ceil(width),
    height: Math.ceil(height),
  };
}
