import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import type { Project, Projects } from './project.ts';

/** Where definitions stand, and the folders above them: a folder that appears may hold files already. */
const PATTERNS = [
  '.sluice',
  '.sluice/{agents,workflows}',
  '.sluice/{agents,workflows}/**',
  '.github',
  '.github/agents',
  '.github/agents/**',
  '.claude',
  '.claude/agents',
  '.claude/agents/**',
];
/** A save or a checkout makes a burst of events; they are read together. */
const TOGETHER_MS = 50;
/** Files written right after their folder are missed by watchers, so what a new folder holds is read again. */
const NEW_FOLDER_MS = 300;

/** Reads a project's definitions again when a file of them changes, appears or goes. */
export class DefinitionWatcher implements Disposable {
  readonly #disposables = new Disposables();

  constructor(projects: Projects) {
    this.#disposables.add(projects.onDidOpen((project) => this.#watch(project)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #watch(project: Project): void {
    const timers = new Set<NodeJS.Timeout>();
    const after = (ms: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void project.sluice.refreshDefinitions();
      }, ms);
      timers.add(timer);
    };
    let soon: NodeJS.Timeout | undefined;
    const changed = () => {
      clearTimeout(soon);
      soon = setTimeout(() => void project.sluice.refreshDefinitions(), TOGETHER_MS);
    };
    for (const pattern of PATTERNS) {
      const watcher = this.#disposables.add(
        vscode.workspace.createFileSystemWatcher(
          new vscode.RelativePattern(project.folder, pattern),
        ),
      );
      watcher.onDidChange(changed);
      watcher.onDidDelete(changed);
      watcher.onDidCreate(() => {
        changed();
        after(NEW_FOLDER_MS);
      });
    }
    this.#disposables.add({
      dispose: () => {
        clearTimeout(soon);
        for (const timer of timers) {
          clearTimeout(timer);
        }
      },
    });
  }
}
