import { DEFAULT_CACHE_SETTINGS, DEFAULT_TTL_MS, type CacheSettings } from './domain/cache.ts';
import { oneLine } from './base/text.ts';
import { durationText, MAX_DURATION_MS, parseDuration } from './definitions/duration.ts';

/** The settings of the cache as a user has written them: each may be anything. */
export interface WrittenCacheSettings {
  readonly enabled?: unknown;
  /** By namespace, as durations: `24h`. */
  readonly ttl?: unknown;
  readonly maxSizeMb?: unknown;
}

export interface ReadCacheSettings {
  readonly settings: CacheSettings;
  /** What is wrong in them and what counts until it is repaired, as sentences. */
  readonly problems: readonly string[];
}

/** As agents and steps name them. */
const NAMESPACE = /^[A-Za-z0-9_-]{1,64}$/;
const MB = 1024 * 1024;
/** A terabyte. */
const MOST_MB = 1024 * 1024;

/** What is wrong is told, and the default counts in its place. @param section what stands before the names of all */
export function readCacheSettings(
  {
    enabled = true,
    ttl = {},
    maxSizeMb = DEFAULT_CACHE_SETTINGS.maxBytes / MB,
  }: WrittenCacheSettings,
  section: string,
): ReadCacheSettings {
  const problems: string[] = [];
  const usual = durationText(DEFAULT_TTL_MS);
  if (typeof enabled !== 'boolean') {
    problems.push(`${section}.enabled must be true or false; until then the cache is used.`);
  }
  const times: [string, number][] = [];
  if (!isRecord(ttl)) {
    problems.push(
      `${section}.ttl must name namespaces and how long their answers stand, such as {"web_search": "1h"}; until then all stand ${usual}.`,
    );
  }
  for (const [namespace, text] of isRecord(ttl) ? Object.entries(ttl) : []) {
    const ms = typeof text === 'string' ? parseDuration(text) : undefined;
    if (!NAMESPACE.test(namespace)) {
      problems.push(
        `${section}.ttl names ${oneLine(JSON.stringify(namespace), 40)}, and a namespace is 1 to 64 letters, digits, "_" and "-"; it is passed over.`,
      );
    } else if (ms === undefined) {
      problems.push(
        `${section}.ttl gives ${namespace} ${oneLine(JSON.stringify(text), 40)}, and needs a duration such as 30m or 24h, at most ${durationText(MAX_DURATION_MS)}; until then its answers stand ${usual}.`,
      );
    } else {
      times.push([namespace, ms]);
    }
  }
  const isSize =
    typeof maxSizeMb === 'number' &&
    Number.isInteger(maxSizeMb) &&
    maxSizeMb >= 1 &&
    maxSizeMb <= MOST_MB;
  const { use, maxBytes } = DEFAULT_CACHE_SETTINGS;
  if (!isSize) {
    problems.push(
      `${section}.maxSizeMb must be a whole number from 1 to ${MOST_MB}; until then it is ${maxBytes / MB}.`,
    );
  }
  return {
    settings: {
      use: typeof enabled === 'boolean' ? enabled : use,
      ttlMs: Object.fromEntries(times),
      maxBytes: isSize ? maxSizeMb * MB : maxBytes,
    },
    problems,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
