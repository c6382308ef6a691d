import type { GraphNode } from '../../../core/projections/graphPicture.ts';
import { element } from '../../shared/dom.ts';
import type { EdgePath } from '../edgePaths.ts';
import { standingOf } from '../labels.ts';
import type { Box } from '../layout.ts';
import type { Palette } from '../colours.ts';
import type { Tally } from '../scene/tally.ts';
import type { Area } from '../viewport.ts';
import { SIGN_PATHS, signOf } from '../signs.ts';

/** An item as the overview draws it. */
export interface OverviewItem {
  readonly box: Box;
  readonly name: string;
  /** `undefined`: it stands for many. */
  readonly node: GraphNode | undefined;
  readonly tally: Tally;
  readonly mark: 'selected' | 'match' | undefined;
}

/** Scale from which on names are drawn: below it they would be smaller than 7 px. */
const NAMES_FROM = 0.22;
/** Edges that are drawn as curves; more are straight lines, which cost a third. */
const CURVES = 1500;
/** Pixels of a canvas, beyond which it is drawn less finely: 64 MB. */
const MOST_PIXELS = 16_000_000;

/**
 * Many cards at once, painted: what thousands of elements would show at a size where nobody reads them. It lies in
 * the stage, in px of the graph, and so moves with it.
 */
export class Overview {
  readonly element = element('canvas', 'overview');
  #region: Area = { x: 0, y: 0, width: 0, height: 0 };
  #scale = 1;

  constructor() {
    this.element.setAttribute('aria-hidden', 'true');
  }

  clear(): void {
    this.element.hidden = true;
    // What is not shown keeps no pixels.
    this.element.width = 0;
    this.element.height = 0;
  }

  draw(
    region: Area,
    scale: number,
    items: readonly OverviewItem[],
    edges: readonly EdgePath[],
    palette: Palette,
  ): void {
    const { element: canvas } = this;
    canvas.hidden = false;
    const wanted = scale * devicePixelRatio;
    const fine = Math.min(wanted, Math.sqrt(MOST_PIXELS / (region.width * region.height)));
    this.#region = region;
    this.#scale = fine;
    const [width, height] = [Math.ceil(region.width * fine), Math.ceil(region.height * fine)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    canvas.style.transform = `translate(${region.x}px, ${region.y}px)`;
    canvas.style.width = `${region.width}px`;
    canvas.style.height = `${region.height}px`;
    const context = this.#context();
    if (context === undefined) {
      return;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#place(context);
    this.#drawEdges(context, edges, palette);
    this.#drawItems(context, items, palette, scale);
  }

  /** Some items anew, over what stands there. */
  repaint(items: readonly OverviewItem[], palette: Palette, scale: number): void {
    const context = this.#context();
    if (context !== undefined && !this.element.hidden) {
      this.#place(context);
      this.#drawItems(context, items, palette, scale);
    }
  }

  #context(): CanvasRenderingContext2D | undefined {
    return this.element.getContext('2d') ?? undefined;
  }

  #place(context: CanvasRenderingContext2D): void {
    const { x, y } = this.#region;
    const scale = this.#scale;
    context.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
  }

  #drawEdges(
    context: CanvasRenderingContext2D,
    edges: readonly EdgePath[],
    { line }: Palette,
  ): void {
    context.strokeStyle = line;
    context.lineWidth = Math.max(1.5, 1 / this.#scale);
    context.beginPath();
    for (const { points } of edges) {
      const [first] = points;
      if (first === undefined) {
        continue;
      }
      context.moveTo(first.x, first.y);
      for (let index = 1; index < points.length; index += 1) {
        const [from, to] = [points[index - 1], points[index]];
        if (from === undefined || to === undefined) {
          continue;
        }
        if (index % 2 === 0 || edges.length > CURVES) {
          context.lineTo(to.x, to.y);
        } else if (Math.abs(to.x - from.x) > Math.abs(to.y - from.y) / 4) {
          const middle = (from.x + to.x) / 2;
          context.bezierCurveTo(middle, from.y, middle, to.y, to.x, to.y);
        } else {
          context.lineTo(to.x, to.y);
        }
      }
    }
    context.stroke();
  }

  #drawItems(
    context: CanvasRenderingContext2D,
    items: readonly OverviewItem[],
    palette: Palette,
    scale: number,
  ): void {
    const named = scale >= NAMES_FROM;
    // Colours set once: a change of style costs more than a rectangle.
    context.fillStyle = palette.surface;
    for (const { box } of items) {
      context.fillRect(box.x, box.y, box.width, box.height);
    }
    const byState = new Map<string, OverviewItem[]>();
    for (const item of items) {
      const colour = palette.states[item.tally.state];
      const own = byState.get(colour);
      if (own === undefined) {
        byState.set(colour, [item]);
      } else {
        own.push(item);
      }
    }
    for (const [colour, own] of byState) {
      context.strokeStyle = colour;
      context.lineWidth = named ? 3 : 6;
      context.beginPath();
      for (const { box } of own) {
        context.rect(box.x + 1.5, box.y + 1.5, box.width - 3, box.height - 3);
      }
      context.stroke();
      this.#drawSigns(context, own, colour, palette, named);
    }
    if (named) {
      this.#drawNames(context, items, palette);
    }
    this.#drawMarks(context, items, palette);
  }

  /** The same signs as on cards: states are told apart without colours too. */
  #drawSigns(
    context: CanvasRenderingContext2D,
    items: readonly OverviewItem[],
    colour: string,
    palette: Palette,
    named: boolean,
  ): void {
    const size = named ? 26 : 48;
    for (const { box, node, tally } of items) {
      const kind = node?.kind ?? 'agent';
      const { outline, sign, filled } = signOf(
        kind,
        node === undefined ? tally.state : standingOf(node),
      );
      const x = named ? box.x + 13 : box.x + (box.width - size) / 2;
      context.save();
      context.translate(x, box.y + (box.height - size) / 2);
      context.scale(size / 16, size / 16);
      context.lineWidth = 1.4;
      if (filled) {
        context.fillStyle = colour;
        context.fill(pathOf(outline));
        context.strokeStyle = palette.surface;
        context.lineWidth = 1.7;
      } else {
        context.strokeStyle = colour;
        context.stroke(pathOf(outline));
      }
      context.stroke(pathOf(SIGN_PATHS[sign]));
      context.restore();
    }
  }

  #drawNames(
    context: CanvasRenderingContext2D,
    items: readonly OverviewItem[],
    palette: Palette,
  ): void {
    context.fillStyle = palette.text;
    context.font = `600 22px ${palette.font}`;
    context.textBaseline = 'middle';
    for (const { box, name } of items) {
      const room = Math.floor((box.width - 62) / 12);
      const text = name.length > room ? `${name.slice(0, room - 1)}…` : name;
      context.fillText(text, box.x + 50, box.y + box.height / 2, box.width - 60);
    }
  }

  #drawMarks(
    context: CanvasRenderingContext2D,
    items: readonly OverviewItem[],
    palette: Palette,
  ): void {
    context.strokeStyle = palette.focus;
    for (const { box, mark } of items) {
      if (mark !== undefined) {
        context.lineWidth = mark === 'selected' ? 10 : 5;
        context.setLineDash(mark === 'selected' ? [] : [14, 8]);
        context.strokeRect(box.x - 6, box.y - 6, box.width + 12, box.height + 12);
      }
    }
    context.setLineDash([]);
  }
}

const paths = new Map<string, Path2D>();

function pathOf(data: string): Path2D {
  const path = paths.get(data) ?? new Path2D(data);
  paths.set(data, path);
  return path;
}
