// What providers tell of their limits, in every form that was seen in the wild.

/** One limit of an account. */
export interface Allowance {
  /** Units in a full window; `undefined`: not told. */
  readonly limit: number | undefined;
  /** Units that are left. */
  readonly remaining: number | undefined;
  /** When all of `limit` is there again, in milliseconds since 1970. */
  readonly resetAt: number | undefined;
}

export interface ToldLimits {
  readonly requests: Allowance | undefined;
  /** Of several limits on tokens (all, input, output): the one of which the smallest part is left. */
  readonly tokens: Allowance | undefined;
  /** Before this moment, in milliseconds since 1970, another call is of no use. */
  readonly notBefore: number | undefined;
  /** What `x-should-retry` says. */
  readonly shouldRetry: boolean | undefined;
}

export const NO_LIMITS: ToldLimits = {
  requests: undefined,
  tokens: undefined,
  notBefore: undefined,
  shouldRetry: undefined,
};

/** A provider that asks for more is not believed: it is a mistake of units. 31 days. */
const LONGEST_WAIT_MS = 31 * 86_400_000;
/** Above this a plain number of a reset is a date in seconds since 1970, above the next one in milliseconds. */
const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 1_000_000_000_000;

export type Headers = Readonly<Record<string, string | undefined>>;

/**
 * @param body of the response, parsed; Google says there how long to wait
 * @param now milliseconds since 1970
 */
export function toldLimits(headers: Headers, now: number, body?: unknown): ToldLimits {
  const told = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value?.trim()]),
  );
  const read = (name: string) => told.get(name);
  const anthropic = (what: string) =>
    allowance(
      read(`anthropic-ratelimit-${what}-limit`),
      read(`anthropic-ratelimit-${what}-remaining`),
      read(`anthropic-ratelimit-${what}-reset`),
      now,
    );
  const common = (what: string) =>
    allowance(
      read(`x-ratelimit-limit-${what}`),
      read(`x-ratelimit-remaining-${what}`),
      read(`x-ratelimit-reset-${what}`),
      now,
    );
  const plain = allowance(
    read('x-ratelimit-limit') ?? read('ratelimit-limit'),
    read('x-ratelimit-remaining') ?? read('ratelimit-remaining'),
    read('x-ratelimit-reset') ?? read('ratelimit-reset'),
    now,
  );
  const shouldRetry = read('x-should-retry');
  return {
    requests: anthropic('requests') ?? common('requests') ?? plain,
    tokens: scarcest([
      anthropic('tokens'),
      anthropic('input-tokens'),
      anthropic('output-tokens'),
      common('tokens'),
    ]),
    notBefore:
      retryMoment(read('retry-after'), read('retry-after-ms'), now) ?? googleWait(body, now),
    shouldRetry: shouldRetry === 'true' ? true : shouldRetry === 'false' ? false : undefined,
  };
}

/** Milliseconds since 1970; `undefined`: nothing is said, nothing usable, or that there is no need to wait. */
export function retryMoment(
  retryAfter: string | undefined,
  retryAfterMs: string | undefined,
  now: number,
): number | undefined {
  const ms = plainNumber(retryAfterMs);
  if (ms !== undefined) {
    return moment(now, ms);
  }
  const seconds = plainNumber(retryAfter);
  if (seconds !== undefined) {
    return moment(now, seconds * 1000);
  }
  const date = retryAfter === undefined ? NaN : dateMs(retryAfter);
  return Number.isNaN(date) ? undefined : moment(now, date - now);
}

/** `20ms`, `1m30s`, `2h`, `34s`, `34.5s`; in milliseconds. */
export function durationMs(text: string): number | undefined {
  const match =
    /^(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
      text.trim(),
    );
  if (match === null || text.trim() === '') {
    return undefined;
  }
  const [days, hours, minutes, seconds, ms] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return (
    (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 +
    (seconds ?? 0) * 1000 +
    (ms ?? 0)
  );
}

function allowance(
  limit: string | undefined,
  remaining: string | undefined,
  reset: string | undefined,
  now: number,
): Allowance | undefined {
  const told: Allowance = {
    limit: plainNumber(limit),
    remaining: plainNumber(remaining),
    resetAt: resetMoment(reset, now),
  };
  return told.limit === undefined && told.remaining === undefined ? undefined : told;
}

function resetMoment(text: string | undefined, now: number): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const number = plainNumber(text);
  if (number !== undefined) {
    const at =
      number >= EPOCH_MS ? number : number >= EPOCH_SECONDS ? number * 1000 : now + number * 1000;
    return believable(at, now);
  }
  const duration = durationMs(text);
  const at = duration === undefined ? dateMs(text) : now + duration;
  return Number.isNaN(at) ? undefined : believable(at, now);
}

function believable(at: number, now: number): number | undefined {
  return at - now > LONGEST_WAIT_MS ? undefined : Math.max(now, Math.ceil(at));
}

function moment(now: number, ms: number): number | undefined {
  return ms > 0 && ms <= LONGEST_WAIT_MS ? Math.ceil(now + ms) : undefined;
}

function plainNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Dates of HTTP and of RFC 3339 only: `Date.parse` also takes what nobody meant. */
function dateMs(text: string): number {
  return /^(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))$/.test(
    text,
  )
    ? Date.parse(text)
    : NaN;
}

function scarcest(told: readonly (Allowance | undefined)[]): Allowance | undefined {
  const left = ({ limit, remaining }: Allowance) =>
    remaining === undefined
      ? 1
      : limit === undefined || limit === 0
        ? remaining
        : remaining / limit;
  return told
    .filter((allowed) => allowed !== undefined)
    .reduce<Allowance | undefined>(
      (least, next) => (least === undefined || left(next) < left(least) ? next : least),
      undefined,
    );
}

/** `RetryInfo` among the details of an error: `{"retryDelay": "34s"}`. */
function googleWait(body: unknown, now: number): number | undefined {
  const details = member(member(body, 'error'), 'details') ?? member(body, 'details');
  if (!Array.isArray(details)) {
    return undefined;
  }
  for (const detail of details) {
    const delay = member(detail, 'retryDelay');
    const ms = typeof delay === 'string' ? durationMs(delay) : undefined;
    if (ms !== undefined) {
      return moment(now, ms);
    }
  }
  return undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
