import type { TimelineBreak } from '../../../core/projections/timelinePicture.ts';

/** Pixels that a time in which nobody drove the run takes, however long it was. */
export const BREAK_WIDTH = 18;
/** Of the whole, at most; with more breaks each is narrower. */
const BREAKS_SHARE = 1 / 3;

interface Piece {
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly left: number;
  readonly width: number;
  readonly isBreak: boolean;
}

/** Times to pixels. Where nobody drove the run the line is cut short: a night would leave no room for the day. */
export class TimeScale {
  readonly width: number;
  readonly #pieces: readonly Piece[];

  /** @param width pixels for all of it @param breaks in order, within the time; they do not overlap */
  constructor(from: number, to: number, breaks: readonly TimelineBreak[], width: number) {
    this.width = width;
    const total = Math.max(1, to - from);
    const most =
      breaks.length === 0 ? 0 : Math.min(BREAK_WIDTH, (width * BREAKS_SHARE) / breaks.length);
    // A short one takes what it took: it is no longer than it would be drawn.
    const cut = breaks.filter((one) => ((one.to - one.from) / total) * width > most);
    const idle = cut.reduce((sum, one) => sum + one.to - one.from, 0);
    const perMs = (width - cut.length * most) / Math.max(1, total - idle);
    const pieces: Piece[] = [];
    let at = from;
    let left = 0;
    const add = (end: number, isBreak: boolean): void => {
      const wide = isBreak ? most : (end - at) * perMs;
      pieces.push({ from: at, to: end, left, width: wide, isBreak });
      left += wide;
      at = end;
    };
    for (const one of cut) {
      add(one.from, false);
      add(one.to, true);
    }
    add(Math.max(to, at), false);
    this.#pieces = pieces;
  }

  /** What lies between the cuts: there every pixel is as long as any other. */
  get stretches(): readonly Pick<Piece, 'from' | 'to'>[] {
    return this.#pieces.filter(({ isBreak }) => !isBreak);
  }

  /** Where the line is cut short. */
  get cuts(): readonly Pick<Piece, 'from' | 'to' | 'left' | 'width'>[] {
    return this.#pieces.filter(({ isBreak }) => isBreak);
  }

  /** Pixels from the left; times outside are at its ends. */
  x(time: number): number {
    for (const { from, to, left, width } of this.#pieces) {
      if (time <= to) {
        const share = to === from ? 0 : Math.max(0, time - from) / (to - from);
        return left + share * width;
      }
    }
    return this.width;
  }

  /** Between the cuts. */
  get msPerPixel(): number {
    const piece = this.#pieces.find(({ isBreak, width }) => !isBreak && width > 0);
    return piece === undefined ? 1 : (piece.to - piece.from) / piece.width;
  }
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps people count time in. */
const STEPS = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28].map((n) => n * DAY),
];

/** Pixels that a tick and its time take, at least. */
export const TICK_WIDTH = 72;
/** Of them, what is written: with less room before the end, or before a cut, it could not be read. */
const LABEL_WIDTH = 60;

export interface Tick {
  readonly at: number;
  /** Pixels from the left. */
  readonly x: number;
  readonly label: string;
}

/**
 * Round times of the clock with room for each.
 * @param offsetMs what the clock on the wall is ahead of UTC
 */
export function ticksOf(scale: TimeScale, offsetMs: number): Tick[] {
  const least = scale.msPerPixel * TICK_WIDTH;
  const step = STEPS.find((one) => one >= least) ?? Math.ceil(least / DAY) * DAY;
  const ticks: Tick[] = [];
  let free = 0;
  for (const { from, to } of scale.stretches) {
    const end = scale.x(to);
    // By the clock on the wall: a day begins at midnight there.
    let at = Math.ceil((from + offsetMs) / step) * step - offsetMs;
    for (; at <= to; at += step) {
      const x = scale.x(at);
      if (x >= free && x + LABEL_WIDTH <= end) {
        ticks.push({ at, x, label: labelOf(at + offsetMs, step) });
        free = x + TICK_WIDTH;
      }
    }
  }
  return ticks;
}

/** @param local milliseconds since 1970 by the clock on the wall */
function labelOf(local: number, step: number): string {
  const time = new Date(local).toISOString();
  if (step >= DAY) {
    return time.slice(5, 10);
  }
  if (step >= MINUTE) {
    return time.slice(11, 16);
  }
  return step >= SECOND ? time.slice(11, 19) : time.slice(14, 22);
}
