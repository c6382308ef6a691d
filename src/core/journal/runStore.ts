import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { hasCode, makeFolderDurablySync, type Disk } from '../base/disk.ts';
import type { Disposable } from '../base/disposables.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isRunId, runIdOf, runNumber, type RunId } from '../domain/ids.ts';
import { BlobStore } from './blobs.ts';
import { claimRun } from './claim.ts';

/** Watchers miss changes on some file systems, so what is unfinished is looked at this often, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** What a run's folder is called while it is removed. */
const DROPPED = '.dropped-';

/** The newest finished runs, which are glanced at. */
const GLANCES = 50;

/** `follow`: every change counts. `glance`: it is over, and may be opened again. */
export type Attention = 'follow' | 'glance' | 'none';

export interface RunStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Absolute; made when the first run is. */
  readonly root: string;
}

/**
 * The runs kept under one root: `runs/<run>/`, with what they made under `blobs/`.
 *
 * N1  A number is given once: to whoever makes `.number-<n>`, a name that must not exist.
 * N2  The highest of these stays, and the next number is above it and above that of every run. So a
 *     number does not come back when its run's folder is removed.
 * N3  After making it a program looks again: one that was held up while others were given higher numbers
 *     and tidied up takes the next.
 */
export class RunStore {
  readonly blobs: BlobStore;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #runs: string;

  constructor({ disk, clock, root }: RunStoreOptions) {
    this.#disk = disk;
    this.#clock = clock;
    this.#runs = path.join(root, 'runs');
    this.blobs = new BlobStore(disk, path.join(root, 'blobs'));
  }

  /** Newest first. */
  list(): RunId[] {
    return runsAmong(this.#names());
  }

  folder(run: RunId): string {
    return path.join(this.#runs, run);
  }

  /** A new run with a folder of its own. A number is given once, also after the run's folder is removed. */
  create(workflowName: string): RunId {
    // The upper one by itself: whoever made it may have died before its name was flushed.
    makeFolderDurablySync(this.#disk, path.dirname(this.#runs));
    makeFolderDurablySync(this.#disk, this.#runs);
    for (;;) {
      const names = this.#names();
      const given = [...numbersAmong(names), ...runsAmong(names).map(runNumber)];
      const number = Math.max(0, ...given) + 1;
      try {
        this.#disk.sync.mkdir(this.#numberFile(number));
      } catch (error) {
        if (hasCode(error, 'EEXIST')) {
          continue;
        }
        throw error;
      }
      const numbers = numbersAmong(this.#names());
      if (Math.max(...numbers) === number) {
        const run = runIdOf(workflowName, number);
        // Flushes the number's name as well.
        makeFolderDurablySync(this.#disk, this.folder(run));
        this.#removeNumbers(numbers.filter((lower) => lower < number));
        return run;
      }
      this.#removeNumbers([number]);
    }
  }

  /** Removes the folder of a run that nobody drives. The error continues "…, because". */
  remove(run: RunId): Result<void, string> {
    const claimed = claimRun(this.#disk, this.folder(run));
    if (!claimed.ok) {
      return err(`it is driven by process ${claimed.error.pid}`);
    }
    // Once it is called so it is no run any more, whatever becomes of the rest.
    const doomed = path.join(this.#runs, `${DROPPED}${run}`);
    fs.rmSync(doomed, { recursive: true, force: true });
    fs.renameSync(this.folder(run), doomed);
    fs.rmSync(doomed, { recursive: true, force: true });
    return ok(undefined);
  }

  /** Removes what a crash left of runs that were being removed. */
  sweep(): void {
    for (const name of this.#names().filter((one) => one.startsWith(DROPPED))) {
      fs.rmSync(path.join(this.#runs, name), { recursive: true, force: true });
    }
  }

  /**
   * Tells of runs that appeared and of those that changed, or may have.
   * @param attentionTo asked at each look
   */
  watch(attentionTo: (run: RunId) => Attention, listener: (run: RunId) => void): Disposable {
    const watched = new Map<RunId, Disposable>();
    const glanced = new Map<RunId, string>();
    const unwatch = (run: RunId) => {
      watched.get(run)?.dispose();
      watched.delete(run);
    };
    const look = () => {
      const runs = this.list();
      const followed = new Set(runs.filter((run) => attentionTo(run) === 'follow'));
      for (const run of [...watched.keys()].filter((one) => !followed.has(one))) {
        unwatch(run);
      }
      for (const run of followed) {
        glanced.delete(run);
        if (!watched.has(run)) {
          const changed = () => listener(run);
          watched.set(run, watchFolder(this.folder(run), changed));
        }
        listener(run);
      }
      for (const run of runs.filter((one) => attentionTo(one) === 'glance').slice(0, GLANCES)) {
        // Whoever opens a run again makes a file in its folder.
        const names = this.#disk.sync.readdir(this.folder(run)).join('/');
        const before = glanced.get(run) ?? names;
        glanced.set(run, names);
        if (before !== names) {
          listener(run);
        }
      }
    };
    const looking = this.#keepLooking(this.#runs, look);
    return {
      dispose: () => {
        looking.dispose();
        [...watched.keys()].forEach(unwatch);
      },
    };
  }

  /** Looks whenever a request may have been posted to a run. */
  watchInbox(run: RunId, look: () => void): Disposable {
    const inbox = path.join(this.folder(run), 'inbox');
    makeFolderDurablySync(this.#disk, inbox);
    return this.#keepLooking(inbox, look);
  }

  /** At each change of the folder, and now and then; not again once it is disposed of. */
  #keepLooking(folder: string, lookAt: () => void): Disposable {
    let timer: Disposable | undefined;
    let isDisposed = false;
    const look = () => {
      try {
        lookAt();
      } catch (error) {
        // The system's errors pass, as when no file can be opened for a moment; the next look tells.
        if (!(error instanceof Error && 'syscall' in error)) {
          throw error;
        }
      }
    };
    const again = () => {
      timer = this.#clock.timer(LOOK_EVERY_MS, () => {
        look();
        if (!isDisposed) {
          again();
        }
      });
    };
    const watcher = watchFolder(folder, look);
    again();
    return {
      dispose: () => {
        isDisposed = true;
        watcher.dispose();
        timer?.dispose();
      },
    };
  }

  #names(): string[] {
    try {
      return this.#disk.sync.readdir(this.#runs);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return [];
      }
      throw error;
    }
  }

  #numberFile(number: number): string {
    return path.join(this.#runs, `.number-${number}`);
  }

  /** Best effort: what stays is below the highest. */
  #removeNumbers(numbers: readonly number[]): void {
    for (const number of numbers) {
      try {
        this.#disk.sync.rmdir(this.#numberFile(number));
      } catch {
        // Whoever is given the next number tries again.
      }
    }
  }
}

function runsAmong(names: readonly string[]): RunId[] {
  return names.filter(isRunId).sort((a, b) => runNumber(b) - runNumber(a));
}

function numbersAmong(names: readonly string[]): number[] {
  return names
    .flatMap((name) => /^\.number-([1-9][0-9]{0,8})$/.exec(name)?.slice(1) ?? [])
    .map(Number);
}

/** A watcher that is not there (no folder yet, no handles left) is made up for by looking now and then. */
function watchFolder(folder: string, changed: () => void): Disposable {
  try {
    const watcher = fs.watch(folder, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return { dispose: () => watcher.close() };
  } catch {
    return { dispose: () => undefined };
  }
}
