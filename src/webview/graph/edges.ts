import type { GraphNode } from '../../core/projections/graphPicture.ts';
import { setAttribute, svgElement } from './dom.ts';
import type { Direction, GraphLayout, Point, Route } from './layout.ts';

type EdgeLook = 'idle' | 'off' | 'done' | 'waiting' | 'active';

/** Back to front. */
const LOOKS: readonly EdgeLook[] = ['idle', 'off', 'done', 'waiting', 'active'];

/** Px of the triangle at the end of an edge. */
const ARROW = 7;

interface Layer {
  readonly lines: SVGPathElement;
  readonly arrows: SVGPathElement;
}

/**
 * All edges, one path for each look: a hundred edges cost what one does, and what moves is alone in
 * its picture, so that nothing else is painted again with it.
 */
export class Edges {
  readonly still = svgElement('svg', { class: 'edges', 'aria-hidden': 'true' });
  readonly moving = svgElement('svg', { class: 'edges moving', 'aria-hidden': 'true' });
  readonly #layers: ReadonlyMap<EdgeLook, Layer>;
  readonly #near: Layer;
  #layout: GraphLayout | undefined;

  constructor() {
    this.#layers = new Map(
      LOOKS.map((look) => [look, newLayer(look === 'active' ? this.moving : this.still, look)]),
    );
    this.#near = newLayer(this.still, 'near');
  }

  /** @param ran false: the workflow as written */
  draw(layout: GraphLayout, nodes: ReadonlyMap<string, GraphNode>, ran: boolean): void {
    this.#layout = layout;
    for (const svg of [this.still, this.moving]) {
      setAttribute(svg, 'width', String(layout.width));
      setAttribute(svg, 'height', String(layout.height));
    }
    const routes = new Map(LOOKS.map((look) => [look, [] as Route[]]));
    for (const route of layout.routes) {
      const look = ran ? lookOf(nodes.get(route.from), nodes.get(route.to)) : 'idle';
      routes.get(look)?.push(route);
    }
    for (const [look, layer] of this.#layers) {
      fill(layer, routes.get(look) ?? [], layout.direction);
    }
  }

  /** Brings out the edges of one step, or of none. */
  highlight(id: string | undefined): void {
    const routes = this.#layout?.routes.filter(({ from, to }) => from === id || to === id) ?? [];
    fill(this.#near, routes, this.#layout?.direction ?? 'right');
  }
}

function newLayer(svg: SVGSVGElement, look: string): Layer {
  const lines = svgElement('path', { class: `line ${look}` });
  const arrows = svgElement('path', { class: `arrow ${look}` });
  svg.append(lines, arrows);
  return { lines, arrows };
}

function lookOf(from: GraphNode | undefined, to: GraphNode | undefined): EdgeLook {
  if (to?.state === 'running') {
    return 'active';
  }
  if (to?.state === 'waiting' || to?.state === 'asking' || to?.state === 'unknown') {
    return 'waiting';
  }
  if (to?.state === 'skipped' || to?.state === 'cancelled') {
    return 'off';
  }
  return from?.state === 'succeeded' || from?.state === 'approved' ? 'done' : 'idle';
}

function fill(layer: Layer, routes: readonly Route[], direction: Direction): void {
  const arrows = new Map(routes.map((route) => [route.to, arrowTo(route, direction)]));
  setAttribute(layer.lines, 'd', routes.map((route) => lineOf(route, direction)).join(''));
  setAttribute(layer.arrows, 'd', [...arrows.values()].join(''));
}

function lineOf(route: Route, direction: Direction): string {
  const isRight = direction === 'right';
  const points = [...route.points];
  const tip = points.pop();
  const start = points[0];
  if (tip === undefined || start === undefined) {
    return '';
  }
  // The line ends where the triangle begins.
  points.push(isRight ? { x: tip.x - ARROW, y: tip.y } : { x: tip.x, y: tip.y - ARROW });
  let path = `M${start.x} ${start.y}`;
  for (let index = 1; index < points.length; index += 1) {
    const from = points[index - 1];
    const to = points[index];
    if (from !== undefined && to !== undefined) {
      path += index % 2 === 1 ? curve(from, to, isRight) : `L${to.x} ${to.y}`;
    }
  }
  return path;
}

/** Leaves and arrives in the direction of the edges. */
function curve(from: Point, to: Point, isRight: boolean): string {
  if (isRight) {
    const middle = (from.x + to.x) / 2;
    return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
  }
  const middle = (from.y + to.y) / 2;
  return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
}

function arrowTo(route: Route, direction: Direction): string {
  const tip = route.points.at(-1);
  if (tip === undefined) {
    return '';
  }
  const half = ARROW / 2 + 0.5;
  return direction === 'right'
    ? `M${tip.x} ${tip.y}l${-ARROW} ${-half}v${2 * half}z`
    : `M${tip.x} ${tip.y}l${-half} ${-ARROW}h${2 * half}z`;
}
