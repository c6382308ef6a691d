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
