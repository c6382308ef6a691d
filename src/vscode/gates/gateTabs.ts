import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { identicalGates } from '../../core/projections/gatePage.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { readableRun } from '../commands/picks.ts';
import { GATE_TAB, GATES_WAITING } from '../ids.ts';
import { gateOffers, redoOffers } from '../offers.ts';
import type { Projects } from '../project.ts';
import { openGate, type ShownGate } from './gateTarget.ts';
import { gateIn, isTitledTab } from './tabGate.ts';

/** A page that tells of a gate. */
export interface PagesOfGates {
  /** What the page on this tab tells of; `undefined`: it is none of them. */
  gateOn(tab: vscode.Tab): ShownGate | undefined;
  readonly onDidTell: vscode.Event<void>;
}

/**
 * Knows the gate that the active tab shows, its page or what it asks about, so that buttons and commands answer exactly
 * what somebody has before their eyes. Where the gate was answered, or asks about something else now, there are none.
 */
export class GateTabs implements Disposable {
  readonly #projects: Projects;
  readonly #pages: PagesOfGates;
  /** By their titles: VS Code tells nothing else of an editor of many files. */
  readonly #comparisons = new Map<string, ShownGate>();
  readonly #listening: vscode.Disposable;
  #offered = '';
  #waits = false;

  constructor(projects: Projects, pages: PagesOfGates) {
    this.#projects = projects;
    this.#pages = pages;
    const { tabGroups } = vscode.window;
    this.#listening = vscode.Disposable.from(
      tabGroups.onDidChangeTabs(() => this.refresh()),
      tabGroups.onDidChangeTabGroups(() => this.refresh()),
      pages.onDidTell(() => this.refresh()),
    );
  }

  /** An editor of many files is about to show what a gate asks about. */
  shows(title: string, gate: ShownGate): void {
    this.#comparisons.set(title, gate);
  }

  /** What the active tab shows; it may be answered, or ask about something else, by now. */
  active(): ShownGate | undefined {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    return tab === undefined ? undefined : this.#gateOn(tab);
  }

  /** Call after every change. */
  refresh(): void {
    const waits = this.#projects.all().some(({ sluice }) => sluice.openGates().length > 0);
    if (waits !== this.#waits) {
      this.#waits = waits;
      void vscode.commands.executeCommand('setContext', GATES_WAITING, waits);
    }
    const offered = this.#offers();
    if (offered !== this.#offered) {
      this.#offered = offered;
      void vscode.commands.executeCommand('setContext', GATE_TAB, offered);
    }
  }

  /** Comparisons of gates that nobody is asked about any more. */
  async closeAnswered(): Promise<void> {
    const stale = [...this.#comparisons].filter(([, gate]) => waiting(gate) === undefined);
    const tabs = vscode.window.tabGroups.all.flatMap((group) =>
      group.tabs.filter(
        (tab) => isOfMany(tab) && stale.some(([title]) => isTitledTab(tab.label, title)),
      ),
    );
    for (const [title] of stale) {
      this.#comparisons.delete(title);
    }
    if (tabs.length > 0) {
      await vscode.window.tabGroups.close(tabs, true);
    }
  }

  dispose(): void {
    this.#listening.dispose();
    this.#comparisons.clear();
  }

  /** Words that package.json names in its `when` clauses. */
  #offers(): string {
    const shown = this.active();
    const gate = shown && waiting(shown);
    if (shown === undefined || gate === undefined) {
      return '';
    }
    const { project, run, task } = shown;
    const entry = readableRun(project, run);
    const alike = identicalGates(project.sluice.openGates(), gate).length;
    return [
      'answer',
      ...(entry === undefined ? [] : [...gateOffers(entry, task), ...redoOffers(entry, task)]),
      ...(alike > 1 ? ['identical'] : []),
    ].join(' ');
  }

  #gateOn(tab: vscode.Tab): ShownGate | undefined {
    const { input } = tab;
    if (input instanceof vscode.TabInputTextDiff) {
      return this.#named(input.modified) ?? this.#named(input.original);
    }
    if (input instanceof vscode.TabInputText) {
      return this.#named(input.uri) ?? this.#pages.gateOn(tab);
    }
    if (!isOfMany(tab)) {
      return this.#pages.gateOn(tab);
    }
    for (const [title, gate] of this.#comparisons) {
      if (isTitledTab(tab.label, title)) {
        return gate;
      }
    }
    return undefined;
  }

  #named({ query }: vscode.Uri): ShownGate | undefined {
    const named = gateIn(query);
    const project = named && this.#projects.byUri(named.folder);
    if (named === undefined || project === undefined) {
      return undefined;
    }
    const { run, task, digest } = named;
    return { kind: 'task', project, run, task, digest };
  }
}

/** The gate, where it asks what was shown still. */
function waiting(shown: ShownGate): OpenGate | undefined {
  const gate = openGate(shown);
  return gate?.digest === shown.digest ? gate : undefined;
}

/** VS Code tells extensions no kind for an editor of many files. */
function isOfMany({ input }: vscode.Tab): boolean {
  return input === undefined || !KINDS.some((kind) => input instanceof kind);
}

const KINDS = [
  vscode.TabInputText,
  vscode.TabInputTextDiff,
  vscode.TabInputCustom,
  vscode.TabInputWebview,
  vscode.TabInputNotebook,
  vscode.TabInputNotebookDiff,
  vscode.TabInputTerminal,
];
