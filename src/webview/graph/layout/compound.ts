import { layoutGraph, type Box, type GraphLayout, type LayoutOptions } from '../layout.ts';

/** An item or a band, among its siblings. */
export interface NestedPart {
  readonly id: string;
  /** The band it lies in; `undefined`: the outermost level. */
  readonly parent: string | undefined;
  /** Siblings. Others are passed over. */
  readonly needs: readonly string[];
}

export interface NestedItem extends NestedPart {
  /** Px. */
  readonly width: number;
  readonly height: number;
}

/** Px between a band and what lies in it; above there is room for its label. */
export const INSET = { side: 16, top: 42, bottom: 16 } as const;

interface Drawn {
  readonly layout: GraphLayout;
  readonly bands: ReadonlyMap<string, Drawn>;
}

/**
 * Lays out every band by itself, the inner ones first, and then as one box among its siblings: bands never overlap, and
 * what changes in one moves nothing in another but as a whole.
 * @param bands the outer one first
 */
export function layoutNested(
  items: readonly NestedItem[],
  bands: readonly NestedPart[],
  options: LayoutOptions,
): GraphLayout {
  const itemsIn = grouped(items);
  const bandsIn = grouped(bands);
  const drawLevel = (band: string | undefined): Drawn => {
    const inner = new Map((bandsIn.get(band) ?? []).map(({ id }) => [id, drawLevel(id)]));
    const steps = [
      ...(itemsIn.get(band) ?? []),
      ...(bandsIn.get(band) ?? []).map(({ id, needs }) => {
        const { width = 0, height = 0 } = inner.get(id)?.layout ?? {};
        const outer = {
          width: width + 2 * INSET.side,
          height: height + INSET.top + INSET.bottom,
        };
        return { id, needs, ...outer };
      }),
    ];
    return { layout: layoutGraph(steps, options), bands: inner };
  };
  return flattened(items, bands, drawLevel(undefined));
}

function grouped<P extends NestedPart>(parts: readonly P[]): ReadonlyMap<string | undefined, P[]> {
  const groups = new Map<string | undefined, P[]>();
  for (const part of parts) {
    const group = groups.get(part.parent);
    if (group === undefined) {
      groups.set(part.parent, [part]);
    } else {
      group.push(part);
    }
  }
  return groups;
}

/** All levels in the places of the page. */
function flattened(
  items: readonly NestedItem[],
  bands: readonly NestedPart[],
  top: Drawn,
): GraphLayout {
  const found = new Map<string, Box>();
  const routes: GraphLayout['routes'][number][] = [];
  const spread = ({ layout, bands: inner }: Drawn, left: number, up: number): void => {
    for (const box of layout.boxes) {
      const placed = { ...box, x: box.x + left, y: box.y + up };
      found.set(box.id, placed);
      const band = inner.get(box.id);
      if (band !== undefined) {
        spread(band, placed.x + INSET.side, placed.y + INSET.top);
      }
    }
    for (const route of layout.routes) {
      const points = route.points.map(({ x, y }) => ({ x: x + left, y: y + up }));
      routes.push({ ...route, points });
    }
  };
  spread(top, 0, 0);
  const boxOf = ({ id }: NestedPart): Box => {
    const box = found.get(id);
    if (box === undefined) {
      throw new Error(`Internal error: ${id} was not laid out`);
    }
    return box;
  };
  return {
    ...top.layout,
    boxes: items.map(boxOf),
    bands: bands.map(boxOf),
    routes,
  };
}
