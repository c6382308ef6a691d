import path from 'node:path';
import type { CachedTasks, CachedTasksParts } from './cachedTasks.ts';
import { NOTHING_COUNTED } from './cache/store/counts.ts';
import type { OpenCache } from './cache/store/openCache.ts';
import {
  DEFAULT_CACHE_SETTINGS,
  type CacheDesk,
  type CacheSettings,
  type CacheStatistics,
  type ClearedPart,
} from './domain/cache.ts';
import type { SharedAnswers } from './domain/sharing.ts';
import type { CachePort } from './engine/parts.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import { clearIndex, indexStatistics } from './workspaces/digestIndex.ts';
import type { RememberedDigests } from './workspaces/copies.ts';

/** Where the cache of a folder lies. */
export function cacheFolderOf({ store }: Place): string {
  return path.join(store, 'cache');
}

/**
 * The cache of a folder, all of it: answers for tasks and tools, digests of files, vectors of questions. It is loaded
 * with the first question, and nothing of it is read before.
 */
export class FolderCache implements CacheDesk {
  readonly folder: string;
  readonly #ports: Ports;
  readonly #partsOfTasks: () => Omit<CachedTasksParts, 'open' | 'settings'>;
  #open: Promise<OpenCache> | undefined;
  #tasks: Promise<CachedTasks> | undefined;

  /** @param parts asked for with the first task */
  constructor(
    place: Place,
    ports: Ports,
    parts: () => Omit<CachedTasksParts, 'open' | 'settings'>,
  ) {
    this.folder = cacheFolderOf(place);
    this.#ports = ports;
    this.#partsOfTasks = parts;
  }

  /** False where the user wants nothing looked up and nothing kept. */
  get isUsed(): boolean {
    return this.#settings().use;
  }

  /** For the engine. */
  get tasks(): CachePort {
    return {
      ask: async (question, signal) => (await this.#loadTasks()).ask(question, signal),
      keep: async (question, made, trace) => (await this.#loadTasks()).keep(question, made, trace),
      begin: (run, key) => {
        const begun = this.#loadTasks().then((tasks) => tasks.begin(run, key));
        return () => void begun.then((end) => end());
      },
    };
  }

  /** For tools and agents that are asked as tools. */
  get shared(): SharedAnswers {
    return {
      share: async (question, load, signal) =>
        (await this.#load()).shared.share(question, load, signal),
    };
  }

  /** For the digests of the folder's files. */
  get digests(): RememberedDigests {
    const { clock, disk } = this.#ports;
    return {
      folder: path.join(this.folder, 'file_read'),
      clock,
      disk,
      onDigests: ({ known, read }) => {
        void this.#open?.then((open) =>
          open.count({ namespace: 'file_read', agent: undefined }, { hits: known, misses: read }),
        );
      },
    };
  }

  async statistics(): Promise<CacheStatistics> {
    const found = await (await this.#load()).desk.statistics();
    const files = await indexStatistics(this.digests.folder);
    const { file_read: counted, ...namespaces } = found.namespaces;
    const { total } = found;
    const { hits, misses } = counted ?? NOTHING_COUNTED;
    return counted === undefined && files.entries === 0
      ? found
      : {
          ...found,
          total: { ...total, hits: total.hits - hits, misses: total.misses - misses },
          namespaces: {
            ...namespaces,
            file_read: {
              ...(counted ?? NOTHING_COUNTED),
              entries: files.entries,
              bytes: files.bytes,
            },
          },
        };
  }

  async clear(what: ClearedPart): Promise<number> {
    const cleared = await (await this.#load()).desk.clear(what);
    if (what.kind === 'all') {
      await (await this.#loadTasks()).forgetSimilar();
    }
    const isOfFiles =
      what.kind === 'all' || (what.kind === 'namespace' && what.namespace === 'file_read');
    return cleared + (isOfFiles ? await clearIndex(this.digests.folder) : 0);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    const open = await this.#open?.catch(() => undefined);
    await open?.close();
  }

  readonly #settings = (): CacheSettings => {
    const { cacheSettings } = this.#ports;
    return cacheSettings === undefined
      ? { ...DEFAULT_CACHE_SETTINGS, use: false }
      : cacheSettings();
  };

  #load(): Promise<OpenCache> {
    this.#open ??= (async () => {
      const { openCache } = await import('./cache/store/openCache.ts');
      const { disk, clock, log } = this.#ports;
      return openCache({ folder: this.folder, disk, clock, log, settings: this.#settings });
    })();
    return this.#open;
  }

  #loadTasks(): Promise<CachedTasks> {
    this.#tasks ??= (async () => {
      const [open, { CachedTasks }] = await Promise.all([this.#load(), import('./cachedTasks.ts')]);
      return new CachedTasks({ ...this.#partsOfTasks(), open, settings: this.#settings });
    })();
    return this.#tasks;
  }
}
