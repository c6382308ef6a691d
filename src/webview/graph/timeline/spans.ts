import type { TimelineRow, TimelineSpan } from '../../../core/projections/timelinePicture.ts';

/** `12:03:04` by the clock on the wall. */
export function wallTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** `640 ms`, `8.2 s`, `3 min 05 s`, `2 h 07 min` */
export function lasted(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 1000) {
    return `${Math.round(whole)} ms`;
  }
  const seconds = Math.floor(whole / 1000);
  if (seconds < 60) {
    return `${(whole / 1000).toFixed(1)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** All there is to say of a bar, as one line. @param now where it goes on */
export function spanText(
  { task }: Pick<TimelineRow, 'task'>,
  span: TimelineSpan,
  now: number,
): string {
  const took = lasted((span.to ?? now) - span.from);
  const end = span.to === undefined ? `for ${took} so far` : took;
  return `${task}: ${span.label}, ${end}, from ${wallTime(span.from)}`;
}

/** What a screen reader says of a row. */
export function rowText({ task, spans, reusedAt }: TimelineRow, now: number): string {
  const attempts = new Set(
    spans.flatMap(({ kind, attempt }) => (kind === 'attempt' ? attempt : [])),
  );
  const last = spans.at(-1);
  const told = [
    attempts.size > 1 ? `${attempts.size} attempts` : '',
    last === undefined ? '' : `${last.label}, ${lasted((last.to ?? now) - last.from)}`,
    reusedAt === undefined ? '' : `reused at ${wallTime(reusedAt)}`,
  ];
  return [task, ...told].filter((text) => text !== '').join(', ');
}

/** A sign at the end of a bar, so that colour is never all that tells how it ended. */
export function signOf({ kind, outcome }: Pick<TimelineSpan, 'kind' | 'outcome'>): string {
  switch (outcome) {
    case 'succeeded':
    case 'approved':
      return '✓';
    case 'failed':
    case 'rejected':
      return '✕';
    case 'cancelled':
      return '∅';
    case 'cut off':
      return '⚡';
    case 'changes':
      return '↺';
    case undefined:
      return kind === 'asking' || kind === 'gate' ? '?' : '';
  }
}
