import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { conflictsIn } from '../conflicts.ts';
import type { Projects } from '../project.ts';
import { atWork, type AtWork, type Deed } from './runsAtWork.ts';

const BACKGROUNDS: Readonly<Record<AtWork['level'], vscode.ThemeColor | undefined>> = {
  quiet: undefined,
  waits: new vscode.ThemeColor('statusBarItem.warningBackground'),
  failed: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

/** What runs and what waits, whatever view is open; not there while there is nothing of either. */
export class StatusBar implements Disposable {
  readonly #projects: Projects;
  readonly #item: vscode.StatusBarItem;
  #shown = '';

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#item = vscode.window.createStatusBarItem(
      'sluice.runs',
      vscode.StatusBarAlignment.Left,
      20,
    );
    this.#item.name = vscode.l10n.t('Sluice Runs');
  }

  /** Call after every change. */
  refresh(): void {
    const work = atWork(
      this.#projects.all().map((project) => ({
        folder: project.folder.uri.toString(),
        runs: project.sluice.runs(),
        gates: project.sluice.openGates(),
        questions: project.sluice.openQuestions(),
        conflicts: conflictsIn(project).filter(({ conflict }) => conflict.choice === undefined)
          .length,
      })),
      vscode.l10n.t,
    );
    // A tooltip that is set again is drawn again, under the mouse of whoever reads it.
    const shown = work === undefined ? '' : JSON.stringify(work);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    if (work === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = work.text;
    this.#item.tooltip = tooltipOf(work);
    this.#item.backgroundColor = BACKGROUNDS[work.level];
    this.#item.command = commandOf(work.click);
    this.#item.accessibilityInformation = { label: work.spoken, role: 'button' };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function commandOf({ title, command, target }: Deed): vscode.Command {
  return { title, command, ...(target === undefined ? {} : { arguments: [target] }) };
}

/** A line for each run with what can be done about it. Names are shown as text: nothing in them is a link. */
function tooltipOf({ runs, more, waiting }: AtWork): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('', true);
  const gates: Deed = {
    title: vscode.l10n.t('Show Gates'),
    command: 'sluice.gates.focus',
    target: undefined,
  };
  const deeds = [...runs.flatMap((run) => run.deeds), gates];
  // Nothing but these, whatever stands in the text.
  tooltip.isTrusted = { enabledCommands: [...new Set(deeds.map(({ command }) => command))] };
  for (const { icon, run, census, deeds: own } of runs) {
    tooltip.appendMarkdown(`$(${icon}) **`).appendText(run).appendMarkdown('** ');
    tooltip.appendText(census).appendMarkdown(`\n\n${own.map(linkOf).join(' · ')}\n\n`);
  }
  if (more > 0) {
    tooltip.appendText(vscode.l10n.t('and {0} more runs', more)).appendMarkdown('\n\n');
  }
  if (waiting !== undefined) {
    tooltip.appendMarkdown('---\n\n$(bell-dot) ').appendText(waiting);
    tooltip.appendMarkdown(` · ${linkOf(gates)}\n\n`);
  }
  return tooltip;
}

function linkOf({ title, command, target }: Deed): string {
  const given = target === undefined ? '' : `?${encodeURIComponent(JSON.stringify([target]))}`;
  return `[${title}](command:${command}${given} "${title}")`;
}
