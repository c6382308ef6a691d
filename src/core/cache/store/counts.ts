import type { CacheCounts, Saved } from '../../domain/cache.ts';
import { isObject } from './entry.ts';

/** What is counted; the rest of `CacheCounts` is on the disk. */
export type Counted = Omit<CacheCounts, 'entries' | 'bytes'>;

/** What was counted, in all and by whose it was. */
export interface Tally {
  total: Counted;
  readonly namespaces: Map<string, Counted>;
  readonly agents: Map<string, Counted>;
}

export const NOTHING_SAVED: Saved = { ms: 0, calls: 0, tokens: 0, usd: 0 };

export const NOTHING_COUNTED: Counted = {
  hits: 0,
  misses: 0,
  coalesced: 0,
  evictions: 0,
  expirations: 0,
  damaged: 0,
  saved: NOTHING_SAVED,
};

export function emptyTally(): Tally {
  return { total: NOTHING_COUNTED, namespaces: new Map(), agents: new Map() };
}

/** Whose question or answer it was; `undefined`: nobody knows any more. */
export type Whose = { readonly namespace: string; readonly agent: string | undefined } | undefined;

export function count(tally: Tally, whose: Whose, part: Partial<Counted>): void {
  tally.total = plus(tally.total, part);
  if (whose !== undefined) {
    addTo(tally.namespaces, whose.namespace, part);
  }
  if (whose?.agent !== undefined) {
    addTo(tally.agents, whose.agent, part);
  }
}

export function sumOf(a: Tally, b: Tally): Tally {
  return {
    total: plus(a.total, b.total),
    namespaces: sumOfAll(a.namespaces, b.namespaces),
    agents: sumOfAll(a.agents, b.agents),
  };
}

/** What has come to `whole` since it was `before`. */
export function sinceThen(whole: Tally, before: Tally): Tally {
  return sumOf(whole, {
    total: negative(before.total),
    namespaces: new Map([...before.namespaces].map(([name, part]) => [name, negative(part)])),
    agents: new Map([...before.agents].map(([name, part]) => [name, negative(part)])),
  });
}

export function tallyToJson({ total, namespaces, agents }: Tally): object {
  return {
    total,
    namespaces: Object.fromEntries(namespaces),
    agents: Object.fromEntries(agents),
  };
}

/** `undefined`: it is not a tally. */
export function tallyFromJson(json: unknown): Tally | undefined {
  if (!isObject(json) || !isCounted(json['total'])) {
    return undefined;
  }
  const namespaces = countedByName(json['namespaces']);
  const agents = countedByName(json['agents']);
  return namespaces && agents && { total: json['total'], namespaces, agents };
}

function plus(a: Counted, b: Partial<Counted>): Counted {
  const saved = b.saved ?? NOTHING_SAVED;
  return {
    hits: a.hits + (b.hits ?? 0),
    misses: a.misses + (b.misses ?? 0),
    coalesced: a.coalesced + (b.coalesced ?? 0),
    evictions: a.evictions + (b.evictions ?? 0),
    expirations: a.expirations + (b.expirations ?? 0),
    damaged: a.damaged + (b.damaged ?? 0),
    saved: {
      ms: a.saved.ms + saved.ms,
      calls: a.saved.calls + saved.calls,
      tokens: a.saved.tokens + saved.tokens,
      usd: a.saved.usd + saved.usd,
    },
  };
}

function negative({ saved, ...counts }: Counted): Counted {
  return {
    hits: -counts.hits,
    misses: -counts.misses,
    coalesced: -counts.coalesced,
    evictions: -counts.evictions,
    expirations: -counts.expirations,
    damaged: -counts.damaged,
    saved: { ms: -saved.ms, calls: -saved.calls, tokens: -saved.tokens, usd: -saved.usd },
  };
}

function addTo(all: Map<string, Counted>, name: string, part: Partial<Counted>): void {
  all.set(name, plus(all.get(name) ?? NOTHING_COUNTED, part));
}

function sumOfAll(a: Map<string, Counted>, b: Map<string, Counted>): Map<string, Counted> {
  const sum = new Map(a);
  for (const [name, part] of b) {
    addTo(sum, name, part);
  }
  return sum;
}

function countedByName(json: unknown): Map<string, Counted> | undefined {
  if (!isObject(json)) {
    return undefined;
  }
  const all = new Map<string, Counted>();
  for (const [name, part] of Object.entries(json)) {
    if (!isCounted(part)) {
      return undefined;
    }
    all.set(name, part);
  }
  return all;
}

function isCounted(json: unknown): json is Counted {
  return (
    isObject(json) &&
    Object.keys(NOTHING_COUNTED).every((name) => name === 'saved' || Number.isFinite(json[name])) &&
    isObject(json['saved']) &&
    Object.keys(NOTHING_SAVED).every((name) =>
      Number.isFinite((json['saved'] as Record<string, unknown>)[name]),
    )
  );
}
