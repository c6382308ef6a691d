import fs from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { writeFileDurably, type Disk } from '../base/disk.ts';
import type { KnownFile } from './fileDigest.ts';
import { countEntries, formatIndex, readIndex, type IndexEntry } from './indexFile.ts';

export interface DigestIndexOptions {
  /** Absolute: one file for each source. Made when the first is written. */
  readonly folder: string;
  /** Absolute: whose files are remembered. */
  readonly source: string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly disk: Disk;
}

const ENDING = '.digests';
const TEMPORARY = 'tmp_';
/** About 30 MB. */
const MOST_ENTRIES = 200_000;
const KEPT_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A program that is writing a temporary file has given it up by then. */
const ABANDONED_MS = 60 * 60 * 1000;
/** Of what was learnt since it was written last; fewer wait, so that a file that grows is not written again and again. */
const WORTH_WRITING = 256;

/**
 * Digests of a folder's files, remembered over runs and programs by what the disk says of the files. It holds nothing
 * but what is still to be written. Several programs may write the file at once: what one of them learnt may be lost,
 * and is then learnt again. The disk's failures are nobody's: what cannot be kept is read again.
 */
export class DigestIndex {
  readonly #options: DigestIndexOptions;
  readonly #file: string;
  readonly #learnt = new Map<string, IndexEntry>();
  /** Entries, as it was written last. */
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: DigestIndexOptions) {
    this.#options = options;
    this.#file = path.join(options.folder, `${digestOf(options.source).slice(0, 32)}${ENDING}`);
  }

  /** What is known of these files. @param identities of each, by path */
  async recall(identities: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, KnownFile>> {
    if (identities.size === 0) {
      return new Map();
    }
    const isSame = (file: string, identity: string) => identities.get(file) === identity;
    const known = await this.#read(isSame);
    const today = this.#today();
    for (const [file, entry] of known) {
      if (entry.seen < today && !this.#learnt.has(file)) {
        this.#learnt.set(file, { ...entry, seen: today });
      }
    }
    // What was learnt and is not written yet counts as well.
    for (const [file, entry] of this.#learnt) {
      if (isSame(file, entry.identity)) {
        known.set(file, entry);
      }
    }
    return known;
  }

  learn(file: string, identity: string, known: KnownFile): void {
    // A line of the index ends where a name would go on.
    if (!file.includes('\n')) {
      this.#learnt.set(file, { ...known, identity, seen: this.#today() });
    }
  }

  /** Writes what was learnt; without `all` only when it is worth it. Never rejects. */
  keep(all: boolean): Promise<void> {
    const least = all ? 1 : Math.max(WORTH_WRITING, this.#size / 8);
    if (this.#learnt.size < least) {
      return this.#writing;
    }
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { folder, source, clock, disk } = this.#options;
    const learnt = new Map(this.#learnt);
    if (learnt.size === 0) {
      return;
    }
    this.#learnt.clear();
    try {
      const entries = await this.#read();
      for (const [file, entry] of learnt) {
        entries.set(file, entry);
      }
      const kept = this.#worthKeeping(entries);
      this.#size = kept.size;
      const bytes = await formatIndex(kept, source, clock);
      await writeFileDurably(disk, this.#file, bytes, { temporaryPrefix: TEMPORARY });
      await sweep(folder, path.basename(this.#file), clock.now());
    } catch {
      // A disk that is full or may not be written to: the files are read again.
    }
  }

  #worthKeeping(entries: ReadonlyMap<string, IndexEntry>): ReadonlyMap<string, IndexEntry> {
    const oldest = this.#today() - KEPT_DAYS;
    const young = [...entries].filter(([, { seen }]) => seen >= oldest);
    if (young.length > MOST_ENTRIES) {
      young.sort(([, a], [, b]) => b.seen - a.seen).length = MOST_ENTRIES;
    }
    return new Map(young);
  }

  #read(wanted?: (file: string, identity: string) => boolean): Promise<Map<string, IndexEntry>> {
    const { source, clock } = this.#options;
    return readIndex(this.#file, source, clock, wanted);
  }

  #today(): number {
    return Math.floor(this.#options.clock.now() / DAY_MS);
  }
}

/** Of all sources that a folder holds indexes of. Rejects for what the disk refuses, not for a folder that is missing. */
export async function indexStatistics(
  folder: string,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  let entries = 0;
  let bytes = 0;
  for (const file of await indexFiles(folder)) {
    try {
      bytes += (await fs.stat(file)).size;
      entries += await countEntries(file);
    } catch (error) {
      throwUnlessMissing(error);
    }
  }
  return { entries, bytes };
}

/** Forgets all; resolves with the number of entries that are gone. Rejects for what the disk refuses. */
export async function clearIndex(folder: string): Promise<number> {
  const { entries } = await indexStatistics(folder);
  for (const file of await indexFiles(folder)) {
    await fs.unlink(file).catch(throwUnlessMissing);
  }
  return entries;
}

async function indexFiles(folder: string): Promise<readonly string[]> {
  const names = await fs.readdir(folder).catch((error: unknown) => {
    throwUnlessMissing(error);
    return [];
  });
  return names.filter((name) => name.endsWith(ENDING)).map((name) => path.join(folder, name));
}

/** Removes indexes that no run has used for long, whose folders may be gone, and what writers that died have left. */
async function sweep(folder: string, own: string, now: number): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    const most = name.endsWith(ENDING)
      ? KEPT_DAYS * DAY_MS
      : name.startsWith(TEMPORARY)
        ? ABANDONED_MS
        : Infinity;
    const file = path.join(folder, name);
    if (name !== own && now - (await fs.stat(file)).mtimeMs > most) {
      await fs.unlink(file);
    }
  }
}

function throwUnlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
    throw error;
  }
}
