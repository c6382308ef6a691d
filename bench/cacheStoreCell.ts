// One process of the cache bench, about its store. Prints what it measured, in microseconds, as one line of JSON:
//   cacheStoreCell memory <folder>
//   cacheStoreCell disk <folder> <peers> <port of Redis, or 0>
//   cacheStoreCell turns <folder>
import { createHash, hash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { systemClock } from '../src/core/base/clock.ts';
import { digestOf, type Digest } from '../src/core/base/digest.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { openCache, type OpenCache } from '../src/core/cache/store/openCache.ts';
import { DEFAULT_CACHE_SETTINGS, DEFAULT_TTL_MS } from '../src/core/domain/cache.ts';
import type { BlobRef } from '../src/core/domain/event.ts';
import { median, part, turned } from './table.ts';
import { longestOf, turnsOf } from './turnsOf.ts';

export interface DiskFigures {
  readonly put: readonly number[];
  readonly hit: readonly number[];
}

export interface TurnFigures {
  readonly count: number;
  /** The middle of several rounds. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

const [, , what = '', folder = '', peers = '', port = '0'] = process.argv;
const never = new AbortController().signal;
const quiet = () => undefined;

function open(name: string): OpenCache {
  return openCache({
    folder: path.join(folder, name),
    disk: nodeDisk,
    clock: systemClock,
    settings: () => DEFAULT_CACHE_SETTINGS,
    log: { debug: console.error, info: quiet, warn: console.error, error: console.error },
  });
}

/** Words as in a prompt, some of them beyond ASCII. */
function prose(bytes: number, seed = 0): string {
  const words = Array.from({ length: 500 }, (_, n) =>
    digestOf(`${seed} ${n}`).slice(0, 3 + (n % 9)),
  );
  let text = `${seed} `;
  for (let n = 0; text.length < bytes; n += 1) {
    text += `${words[(n * 7919) % 500] ?? ''}${n % 10 === 0 ? '.\n' : n % 100 === 7 ? 'é" ' : ' '}`;
  }
  return text.slice(0, bytes);
}

function share(cache: OpenCache, text: string, answer: string): Promise<string> {
  const question = { namespace: 'web_search', facts: '{"tool":"bench"}', text, agent: undefined };
  return cache.shared.share(question, () => Promise.resolve({ text: answer, keep: true }), never);
}

const MEMORY_ROUNDS = 15;
const CALLS = 300;
const AT_A_TIME = 20;

/** The question of 20 KB, answered from memory, beside one digest of the same bytes; all in turn. */
async function memory(): Promise<Readonly<Record<string, readonly number[]>>> {
  const cache = open('memory');
  const text = prose(20 * 1024);
  const bytes = Buffer.from(text);
  await share(cache, text, prose(2000));
  const ways: Readonly<Record<string, () => unknown>> = {
    'one sha256 of the bytes': () => createHash('sha256').update(bytes).digest('hex'),
    'the same by crypto.hash': () => hash('sha256', bytes),
    'one sha256 of the text': () => digestOf(text),
    'sluice: key and hit': () => share(cache, text, ''),
  };
  const took: Record<string, number[]> = {};
  for (let round = 0; round < MEMORY_ROUNDS + 3; round += 1) {
    const sums = new Map<string, number>();
    for (let n = 0; n < CALLS; n += AT_A_TIME) {
      for (const [name, way] of turned(Object.entries(ways), n / AT_A_TIME)) {
        const begun = performance.now();
        for (let call = 0; call < AT_A_TIME; call += 1) {
          await way();
        }
        sums.set(name, (sums.get(name) ?? 0) + performance.now() - begun);
      }
    }
    if (round >= 3) {
      for (const name of Object.keys(ways)) {
        (took[name] ??= []).push(((sums.get(name) ?? 0) * 1000) / CALLS);
      }
    }
  }
  await cache.close();
  return took;
}

/** Whoever puts a blob knows its digest. */
interface BlobBytes extends BlobRef {
  readonly content: Buffer;
}

function blob(content: Buffer): BlobBytes {
  return { content, digest: digestOf(content), bytes: content.length };
}

interface Store {
  readonly put: (key: Digest, value: BlobBytes) => Promise<unknown>;
  readonly get: (key: Digest) => Promise<Uint8Array | undefined>;
  /** From here on nothing it holds in memory counts. */
  readonly reopen?: () => Promise<void>;
  readonly close?: () => Promise<unknown>;
}

/** Bytes as an answer's value. */
function sluiceStore(name: string): Store {
  let cache = open(name);
  return {
    put: async (key, { digest, bytes, content }) => {
      const isKept = await cache.answers.keep({
        ...{ key, namespace: 'bench', agent: undefined, run: undefined, ttlMs: DEFAULT_TTL_MS },
        facts: { digest, bytes },
        values: [{ digest, bytes, read: () => Promise.resolve(content) }],
      });
      if (!isKept) {
        throw new Error('it was not kept');
      }
    },
    get: async (key) => {
      const [answer] = (await cache.answers.find(key)).answers;
      return answer && (await cache.answers.value(answer, answer.facts as unknown as BlobRef));
    },
    reopen: async () => {
      await cache.close();
      cache = open(name);
    },
    close: () => cache.close(),
  };
}

/** Texts as tools and agents share them. */
function sharedStore(name: string): Store {
  let cache = open(name);
  return {
    put: (key, { content }) => share(cache, key, content.toString()),
    get: async (key) => Buffer.from(await share(cache, key, '')),
    reopen: async () => {
      await cache.close();
      cache = open(name);
    },
    close: () => cache.close(),
  };
}

interface Cacache {
  put(folder: string, key: string, value: Buffer): Promise<unknown>;
  get(folder: string, key: string): Promise<{ readonly data: Buffer }>;
}

function cacacheStore(name: string): Store {
  const cacache = createRequire(peers)('cacache') as Cacache;
  const at = path.join(folder, name);
  return {
    put: (key, { content }) => cacache.put(at, key, content),
    get: async (key) => (await cacache.get(at, key)).data,
  };
}

interface Redis {
  on(event: 'error', listener: () => void): unknown;
  flushall(): Promise<unknown>;
  set(key: string, value: Buffer): Promise<unknown>;
  getBuffer(key: string): Promise<Buffer | null>;
  quit(): Promise<unknown>;
}

async function redisStore(): Promise<Store> {
  const client = createRequire(peers)('ioredis') as {
    Redis: new (options: object) => Redis;
  };
  const redis = new client.Redis({ host: '127.0.0.1', port: Number(port) });
  redis.on('error', quiet);
  await redis.flushall();
  return {
    put: (key, { content }) => redis.set(key, content),
    get: async (key) => (await redis.getBuffer(key)) ?? undefined,
    close: () => redis.quit(),
  };
}

const DISK_ROUNDS = 3;
/** Calls before it is the next store's turn. */
const IN_TURN = 50;
const NO_BYTES = blob(Buffer.alloc(0));
const NO_KEY = digestOf('');

/** Each key put once and then asked once, one after another, the stores in turn. */
async function disk(): Promise<Readonly<Record<string, Readonly<Record<string, DiskFigures>>>>> {
  const figures: Record<string, Record<string, { put: number[]; hit: number[] }>> = {};
  for (const [bytes, count] of [
    [4096, 1000],
    [102_400, 300],
  ] as const) {
    for (let round = 0; round < DISK_ROUNDS; round += 1) {
      const stores: Readonly<Record<string, Store>> = {
        sluice: sluiceStore(`sluice ${bytes} ${round}`),
        'sluice, shared': sharedStore(`shared ${bytes} ${round}`),
        cacache: cacacheStore(`cacache ${bytes} ${round}`),
        ...(port === '0' ? {} : { 'redis (ioredis)': await redisStore() }),
      };
      const all = Object.entries(stores);
      const of = (figures[`${bytes / 1024} KB`] ??= {});
      const keys = Array.from({ length: count }, (_, n) => digestOf(`${bytes} ${round} ${n}`));
      const values = keys.map((_, n) => blob(Buffer.from(prose(bytes, n))));
      const inTurns = async (what: 'put' | 'hit', work: (store: Store, n: number) => unknown) => {
        for (let begin = 0; begin < count; begin += IN_TURN) {
          for (const [name, store] of turned(all, begin / IN_TURN)) {
            const took = (of[name] ??= { put: [], hit: [] })[what];
            for (let n = begin; n < begin + IN_TURN; n += 1) {
              const begun = performance.now();
              await work(store, n);
              took.push((performance.now() - begun) * 1000);
            }
          }
        }
      };
      await inTurns('put', (store, n) => store.put(keys[n] ?? NO_KEY, values[n] ?? NO_BYTES));
      for (const [, store] of all) {
        await store.reopen?.();
      }
      // In another order than they were put.
      keys.sort();
      await inTurns('hit', async (store, n) => {
        const value = await store.get(keys[n] ?? NO_KEY);
        if (value === undefined || value.length < bytes) {
          throw new Error('a value was lost');
        }
      });
      for (const [, store] of all) {
        await store.close?.();
      }
    }
  }
  return figures;
}

const TURN_ROUNDS = 5;
/** Of a long call, turns in which something was done; in the others it waited for the disk. */
const WORKING_US = 500;

async function busyTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    const end = performance.now() + 1;
    while (performance.now() < end);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** How long each call holds up the loop at a time. Beside it what this machine makes of calls that hold up nothing. */
async function turns(): Promise<Readonly<Record<string, TurnFigures>>> {
  const figures: Record<string, TurnFigures> = {};
  const measure = async (
    name: string,
    calls: number,
    call: (n: number) => Promise<unknown>,
    of: 'each' | 'longest' = 'longest',
  ) => {
    const rounds: number[][] = [];
    for (let n = 0; n < calls; n += 1) {
      const took = (await turnsOf(() => call(n))).map((ms) => ms * 1000);
      const round = (rounds[Math.floor((n * TURN_ROUNDS) / calls)] ??= []);
      round.push(...(of === 'each' ? took.filter((us) => us >= WORKING_US) : [longestOf(took)]));
    }
    const sorted = rounds.map((round) => round.sort((a, b) => a - b));
    figures[name] = {
      count: sorted.flat().length,
      p50: median(sorted.map((round) => part(round, 0.5))),
      p99: median(sorted.map((round) => part(round, 0.99))),
      longest: Math.max(...sorted.map((round) => round.at(-1) ?? 0)),
    };
  };
  const file = path.join(folder, 'file');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, prose(4096));
  await measure('(beside: readFile of Node, 4 KB)', 1000, () => fs.promises.readFile(file));
  await measure('(beside: each of 30 turns of 1 ms)', 100, () => busyTurns(30), 'each');
  for (const [bytes, count] of [
    [4096, 1000],
    [102_400, 500],
    [1_048_576, 200],
  ] as const) {
    const name = `${bytes / 1024} KB`;
    const values = Array.from({ length: count }, (_, n) => blob(Buffer.from(prose(bytes, n))));
    const [store, shared] = [sluiceStore(`bytes ${bytes}`), sharedStore(`texts ${bytes}`)];
    const key = (n: number) => digestOf(`${bytes} ${n}`);
    await measure(`put ${name}`, count, (n) => store.put(key(n), values[n] ?? NO_BYTES));
    await measure(`put ${name} again`, count, (n) =>
      store.put(key(n), values[count - 1 - n] ?? NO_BYTES),
    );
    await store.reopen?.();
    await measure(`hit ${name} on the disk`, count, (n) => store.get(key(n)));
    await measure(`hit ${name} in memory`, count, (n) => store.get(key(n - (n % 50))));
    if (bytes < 1_000_000) {
      await measure(`share a text of ${name}, miss`, count, (n) =>
        shared.put(key(n), values[n] ?? NO_BYTES),
      );
      await shared.reopen?.();
      await measure(`share a text of ${name}, hit on the disk`, count, (n) => shared.get(key(n)));
    }
    await store.close?.();
    await shared.close?.();
  }
  const cache = open('bytes 4096');
  await measure(
    'each turn of statistics of 1,000 answers',
    100,
    () => cache.desk.statistics(),
    'each',
  );
  await measure('each turn of a sweep of 1,000 answers', 100, () => cache.sweep(), 'each');
  await cache.close();
  return figures;
}

switch (what) {
  case 'memory':
    console.log(JSON.stringify(await memory()));
    break;
  case 'disk':
    console.log(JSON.stringify(await disk()));
    break;
  case 'turns':
    console.log(JSON.stringify(await turns()));
    break;
  default:
    throw new Error(`No cell "${what}"`);
}
