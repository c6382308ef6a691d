import { setAttribute, svgElement } from '../shared/dom.ts';
import { EDGE_LOOKS, type EdgeLook } from './edgeLooks.ts';
import type { EdgePath } from './edgePaths.ts';
import type { Area } from './viewport.ts';

interface Layer {
  readonly lines: SVGPathElement;
  readonly arrows: SVGPathElement;
}

/** An edge in sight. */
export interface ShownEdge {
  readonly path: EdgePath;
  readonly look: EdgeLook;
  readonly isCritical: boolean;
  /** Of what it leads from, the share that is done; drawn where it is between 0 and 1. */
  readonly progress: number;
}

/**
 * The edges in sight, one path for each look: a hundred edges cost what one does, and what moves is alone in
 * its picture, so that nothing else is painted again with it. Only edges that show progress have a path each.
 */
export class Edges {
  readonly still = svgElement('svg', { class: 'edges', 'aria-hidden': 'true' });
  readonly moving = svgElement('svg', { class: 'edges moving', 'aria-hidden': 'true' });
  readonly #layers: ReadonlyMap<EdgeLook, Layer>;
  readonly #critical: Layer;
  readonly #progress = svgElement('g', { class: 'progress' });
  readonly #near: Layer;

  constructor() {
    this.#critical = newLayer(this.still, 'critical');
    this.#layers = new Map(
      EDGE_LOOKS.map((look) => [
        look,
        newLayer(look === 'active' ? this.moving : this.still, look),
      ]),
    );
    this.still.append(this.#progress);
    this.#near = newLayer(this.still, 'near');
  }

  /** @param region px of the graph; the pictures are no larger, since all of a picture is painted where one line moves */
  draw(region: Area, edges: readonly ShownEdge[]): void {
    const { x, y, width, height } = region;
    for (const svg of [this.still, this.moving]) {
      setAttribute(svg, 'width', String(width));
      setAttribute(svg, 'height', String(height));
      setAttribute(svg, 'viewBox', `${x} ${y} ${width} ${height}`);
      svg.style.transform = `translate(${x}px, ${y}px)`;
    }
    const byLook = new Map(EDGE_LOOKS.map((look) => [look, [] as EdgePath[]]));
    for (const { path, look } of edges) {
      byLook.get(look)?.push(path);
    }
    for (const [look, layer] of this.#layers) {
      fill(layer, byLook.get(look) ?? []);
    }
    fill(
      this.#critical,
      edges.flatMap(({ path, isCritical }) => (isCritical ? path : [])),
    );
    this.#drawProgress(edges.filter(({ progress }) => progress > 0 && progress < 1));
  }

  /** Brings out some edges, or none. */
  highlight(paths: readonly EdgePath[]): void {
    fill(this.#near, paths);
  }

  #drawProgress(edges: readonly ShownEdge[]): void {
    const lines = [...this.#progress.children];
    edges.forEach(({ path, progress }, index) => {
      let line = lines[index];
      if (line === undefined) {
        line = svgElement('path', { class: 'line part', pathLength: '100' });
        this.#progress.append(line);
      }
      setAttribute(line, 'd', path.line);
      setAttribute(line, 'stroke-dasharray', `${Math.round(progress * 100)} 200`);
    });
    lines.slice(edges.length).forEach((line) => line.remove());
  }
}

function newLayer(svg: SVGSVGElement, look: string): Layer {
  const lines = svgElement('path', { class: `line ${look}` });
  const arrows = svgElement('path', { class: `arrow ${look}` });
  svg.append(lines, arrows);
  return { lines, arrows };
}

function fill(layer: Layer, paths: readonly EdgePath[]): void {
  const arrows = new Map(paths.map((path) => [path.to, path.arrow]));
  setAttribute(layer.lines, 'd', paths.map(({ line }) => line).join(''));
  setAttribute(layer.arrows, 'd', [...arrows.values()].join(''));
}
