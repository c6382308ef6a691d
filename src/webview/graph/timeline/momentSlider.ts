import type { GraphMoment } from '../../../core/projections/graphPicture.ts';
import type { TimelineMoment } from '../../../core/projections/timelinePicture.ts';
import { button, element, setAttribute, setText, svgElement } from '../../shared/dom.ts';
import { paceOf, seqAt, stopOf } from './stops.ts';
import { wallTime } from './spans.ts';

const PLAY = 'M5 3.2v9.6l7.6-4.8z';
const PAUSE = 'M5.4 3.5v9M10.6 3.5v9';
/** What was asked for counts so long, in milliseconds, before what the extension shows does again. */
const PATIENCE = 3000;
/** Keys of a slider; the graph has its own use for some of them. */
const KEYS: ReadonlySet<string> = new Set([
  ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
  ...['Home', 'End', 'PageUp', 'PageDown', ' ', 'Enter'],
]);

export interface SliderHost {
  /** @param seq `undefined`: the run as it is */
  ask(seq: number | undefined): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Goes through the moments of a run. M1: however fast it is dragged, it asks once a frame, for where it is then. M2: it
 * stands where people have put it until the extension shows that, or has had time enough.
 */
export class MomentSlider {
  readonly element = element('div', 'moments');
  readonly #host: SliderHost;
  readonly #play: HTMLButtonElement;
  readonly #sign = svgElement('path', { d: PLAY });
  readonly #range = element('input', 'range');
  readonly #told = element('span', 'told');
  #moments: readonly TimelineMoment[] = [];
  #shown: GraphMoment | undefined;
  #asked: { readonly seq: number | undefined; readonly at: number } | undefined;
  #isScheduled = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: SliderHost) {
    this.#host = host;
    const icon = svgElement('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
    icon.append(this.#sign);
    this.#play = button('play', icon, 'Replay the run', () => this.#toggle());
    this.#play.title = 'Replay the run';
    this.#range.type = 'range';
    this.#range.min = '0';
    this.#range.step = '1';
    setAttribute(this.#range, 'aria-label', 'Moment of the run');
    this.#range.addEventListener('input', () => {
      this.#stop();
      this.#schedule();
    });
    this.element.addEventListener('keydown', (event) => {
      if (KEYS.has(event.key)) {
        event.stopPropagation();
      }
    });
    this.element.append(this.#play, this.#range, this.#told);
  }

  show(moments: readonly TimelineMoment[], moment: GraphMoment | undefined): void {
    this.#moments = moments;
    this.#shown = moment;
    const asked = this.#asked;
    if (asked !== undefined) {
      const isThere = asked.seq === moment?.seq;
      if (isThere || this.#host.now() - asked.at > PATIENCE) {
        this.#asked = undefined;
      }
    }
    this.#range.max = String(Math.max(0, moments.length - 1));
    this.#range.disabled = moments.length < 2;
    this.#play.disabled = moments.length < 2;
    if (this.#asked === undefined && !this.#isScheduled) {
      this.#range.value = String(stopOf(moments, moment));
    } else if (this.#asked !== undefined && !this.#isScheduled) {
      const { seq } = this.#asked;
      this.#range.value = String(stopOf(moments, seq === undefined ? undefined : { seq }));
    }
    this.#tell();
  }

  /** A replay ends with the view. */
  close(): void {
    this.#stop();
  }

  #schedule(): void {
    this.#tell();
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        this.#ask();
      });
    }
  }

  #ask(): void {
    const seq = seqAt(this.#moments, Number(this.#range.value));
    const standing = this.#asked === undefined ? this.#shown?.seq : this.#asked.seq;
    if (seq !== standing) {
      this.#asked = { seq, at: this.#host.now() };
      this.#host.ask(seq);
    }
  }

  #tell(): void {
    const stop = Number(this.#range.value);
    const moment = this.#moments[stop];
    const isNow = seqAt(this.#moments, stop) === undefined;
    const last = this.#moments.at(-1)?.seq ?? 0;
    const text =
      moment === undefined
        ? ''
        : isNow
          ? `Now · ${moment.text}`
          : `${wallTime(moment.at)} · ${moment.seq} of ${last} · ${moment.text}`;
    setText(this.#told, text);
    setAttribute(this.#told, 'title', text);
    setAttribute(this.#range, 'aria-valuetext', text);
  }

  #toggle(): void {
    if (this.#timer !== undefined) {
      this.#stop();
      return;
    }
    if (Number(this.#range.value) >= this.#moments.length - 1) {
      this.#range.value = '0';
      this.#schedule();
    }
    this.#label('Stop the replay', PAUSE);
    this.#next();
  }

  #next(): void {
    const isStill =
      matchMedia('(prefers-reduced-motion: reduce)').matches ||
      document.body.classList.contains('vscode-reduce-motion');
    const { everyMs, by } = paceOf(this.#moments.length, isStill);
    this.#timer = setTimeout(() => {
      const last = this.#moments.length - 1;
      // A moment that is still being read is waited for: what was asked is seen.
      if (this.#asked === undefined || this.#host.now() - this.#asked.at > PATIENCE) {
        this.#range.value = String(Math.min(last, Number(this.#range.value) + by));
        this.#schedule();
      }
      if (Number(this.#range.value) >= last) {
        this.#stop();
      } else {
        this.#next();
      }
    }, everyMs);
  }

  #stop(): void {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#label('Replay the run', PLAY);
    }
  }

  #label(label: string, sign: string): void {
    setAttribute(this.#play, 'aria-label', label);
    this.#play.title = label;
    setAttribute(this.#sign, 'd', sign);
  }
}
