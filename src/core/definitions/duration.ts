/** `250ms`, `30s`, `5m`, `1.5h`. */
export const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/;

/** Timers of the platform cannot count further than 24.8 days; nothing here should run that long. */
export const MAX_DURATION_MS = 7 * 24 * 3_600_000;

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds, at least 1; `undefined` for what is no duration or longer than 7 days. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    return undefined;
  }
  const ms = Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
  return ms >= 1 && ms <= MAX_DURATION_MS ? ms : undefined;
}

const WORDS: Readonly<Record<string, keyof typeof UNITS>> = {
  ...{ ms: 'ms', msec: 'ms', msecs: 'ms', millisecond: 'ms', milliseconds: 'ms' },
  ...{ '': 's', s: 's', sec: 's', secs: 's', second: 's', seconds: 's' },
  ...{ m: 'm', min: 'm', mins: 'm', minute: 'm', minutes: 'm' },
  ...{ h: 'h', hr: 'h', hrs: 'h', hour: 'h', hours: 'h' },
};

/** The duration that somebody most likely means who writes `5 min`, `2 hours` or `10`, which is seconds. */
export function durationMeant(text: string): string | undefined {
  const [, amount, word] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const unit = word === undefined ? undefined : WORDS[word.toLowerCase()];
  const meant = unit === undefined ? '' : `${amount ?? ''}${unit}`;
  return meant !== text && parseDuration(meant) !== undefined ? meant : undefined;
}

/** The shortest text that `parseDuration` reads as so many milliseconds. @param ms whole, 1 to `MAX_DURATION_MS` */
export function durationText(ms: number): string {
  const unit = (['h', 'm', 's'] as const).find((each) => ms % UNITS[each] === 0) ?? 'ms';
  return `${ms / UNITS[unit]}${unit}`;
}
