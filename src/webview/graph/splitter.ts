import { element, setAttribute } from '../shared/dom.ts';

/** Px of one press of an arrow. */
const STEP = 24;

/** The line between graph and side panel, that pointer and arrows move. */
export class Splitter {
  readonly element = element('div', 'splitter');
  readonly #limits: () => { readonly least: number; readonly most: number };
  readonly #changed: (size: number) => void;
  #size: number;

  /**
   * @param size px of the panel
   * @param isBelow the panel lies under the graph, not beside it
   */
  constructor(
    size: number,
    limits: () => { readonly least: number; readonly most: number },
    isBelow: () => boolean,
    changed: (size: number) => void,
  ) {
    this.#size = size;
    this.#limits = limits;
    this.#changed = changed;
    const { element: line } = this;
    setAttribute(line, 'role', 'separator');
    setAttribute(line, 'aria-label', 'Size of the side panel');
    line.tabIndex = 0;
    let from: { readonly at: number; readonly size: number } | undefined;
    const placeOf = (event: PointerEvent): number => (isBelow() ? event.clientY : event.clientX);
    line.addEventListener('pointerdown', (event) => {
      from = { at: placeOf(event), size: this.#size };
      line.setPointerCapture(event.pointerId);
    });
    line.addEventListener('pointermove', (event) => {
      if (from !== undefined) {
        this.#resize(from.size + from.at - placeOf(event));
      }
    });
    const end = (): void => {
      from = undefined;
    };
    line.addEventListener('pointerup', end);
    line.addEventListener('pointercancel', end);
    line.addEventListener('keydown', (event) => {
      const larger = isBelow() ? 'ArrowUp' : 'ArrowLeft';
      const smaller = isBelow() ? 'ArrowDown' : 'ArrowRight';
      if (event.key === larger || event.key === smaller) {
        event.preventDefault();
        this.#resize(this.#size + (event.key === larger ? STEP : -STEP));
      }
    });
    this.refresh();
  }

  /** What a person chose, whether there is room for it or not. */
  get wanted(): number {
    return this.#size;
  }

  /** Px of the panel, within what there is room for. */
  get size(): number {
    const { least, most } = this.#limits();
    return Math.round(Math.max(least, Math.min(most, this.#size)));
  }

  /** There is another room for it. */
  refresh(): void {
    const { least, most } = this.#limits();
    setAttribute(this.element, 'aria-valuemin', String(Math.round(least)));
    setAttribute(this.element, 'aria-valuemax', String(Math.round(Math.max(least, most))));
    setAttribute(this.element, 'aria-valuenow', String(this.size));
  }

  #resize(size: number): void {
    this.#size = size;
    this.#size = this.size;
    this.refresh();
    this.#changed(this.#size);
  }
}
