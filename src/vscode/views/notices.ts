import * as vscode from 'vscode';
import { NO_BRANCHES } from '../ids.ts';
import type { Projects } from '../project.ts';

/** Says above the runs what people should know about the folders as such. */
export class Notices {
  readonly #projects: Projects;
  readonly #view: { message?: string };
  #noBranches = false;

  constructor(projects: Projects, view: { message?: string }) {
    this.#projects = projects;
    this.#view = view;
  }

  refresh(): void {
    const projects = this.#projects.all();
    const notices = projects.flatMap(({ sluice }) => sluice.notice ?? []);
    const isEmpty = projects.length === 1 && projects.every(({ sluice }) => !sluice.runs().length);
    // A message takes the place of what an empty view offers; there the context adds a sentence to that.
    const lines = [...this.#projects.problems(), ...(isEmpty ? [] : notices)];
    this.#view.message = lines.join('\n');
    if (this.#noBranches !== notices.length > 0) {
      this.#noBranches = notices.length > 0;
      void vscode.commands.executeCommand('setContext', NO_BRANCHES, this.#noBranches);
    }
  }
}
