import type { Area, Size, Viewport } from './viewport.ts';

/** Px of the pane around it that are drawn too, so that a small pan has nothing to add. */
const AHEAD = 240;

/** The part of the graph that is in sight, in px of the graph. */
export function inSight(view: Viewport, pane: Size): Area {
  return {
    x: -view.x / view.scale,
    y: -view.y / view.scale,
    width: pane.width / view.scale,
    height: pane.height / view.scale,
  };
}

/** What is to be drawn for a view: what is in sight, with a margin. */
export function regionFor(view: Viewport, pane: Size): Area {
  return inSight(
    { scale: view.scale, x: view.x + AHEAD, y: view.y + AHEAD },
    { width: pane.width + 2 * AHEAD, height: pane.height + 2 * AHEAD },
  );
}

/**
 * Whether what was drawn for one region still does: all in sight is in it, and it is not many times larger than
 * what would be drawn anew.
 */
export function stillDoes(region: Area, view: Viewport, pane: Size): boolean {
  const sight = inSight(view, pane);
  const wanted = regionFor(view, pane);
  return (
    sight.x >= region.x &&
    sight.y >= region.y &&
    sight.x + sight.width <= region.x + region.width &&
    sight.y + sight.height <= region.y + region.height &&
    region.width * region.height <= 2.5 * wanted.width * wanted.height
  );
}

export function meets(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Around points; curves between them stay within. */
export function around(points: readonly { readonly x: number; readonly y: number }[]): Area {
  let [left, up, right, down] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    up = Math.min(up, y);
    right = Math.max(right, x);
    down = Math.max(down, y);
  }
  // A straight line has no breadth of its own, but is drawn with some.
  return { x: left - 6, y: up - 6, width: right - left + 12, height: down - up + 12 };
}

/** What is in both; where nothing is, as little as there can be. */
export function common(a: Area, b: Area): Area {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(1, Math.min(a.x + a.width, b.x + b.width) - x),
    height: Math.max(1, Math.min(a.y + a.height, b.y + b.height) - y),
  };
}

/** Whole px keep lines where they are when the region is another. */
export function rounded({ x, y, width, height }: Area): Area {
  return {
    x: Math.floor(x),
    y: Math.floor(y),
    width: Math.ceil(width) + 1,
    height: Math.ceil(height) + 1,
  };
}
