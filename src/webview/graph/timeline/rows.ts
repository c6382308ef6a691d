import type { TimelinePicture, TimelineRow } from '../../../core/projections/timelinePicture.ts';
import { element, setAttribute } from '../../shared/dom.ts';
import type { TimeScale } from './scale.ts';
import { rowText, signOf, spanText, wallTime } from './spans.ts';
import { rowsInSight } from './stops.ts';

/** Pixels; as in the style sheet. */
const ROW_HEIGHT = 22;
/** Narrower bars cannot be hit. */
const LEAST_BAR = 3;
/** A bar has room for its sign from here on. */
const SIGN_ROOM = 18;

export interface RowsHost {
  select(task: string): void;
  /** Tells of what the pointer or the keyboard is on. */
  tell(text: string): void;
}

interface Drawn {
  readonly element: HTMLElement;
  row: TimelineRow | undefined;
  scale: TimeScale | undefined;
  to: number;
}

/** A row for each task; only those in sight are there. */
export class TimelineRows {
  readonly element = element('div', 'rows');
  readonly #host: RowsHost;
  readonly #list = element('ul', 'rows-list');
  readonly #drawn = new Map<string, Drawn>();
  #timeline: TimelinePicture | undefined;
  #scale: TimeScale | undefined;
  #to = 0;
  #selected: string | undefined;
  /** The row that Tab leads to, and the bar in it that arrows are on. */
  #current = 0;
  #span = -1;

  constructor(host: RowsHost) {
    this.#host = host;
    setAttribute(this.#list, 'aria-label', 'Tasks in the order in which they began');
    this.element.append(this.#list);
    this.element.addEventListener('scroll', () => this.#drawInSight(), { passive: true });
    this.#list.addEventListener('keydown', (event) => this.#keyed(event));
    this.#list.addEventListener('click', (event) => {
      const task = taskAt(event.target);
      if (task !== undefined) {
        this.#setCurrent(this.#placeOf(task), false);
        host.select(task);
      }
    });
    this.#list.addEventListener('pointerover', (event) => {
      const told = event.target instanceof HTMLElement ? event.target.closest('[data-told]') : null;
      host.tell(told?.getAttribute('data-told') ?? '');
    });
    this.#list.addEventListener('pointerleave', () => host.tell(''));
    this.#list.addEventListener('focusin', () => this.#tellCurrent());
    this.#list.addEventListener('focusout', () => {
      this.#span = -1;
      host.tell('');
    });
  }

  /** Pixels that there are for the bars. */
  get plotWidth(): number {
    const names = Number.parseFloat(getComputedStyle(this.element).getPropertyValue('--names'));
    return Math.max(40, this.element.clientWidth - (Number.isNaN(names) ? 0 : names) - 8);
  }

  /** @param to where bars that go on end, in milliseconds since 1970 */
  draw(timeline: TimelinePicture | undefined, scale: TimeScale | undefined, to: number): void {
    this.#timeline = timeline;
    this.#scale = scale;
    this.#to = to;
    this.#list.style.height = `${(timeline?.rows.length ?? 0) * ROW_HEIGHT}px`;
    this.#drawInSight();
  }

  setSelected(task: string | undefined): void {
    this.#selected = task;
    const place = task === undefined ? -1 : this.#placeOf(task);
    if (place >= 0) {
      this.#setCurrent(place, false);
      this.#bringIntoSight(place);
    }
    this.#drawInSight();
  }

  #drawInSight(): void {
    const rows = this.#timeline?.rows ?? [];
    const { scrollTop, clientHeight } = this.element;
    const { from, to } = rowsInSight(rows.length, ROW_HEIGHT, scrollTop, clientHeight);
    const kept = new Set<string>();
    // The row that has the keyboard stays, wherever it is: the focus would be lost with it.
    const focused = taskAt(document.activeElement);
    const places = new Set([...Array(Math.max(0, to - from)).keys()].map((n) => from + n));
    if (focused !== undefined) {
      places.add(this.#placeOf(focused));
    }
    for (const place of places) {
      const row = rows[place];
      if (row !== undefined) {
        kept.add(row.task);
        this.#drawRow(row, place);
      }
    }
    for (const [task, { element: own }] of this.#drawn) {
      if (!kept.has(task)) {
        own.remove();
        this.#drawn.delete(task);
      }
    }
  }

  #drawRow(row: TimelineRow, place: number): void {
    const scale = this.#scale;
    let drawn = this.#drawn.get(row.task);
    if (drawn === undefined) {
      const made = element('button', 'row');
      made.type = 'button';
      made.dataset['task'] = row.task;
      drawn = { element: element('li', 'row-item', made), row: undefined, scale: undefined, to: 0 };
      this.#drawn.set(row.task, drawn);
      this.#list.append(drawn.element);
    }
    const own = drawn.element.firstElementChild;
    if (!(own instanceof HTMLElement) || scale === undefined) {
      return;
    }
    drawn.element.style.transform = `translateY(${place * ROW_HEIGHT}px)`;
    setAttribute(drawn.element, 'aria-posinset', String(place + 1));
    setAttribute(drawn.element, 'aria-setsize', String(this.#timeline?.rows.length ?? 0));
    own.tabIndex = place === this.#current ? 0 : -1;
    setAttribute(own, 'aria-pressed', String(row.task === this.#selected));
    const goesOn = row.spans.at(-1)?.to === undefined;
    const isSame = drawn.row === row && drawn.scale === scale && (!goesOn || drawn.to === this.#to);
    if (!isSame) {
      setAttribute(own, 'aria-label', rowText(row, this.#to));
      const name = element('span', 'row-name', row.task);
      name.title = row.task;
      own.replaceChildren(name, this.#bars(row, scale));
      Object.assign(drawn, { row, scale, to: this.#to });
    }
  }

  #bars(row: TimelineRow, scale: TimeScale): HTMLElement {
    const bars = element('span', 'bars');
    setAttribute(bars, 'aria-hidden', 'true');
    let end = -1;
    row.spans.forEach((span, index) => {
      const left = scale.x(span.from);
      const right = scale.x(span.to ?? this.#to);
      // Under what is drawn already, and too short to be seen.
      if (right < end && index < row.spans.length - 1) {
        return;
      }
      const bar = element('span', 'bar');
      const width = Math.max(LEAST_BAR, right - left);
      bar.style.left = `${left}px`;
      bar.style.width = `${width}px`;
      bar.dataset['kind'] = span.kind;
      bar.dataset['outcome'] = span.outcome ?? (span.to === undefined ? 'open' : 'none');
      bar.dataset['told'] = spanText(row, span, this.#to);
      bar.dataset['span'] = String(index);
      if (width >= SIGN_ROOM) {
        bar.append(signOf(span));
      }
      bars.append(bar);
      end = left + LEAST_BAR;
    });
    if (row.reusedAt !== undefined) {
      const mark = element('span', 'reused');
      mark.style.left = `${scale.x(row.reusedAt)}px`;
      mark.dataset['told'] = `${row.task}: reused at ${wallTime(row.reusedAt)}, nothing ran`;
      bars.append(mark);
    }
    return bars;
  }

  #keyed(event: KeyboardEvent): void {
    const rows = this.#timeline?.rows ?? [];
    const spans = rows[this.#current]?.spans.length ?? 0;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1);
    const places: Readonly<Record<string, number>> = {
      ArrowUp: this.#current - 1,
      ArrowDown: this.#current + 1,
      PageUp: this.#current - page,
      PageDown: this.#current + page,
      Home: 0,
      End: rows.length - 1,
    };
    const place = places[event.key];
    if (place !== undefined) {
      this.#setCurrent(Math.min(rows.length - 1, Math.max(0, place)), true);
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const next = this.#span + (event.key === 'ArrowRight' ? 1 : -1);
      this.#span = Math.min(spans - 1, Math.max(0, next));
      this.#tellCurrent();
    } else if (event.key !== 'Enter' && event.key !== ' ') {
      return;
    }
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== ' ') {
      event.preventDefault();
    }
  }

  #setCurrent(place: number, takesFocus: boolean): void {
    this.#current = Math.max(0, place);
    this.#span = -1;
    if (takesFocus) {
      this.#bringIntoSight(this.#current);
      this.#drawInSight();
      const task = this.#timeline?.rows[this.#current]?.task;
      const own = task === undefined ? undefined : this.#drawn.get(task)?.element.firstElementChild;
      if (own instanceof HTMLElement) {
        own.focus({ preventScroll: true });
      }
    }
  }

  #tellCurrent(): void {
    const row = this.#timeline?.rows[this.#current];
    const span = row?.spans[this.#span];
    for (const bar of this.#list.querySelectorAll('.bar[data-current]')) {
      bar.removeAttribute('data-current');
    }
    if (row === undefined) {
      return;
    }
    if (span === undefined) {
      this.#host.tell(rowText(row, this.#to));
      return;
    }
    this.#host.tell(spanText(row, span, this.#to));
    const own = this.#drawn.get(row.task)?.element;
    own?.querySelector(`.bar[data-span="${this.#span}"]`)?.setAttribute('data-current', '');
  }

  #bringIntoSight(place: number): void {
    const top = place * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) {
      this.element.scrollTop = top;
    } else if (top + ROW_HEIGHT > scrollTop + clientHeight) {
      this.element.scrollTop = top + ROW_HEIGHT - clientHeight;
    }
  }

  #placeOf(task: string): number {
    return this.#timeline?.rows.findIndex((row) => row.task === task) ?? -1;
  }
}

/** The task whose row an element is in. */
function taskAt(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest('.timeline .row') : null;
  return row instanceof HTMLElement ? row.dataset['task'] : undefined;
}
