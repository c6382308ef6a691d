import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import {
  hasCode,
  makeFolderDurablySync,
  syncFolderSync,
  writeFileDurablySync,
  type Disk,
} from '../base/disk.ts';
import { Disposables, type Disposable } from '../base/disposables.ts';
import { isRunId, runIdOf, runNumber, type RunId } from '../domain/ids.ts';
import { BlobStore } from './blobs.ts';

/** Watchers miss changes on some file systems, so what is unfinished is looked at this often, in milliseconds. */
const LOOK_EVERY_MS = 1000;

export interface RunStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Absolute; made when the first run is. */
  readonly root: string;
}

/** The runs kept under one root: `runs/<run>/`, with what they made under `blobs/`. */
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
    return this.#names()
      .filter(isRunId)
      .sort((a, b) => runNumber(b) - runNumber(a));
  }

  folder(run: RunId): string {
    return path.join(this.#runs, run);
  }

  /** A new run with a folder of its own. A number is given once, also after the run's folder is removed. */
  create(workflowName: string): RunId {
    makeFolderDurablySync(this.#disk, this.#runs);
    for (;;) {
      const number = Math.max(this.#lastGiven(), 0, ...this.list().map(runNumber)) + 1;
      const taken = path.join(this.#runs, `.number-${number}`);
      try {
        this.#disk.sync.mkdir(taken);
      } catch (error) {
        if (hasCode(error, 'EEXIST')) {
          // Somebody is about to use it, or died there.
          this.#give(number);
          continue;
        }
        throw error;
      }
      // Whoever had it before us gave it before letting it go.
      const isOurs = this.#lastGiven() < number;
      const run = runIdOf(workflowName, number);
      if (isOurs) {
        this.#give(number);
        makeFolderDurablySync(this.#disk, this.folder(run));
      }
      this.#disk.sync.rmdir(taken);
      if (isOurs) {
        syncFolderSync(this.#disk, this.#runs);
        return run;
      }
    }
  }

  /** Tells of runs that appeared and of those whose folder changed, or may have. */
  watch(isUnfinished: (run: RunId) => boolean, listener: (run: RunId) => void): Disposable {
    const disposables = new Disposables();
    const watched = new Map<RunId, Disposable>();
    let timer: Disposable | undefined;
    let disposed = false;
    const look = () => {
      const runs = this.list();
      for (const run of runs) {
        if (isUnfinished(run)) {
          if (!watched.has(run)) {
            watched.set(
              run,
              watchFolder(this.folder(run), () => listener(run)),
            );
          }
          listener(run);
        } else {
          watched.get(run)?.dispose();
          watched.delete(run);
        }
      }
    };
    const again = () => {
      timer = this.#clock.timer(LOOK_EVERY_MS, () => {
        if (!disposed) {
          look();
          again();
        }
      });
    };
    disposables.add(watchFolder(this.#runs, look));
    again();
    return {
      dispose: () => {
        disposed = true;
        timer?.dispose();
        disposables.dispose();
        for (const watcher of watched.values()) {
          watcher.dispose();
        }
      },
    };
  }

  /** Looks whenever a request may have been posted to a run. */
  watchInbox(run: RunId, look: () => void): Disposable {
    const inbox = path.join(this.folder(run), 'inbox');
    makeFolderDurablySync(this.#disk, inbox);
    const watcher = watchFolder(inbox, look);
    let timer: Disposable;
    const again = () => {
      timer = this.#clock.timer(LOOK_EVERY_MS, () => {
        look();
        again();
      });
    };
    again();
    return {
      dispose: () => {
        watcher.dispose();
        timer.dispose();
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

  #lastGiven(): number {
    try {
      const text = this.#disk.sync.readFile(path.join(this.#runs, '.last')).toString('utf8').trim();
      return /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return 0;
      }
      throw error;
    }
  }

  #give(number: number): void {
    if (number > this.#lastGiven()) {
      writeFileDurablySync(this.#disk, path.join(this.#runs, '.last'), `${number}\n`);
    }
  }
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
