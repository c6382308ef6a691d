import fs from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { Log } from '../base/log.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import type { CopyBlob } from './attemptFolder.ts';
import type { DigestCounts } from './baseEntries.ts';
import { readBase, sourceKey, type Base, type BaseSource } from './baseRecord.ts';
import { BaseTree } from './baseTree.ts';
import { cloneTree, type BaseTreeParts, type ClonedTree } from './cloneTree.ts';
import { CopyPool, type Lease, type PoolLimits } from './copyPool.ts';
import { DigestIndex } from './digestIndex.ts';
import { isFolder } from './folders.ts';
import type { BaseOptions, FolderListing } from './makeBase.ts';
import { ReaderCopy } from './readerCopy.ts';
import { isDoomed, removeFolder } from './removeFolder.ts';
import { restoreTree, type KnownCopy } from './restoreTree.ts';
import { RunBases } from './runBases.ts';
import { WorkspaceCopy } from './workspaceCopy.ts';

export type { BaseSource } from './baseRecord.ts';
export type { PoolLimits } from './copyPool.ts';
export type { FolderListing } from './makeBase.ts';
export type { ReaderCopy } from './readerCopy.ts';
export type { TreeChange, VersionBefore } from './treeChanges.ts';
export type { WorkspaceCopy } from './workspaceCopy.ts';

export interface WorkspaceCopiesOptions {
  /** Absolute; in the user's cache, outside the source. Made when the first copy is. */
  readonly root: string;
  /** Absolute. */
  readonly source: string;
  readonly list: (signal: AbortSignal) => Promise<FolderListing>;
  readonly copyBlob: CopyBlob;
  /** Left out: no run can begin with a commit. */
  readonly checkOut?: BaseOptions['checkOut'];
  /** Left out: every run reads the files whose digests are asked for. */
  readonly digests?: RememberedDigests | undefined;
  /** Left out: each copy is made, and removed when its attempt has ended. */
  readonly pool?: PoolOptions | undefined;
}

/** Copies and runs' trees that are kept for the next who needs one. */
export interface PoolOptions {
  /** Asked each time. */
  readonly limits: () => PoolLimits;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'debug'>;
}

/** Digests of the source's files, remembered for later runs. */
export interface RememberedDigests {
  /** Absolute; shared by programs. Made when the first is written. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly disk: Disk;
  /** Told of each file of a run's tree once. */
  readonly onDigests?: (counts: DigestCounts) => void;
}

/** Files copied at once over all trees of runs: enough to keep a disk busy, far from a system's limit. */
const AT_ONCE = 32;
/** No run has this name. */
const POOL = '.pool';
const NEVER = new AbortController().signal;

/** A copy this program has made, and that nobody has given back. */
interface LiveCopy {
  readonly run: RunId;
  readonly known: KnownCopy;
  readonly bytes: number;
  readonly lease: Lease;
}

/**
 * The private folders tasks work in: `<root>/<run>/<task>.<attempt>/` with the copy in `tree/`, a folder
 * for anything in `scratch/`, and the files `output` and `log`.
 *
 * W1  All copies of a run are of one tree: the source is read once, into `<run>/base`, and cloned from there.
 *     So an edit of the user between two steps reaches neither or both. Digests are of that tree, too. Who finds a
 *     file of it that somebody wrote to makes no copy of it.
 * W2  Removing never follows a link: the linked dependency folders are the user's.
 * W3  What an attempt of the same name left, after a crash, is removed before a copy is made.
 * W4  A copy is used again only by the program that made it and was told that its attempt has ended, or with the record
 *     of that: by then it was byte for byte what the run's tree is. It is looked at once more before it is used.
 */
export class WorkspaceCopies {
  readonly #options: WorkspaceCopiesOptions;
  readonly #bases: RunBases;
  readonly #pool: CopyPool | undefined;
  readonly #live = new Map<string, LiveCopy>();
  readonly #trees = new Map<RunId, { readonly base: Base; readonly tree: BaseTree }>();
  readonly #index: DigestIndex | undefined;

  constructor(options: WorkspaceCopiesOptions) {
    const { root, source, list, checkOut, digests, pool } = options;
    this.#options = options;
    this.#index = digests && new DigestIndex({ ...digests, source });
    this.#pool =
      pool &&
      new CopyPool({
        folder: path.join(root, POOL),
        limits: pool.limits,
        log: pool.log,
        now: () => pool.clock.now(),
      });
    const clock = pool?.clock ?? digests?.clock;
    this.#bases = new RunBases({
      root,
      source,
      list,
      checkOut,
      limit: pLimit(AT_ONCE),
      now: clock && (() => clock.now()),
      pool: this.#pool,
      log: pool?.log,
    });
  }

  /** Files a copy would hold, relative with `/`. @throws what `list` rejects with */
  async listFiles(signal: AbortSignal): Promise<readonly string[]> {
    const { files, included = [] } = await this.#options.list(signal);
    return included.length === 0 ? files : [...new Set([...files, ...included])];
  }

  /**
   * Waits for a copy to come back where another one would take more of the disk than copies may.
   * @param source what the copies of a run are of. Left out: what they were of before, or the working tree for a run
   * that has none yet
   * @throws what the disk throws, what `list` rejects with, or the signal's reason
   */
  async create(
    run: RunId,
    task: TaskId,
    attempt: number,
    signal: AbortSignal,
    source?: BaseSource,
  ): Promise<WorkspaceCopy> {
    const base = await this.#bases.of(run, signal, source);
    const at = this.#attempt(run, task, attempt);
    await this.#remove(at);
    const parts = this.#parts(run, base);
    try {
      await fs.mkdir(path.join(at, 'scratch'), { recursive: true });
      const { state } = await this.#fill(run, at, `${run}, ${task}`, parts, signal);
      return this.#copy(run, at, base, state);
    } catch (error) {
      await this.#remove(at);
      throw error;
    }
  }

  /**
   * For a task that only answers: it reads the run's tree itself, and nothing is copied.
   * @throws as `create` does
   */
  async reader(
    run: RunId,
    task: TaskId,
    attempt: number,
    signal: AbortSignal,
    source?: BaseSource,
  ): Promise<ReaderCopy> {
    const base = await this.#bases.of(run, signal, source);
    const at = this.#attempt(run, task, attempt);
    await this.#remove(at);
    const reader = this.#reader(run, at, base);
    await reader.begin();
    return reader;
  }

  /**
   * The copy an attempt left, as it is; `undefined` when there is none. One that a crash cut off while
   * it was made may not be whole, so it is of use only for an attempt whose process was started.
   * @throws what the disk throws
   */
  async reopen(
    run: RunId,
    task: TaskId,
    attempt: number,
  ): Promise<WorkspaceCopy | ReaderCopy | undefined> {
    const at = this.#attempt(run, task, attempt);
    if (!(await isFolder(at))) {
      return undefined;
    }
    const base = await readBase(this.#bases.record(run));
    if (await ReaderCopy.isAt(at)) {
      return base && this.#reader(run, at, base);
    }
    if (!(await isFolder(path.join(at, 'tree')))) {
      return undefined;
    }
    const live = this.#live.get(at);
    if (live !== undefined) {
      live.lease.isActive = true;
    }
    return this.#copy(run, at, base, live?.known.state);
  }

  /** Where the log of an attempt is written while it runs. */
  logFile(run: RunId, task: TaskId, attempt: number): string {
    return path.join(this.#attempt(run, task, attempt), 'log');
  }

  /**
   * What every copy of the run begins with, without making one. The same for each caller until the run is removed.
   * @throws as `create` does
   */
  async tree(run: RunId, signal: AbortSignal, source?: BaseSource): Promise<BaseTree> {
    const base = await this.#bases.of(run, signal, source);
    const known = this.#trees.get(run);
    if (known?.base === base) {
      return known.tree;
    }
    const { ctimeNs } = await fs.lstat(this.#bases.record(run), { bigint: true });
    const made = this.#trees.get(run);
    if (made?.base === base) {
      return made.tree;
    }
    const tree = new BaseTree({
      folder: this.#bases.folder(run),
      source: this.#options.source,
      base,
      madeNs: ctimeNs,
      index: this.#index,
      onDigests: (counts) => this.#options.digests?.onDigests?.(counts),
    });
    this.#trees.set(run, { base, tree });
    return tree;
  }

  /** Removes all there is of a run that has ended; its tree may be kept for the next. */
  async removeRun(run: RunId): Promise<void> {
    this.#trees.delete(run);
    await this.#index?.keep(true);
    this.#endLeases(run);
    await this.#bases.giveBack(run);
    await removeFolder(path.join(this.#options.root, run));
  }

  /**
   * Removes what runs left that nobody will finish, and what a crash left of removals and of what was to be used again.
   * @param isLive asked after the folders are listed, so that a run begun meanwhile is not among them
   */
  async sweep(isLive: (run: string) => boolean | Promise<boolean>): Promise<void> {
    const { root } = this.#options;
    const names = await fs.readdir(root).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    });
    for (const name of names) {
      if (name === POOL) {
        await this.#pool?.idle.sweep();
        await this.#pool?.trim();
      } else if (isDoomed(name) || !(await isLive(name))) {
        const run = name as RunId;
        this.#trees.delete(run);
        this.#bases.forget(run);
        this.#endLeases(run);
        await removeFolder(path.join(root, name));
      }
    }
  }

  #attempt(run: RunId, task: TaskId, attempt: number): string {
    return path.join(this.#options.root, run, `${task}.${attempt}`);
  }

  #parts(run: RunId, base: Base): BaseTreeParts {
    return { base, folder: this.#bases.folder(run), source: this.#options.source };
  }

  #reader(run: RunId, at: string, base: Base): ReaderCopy {
    return new ReaderCopy(at, this.#bases.folder(run), base, this.#options.copyBlob);
  }

  #copy(
    run: RunId,
    at: string,
    made: Base | undefined,
    state: ClonedTree['state'] | undefined,
  ): WorkspaceCopy {
    return new WorkspaceCopy(at, {
      base: this.#bases.folder(run),
      made,
      state,
      copyBlob: this.#options.copyBlob,
      rest: () => {
        const live = this.#live.get(at);
        if (live !== undefined) {
          this.#pool?.rest(live.lease);
        }
      },
      dispose: () => this.#dispose(run, at, made),
    });
  }

  /** Makes `<at>/tree` what the run's tree is: of a copy that waits, or from nothing. */
  async #fill(
    run: RunId,
    at: string,
    name: string,
    parts: BaseTreeParts,
    signal: AbortSignal,
  ): Promise<ClonedTree> {
    const tree = path.join(at, 'tree');
    const { version, files } = parts.base;
    if (this.#pool === undefined || version === undefined) {
      return cloneTree(parts, tree, at, signal);
    }
    const { lineage, generation, bytes } = version;
    const { source } = this.#options;
    const { lease, known } = await this.#pool.acquire(
      { source, lineage, generation, bytes, files: files.length, name },
      tree,
      signal,
    );
    try {
      const cloned =
        (known && (await this.#restored(parts, tree, known, at, signal))) ??
        (await cloneTree(parts, tree, at, signal));
      const live = { run, known: { state: cloned.state, generation }, bytes: cloned.bytes, lease };
      this.#live.set(at, live);
      return cloned;
    } catch (error) {
      this.#pool.end(lease);
      throw error;
    }
  }

  /** `undefined`: it could not be made what it is to be, and is gone. */
  async #restored(
    parts: BaseTreeParts,
    tree: string,
    known: KnownCopy,
    at: string,
    signal: AbortSignal,
  ): Promise<ClonedTree | undefined> {
    try {
      return await restoreTree(parts, tree, known, at, signal);
    } catch (error) {
      await removeFolder(tree);
      if (signal.aborted) {
        throw error;
      }
      this.#options.pool?.log.debug(`A workspace copy is not used again: ${String(error)}`);
      return undefined;
    }
  }

  async #dispose(run: RunId, at: string, base: Base | undefined): Promise<void> {
    const live = this.#live.get(at);
    if (live !== undefined && base?.version !== undefined) {
      // From here on it belongs to nobody else: disposing of it again removes what is left.
      this.#live.delete(at);
      try {
        await this.#giveBack(run, at, base, live);
      } catch (error) {
        this.#options.pool?.log.debug(`A workspace copy is not kept: ${String(error)}`);
      }
      try {
        await removeFolder(at);
      } finally {
        this.#pool?.end(live.lease);
      }
      await this.#pool?.trim();
    } else {
      await this.#remove(at);
    }
  }

  async #giveBack(run: RunId, at: string, base: Base, live: LiveCopy): Promise<void> {
    const tree = path.join(at, 'tree');
    const real = path.join(
      await fs.realpath(this.#options.root),
      path.relative(this.#options.root, tree),
    );
    if (this.#pool === undefined || (await fs.realpath(tree)) !== real) {
      // Its task put a link in the place of a folder: whatever that leads to is not ours.
      return;
    }
    const { mostCopies } = this.#options.pool?.limits() ?? { mostCopies: 0 };
    if (mostCopies < 1) {
      return;
    }
    const cloned = await restoreTree(this.#parts(run, base), tree, live.known, at, NEVER);
    const { lineage = '', generation = 0 } = base.version ?? {};
    await this.#pool.keep(
      {
        kind: 'copy',
        source: this.#options.source,
        key: sourceKey(base.source),
        lineage,
        generation,
        bytes: cloned.bytes,
      },
      base.files.length,
      [...cloned.state],
      tree,
    );
  }

  /** With what is counted for it. */
  async #remove(at: string): Promise<void> {
    const live = this.#live.get(at);
    this.#live.delete(at);
    await removeFolder(at);
    if (live !== undefined) {
      this.#pool?.end(live.lease);
    }
  }

  #endLeases(run: RunId): void {
    for (const [at, live] of this.#live) {
      if (live.run === run) {
        this.#live.delete(at);
        this.#pool?.end(live.lease);
      }
    }
  }
}
