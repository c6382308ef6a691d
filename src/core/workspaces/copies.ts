import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Digest } from '../base/digest.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import { collectFiles, type CollectedFiles } from './collect.ts';

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
}

/** Files copied at once over all copies: enough to keep a disk busy, far from a system's limit. */
const AT_ONCE = 32;

/**
 * The private folders tasks work in: `<root>/<run>/<task>.<attempt>/` with the copy in `tree/`, a folder
 * for anything in `scratch/`, and the files `output` and `log`.
 *
 * W1  All copies of a run are of one tree: the source is read once, into `<run>/base`, and cloned from there.
 *     So an edit of the user between two steps reaches neither or both.
 * W2  Removing never follows a link: the linked dependency folders are the user's.
 * W3  What an attempt of the same name left, after a crash, is removed before a copy is made.
 */
export class WorkspaceCopies {
  readonly #root: string;
  readonly #source: string;
  readonly #list: WorkspaceCopiesOptions['list'];
  readonly #copyBlob: WorkspaceCopiesOptions['copyBlob'];
  readonly #limit = pLimit(AT_ONCE);
  readonly #bases = new Map<RunId, Promise<FolderListing>>();

  constructor({ root, source, list, copyBlob }: WorkspaceCopiesOptions) {
    this.#root = root;
    this.#source = source;
    this.#list = list;
    this.#copyBlob = copyBlob;
  }

  /** @throws what the disk throws, what `list` rejects with, or the signal's reason */
  async create(
    run: RunId,
    task: TaskId,
    attempt: number,
    signal: AbortSignal,
  ): Promise<WorkspaceCopy> {
    const listing = await this.#base(run, signal);
    const at = this.#attempt(run, task, attempt);
    await removeFolder(at);
    const tree = path.join(at, 'tree');
    const copy = new WorkspaceCopy(at, this.#copyBlob);
    try {
      await fs.mkdir(copy.scratch, { recursive: true });
      await this.#copyTree(path.join(this.#root, run, 'base'), tree, listing.files, signal);
      await this.#link(tree, listing.linked);
    } catch (error) {
      await removeFolder(at);
      throw error;
    }
    return copy;
  }

  /** Where the log of an attempt is written while it runs. */
  logFile(run: RunId, task: TaskId, attempt: number): string {
    return path.join(this.#attempt(run, task, attempt), 'log');
  }

  /** Removes all there is of a run. */
  async removeRun(run: RunId): Promise<void> {
    this.#bases.delete(run);
    await removeFolder(path.join(this.#root, run));
  }

  #attempt(run: RunId, task: TaskId, attempt: number): string {
    return path.join(this.#root, run, `${task}.${attempt}`);
  }

  /** The run's own tree, made by whoever asks first; a run that was taken over finds it there. */
  #base(run: RunId, signal: AbortSignal): Promise<FolderListing> {
    const known = this.#bases.get(run);
    if (known !== undefined) {
      return known;
    }
    const made = this.#makeBase(run, signal);
    this.#bases.set(run, made);
    made.catch(() => this.#bases.delete(run));
    return made;
  }

  async #makeBase(run: RunId, signal: AbortSignal): Promise<FolderListing> {
    const base = path.join(this.#root, run, 'base');
    const listed = path.join(this.#root, run, 'base.json');
    const kept = await readListing(listed);
    if (kept !== undefined) {
      return kept;
    }
    await removeFolder(base);
    const listing = await this.#list(signal);
    const files = await this.#copyTree(this.#source, base, listing.files, signal);
    const made = { files, linked: listing.linked };
    // The list is written last: a base without it was cut off and is made anew.
    await fs.writeFile(`${listed}.new`, JSON.stringify(made));
    await fs.rename(`${listed}.new`, listed);
    return made;
  }

  /** Copies files and links that stay inside; returns those that were there. */
  async #copyTree(
    from: string,
    to: string,
    files: readonly string[],
    signal: AbortSignal,
  ): Promise<string[]> {
    await fs.mkdir(to, { recursive: true });
    const folders = new Set(files.map((file) => path.dirname(path.join(to, file))));
    for (const folder of [...folders].sort()) {
      await fs.mkdir(folder, { recursive: true });
    }
    const copied = await Promise.all(
      files.map((file) =>
        this.#limit(async () => {
          signal.throwIfAborted();
          return (await copyOne(from, to, file)) ? [file] : [];
        }),
      ),
    );
    return copied.flat();
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
  readonly #at: string;
  readonly #copyBlob: WorkspaceCopiesOptions['copyBlob'];

  constructor(at: string, copyBlob: WorkspaceCopiesOptions['copyBlob']) {
    this.#at = at;
    this.#copyBlob = copyBlob;
    this.folder = path.join(at, 'tree');
    this.scratch = path.join(at, 'scratch');
    this.outputFile = path.join(at, 'output');
    this.logFile = path.join(at, 'log');
  }

  /** Lays files out below `<scratch>/needs/`: texts, and blobs as files of their own. */
  async provide(
    files: readonly ({ readonly path: string } & (
      { readonly text: string } | { readonly blob: Digest }
    ))[],
  ): Promise<void> {
    for (const file of files) {
      const at = path.join(this.scratch, 'needs', ...file.path.split('/'));
      await fs.mkdir(path.dirname(at), { recursive: true });
      await ('text' in file ? fs.writeFile(at, file.text) : this.#copyBlob(file.blob, at));
    }
  }

  /** The declared files that were made, and those that were not or are no plain files inside the copy. */
  collect(paths: readonly string[]): Promise<CollectedFiles> {
    return collectFiles(this.folder, paths);
  }

  dispose(): Promise<void> {
    return removeFolder(this.#at);
  }
}

/** False for what vanished meanwhile, leads outside, or is neither file nor link. */
async function copyOne(from: string, to: string, file: string): Promise<boolean> {
  const source = path.join(from, file);
  const target = path.join(to, file);
  try {
    const status = await fs.lstat(source);
    if (status.isFile()) {
      await fs.copyFile(source, target, constants.COPYFILE_FICLONE);
      return true;
    }
    if (!status.isSymbolicLink()) {
      return false;
    }
    const link = await fs.readlink(source);
    const leadsTo = path.relative(from, path.resolve(path.dirname(source), link));
    const staysInside = !path.isAbsolute(link) && leadsTo.split(path.sep)[0] !== '..';
    if (staysInside) {
      await fs.symlink(link, target);
    }
    return staysInside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

async function readListing(file: string): Promise<FolderListing | undefined> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as FolderListing;
  } catch {
    return undefined;
  }
}

/** Moved out of the way first, so that its name is free at once and a crash leaves no half of it there. */
async function removeFolder(folder: string): Promise<void> {
  const doomed = `${folder}.gone-${process.pid}-${Math.trunc(performance.now() * 1000)}`;
  try {
    await fs.rename(folder, doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return;
    }
    throw error;
  }
  await fs.rm(doomed, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
