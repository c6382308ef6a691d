import { element } from '../../shared/dom.ts';
import type { GraphLayout } from '../layout.ts';
import type { Palette } from '../colours.ts';
import type { Area } from '../viewport.ts';
import type { GraphNodeState } from '../../../core/projections/graphPicture.ts';

/** Px it takes at most. */
const WIDTH = 190;
const HEIGHT = 130;
/** Milliseconds between two pictures of changing states. */
const REST = 250;

/**
 * The whole graph, small, in a corner: where the view is, and a way to put it elsewhere with the pointer. Keys have
 * their own ways, and screen readers the list.
 */
export class Minimap {
  readonly element = element('div', 'minimap');
  readonly #canvas = element('canvas', 'minimap-canvas');
  readonly #frame = element('div', 'minimap-frame');
  readonly #palette: () => Palette;
  readonly #stateOf: (item: string) => GraphNodeState;
  #layout: GraphLayout | undefined;
  #scale = 1;
  #due: ReturnType<typeof setTimeout> | undefined;

  /** @param centre puts the middle of the view at a point of the graph */
  constructor(
    palette: () => Palette,
    stateOf: (item: string) => GraphNodeState,
    centre: (x: number, y: number) => void,
  ) {
    this.#palette = palette;
    this.#stateOf = stateOf;
    this.element.setAttribute('aria-hidden', 'true');
    this.element.hidden = true;
    this.element.append(this.#canvas, this.#frame);
    let isDown = false;
    const go = (event: PointerEvent): void => {
      const { left, top } = this.#canvas.getBoundingClientRect();
      centre((event.clientX - left) / this.#scale, (event.clientY - top) / this.#scale);
    };
    this.element.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      isDown = event.button === 0;
      if (isDown) {
        this.element.setPointerCapture(event.pointerId);
        go(event);
      }
    });
    this.element.addEventListener('pointermove', (event) => {
      event.stopPropagation();
      if (isDown) {
        go(event);
      }
    });
    const end = (): void => {
      isDown = false;
    };
    this.element.addEventListener('pointerup', end);
    this.element.addEventListener('pointercancel', end);
  }

  /** @param layout `undefined`: the graph is small enough to do without */
  setLayout(layout: GraphLayout | undefined): void {
    this.#layout = layout;
    if (layout === undefined) {
      this.element.hidden = true;
    } else {
      this.#scale = Math.min(
        WIDTH / Math.max(1, layout.width),
        HEIGHT / Math.max(1, layout.height),
      );
      // Behind the frame that shows the graph itself.
      this.changed();
    }
  }

  /** States or colours are others; painted once in a while. */
  changed(): void {
    if (this.#layout !== undefined && this.#due === undefined) {
      this.#due = setTimeout(() => {
        this.#due = undefined;
        this.#paint();
      }, REST);
    }
  }

  setSight(sight: Area): void {
    if (this.#layout === undefined) {
      return;
    }
    const scale = this.#scale;
    const { width, height } = this.#layout;
    // A map of what is all in sight tells nothing, and lies over some of it.
    this.element.hidden =
      sight.x <= 0 &&
      sight.y <= 0 &&
      sight.x + sight.width >= width &&
      sight.y + sight.height >= height;
    const left = Math.max(0, sight.x) * scale;
    const top = Math.max(0, sight.y) * scale;
    const right = Math.min(width, sight.x + sight.width) * scale;
    const bottom = Math.min(height, sight.y + sight.height) * scale;
    const { style } = this.#frame;
    style.transform = `translate(${left}px, ${top}px)`;
    style.width = `${Math.max(4, right - left)}px`;
    style.height = `${Math.max(4, bottom - top)}px`;
  }

  #paint(): void {
    const layout = this.#layout;
    const context = this.#canvas.getContext('2d');
    if (layout === undefined || context === null) {
      return;
    }
    const palette = this.#palette();
    const fine = this.#scale * devicePixelRatio;
    const [width, height] = [layout.width * this.#scale, layout.height * this.#scale];
    this.#canvas.width = Math.max(1, Math.ceil(layout.width * fine));
    this.#canvas.height = Math.max(1, Math.ceil(layout.height * fine));
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    context.setTransform(fine, 0, 0, fine, 0, 0);
    context.strokeStyle = palette.rule;
    context.lineWidth = 1 / fine;
    for (const { x, y, width: wide, height: high } of layout.bands) {
      context.strokeRect(x, y, wide, high);
    }
    const byColour = new Map<string, GraphLayout['boxes'][number][]>();
    for (const box of layout.boxes) {
      const colour = palette.states[this.#stateOf(box.id)];
      const own = byColour.get(colour);
      if (own === undefined) {
        byColour.set(colour, [box]);
      } else {
        own.push(box);
      }
    }
    const least = 2 / this.#scale;
    for (const [colour, boxes] of byColour) {
      context.fillStyle = colour;
      for (const { x, y, width: wide, height: high } of boxes) {
        context.fillRect(x, y, Math.max(wide, least), Math.max(high, least));
      }
    }
  }
}
