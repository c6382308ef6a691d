import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf, type Digest } from '../../../../src/core/base/digest.ts';
import { nodeDisk, type Disk } from '../../../../src/core/base/disk.ts';
import type { Log } from '../../../../src/core/base/log.ts';
import type { NewAnswer, SharedTier } from '../../../../src/core/cache/parts.ts';
import { openCache, type OpenCache } from '../../../../src/core/cache/store/openCache.ts';
import { DEFAULT_CACHE_SETTINGS, type CacheSettings } from '../../../../src/core/domain/cache.ts';
import { ManualClock } from '../../../support/manualClock.ts';

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A folder that programs keep a cache in. Its files have the date of the clock. */
export class StoreRig {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-cache-'));
  readonly folder = path.join(this.root, 'cache');
  readonly clock = new ManualClock();
  settings: CacheSettings = DEFAULT_CACHE_SETTINGS;
  readonly #open: OpenCache[] = [];
  #writes = 0;

  program(disk: Disk = nodeDisk, shared?: SharedTier): OpenCache {
    const opened = openCache({
      folder: this.folder,
      disk: this.#dated(disk),
      clock: this.clock,
      settings: () => this.settings,
      log: silent,
      shared,
    });
    this.#open.push(opened);
    return opened;
  }

  /** Paths below the folder, in order. */
  files(shelf = ''): string[] {
    const folder = path.join(this.folder, shelf);
    return fs.existsSync(folder)
      ? fs
          .readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .map((name) => path.join(folder, name))
          .filter((file) => fs.statSync(file).isFile())
          .sort()
      : [];
  }

  /** The file's date, `ms` before the clock's. */
  age(file: string, ms: number): void {
    const at = (this.clock.now() - ms) / 1000;
    fs.utimesSync(file, at, at);
  }

  entryFile(key: Digest): string {
    return path.join(this.folder, 'answers', key.slice(0, 2), key);
  }

  valueFile(digest: Digest): string {
    return path.join(this.folder, 'values', digest.slice(0, 2), digest);
  }

  #dated(disk: Disk): Disk {
    const date = (fd: number): void => {
      // Later than all before, as it is where time passes.
      this.#writes += 1;
      const at = (this.clock.now() + this.#writes / 100) / 1000;
      fs.futimesSync(fd, at, at);
    };
    return {
      ...disk,
      write: async (fd, ...rest) => {
        const written = await disk.write(fd, ...rest);
        date(fd);
        return written;
      },
      sync: {
        ...disk.sync,
        write: (fd, ...rest) => {
          const written = disk.sync.write(fd, ...rest);
          date(fd);
          return written;
        },
      },
    };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#open.map((one) => one.close()));
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

export function keyOf(name: string): Digest {
  return digestOf(`question ${name}`);
}

export function valueOf(content: string | Uint8Array): NewAnswer['values'][number] {
  const bytes = Buffer.from(content);
  return {
    digest: digestOf(bytes),
    bytes: bytes.length,
    read: () => Promise.resolve(bytes),
  };
}

export function answerTo(name: string, more: Partial<NewAnswer> = {}): NewAnswer {
  return {
    key: keyOf(name),
    namespace: 'model_response',
    agent: 'writer',
    run: undefined,
    ttlMs: DAY,
    facts: { said: name },
    values: [],
    ...more,
  };
}

/** `facts` of the answers that stand. */
export async function factsOf({ answers }: OpenCache, name: string): Promise<unknown[]> {
  return (await answers.find(keyOf(name))).answers.map(({ facts }) => facts);
}
