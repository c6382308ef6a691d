import fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Base } from './baseRecord.ts';
import { dependencyAt } from './dependencies.ts';
import type { DigestIndex } from './digestIndex.ts';
import { inPieces } from './inPieces.ts';
import { readFileDigest, type KnownFile } from './fileDigest.ts';
import {
  globMeaning,
  inOrder,
  pathsWithin,
  type Dependency,
  type TreeEntries,
} from './treeEntries.ts';

/** How many digests of files were remembered, and how many files had to be read for theirs. */
export interface DigestCounts {
  readonly known: number;
  readonly read: number;
}

export interface BaseTreeOptions {
  /** Absolute: where the tree lies. */
  readonly folder: string;
  /** Absolute: what it was copied from. */
  readonly source: string;
  readonly base: Base;
  /** Nanoseconds since 1970: no file of it was touched later, or something else wrote into the tree. */
  readonly madeNs: bigint;
  /** `undefined`: nothing is remembered beyond the run. */
  readonly index: DigestIndex | undefined;
  readonly onDigests: (counts: DigestCounts) => void;
}

/** Files read at once. */
const AT_ONCE = 32;
/** A glob is tried on so many paths in one go: about two milliseconds. */
const PATHS_AT_ONCE = 500;

/**
 * The files of a run's tree. What was asked once is known from then on; nothing is read that nobody asks about.
 * Rejects with what the disk throws when a file of it cannot be read.
 */
export class BaseEntries implements TreeEntries {
  readonly paths: readonly string[];
  readonly #options: BaseTreeOptions;
  readonly #all: ReadonlySet<string>;
  /** Of the source's files when they were copied; once recalled. */
  readonly #identities = new Map<string, string>();
  readonly #known = new Map<string, KnownFile>();
  readonly #reading = new Map<string, Promise<KnownFile>>();
  readonly #targets = new Map<string, string>();
  readonly #matching = new Map<string, Promise<readonly string[]>>();
  readonly #spelled = new Map<string, string | undefined>();
  readonly #limit = pLimit(AT_ONCE);
  #remembered: ReadonlyMap<string, KnownFile> = new Map();
  #recalled: Promise<void> | undefined;
  #isRecalled: boolean;

  constructor(options: BaseTreeOptions) {
    const { files } = options.base;
    this.#options = options;
    this.paths = inOrder(files);
    this.#all = new Set(files);
    this.#isRecalled = options.index === undefined;
  }

  has(file: string): boolean {
    return this.#all.has(file);
  }

  known(file: string): KnownFile | Promise<KnownFile> {
    return this.#known.get(file) ?? this.#findOne(file);
  }

  async prepare(paths: readonly string[]): Promise<void> {
    const missing = paths.filter((file) => !this.#known.has(file));
    if (missing.length === 0) {
      return;
    }
    const counts = { known: 0, read: 0 };
    await this.#recall();
    const unread: string[] = [];
    await inPieces(missing, (file) => {
      if (this.#take(file, counts) === undefined) {
        unread.push(file);
      }
    });
    try {
      await Promise.all(unread.map((file) => this.#limit(() => this.#read(file, counts))));
    } finally {
      this.#tell(counts);
    }
    void this.#options.index?.keep(false);
  }

  async target(link: string): Promise<string> {
    let target = this.#targets.get(link);
    if (target === undefined) {
      target = await fs.readlink(this.#at(link));
      this.#targets.set(link, target);
    }
    return target;
  }

  matching(glob: string): Promise<readonly string[]> {
    let matching = this.#matching.get(glob);
    if (matching === undefined) {
      matching = this.#match(glob);
      this.#matching.set(glob, matching);
    }
    return matching;
  }

  async spelled(file: string): Promise<string | undefined> {
    if (!this.#spelled.has(file)) {
      this.#spelled.set(file, await this.#spellingOnDisk(file));
    }
    return this.#spelled.get(file);
  }

  dependency(file: string): Dependency | undefined {
    return dependencyAt(this.#options.source, this.#options.base.linked, file);
  }

  async #findOne(file: string): Promise<KnownFile> {
    if (!this.#all.has(file)) {
      throw new Error(`Internal error: ${file} is no file of the run's tree`);
    }
    const counts = { known: 0, read: 0 };
    await this.#recall();
    try {
      return this.#take(file, counts) ?? (await this.#read(file, counts));
    } finally {
      this.#tell(counts);
      void this.#options.index?.keep(false);
    }
  }

  /** Once: all that is remembered of these files. */
  async #recall(): Promise<void> {
    if (this.#isRecalled) {
      return;
    }
    this.#recalled ??= (async () => {
      const { base, index } = this.#options;
      await inPieces(base.files, (file, at) => {
        const identity = base.identities?.[at];
        if (typeof identity === 'string') {
          this.#identities.set(file, identity);
        }
      });
      this.#remembered = (await index?.recall(this.#identities)) ?? new Map();
      this.#isRecalled = true;
    })();
    await this.#recalled;
  }

  #take(file: string, counts: Counts): KnownFile | undefined {
    const already = this.#known.get(file);
    if (already !== undefined) {
      return already;
    }
    const remembered = this.#remembered.get(file);
    if (remembered !== undefined) {
      this.#known.set(file, remembered);
      counts.known += 1;
    }
    return remembered;
  }

  /** Several may ask for the same file at once. */
  #read(file: string, counts: Counts): Promise<KnownFile> {
    let reading = this.#reading.get(file);
    if (reading === undefined) {
      counts.read += 1;
      reading = this.#readAndLearn(file).finally(() => this.#reading.delete(file));
      this.#reading.set(file, reading);
    }
    return reading;
  }

  async #readAndLearn(file: string): Promise<KnownFile> {
    const { digest, kind, touchedNs } = await readFileDigest(this.#at(file));
    const known = { digest, kind };
    this.#known.set(file, known);
    const identity = this.#identities.get(file);
    // What was touched since is not what was copied.
    if (identity !== undefined && touchedNs <= this.#options.madeNs) {
      this.#options.index?.learn(file, identity, known);
    }
    return known;
  }

  #tell(counts: DigestCounts): void {
    if (counts.known + counts.read > 0) {
      this.#options.onDigests(counts);
    }
  }

  async #match(glob: string): Promise<readonly string[]> {
    const { folder, means } = globMeaning(glob);
    const matching: string[] = [];
    const candidates = pathsWithin(this.paths, folder);
    for (let at = 0; at < candidates.length; at += PATHS_AT_ONCE) {
      matching.push(...candidates.slice(at, at + PATHS_AT_ONCE).filter(means));
      await setImmediate();
    }
    return matching;
  }

  async #spellingOnDisk(file: string): Promise<string | undefined> {
    try {
      const root = await fs.realpath(this.#options.folder);
      const real = path.relative(root, await fs.realpath(path.join(root, ...file.split('/'))));
      return real.startsWith('..') || path.isAbsolute(real)
        ? undefined
        : real.split(path.sep).join('/');
    } catch {
      return undefined;
    }
  }

  #at(file: string): string {
    return path.join(this.#options.folder, ...file.split('/'));
  }
}

interface Counts {
  known: number;
  read: number;
}
