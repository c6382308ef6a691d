import * as vscode from 'vscode';
import type { Disposable } from '../core/base/disposables.ts';
import type { Projects } from './project.ts';

/** Changes of one burst are shown together; a reader cannot follow more than some ten a second. */
const TOGETHER_MS = 80;
/** VS Code waits with a tree until nothing more has changed for 200 ms; while a model talks that would be never. */
const APART_MS = 300;
/** Durations of running tasks count on in the tree, and times to the next attempt down. */
const TICK_MS = 1000;

/** Makes the views look again: soon after a change, and each second while a time counts. */
export class Refresher implements Disposable {
  readonly #projects: Projects;
  readonly #refresh: () => void;
  #soon: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  #shownAt = -APART_MS;
  #disposed = false;

  constructor(projects: Projects, refresh: () => void) {
    this.#projects = projects;
    this.#refresh = refresh;
  }

  soon(): void {
    if (!this.#disposed) {
      const apart = this.#shownAt + APART_MS - performance.now();
      this.#soon ??= setTimeout(() => this.#now(), Math.max(TOGETHER_MS, apart));
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
    this.#shownAt = performance.now();
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
