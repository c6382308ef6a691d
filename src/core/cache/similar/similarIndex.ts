import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { digestOfJson, type Digest } from '../../base/digest.ts';
import type { Disk } from '../../base/disk.ts';
import { Slices } from '../../base/slices.ts';
import { ofDisk, remove, TEMPORARY, timeOf, VectorFiles } from './vectorFiles.ts';
import { recordBytes, type VectorRecord } from './vectorRecord.ts';
import { VectorRows } from './vectorRows.ts';

export interface SimilarIndexOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** All in it is the index's. */
  readonly folder: string;
  /** Of one scope, model and size of vectors; the oldest go. @default 10,000 */
  readonly mostVectors?: number;
  /** Of all files together; the oldest go. @default 256 MB */
  readonly maxBytes?: number;
  /** In memory; what was not asked for longest goes, and is read again when it is. @default 96 MB */
  readonly maxLoadedBytes?: number;
}

/** Where a vector belongs: others are never compared with it. */
export interface VectorPlace {
  readonly scope: Digest;
  readonly model: string;
  /** As of `questionMarks`. */
  readonly marks: string;
  /** Of length 1. */
  readonly vector: Float32Array;
}

export interface NearQuestion {
  readonly key: Digest;
  readonly question: string;
  /** Cosine, at most 1. */
  readonly similarity: number;
}

const MOST_VECTORS = 10_000;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_LOADED_BYTES = 96 * 1024 * 1024;
/** Questions that nobody has asked for so long are not kept, in milliseconds. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/**
 * Vectors of questions, on the disk and, as far as they are asked for, in memory.
 *
 * S1. Only vectors of one scope, one model and one size are compared, and of those the ones with the same marks.
 * S2. The nearest is found as a comparison with each finds it.
 * S3. What other programs add is seen at the next look; what is cleared away is gone at the next look.
 * S4. What the disk does not give or take is as if it were not there, for this program only in memory.
 */
export class SimilarIndex {
  readonly #options: SimilarIndexOptions;
  /** Those in memory by their folders' names, the one asked for last at the end. */
  readonly #loaded = new Map<string, LoadedScope>();
  #hasSwept = false;

  constructor(options: SimilarIndexOptions) {
    this.#options = options;
  }

  /**
   * The nearest of the place's questions; `undefined`: none is as near as `threshold`. Rejects only with the signal's
   * reason.
   */
  async find(
    place: VectorPlace,
    threshold: number,
    signal: AbortSignal,
  ): Promise<NearQuestion | undefined> {
    signal.throwIfAborted();
    return await this.#scope(place).find(place, threshold, signal);
  }

  /** Never rejects. */
  async add(
    place: VectorPlace,
    added: { readonly key: Digest; readonly question: string },
  ): Promise<void> {
    const { scope, model, marks, vector } = place;
    const at = this.#options.clock.now();
    await this.#scope(place).add({ scope, model, marks, vector, at, ...added });
    if (!this.#hasSwept) {
      this.#hasSwept = true;
      await this.#sweep();
    }
  }

  /** Its answers are gone: it is not found any more, until it is added anew. */
  async drop(place: VectorPlace, key: Digest): Promise<void> {
    await this.#scope(place).drop(key);
  }

  /** @param scope left out: all. What the disk does not let go stays. */
  async clear(scope?: Digest): Promise<void> {
    const { disk, folder } = this.#options;
    for (const name of await this.#folders()) {
      if (scope === undefined || name.startsWith(scopeName(scope))) {
        this.#loaded.delete(name);
        for (const file of await ofDisk(disk.readdir(path.join(folder, name)), [])) {
          await ofDisk(remove(disk, path.join(folder, name, file)), undefined);
        }
        await ofDisk(disk.rmdir(path.join(folder, name)), undefined);
      }
    }
  }

  #scope({ scope, model, vector }: VectorPlace): LoadedScope {
    const { disk, clock, folder, mostVectors = MOST_VECTORS } = this.#options;
    const name = `${scopeName(scope)}-${digestOfJson([model, vector.length]).slice(0, 16)}`;
    const loaded =
      this.#loaded.get(name) ??
      new LoadedScope({
        files: new VectorFiles(disk, path.join(folder, name), () => clock.now()),
        clock,
        isOwn: (record) =>
          record.scope === scope &&
          record.model === model &&
          record.vector.length === vector.length,
        size: vector.length,
        most: mostVectors,
      });
    this.#loaded.delete(name);
    this.#trim();
    this.#loaded.set(name, loaded);
    return loaded;
  }

  #trim(): void {
    let bytes = 0;
    for (const one of this.#loaded.values()) {
      bytes += one.bytes;
    }
    for (const [name, one] of this.#loaded) {
      if (bytes <= (this.#options.maxLoadedBytes ?? MAX_LOADED_BYTES)) {
        return;
      }
      this.#loaded.delete(name);
      bytes -= one.bytes;
    }
  }

  /** Removes files that are too old, and the oldest while there is too much. */
  async #sweep(): Promise<void> {
    const { disk, clock, folder, maxBytes = MAX_BYTES } = this.#options;
    const files: { readonly file: string; readonly time: number; readonly size: number }[] = [];
    const folders = await this.#folders();
    for (const name of folders) {
      for (const own of await ofDisk(disk.readdir(path.join(folder, name)), [])) {
        const file = path.join(folder, name, own);
        if (own.startsWith(TEMPORARY)) {
          // Of a program that was ended, or that will try again.
          await ofDisk(remove(disk, file), undefined);
          continue;
        }
        const size = (await ofDisk(disk.stat(file), undefined))?.size ?? 0;
        files.push({ file, time: timeOf(own), size });
      }
    }
    files.sort((a, b) => b.time - a.time);
    let bytes = 0;
    for (const { file, time, size } of files) {
      bytes += size;
      if (bytes > maxBytes || clock.now() - time > KEPT_MS) {
        await ofDisk(remove(disk, file), undefined);
      }
    }
    for (const name of folders) {
      // Only an empty one goes.
      await ofDisk(disk.rmdir(path.join(folder, name)), undefined);
    }
  }

  async #folders(): Promise<readonly string[]> {
    const { disk, folder } = this.#options;
    return (await ofDisk(disk.readdir(folder), [])).filter((name) => /^[0-9a-f-]+$/.test(name));
  }
}

interface LoadedScopeParts {
  readonly files: VectorFiles;
  readonly clock: Clock;
  readonly isOwn: (record: VectorRecord) => boolean;
  readonly size: number;
  readonly most: number;
}

type Words = Omit<VectorRecord, 'vector'>;

/** The vectors of one folder. What is done with it is done one after another. */
class LoadedScope {
  readonly #parts: LoadedScopeParts;
  #rows!: VectorRows;
  /** What each row stands for; `undefined`: it is free. */
  #words!: (Words | undefined)[];
  #free!: number[];
  /** Rows by key, the oldest first. */
  #byKey!: Map<Digest, number>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: LoadedScopeParts) {
    this.#parts = parts;
    this.#forget();
  }

  get bytes(): number {
    return this.#rows.bytes;
  }

  async find(
    { vector, marks }: VectorPlace,
    threshold: number,
    signal: AbortSignal,
  ): Promise<NearQuestion | undefined> {
    return await this.#next(async () => {
      signal.throwIfAborted();
      const slices = new Slices(this.#parts.clock, signal);
      await this.#refresh(slices);
      const counts = (row: number): boolean => this.#words[row]?.marks === marks;
      const near = await this.#rows.nearest(vector, threshold, counts, slices);
      const words = near === undefined ? undefined : this.#words[near.row];
      return near === undefined || words === undefined
        ? undefined
        : { key: words.key, question: words.question, similarity: near.similarity };
    });
  }

  async add(record: VectorRecord): Promise<void> {
    await this.#next(async () => {
      this.#take(record);
      await ofDisk(this.#parts.files.append(recordBytes(record)), undefined);
    });
  }

  async drop(key: Digest): Promise<void> {
    await this.#next(() => {
      const row = this.#byKey.get(key);
      if (row !== undefined) {
        this.#byKey.delete(key);
        this.#words[row] = undefined;
        this.#free.push(row);
      }
      return Promise.resolve();
    });
  }

  async #refresh(slices: Slices): Promise<void> {
    const { files } = this.#parts;
    try {
      const { records, gone } = await files.news(slices);
      if (gone) {
        this.#forget();
      }
      for (const record of records.filter(this.#parts.isOwn).sort((a, b) => a.at - b.at)) {
        if (slices.isOver) {
          await slices.next();
        }
        this.#take(record);
      }
    } catch (thrown) {
      // Half of the news may be taken: the next look takes all.
      files.forget();
      this.#forget();
      throw thrown;
    }
    await ofDisk(
      files.merge(() => this.#live()),
      undefined,
    );
  }

  #forget(): void {
    this.#rows = new VectorRows(this.#parts.size);
    this.#words = [];
    this.#free = [];
    this.#byKey = new Map();
  }

  #take({ vector, ...words }: VectorRecord): void {
    const { most } = this.#parts;
    const known = this.#byKey.get(words.key);
    if (known !== undefined && (this.#words[known]?.at ?? 0) > words.at) {
      return;
    }
    const oldest = this.#byKey.size < most ? undefined : this.#byKey.entries().next().value;
    const row = known ?? oldest?.[1] ?? this.#free.pop() ?? this.#rows.count;
    if (known === undefined && oldest !== undefined) {
      this.#byKey.delete(oldest[0]);
    }
    this.#byKey.delete(words.key);
    this.#byKey.set(words.key, row);
    this.#words[row] = words;
    this.#rows.set(row, vector);
  }

  *#live(): Iterable<Uint8Array> {
    for (const row of this.#byKey.values()) {
      const words = this.#words[row];
      if (words !== undefined) {
        yield recordBytes({ ...words, vector: this.#rows.at(row) });
      }
    }
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

function scopeName(scope: Digest): string {
  return scope.slice(0, 32);
}
