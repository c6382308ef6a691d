import fs from 'node:fs';
import type { Disposable } from '../core/base/disposables.ts';

/**
 * Watches single folders: what appears in them, changes in them or leaves them, one level deep.
 *
 * W1  A folder is watched as the one it is: when another stands in its place, that one is.
 */
export class FolderWatches implements Disposable {
  readonly #changed: () => void;
  readonly #watched = new Map<
    string,
    { readonly identity: string; readonly watcher: fs.FSWatcher }
  >();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** From now on watches these and no others; absolute. Those that are not there are passed over. */
  follow(folders: Iterable<string>): void {
    const left = new Set(this.#watched.keys());
    for (const folder of folders) {
      const identity = identityOf(folder);
      if (identity === undefined) {
        continue;
      }
      left.delete(folder);
      if (this.#watched.get(folder)?.identity !== identity) {
        this.#unwatch(folder);
        this.#watch(folder, identity);
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

  #watch(folder: string, identity: string): void {
    try {
      const watcher = fs.watch(folder, { persistent: false }, this.#changed);
      watcher.on('error', () => this.#unwatch(folder));
      this.#watched.set(folder, { identity, watcher });
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
  const stat = fs.statSync(folder, { throwIfNoEntry: false, bigint: true });
  return stat?.isDirectory() === true ? `${stat.ino} ${stat.birthtimeNs}` : undefined;
}
