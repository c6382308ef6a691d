import * as vscode from 'vscode';
import type { Clock } from '../core/base/clock.ts';
import { Disposables, type Disposable } from '../core/base/disposables.ts';

/** Paths that are remembered; of more, those touched longest ago are forgotten. */
const MOST = 20_000;

/**
 * Remembers what the user saves, makes, renames and removes in this window, so that a run whose checkout changes can
 * tell the user's own doing from anybody else's.
 */
export class SavedFiles implements Disposable {
  readonly #clock: Pick<Clock, 'now'>;
  /** Absolute path to when it was touched last; the one touched longest ago first. */
  readonly #touched = new Map<string, number>();
  readonly #disposables = new Disposables();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    const { workspace } = vscode;
    for (const listening of [
      workspace.onDidSaveTextDocument(({ uri }) => this.#touch(uri)),
      workspace.onDidSaveNotebookDocument(({ uri }) => this.#touch(uri)),
      workspace.onDidCreateFiles(({ files }) => this.#touch(...files)),
      workspace.onDidDeleteFiles(({ files }) => this.#touch(...files)),
      workspace.onDidRenameFiles(({ files }) =>
        this.#touch(...files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])),
      ),
    ]) {
      this.#disposables.add(listening);
    }
  }

  /** @param since milliseconds since 1970 @returns absolute paths */
  since(since: number): ReadonlySet<string> {
    return new Set([...this.#touched].flatMap(([file, at]) => (at >= since ? file : [])));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #touch(...uris: readonly vscode.Uri[]): void {
    for (const { scheme, fsPath } of uris) {
      if (scheme === 'file') {
        this.#touched.delete(fsPath);
        this.#touched.set(fsPath, this.#clock.now());
      }
    }
    for (const file of this.#touched.keys()) {
      if (this.#touched.size <= MOST) {
        break;
      }
      this.#touched.delete(file);
    }
  }
}
