import * as vscode from 'vscode';
import { NO_BRANCHES } from '../ids.ts';
import type { Projects } from '../project.ts';
import type { RunsFilter } from './runsFilter.ts';

/** The parts of the Runs view that are no rows. */
interface ViewHead {
  message?: string | undefined;
  description?: string | undefined;
}

/** Says above the runs what people should know about the folders as such, and what of the runs is shown. */
export class Notices {
  readonly #projects: Projects;
  readonly #view: ViewHead;
  readonly #filter: RunsFilter;
  readonly #shown: () => number;
  #noBranches = false;

  /** @param shown how many rows there are at the top */
  constructor(projects: Projects, view: ViewHead, filter: RunsFilter, shown: () => number) {
    this.#projects = projects;
    this.#view = view;
    this.#filter = filter;
    this.#shown = shown;
  }

  refresh(): void {
    const projects = this.#projects.all();
    const notices = projects.flatMap(({ sluice }) => sluice.notice ?? []);
    const runs = projects.some(({ sluice }) => sluice.runs().length > 0);
    const isEmpty = projects.length === 1 && !runs;
    const isHidden = runs && this.#filter.isOn && this.#shown() === 0;
    // A message takes the place of what an empty view offers; there the context adds a sentence to that.
    const lines = [
      ...this.#projects.problemLines(),
      ...(isEmpty ? [] : notices),
      ...(isHidden ? [`No task matches the filter ${this.#filter.text}.`] : []),
    ];
    this.#set('message', lines.length === 0 ? undefined : lines.join('\n'));
    this.#set('description', this.#filter.isOn ? this.#filter.text : undefined);
    if (this.#noBranches !== notices.length > 0) {
      this.#noBranches = notices.length > 0;
      void vscode.commands.executeCommand('setContext', NO_BRANCHES, this.#noBranches);
    }
  }

  /** VS Code draws the view's head again each time it is told, be it of the same. */
  #set(part: keyof ViewHead, text: string | undefined): void {
    if (this.#view[part] !== text) {
      this.#view[part] = text;
    }
  }
}
