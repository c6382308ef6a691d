import type { GraphMoment } from '../../../core/projections/graphPicture.ts';
import type { TimelineMoment } from '../../../core/projections/timelinePicture.ts';

/** The slider's places: one for each moment; the last is the run as it is. */
export function stopOf(
  moments: readonly TimelineMoment[],
  moment: Pick<GraphMoment, 'seq'> | undefined,
): number {
  const last = Math.max(0, moments.length - 1);
  if (moment === undefined) {
    return last;
  }
  // The last one that is not behind it.
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle]?.seq ?? 0) <= moment.seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Math.min(last, Math.max(0, low - 1));
}

/** What the slider at that place asks for; `undefined`: the run as it is. */
export function seqAt(moments: readonly TimelineMoment[], stop: number): number | undefined {
  return stop >= moments.length - 1 ? undefined : moments[Math.max(0, stop)]?.seq;
}

/** A replay takes so long, in milliseconds; a short one takes less. */
const REPLAY_MS = 20_000;
const SLOWEST_MS = 600;
const FASTEST_MS = 50;
/** Where people want little motion: a look at a time, seldom. */
const STILL_MS = 1500;
const STILL_STOPS = 20;

export interface Pace {
  readonly everyMs: number;
  /** Stops that are gone on by each time. */
  readonly by: number;
}

/** How a replay goes through so many stops. */
export function paceOf(stops: number, isStill: boolean): Pace {
  if (isStill) {
    return { everyMs: STILL_MS, by: Math.max(1, Math.ceil(stops / STILL_STOPS)) };
  }
  const everyMs = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, REPLAY_MS / Math.max(1, stops)));
  return { everyMs, by: Math.max(1, Math.ceil((stops * everyMs) / REPLAY_MS)) };
}

/** Rows of a long list that are in sight, with some around them. @param height of a row, in pixels */
export function rowsInSight(
  count: number,
  height: number,
  scrolled: number,
  seen: number,
): { readonly from: number; readonly to: number } {
  const around = 6;
  const from = Math.max(0, Math.floor(scrolled / height) - around);
  return { from, to: Math.min(count, Math.ceil((scrolled + seen) / height) + around) };
}
