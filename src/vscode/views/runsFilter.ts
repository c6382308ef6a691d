import * as vscode from 'vscode';
import { RUNS_FILTERED } from '../ids.ts';
import { filterText, isFiltering, NO_FILTER, readFilter, type RunFilter } from './runFilter.ts';

const KEY = 'sluice.runsFilter';

/** What the Runs view of this window shows; remembered with its folders. */
export class RunsFilter {
  readonly #memory: vscode.Memento;
  readonly #changed: () => void;
  #current: RunFilter;

  constructor(memory: vscode.Memento, changed: () => void) {
    this.#memory = memory;
    this.#changed = changed;
    this.#current = readFilter(memory.get(KEY));
    this.#tell();
  }

  /** The same object until it is another one. */
  get current(): RunFilter {
    return this.#current;
  }

  get isOn(): boolean {
    return isFiltering(this.#current);
  }

  /** Empty where nothing is filtered. */
  get text(): string {
    return filterText(this.#current);
  }

  async set(filter: RunFilter = NO_FILTER): Promise<void> {
    this.#current = filter;
    this.#tell();
    this.#changed();
    await this.#memory.update(KEY, isFiltering(filter) ? filter : undefined);
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', RUNS_FILTERED, this.isOn);
  }
}
