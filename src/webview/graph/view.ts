import type { Direction } from './layout.ts';
import {
  clamped,
  firstLook,
  fitted,
  revealing,
  zoomed,
  type Area,
  type Size,
  type ViewMode,
  type Viewport,
} from './viewport.ts';

/** Px the pointer moves before a press is a drag and no longer a click. */
const DRAG = 4;
/** Px of one notch of a wheel that reports lines. */
const LINE = 20;
/** What one press of a zoom button or key does. */
const STEP = 1.25;
/** Milliseconds of rest after which what turns goes on. */
const HOLD_MS = 150;
/** Of a wheel's px; a notch of 100 is a step of 1.2. */
const WHEEL = 0.0018;

/** Where something is in the graph laid out before, and now. */
export interface Kept {
  readonly before: { readonly x: number; readonly y: number };
  readonly now: { readonly x: number; readonly y: number };
  /** A person acted there: from now on, only a person moves the view. */
  readonly holds: boolean;
}

/**
 * Zoom and pan. Owns the transform of the stage and the input that changes it; the mode says who may
 * move the view: after a person has, only a person does.
 */
export class View {
  readonly #pane: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #changed: (view: Viewport, mode: ViewMode) => void;
  #view: Viewport = { scale: 1, x: 0, y: 0 };
  #mode: ViewMode = 'auto';
  #graph: Size = { width: 0, height: 0 };
  #direction: Direction = 'right';
  #holding: ReturnType<typeof setTimeout> | undefined;

  /** @param changed told after every change, also those a person did not make */
  constructor(
    pane: HTMLElement,
    stage: HTMLElement,
    changed: (view: Viewport, mode: ViewMode) => void,
  ) {
    this.#pane = pane;
    this.#stage = stage;
    this.#changed = changed;
    pane.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#dragging();
    stage.addEventListener('transitionend', (event) => {
      if (event.target === stage) {
        stage.classList.remove('gliding');
      }
    });
  }

  get pane(): Size {
    return { width: this.#pane.clientWidth, height: this.#pane.clientHeight };
  }

  get viewport(): Viewport {
    return this.#view;
  }

  /** Takes up where an earlier page was. */
  restore({ scale, x, y }: Viewport, mode: ViewMode): void {
    this.#mode = mode;
    this.#view = { scale, x, y };
  }

  /**
   * The graph or the pane is another: looks again, or when a person has moved the view, keeps it.
   * @param kept a point of the graph, before and now, that stays where it is on the pane: the person is there
   */
  setGraph(graph: Size, direction: Direction, kept?: Kept): void {
    this.#graph = graph;
    this.#direction = direction;
    this.#stage.classList.remove('gliding');
    if (kept !== undefined && (this.#mode === 'free' || kept.holds)) {
      const { scale, x, y } = this.#view;
      this.#mode = 'free';
      this.#view = {
        scale,
        x: x + (kept.before.x - kept.now.x) * scale,
        y: y + (kept.before.y - kept.now.y) * scale,
      };
    }
    this.#apply(this.#settled());
  }

  /** What is in sight stays there, whatever happens to the pane. */
  hold(): void {
    this.#mode = 'free';
    this.#changed(this.#view, this.#mode);
  }

  /** A point of the graph comes to the middle of the pane. */
  centre(x: number, y: number): void {
    const { width, height } = this.pane;
    const { scale } = this.#view;
    this.#move({ scale, x: width / 2 - x * scale, y: height / 2 - y * scale });
  }

  fit(): void {
    this.#mode = 'fit';
    this.#glide(fitted(this.#graph, this.pane));
  }

  actualSize(): void {
    this.#zoom(1 / this.#view.scale);
  }

  zoomIn(): void {
    this.#zoom(STEP);
  }

  zoomOut(): void {
    this.#zoom(1 / STEP);
  }

  /** Moves an area of the graph into sight, if it is not. */
  reveal(area: Area): void {
    const view = clamped(revealing(this.#view, area, this.pane), this.#graph, this.pane);
    if (view.x !== this.#view.x || view.y !== this.#view.y) {
      this.#mode = 'free';
      this.#glide(view);
    }
  }

  /** Moves an area of the graph into the middle, large enough to be read. @param least the scale for that */
  approach(area: Area, least: number): void {
    const { width, height } = this.pane;
    const scale = Math.max(least, this.#view.scale);
    this.#mode = 'free';
    const view = {
      scale,
      x: width / 2 - (area.x + area.width / 2) * scale,
      y: height / 2 - (area.y + area.height / 2) * scale,
    };
    this.#glide(clamped(view, this.#graph, this.pane));
  }

  #settled(): Viewport {
    switch (this.#mode) {
      case 'auto':
        return firstLook(this.#graph, this.pane, this.#direction);
      case 'fit':
        return fitted(this.#graph, this.pane);
      case 'free':
        return clamped(this.#view, this.#graph, this.pane);
    }
  }

  #zoom(factor: number): void {
    const { width, height } = this.pane;
    this.#mode = 'free';
    const view = zoomed(this.#view, factor, { x: width / 2, y: height / 2 });
    this.#glide(clamped(view, this.#graph, this.pane, true));
  }

  #move(view: Viewport): void {
    this.#mode = 'free';
    this.#stage.classList.remove('gliding');
    this.#hold();
    this.#apply(clamped(view, this.#graph, this.pane));
  }

  /** What turns and flows holds still while the view moves: both at once are too much to draw in a frame. */
  #hold(): void {
    clearTimeout(this.#holding);
    this.#pane.classList.add('moving');
    this.#holding = setTimeout(() => this.#pane.classList.remove('moving'), HOLD_MS);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    // Control is also how browsers report the pinch of a touch pad.
    if (event.ctrlKey || event.metaKey) {
      const pane = this.#pane.getBoundingClientRect();
      const at = { x: event.clientX - pane.left, y: event.clientY - pane.top };
      this.#move(zoomed(this.#view, Math.exp(-event.deltaY * unit * WHEEL), at));
      return;
    }
    const [across, down] =
      event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    const { scale, x, y } = this.#view;
    this.#move({ scale, x: x - across * unit, y: y - down * unit });
  }

  #dragging(): void {
    let from: { pointer: number; x: number; y: number; view: Viewport } | undefined;
    let isDrag = false;
    this.#pane.addEventListener('pointerdown', (event) => {
      isDrag = false;
      if (event.button === 0 && event.isPrimary) {
        from = { pointer: event.pointerId, x: event.clientX, y: event.clientY, view: this.#view };
      }
    });
    this.#pane.addEventListener('pointermove', (event) => {
      if (from?.pointer !== event.pointerId) {
        return;
      }
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!isDrag && Math.hypot(dx, dy) < DRAG) {
        return;
      }
      if (!isDrag) {
        isDrag = true;
        this.#pane.setPointerCapture(event.pointerId);
        this.#pane.classList.add('dragging');
      }
      const { scale, x, y } = from.view;
      this.#move({ scale, x: x + dx, y: y + dy });
    });
    const end = (): void => {
      from = undefined;
      this.#pane.classList.remove('dragging');
    };
    this.#pane.addEventListener('pointerup', end);
    this.#pane.addEventListener('pointercancel', end);
    // The click that ends a drag opens nothing.
    const swallow = (event: MouseEvent): void => {
      if (isDrag) {
        isDrag = false;
        event.stopPropagation();
        event.preventDefault();
      }
    };
    this.#pane.addEventListener('click', swallow, { capture: true });
  }

  #glide(view: Viewport): void {
    this.#stage.classList.add('gliding');
    this.#apply(view);
  }

  #apply(view: Viewport): void {
    this.#view = view;
    const { scale, x, y } = view;
    const { style, dataset } = this.#stage;
    // Whole px: text at actual size stays sharp.
    style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) scale(${scale})`;
    dataset['detail'] = scale < 0.3 ? 'mark' : scale < 0.62 ? 'short' : 'full';
    this.#changed(view, this.#mode);
  }
}
