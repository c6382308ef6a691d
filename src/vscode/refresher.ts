import * as vscode from 'vscode';
import type { Disposable } from '../core/base/disposables.ts';
import type { Projects } from './project.ts';

/** Changes of one burst are shown together; a reader cannot follow more than some ten a second. */
const TOGETHER_MS = 80;
/** Durations of running tasks count on in the tree. */
const TICK_MS = 1000;

/** Makes the views look again: soon after a change, and each second while something runs. */
export class Refresher implements Disposable {
  readonly #projects: Projects;
  readonly #refresh: () => void;
  #soon: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(projects: Projects, refresh: () => void) {
    this.#projects = projects;
    this.#refresh = refresh;
  }

  soon(): void {
    if (!this.#disposed) {
      this.#soon ??= setTimeout(() => this.#now(), TOGETHER_MS);
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#soon);
    clearTimeout(this.#tick);
  }

  #now(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#tick);
    this.#soon = undefined;
    this.#refresh();
    if (this.#somethingRuns() && vscode.window.state.active) {
      this.#tick = setTimeout(() => this.#now(), TICK_MS);
    }
  }

  #somethingRuns(): boolean {
    return this.#projects
      .all()
      .some(({ sluice }) =>
        sluice
          .runs()
          .some((entry) => entry.kind === 'readable' && entry.state.frontier.running.size > 0),
      );
  }
}
