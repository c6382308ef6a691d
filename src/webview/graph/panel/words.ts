import type {
  DetailAttempt,
  DetailFile,
  DetailTool,
} from '../../../core/projections/detailPicture.ts';

// What stands in the panel for words of the extension, and for numbers.

/** Buttons of verbs, by the words of the extension: what is asked most often stands first. */
const VERBS: Readonly<Record<string, string>> = {
  answer: 'Answer…',
  rerunFromHere: 'Re-run from here',
  accept: 'Accept',
  release: 'Release',
  stop: 'Stop',
  changes: 'Show changes',
  rerun: 'Rerun',
  skip: 'Skip',
  hold: 'Hold',
  steer: 'Send message…',
  similar: 'Ask anew',
  'rerun-without-cache': 'Rerun without cache',
  prompt: 'Rerun with another prompt…',
  otherModel: 'Rerun with another model…',
  'change-model': 'Change model…',
  'change-permissions': 'Change permission mode…',
  command: 'Run command in copy…',
  forecast: 'Conflict forecast',
  rollBack: 'Roll back…',
};
const ORDER = Object.keys(VERBS);

export interface NamedVerb {
  readonly verb: string;
  readonly label: string;
}

/** Those the panel has a button for, in its order. */
export function namedVerbs(verbs: readonly string[]): NamedVerb[] {
  return ORDER.flatMap((verb) => {
    const label = VERBS[verb];
    return verbs.includes(verb) && label !== undefined ? [{ verb, label }] : [];
  });
}

export const TOOL_WORDS: Readonly<Record<DetailTool['outcome'], string>> = {
  open: 'running',
  done: 'done',
  failed: 'failed',
  refused: 'refused',
  lost: 'cut off',
};

export const ATTEMPT_WORDS: Readonly<Record<DetailAttempt['outcome'], string>> = {
  running: 'running',
  parked: 'waits',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  'cut off': 'cut off',
  unknown: 'needs a look',
};

export const CHANGE_WORDS: Readonly<Record<DetailFile['change'], string>> = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
};

/** `850 ms`, `12.4 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatMs(ms: number): string {
  if (ms < 1000) {
    return `${Math.max(0, Math.round(ms))} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const two = (n: number): string => String(n).padStart(2, '0');
  return minutes < 60
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `12 B`, `3.4 KB`, `64 MB`; 1 KB is 1,024 bytes. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A time of the clock: `10:31:05`. */
export function formatClock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** A time, and its day where it is another one: `10:31:05`, `21 Nov, 10:31:05`. */
export function formatMoment(at: number, now: number): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return isToday
    ? formatClock(at)
    : `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${formatClock(at)}`;
}

/** A prompt longer than this is folded: it is seldom what somebody looks for. */
export function isLong(text: string): boolean {
  return text.length > 400 || text.split('\n').length > 8;
}
