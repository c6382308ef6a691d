import fs from 'node:fs';
import type { Disposable } from '../core/base/disposables.ts';
import type { WatchedFolder } from '../core/definitions/files/placesToWatch.ts';

interface Watched {
  readonly identity: string;
  readonly watcher: fs.FSWatcher;
  only: WatchedFolder['only'];
}

/**
 * Watches single folders: what appears in them, changes in them or leaves them, one level deep.
 *
 * W1  A folder is watched as the one it is: when another stands in its place, that one is.
 */
export class FolderWatches implements Disposable {
  readonly #changed: () => void;
  readonly #watched = new Map<string, Watched>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** From now on watches those of these that are wanted, and no others. Those that are not there are passed over. */
  follow(
    folders: Iterable<WatchedFolder>,
    isWanted: (folder: WatchedFolder) => boolean = () => true,
  ): void {
    const left = new Set(this.#watched.keys());
    for (const folder of folders) {
      const { path, only } = folder;
      const identity = isWanted(folder) ? identityOf(path) : undefined;
      if (identity === undefined) {
        continue;
      }
      left.delete(path);
      const known = this.#watched.get(path);
      if (known?.identity === identity) {
        known.only = only;
      } else {
        this.#unwatch(path);
        this.#watch(path, identity, only);
      }
    }
    for (const folder of left) {
      this.#unwatch(folder);
    }
  }

  dispose(): void {
    for (const folder of [...this.#watched.keys()]) {
      this.#unwatch(folder);
    }
  }

  #watch(folder: string, identity: string, only: WatchedFolder['only']): void {
    try {
      const watcher = fs.watch(folder, { persistent: false }, (_, name) => {
        // A name is not always told.
        if (name === null || watched.only?.has(name) !== false) {
          this.#changed();
        }
      });
      const watched: Watched = { identity, watcher, only };
      watcher.on('error', () => this.#unwatch(folder));
      this.#watched.set(folder, watched);
    } catch {
      // It has just gone, or the system has no watches left: then VS Code's own are all there is.
    }
  }

  #unwatch(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}

/** Inode numbers are given anew at once, so the time it was made tells it apart too. */
function identityOf(folder: string): string | undefined {
  try {
    const stat = fs.statSync(folder, { throwIfNoEntry: false, bigint: true });
    return stat?.isDirectory() === true ? `${stat.ino} ${stat.birthtimeNs}` : undefined;
  } catch {
    // A folder that cannot be looked at cannot be watched.
    return undefined;
  }
}
