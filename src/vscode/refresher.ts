import * as vscode from 'vscode';
import type { Disposable } from '../core/base/disposables.ts';
import type { Projects } from './project.ts';

/** Changes of one burst are shown together; a reader cannot follow more than some ten a second. */
const TOGETHER_MS = 80;
/** Durations of running tasks count on in the tree, and times to the next attempt down. */
const TICK_MS = 1000;

/** Makes the views look again: soon after a change, and each second while a time counts. */
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
    if (this.#aTimeCounts() && vscode.window.state.active) {
      this.#tick = setTimeout(() => this.#now(), TICK_MS);
    }
  }

  #aTimeCounts(): boolean {
    return this.#projects
      .all()
      .some(({ sluice }) =>
        sluice
          .runs()
          .some(
            (entry) =>
              entry.kind === 'readable' &&
              entry.driven.kind !== 'nobody' &&
              entry.state.frontier.running.size + entry.state.frontier.delayed.size > 0,
          ),
      );
  }
}
