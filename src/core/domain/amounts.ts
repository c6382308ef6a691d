import { formatDuration } from '../base/text.ts';

// Tokens, money and times as words.

/** `2,140 tokens` */
export function tokensText(tokens: number): string {
  return `${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'}`;
}

/** US dollars: `$0.03`, `$1,204.50`, and `< $0.01` for what is something yet. */
export function moneyText(usd: number): string {
  if (usd > 0 && usd < 0.01) {
    return '< $0.01';
  }
  const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${usd.toLocaleString('en', cents)}`;
}

/** A sum of times, of which nobody needs the last second: `850 ms`, `41 s`, `4 min`, `2 h 07 min`. */
export function roundTimeText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) {
    return formatDuration(ms);
  }
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : formatDuration(minutes * 60_000);
}

/** A time that somebody has set, without what is nought in it: `24 h`, `90 min`, `168 h`. */
export function setTimeText(ms: number): string {
  for (const [unit, size] of SET_UNITS) {
    if (ms >= size && ms % size === 0) {
      return `${ms / size} ${unit}`;
    }
  }
  return `${ms} ms`;
}

const SET_UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** How long ago something was: `just now`, `5 min ago`, `2 h ago`, `3 days ago`. @param ms below 0 by clocks that differ */
export function ageText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) {
    return 'just now';
  }
  if (minutes < 60) {
    return `${minutes} min ago`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
