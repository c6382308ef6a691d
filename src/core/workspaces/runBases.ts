import fs from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../base/log.ts';
import type { RunId } from '../domain/ids.ts';
import { readBase, sourceKey, writeBase, type Base, type BaseSource } from './baseRecord.ts';
import type { CopyPool, Lease } from './copyPool.ts';
import { isFolder } from './folders.ts';
import {
  makeBase,
  NotAsRecorded,
  renewBase,
  type BaseOptions,
  type FolderListing,
} from './makeBase.ts';
import { removeFolder } from './removeFolder.ts';

export interface RunBasesOptions extends BaseOptions {
  /** Absolute: the folder of all runs. */
  readonly root: string;
  readonly list: (signal: AbortSignal) => Promise<FolderListing>;
  /** Left out: the tree of a run goes with it. */
  readonly pool: CopyPool | undefined;
  readonly log: Pick<Log, 'debug'> | undefined;
}

interface KnownBase {
  readonly made: Promise<Base>;
  readonly signal: AbortSignal;
}

/**
 * The trees of runs, `<root>/<run>/base` with `base.json` beside it, made by whoever asks first; a run that was taken
 * over by another program finds it there.
 *
 * B1  A tree without its record is none: the record is written last, and removed before the tree is given away.
 * B2  A tree belongs to one run at a time, and is what it was for as long. What a run leaves is brought up to date for
 *     the next one of the same source, before that one has a record of it.
 */
export class RunBases {
  readonly #options: RunBasesOptions;
  readonly #bases = new Map<RunId, KnownBase>();
  readonly #leases = new Map<RunId, Lease>();

  constructor(options: RunBasesOptions) {
    this.#options = options;
  }

  folder(run: RunId): string {
    return path.join(this.#options.root, run, 'base');
  }

  record(run: RunId): string {
    return path.join(this.#options.root, run, 'base.json');
  }

  /**
   * @param source left out: what the run's tree is of, or the working tree for a run that has none yet
   * @throws what the disk and `list` throw, the signal's reason, and for another source than the run's tree is of
   */
  async of(run: RunId, signal: AbortSignal, source?: BaseSource): Promise<Base> {
    const base = await this.#made(run, signal, source ?? { kind: 'worktree' });
    if (source !== undefined && sourceKey(source) !== sourceKey(base.source)) {
      throw new Error(
        `Internal error: the tree of ${run} is of the ${sourceKey(base.source)}, and was asked for of the ${sourceKey(source)}`,
      );
    }
    return base;
  }

  forget(run: RunId): void {
    this.#bases.delete(run);
    const lease = this.#leases.get(run);
    if (lease !== undefined) {
      this.#leases.delete(run);
      this.#options.pool?.end(lease);
    }
  }

  /** Keeps the tree of a run that has ended, for the next one. Never rejects: what cannot be kept is not. */
  async giveBack(run: RunId): Promise<void> {
    const { pool, source, log } = this.#options;
    const base = pool && (await readBase(this.record(run)));
    this.forget(run);
    if (pool === undefined || base?.version === undefined) {
      return;
    }
    const { lineage, generation, bytes } = base.version;
    try {
      await fs.unlink(this.record(run));
      await pool.keep(
        { kind: 'base', source, key: sourceKey(base.source), lineage, generation, bytes },
        base.files.length,
        base,
        this.folder(run),
      );
      await pool.trim();
    } catch (error) {
      log?.debug(`The tree of ${run} is not kept for the next run: ${String(error)}`);
    }
  }

  async #made(run: RunId, signal: AbortSignal, source: BaseSource): Promise<Base> {
    for (;;) {
      let known = this.#bases.get(run);
      if (known === undefined) {
        known = { made: this.#make(run, signal, source), signal };
        this.#bases.set(run, known);
      }
      try {
        return await known.made;
      } catch (error) {
        if (this.#bases.get(run) === known) {
          this.#bases.delete(run);
        }
        // Another task began to make it and was stopped; this one was not.
        if (!known.signal.aborted || signal.aborted) {
          throw error;
        }
      }
    }
  }

  async #make(run: RunId, signal: AbortSignal, source: BaseSource): Promise<Base> {
    const folder = this.folder(run);
    const record = this.record(run);
    const kept = (await isFolder(folder)) ? await readBase(record) : undefined;
    if (kept !== undefined) {
      this.#hold(run, kept);
      return kept;
    }
    await fs.rm(record, { force: true });
    await removeFolder(folder);
    const listing = this.#outside(await this.#options.list(signal));
    const base =
      (await this.#takeOver(run, source, listing, signal)) ??
      (await makeBase(this.#options, source, listing, folder, signal));
    // The record is written last: a base without it was cut off and is made anew.
    await writeBase(record, base);
    this.#hold(run, base);
    return base;
  }

  /** What an earlier run of the same source has left, brought up to date. */
  async #takeOver(
    run: RunId,
    source: BaseSource,
    listing: FolderListing,
    signal: AbortSignal,
  ): Promise<Base | undefined> {
    const { pool, now, log } = this.#options;
    const idle = now && (await pool?.idle.list());
    const key = sourceKey(source);
    const folder = this.folder(run);
    const fitting = idle?.filter(
      (one) => one.kind === 'base' && one.key === key && one.source === this.#options.source,
    );
    for (const one of fitting?.reverse() ?? []) {
      await fs.mkdir(path.dirname(folder), { recursive: true });
      const old = (await pool?.idle.take(one, folder)) as Base | undefined;
      if (old?.version === undefined) {
        continue;
      }
      try {
        const { version } = old;
        return await renewBase(this.#options, { ...old, version }, listing, folder, signal);
      } catch (error) {
        await removeFolder(folder);
        if (signal.aborted) {
          throw error;
        }
        const why = error instanceof NotAsRecorded ? error.message : String(error);
        log?.debug(`The tree of an earlier run is not taken over for ${run}: ${why}`);
      }
    }
    return undefined;
  }

  /** The cache may lie in the folder itself, when that is the user's home. */
  #outside(listing: FolderListing): FolderListing {
    const { root, source } = this.#options;
    const own = `${path.relative(source, root).split(path.sep).join('/')}/`;
    const outside = (file: string) => !file.startsWith(own);
    const { files, linked, included = [] } = listing;
    const isLinked = (file: string) => linked.some((folder) => file.startsWith(`${folder}/`));
    return {
      linked,
      files: files.filter(outside),
      included: included.filter((file) => outside(file) && !isLinked(file)),
    };
  }

  #hold(run: RunId, { version }: Base): void {
    const { pool } = this.#options;
    if (pool !== undefined && version !== undefined && !this.#leases.has(run)) {
      this.#leases.set(run, pool.hold(version.bytes));
    }
  }
}
