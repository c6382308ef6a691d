import type { Direction } from './layout.ts';

/** Where a point of the graph is on the pane: `x * scale + viewport.x` px, and so for y. */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/**
 * `auto`: the page chooses what is read best; `fit`: the whole graph, also when the pane changes;
 * `free`: a person has moved it, nothing else does.
 */
export type ViewMode = 'auto' | 'fit' | 'free';

/** Px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

export const SMALLEST = 0.08;
export const LARGEST = 2;

/** Px between the graph and the edge of the pane. */
const MARGIN = 28;
const NARROW_MARGIN = 14;
/** Below this a card is an icon and some letters: an overview to look at, no longer one to read. */
const READABLE = 0.4;
/** Top-down, scrolling is natural: rather a part as large as life than the whole smaller than this. */
const READABLE_DOWN = 0.8;

/** The whole graph in the middle of the pane, never larger than life. */
export function fitted(graph: Size, pane: Size): Viewport {
  const scale = clampScale(Math.min(1, fitScale(graph, pane)));
  return centred(graph, pane, scale);
}

/**
 * The first look: the whole graph while it can be read, else its start, as large as the pane is
 * across the direction of the edges and never smaller than can be read.
 */
export function firstLook(graph: Size, pane: Size, direction: Direction): Viewport {
  const whole = fitScale(graph, pane);
  const isDown = direction === 'down';
  if (whole >= (isDown ? READABLE_DOWN : READABLE)) {
    return fitted(graph, pane);
  }
  const margin = marginOf(pane);
  const across = isDown
    ? (pane.width - 2 * margin) / graph.width
    : (pane.height - 2 * margin) / graph.height;
  const scale = Math.min(1, Math.max(READABLE, across));
  return clamped({ scale, x: margin, y: margin }, graph, pane, true);
}

/** @param at the point of the pane that stays where it is */
export function zoomed(view: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = clampScale(view.scale * factor);
  const grown = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/**
 * Moved back as little as it takes: a graph smaller than the pane stays wholly in it, of a larger
 * one no edge comes further in than the margin.
 * @param centres true: what is smaller than the pane stands in the middle
 */
export function clamped(view: Viewport, graph: Size, pane: Size, centres = false): Viewport {
  const margin = marginOf(pane);
  const hold = (at: number, extent: number, room: number): number => {
    const length = extent * view.scale;
    if (length + 2 * margin <= room && centres) {
      return (room - length) / 2;
    }
    const ends = [margin, room - margin - length];
    return Math.min(Math.max(at, Math.min(...ends)), Math.max(...ends));
  };
  return {
    scale: view.scale,
    x: hold(view.x, graph.width, pane.width),
    y: hold(view.y, graph.height, pane.height),
  };
}

/** Moved as little as it takes to have an area of the graph on the pane. */
export function revealing(view: Viewport, area: Area, pane: Size): Viewport {
  const margin = marginOf(pane);
  const shift = (start: number, length: number, room: number): number => {
    if (start < margin || length > room - 2 * margin) {
      return margin - start;
    }
    return Math.min(0, room - margin - (start + length));
  };
  const { scale } = view;
  return {
    scale,
    x: view.x + shift(area.x * scale + view.x, area.width * scale, pane.width),
    y: view.y + shift(area.y * scale + view.y, area.height * scale, pane.height),
  };
}

function fitScale(graph: Size, pane: Size): number {
  const margin = marginOf(pane);
  return Math.min(
    (pane.width - 2 * margin) / Math.max(1, graph.width),
    (pane.height - 2 * margin) / Math.max(1, graph.height),
  );
}

function centred(graph: Size, pane: Size, scale: number): Viewport {
  return {
    scale,
    x: (pane.width - graph.width * scale) / 2,
    y: (pane.height - graph.height * scale) / 2,
  };
}

function clampScale(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}

/** Px the page leaves free around the graph; less where there is little room. */
export function marginOf(pane: Size): number {
  return Math.min(pane.width, pane.height) < 400 ? NARROW_MARGIN : MARGIN;
}
