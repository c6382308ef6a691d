import fs from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Clock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import { readBase, writeBase, type Base } from './baseRecord.ts';
import type { DigestCounts } from './baseEntries.ts';
import { BaseTree } from './baseTree.ts';
import { collectFiles, type CollectedFiles } from './collect.ts';
import { changesSince, readState, stateOfTree } from './changes.ts';
import { copyTree, isFolder, type LeftOut } from './copyTree.ts';
import { DigestIndex } from './digestIndex.ts';
import { layIn, type LaidFile } from './layIn.ts';
import { isDoomed, removeFolder } from './removeFolder.ts';

/** What belongs to a folder. Paths are relative to it, with `/`. */
export interface FolderListing {
  readonly files: readonly string[];
  /** Folders that are linked instead of copied: dependencies. */
  readonly linked: readonly string[];
}

export interface WorkspaceCopiesOptions {
  /** Absolute; in the user's cache, outside the source. Made when the first copy is. */
  readonly root: string;
  /** Absolute. */
  readonly source: string;
  readonly list: (signal: AbortSignal) => Promise<FolderListing>;
  /** The blob as a file at `to`, which does not exist. */
  readonly copyBlob: (digest: Digest, to: string) => Promise<void>;
  /** Left out: every run reads the files whose digests are asked for. */
  readonly digests?: RememberedDigests | undefined;
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

/** Files copied at once over all copies: enough to keep a disk busy, far from a system's limit. */
const AT_ONCE = 32;

/**
 * The private folders tasks work in: `<root>/<run>/<task>.<attempt>/` with the copy in `tree/`, a folder
 * for anything in `scratch/`, and the files `output` and `log`.
 *
 * W1  All copies of a run are of one tree: the source is read once, into `<run>/base`, and cloned from there.
 *     So an edit of the user between two steps reaches neither or both. Digests are of that tree, too.
 * W2  Removing never follows a link: the linked dependency folders are the user's.
 * W3  What an attempt of the same name left, after a crash, is removed before a copy is made.
 */
export class WorkspaceCopies {
  readonly #root: string;
  readonly #source: string;
  readonly #list: WorkspaceCopiesOptions['list'];
  readonly #copyBlob: WorkspaceCopiesOptions['copyBlob'];
  readonly #limit = pLimit(AT_ONCE);
  readonly #bases = new Map<
    RunId,
    { readonly made: Promise<Base>; readonly signal: AbortSignal }
  >();
  readonly #trees = new Map<RunId, { readonly base: Base; readonly tree: BaseTree }>();
  readonly #digests: RememberedDigests | undefined;
  readonly #index: DigestIndex | undefined;

  constructor({ root, source, list, copyBlob, digests }: WorkspaceCopiesOptions) {
    this.#root = root;
    this.#source = source;
    this.#list = list;
    this.#copyBlob = copyBlob;
    this.#digests = digests;
    this.#index = digests && new DigestIndex({ ...digests, source });
  }

  /** Files a copy would hold, relative with `/`. @throws what `list` rejects with */
  async listFiles(signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#list(signal)).files;
  }

  /** @throws what the disk throws, what `list` rejects with, or the signal's reason */
  async create(
    run: RunId,
    task: TaskId,
    attempt: number,
    signal: AbortSignal,
  ): Promise<WorkspaceCopy> {
    const base = await this.#base(run, signal);
    const at = this.#attempt(run, task, attempt);
    await removeFolder(at);
    const tree = path.join(at, 'tree');
    const source = this.#baseFolder(run);
    const copy = new WorkspaceCopy(at, source, base.leftOut, this.#copyBlob);
    try {
      await fs.mkdir(copy.scratch, { recursive: true });
      const paths = [...base.files, ...base.folders];
      await copyTree(source, tree, paths, this.#limit, signal);
      await this.#link(tree, base.linked);
    } catch (error) {
      await removeFolder(at);
      throw error;
    }
    return copy;
  }

  /**
   * The copy an attempt left, as it is; `undefined` when there is none. One that a crash cut off while
   * it was made may not be whole, so it is of use only for an attempt whose process was started.
   * @throws what the disk throws
   */
  async reopen(run: RunId, task: TaskId, attempt: number): Promise<WorkspaceCopy | undefined> {
    const at = this.#attempt(run, task, attempt);
    if (!(await isFolder(at)) || !(await isFolder(path.join(at, 'tree')))) {
      return undefined;
    }
    const base = await readBase(this.#baseRecord(run));
    const source = this.#baseFolder(run);
    return new WorkspaceCopy(at, source, base?.leftOut ?? [], this.#copyBlob);
  }

  /** Where the log of an attempt is written while it runs. */
  logFile(run: RunId, task: TaskId, attempt: number): string {
    return path.join(this.#attempt(run, task, attempt), 'log');
  }

  /**
   * What every copy of the run begins with, without making one. The same for each caller until the run is removed.
   * @throws as `create` does
   */
  async tree(run: RunId, signal: AbortSignal): Promise<BaseTree> {
    const base = await this.#base(run, signal);
    const known = this.#trees.get(run);
    if (known?.base === base) {
      return known.tree;
    }
    const { ctimeNs } = await fs.lstat(this.#baseRecord(run), { bigint: true });
    const made = this.#trees.get(run);
    if (made?.base === base) {
      return made.tree;
    }
    const tree = new BaseTree({
      folder: this.#baseFolder(run),
      source: this.#source,
      base,
      madeNs: ctimeNs,
      index: this.#index,
      onDigests: (counts) => this.#digests?.onDigests?.(counts),
    });
    this.#trees.set(run, { base, tree });
    return tree;
  }

  /** Removes all there is of a run. */
  async removeRun(run: RunId): Promise<void> {
    this.#forget(run);
    await this.#index?.keep(true);
    await removeFolder(path.join(this.#root, run));
  }

  /**
   * Removes what runs left that nobody will finish, and what a crash left of removals.
   * @param isLive asked after the folders are listed, so that a run begun meanwhile is not among them
   */
  async sweep(isLive: (run: string) => boolean | Promise<boolean>): Promise<void> {
    const names = await fs.readdir(this.#root).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    });
    for (const name of names) {
      if (isDoomed(name) || !(await isLive(name))) {
        this.#forget(name as RunId);
        await removeFolder(path.join(this.#root, name));
      }
    }
  }

  #attempt(run: RunId, task: TaskId, attempt: number): string {
    return path.join(this.#root, run, `${task}.${attempt}`);
  }

  #baseFolder(run: RunId): string {
    return path.join(this.#root, run, 'base');
  }

  #baseRecord(run: RunId): string {
    return path.join(this.#root, run, 'base.json');
  }

  #forget(run: RunId): void {
    this.#bases.delete(run);
    this.#trees.delete(run);
  }

  /** The run's own tree, made by whoever asks first; a run that was taken over finds it there. */
  async #base(run: RunId, signal: AbortSignal): Promise<Base> {
    for (;;) {
      let known = this.#bases.get(run);
      if (known === undefined) {
        known = { made: this.#makeBase(run, signal), signal };
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

  async #makeBase(run: RunId, signal: AbortSignal): Promise<Base> {
    const folder = this.#baseFolder(run);
    const record = this.#baseRecord(run);
    const kept = await readBase(record);
    if (kept !== undefined) {
      return kept;
    }
    await removeFolder(folder);
    const { files, linked } = await this.#list(signal);
    // The cache may lie in the folder itself, when that is the user's home.
    const own = `${path.relative(this.#source, this.#root).split(path.sep).join('/')}/`;
    const paths = files.filter((file) => !file.startsWith(own));
    const clock = this.#digests?.clock;
    const notes = clock && { now: () => clock.now(), identities: new Map<string, string>() };
    const copied = await copyTree(this.#source, folder, paths, this.#limit, signal, notes);
    // As in the copies: what is asked of the one is to be answered as by the other.
    await this.#link(folder, linked);
    const identities = notes && copied.files.map((file) => notes.identities.get(file) ?? 0);
    const base = { ...copied, linked, ...(identities && { identities }) };
    // The record is written last: a base without it was cut off and is made anew.
    await writeBase(record, base);
    return base;
  }

  async #link(tree: string, linked: readonly string[]): Promise<void> {
    for (const folder of linked) {
      const at = path.join(tree, folder);
      await fs.mkdir(path.dirname(at), { recursive: true });
      await fs.symlink(path.join(this.#source, folder), at, 'junction');
    }
  }
}

/** One task's folders. Paths are absolute. */
export class WorkspaceCopy {
  readonly folder: string;
  readonly scratch: string;
  readonly outputFile: string;
  readonly logFile: string;
  /** For whatever works in the copy, to go on with later. Need not be there. */
  readonly sessionFile: string;
  /** What of the folder is not in the copy. */
  readonly leftOut: readonly LeftOut[];
  readonly #at: string;
  /** The tree it was made of. */
  readonly #base: string;
  readonly #copyBlob: WorkspaceCopiesOptions['copyBlob'];

  constructor(
    at: string,
    base: string,
    leftOut: readonly LeftOut[],
    copyBlob: WorkspaceCopiesOptions['copyBlob'],
  ) {
    this.#at = at;
    this.#base = base;
    this.leftOut = leftOut;
    this.#copyBlob = copyBlob;
    this.folder = path.join(at, 'tree');
    this.scratch = path.join(at, 'scratch');
    this.outputFile = path.join(at, 'output');
    this.logFile = path.join(at, 'log');
    this.sessionFile = path.join(at, 'session');
  }

  /** Lays files out below `<scratch>/needs/`: facts as JSON, and blobs as files of their own. */
  async provide(
    files: readonly ({ readonly path: string } & (
      { readonly json: object } | { readonly blob: Digest }
    ))[],
  ): Promise<void> {
    for (const file of files) {
      const at = path.join(this.scratch, 'needs', ...file.path.split('/'));
      await fs.mkdir(path.dirname(at), { recursive: true });
      await ('json' in file
        ? fs.writeFile(at, `${JSON.stringify(file.json, null, 2)}\n`)
        : this.#copyBlob(file.blob, at));
    }
  }

  /**
   * Puts files into the copy, in this order, each in the place of what is there.
   * @throws what the disk throws, and for a file that would not lie in the copy itself
   */
  async layIn(files: readonly LaidFile[]): Promise<void> {
    for (const file of files) {
      await layIn(this.folder, file, this.#copyBlob);
    }
  }

  /**
   * Looks at the tree now; asked later, tells what has changed since. Rejects as the disk does, and on the signal.
   * @param begun `keep`: what was seen is kept with the copy; `recall`: what was seen then counts, not what is there now
   */
  async watchChanges(
    begun: 'forget' | 'keep' | 'recall',
    signal: AbortSignal,
  ): Promise<() => Promise<readonly string[]>> {
    const kept = path.join(this.#at, 'seen.json');
    const before =
      begun === 'recall' ? await readState(kept) : await stateOfTree(this.folder, signal);
    if (begun === 'keep') {
      await fs.writeFile(kept, JSON.stringify([...before]));
    }
    return () => changesSince(before, this.folder, this.#base, signal);
  }

  /** The declared files that were made, and those that were not or are no plain files inside the copy. */
  collect(paths: readonly string[]): Promise<CollectedFiles> {
    return collectFiles(this.folder, paths);
  }

  dispose(): Promise<void> {
    return removeFolder(this.#at);
  }
}
