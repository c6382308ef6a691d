import type { GraphMoment } from '../../../core/projections/graphPicture.ts';
import type { TimelinePicture } from '../../../core/projections/timelinePicture.ts';
import type { GraphPageMessage } from '../../protocol.ts';
import { element, setAttribute, setText } from '../../shared/dom.ts';
import { MomentSlider } from './momentSlider.ts';
import { TimelineRows } from './rows.ts';
import { ticksOf, TimeScale } from './scale.ts';
import { SlotsArea } from './slotsArea.ts';
import { lasted } from './spans.ts';

/** What the time line asks of the page it is on. */
export interface TimelineHost {
  post(message: GraphPageMessage): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** A person has chosen a task. */
  select(task: string): void;
}

/**
 * The time line under the graph. T1: it is written once a frame, however often it is told something. T2: rows that are
 * out of sight cost nothing.
 */
export class TimelineView {
  readonly element: HTMLElement;
  readonly #slider: MomentSlider;
  readonly #rows: TimelineRows;
  readonly #slots = new SlotsArea();
  readonly #axis = element('div', 'axis');
  readonly #slotsLabel = element('span', 'row-name');
  readonly #plot = element('div', 'plot');
  readonly #cuts = element('div', 'cuts');
  readonly #moment = element('div', 'moment-line');
  readonly #tip = element('p', 'tip');
  readonly #empty = element('p', 'timeline-empty', 'Nothing has begun yet.');
  #timeline: TimelinePicture | undefined;
  #shown: GraphMoment | undefined;
  #now: number;
  #isScheduled = false;

  constructor(host: TimelineHost) {
    this.#now = host.now();
    this.#slider = new MomentSlider({
      ask: (seq) => host.post({ type: 'moment', seq }),
      now: () => host.now(),
    });
    this.#rows = new TimelineRows({
      select: (task) => host.select(task),
      tell: (text) => setText(this.#tip, text),
    });
    setAttribute(this.#tip, 'role', 'status');
    setAttribute(this.#axis, 'aria-hidden', 'true');
    this.#plot.append(this.#cuts, this.#moment);
    const slots = element('div', 'slots-row', this.#slotsLabel, this.#slots.element);
    const axis = element('div', 'axis-row', element('span', 'row-name'), this.#axis);
    const chart = element('div', 'chart', axis, slots, this.#rows.element, this.#plot, this.#empty);
    this.element = element('section', 'timeline', this.#slider.element, chart, this.#tip);
    setAttribute(this.element, 'aria-label', 'Time line');
    new ResizeObserver(() => this.#schedule()).observe(this.element);
  }

  /** @param moment set while an earlier moment of the run is shown */
  show(timeline: TimelinePicture | undefined, moment: GraphMoment | undefined): void {
    this.#timeline = timeline;
    this.#shown = moment;
    this.#slider.show(timeline?.moments ?? [], moment);
    this.#schedule();
  }

  setSelected(task: string | undefined): void {
    this.#rows.setSelected(task);
  }

  /** Bars that go on grow. @param now milliseconds since 1970 */
  tick(now: number): void {
    this.#now = now;
    if (this.#timeline?.isOver === false) {
      this.#schedule();
    }
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        this.#draw();
      });
    }
  }

  #draw(): void {
    const told = this.#timeline;
    if (this.element.hidden) {
      this.#slider.close();
      return;
    }
    const isEmpty = told === undefined || told.rows.length === 0;
    this.#empty.hidden = !isEmpty;
    if (told === undefined) {
      this.#rows.draw(undefined, undefined, this.#now);
      return;
    }
    const to = told.isOver ? told.to : Math.max(told.to, this.#now);
    const timeline = { ...told, to };
    const scale = new TimeScale(told.from, to, told.breaks ?? [], this.#rows.plotWidth);
    const offset = -new Date(told.from).getTimezoneOffset() * 60_000;
    this.#axis.replaceChildren(
      ...ticksOf(scale, offset).map(({ x, label }) => {
        const tick = element('span', 'tick', label);
        tick.style.left = `${x}px`;
        return tick;
      }),
    );
    this.#cuts.replaceChildren(
      ...scale.cuts.map((cut) => {
        const mark = element('div', 'cut-out');
        mark.style.left = `${cut.left}px`;
        mark.style.width = `${cut.width}px`;
        mark.title = `Nobody drove the run for ${lasted(cut.to - cut.from)}`;
        setAttribute(mark, 'role', 'img');
        setAttribute(mark, 'aria-label', mark.title);
        return mark;
      }),
    );
    const at = this.#shown?.at;
    this.#moment.hidden = at === undefined;
    this.#moment.style.left = `${scale.x(at ?? to)}px`;
    this.#slots.draw(timeline, scale);
    const used = slotsAt(timeline, at ?? to);
    setText(this.#slotsLabel, `${used} of ${told.mostSlots} slots`);
    this.#rows.draw(timeline, scale, to);
  }
}

function slotsAt({ slots }: TimelinePicture, at: number): number {
  return slots.findLast((one) => one.at <= at)?.used ?? 0;
}
