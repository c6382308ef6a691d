import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import type { Log } from '../core/base/log.ts';
import { FolderWatches } from './folderWatches.ts';
import type { Project, Projects } from './project.ts';
import { Together } from './together.ts';

/**
 * Reads a project's definitions again when a file of them changes, appears or goes.
 *
 * On Linux VS Code's watchers never learn of a folder that is made together with the one around it, as
 * a checkout does: what changes in it later stays unseen. Outside the folders of the window they look
 * every few seconds for a folder that is not there yet. In both cases folders are watched singly.
 */
export class DefinitionWatcher implements Disposable {
  readonly #projects: Projects;
  readonly #log: Log;
  readonly #disposables = new Disposables();

  constructor(projects: Projects, log: Log) {
    this.#projects = projects;
    this.#log = log;
    this.#disposables.add(projects.onDidOpen((project) => this.#watch(project)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #watch(project: Project): void {
    const watching = this.#disposables.add(new Disposables());
    const { sluice, folder } = project;
    let ended = false;
    watching.add({ dispose: () => (ended = true) });
    const look = async () => {
      // Before the reading: what comes after it is seen.
      follow();
      try {
        await sluice.refreshDefinitions();
        // It may have read of files elsewhere.
        follow();
      } catch (thrown) {
        this.#log.error(`The definitions of ${folder.name} could not be read`, thrown);
      }
    };
    const together = watching.add(new Together(() => void look()));
    const changed = () => together.soon();
    const singly = watching.add(new FolderWatches(changed));
    const watchers = watching.add(new PatternWatches(folder, changed));
    const follow = () => {
      if (ended) {
        return;
      }
      if (this.#projects.byUri(folder.uri.toString()) !== project) {
        watching.dispose();
        return;
      }
      const { patterns, folders } = sluice.definitionPlaces;
      watchers.follow(patterns);
      singly.follow(folders(), ({ outside }) => outside || process.platform === 'linux');
    };
    follow();
  }
}

/** VS Code's watchers for globs below a folder. */
class PatternWatches implements Disposable {
  readonly #folder: vscode.WorkspaceFolder;
  readonly #changed: () => void;
  readonly #watchers = new Map<string, Disposable>();

  constructor(folder: vscode.WorkspaceFolder, changed: () => void) {
    this.#folder = folder;
    this.#changed = changed;
  }

  /** From now on watches these and no others. */
  follow(patterns: readonly string[]): void {
    const wanted = new Set(patterns);
    for (const [pattern, watcher] of this.#watchers) {
      if (!wanted.has(pattern)) {
        watcher.dispose();
        this.#watchers.delete(pattern);
      }
    }
    for (const pattern of wanted) {
      if (!this.#watchers.has(pattern)) {
        this.#watchers.set(pattern, this.#watch(pattern));
      }
    }
  }

  dispose(): void {
    this.follow([]);
  }

  #watch(pattern: string): Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(this.#folder, pattern),
    );
    watcher.onDidCreate(this.#changed);
    watcher.onDidChange(this.#changed);
    watcher.onDidDelete(this.#changed);
    return watcher;
  }
}
