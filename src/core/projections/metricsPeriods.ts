import type { MetricsWindow, PeriodUnit } from './metricsPicture.ts';

// Hours, days, weeks and months as whoever looks has them.

/** Milliseconds to add to a moment so that it reads as local time in UTC. They differ over the year. */
export type ZoneOffset = (at: number) => number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const WINDOW_MS: Readonly<Record<Exclude<MetricsWindow, 'all'>, number>> = {
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
};

/** Bars that a chart has room for. */
const MOST_DAYS = 62;
const MOST_WEEKS = 78;

/** Where a window begins, in milliseconds since 1970; `undefined`: it has no beginning. */
export function windowStart(window: MetricsWindow, now: number): number | undefined {
  return window === 'all' ? undefined : now - WINDOW_MS[window];
}

/** @param first the earliest moment that counts */
export function unitOf(window: MetricsWindow, first: number, now: number): PeriodUnit {
  switch (window) {
    case '24h':
      return 'hour';
    case '7d':
    case '30d':
      return 'day';
    case 'all': {
      const days = (now - first) / DAY;
      return days <= MOST_DAYS ? 'day' : days <= MOST_WEEKS * 7 ? 'week' : 'month';
    }
  }
}

/** The starts of the periods that cover the time from `first` to `now`, in order; at least one. */
export function periodStarts(
  unit: PeriodUnit,
  first: number,
  now: number,
  zone: ZoneOffset,
): number[] {
  const starts: number[] = [];
  let start = startOf(unit, Math.min(first, now), zone);
  while (start <= now) {
    starts.push(start);
    const next = startOf(unit, start + LONGER[unit], zone);
    // An hour that a clock is put back has the same start twice.
    start = next > start ? next : start + LONGER[unit];
  }
  return starts;
}

/** From a start into the middle of the next period, however long this one is. */
const LONGER: Readonly<Record<PeriodUnit, number>> = {
  hour: 1.5 * HOUR,
  day: 1.5 * DAY,
  week: 10 * DAY,
  month: 45 * DAY,
};

/** Weeks begin on Mondays. */
export function startOf(unit: PeriodUnit, at: number, zone: ZoneOffset): number {
  const start = localStart(unit, at + zone(at));
  // The clocks may have been changed between then and now.
  return start - zone(start - zone(at));
}

function localStart(unit: PeriodUnit, local: number): number {
  const day = Math.floor(local / DAY) * DAY;
  switch (unit) {
    case 'hour':
      return Math.floor(local / HOUR) * HOUR;
    case 'day':
      return day;
    case 'week':
      // 1 January 1970 was a Thursday.
      return day - ((((day / DAY + 3) % 7) + 7) % 7) * DAY;
    case 'month': {
      const date = new Date(local);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    }
  }
}
