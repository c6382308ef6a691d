import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { count } from '../../core/base/text.ts';
import type { OpenConflict } from '../../core/resultsApi.ts';
import { checkoutCount } from '../checkoutText.ts';
import { conflictsIn } from '../conflicts.ts';
import { showVersions } from '../commands/resolveConflict.ts';
import { executeOn, type CommandTarget } from '../contributions.ts';
import { showGraphOf, tell } from '../messages.ts';
import type { ReadableRun } from '../offers.ts';
import type { Presence } from '../presence.ts';
import type { Project, Projects } from '../project.ts';

/**
 * Tells people what about results wants them: paths that could not be merged, and a run that is paused because the
 * checkout changed. Each is told once in a window.
 */
export class ResultAnnouncements implements Disposable {
  readonly #projects: Projects;
  readonly #presence: Presence;
  readonly #told = new Set<string>();

  constructor(projects: Projects, presence: Presence) {
    this.#projects = projects;
    this.#presence = presence;
  }

  /** Call after every change. */
  refresh(): void {
    for (const project of this.#projects.all()) {
      for (const open of project.sluice.results.openConflicts()) {
        const versions = open.conflicts.map(({ path, ours, theirs }) => [
          path,
          ours?.digest,
          theirs?.digest,
        ]);
        const isOpen = open.conflicts.some(({ choice }) => choice === undefined);
        if (isOpen && this.#isNews(project, open.run, 'conflict', open.task, versions)) {
          void this.#tellConflict(project, open);
        }
      }
      for (const entry of project.sluice.runs()) {
        const isPaused =
          entry.kind === 'readable' &&
          entry.state.phase.kind === 'paused' &&
          entry.state.phase.because === 'checkout';
        if (isPaused && this.#isNews(project, entry.run, 'checkout', entry.state.checkout.count)) {
          void this.#tellCheckout(project, entry);
        }
      }
    }
  }

  dispose(): void {
    this.#told.clear();
  }

  #isNews(project: Project, ...what: readonly unknown[]): boolean {
    const key = JSON.stringify([project.folder.uri.toString(), ...what]);
    const news = !this.#told.has(key);
    this.#told.add(key);
    return news;
  }

  async #tellConflict(project: Project, { run, task, conflicts }: OpenConflict): Promise<void> {
    const [first] = conflicts;
    if (first === undefined) {
      return;
    }
    const what = conflicts.length === 1 ? first.path : count(conflicts.length, 'file');
    const [choose, show] = ['Choose', 'Show Three Versions'];
    const chosen = await vscode.window.showInformationMessage(
      `Merging ${run} waits for you: ${task} conflicts in ${what}.`,
      choose,
      show,
    );
    if (chosen === undefined) {
      return;
    }
    this.#presence.acted();
    const place = conflictsIn(project).find(
      (open) => open.run === run && open.task === task && open.conflict.path === first.path,
    );
    if (place === undefined) {
      void tell(
        'information',
        vscode.l10n.t(
          'The merge of {0} does not wait any more. It was answered, or the merge ended.',
          run,
        ),
        showGraphOf({ kind: 'run', project, run }),
      );
    } else if (chosen === choose) {
      await vscode.commands.executeCommand('sluice.gates.focus');
    } else {
      await showVersions(place);
    }
  }

  async #tellCheckout(project: Project, { run, state }: ReadableRun): Promise<void> {
    const target: CommandTarget = { kind: 'run', project, run };
    const total = checkoutCount(state);
    const [resume, show] = ['Resume', 'Show What Changed'];
    const chosen = await vscode.window.showWarningMessage(
      `${run} is paused: your checkout changed while it ran (${count(total, 'change')}), and Sluice did not do it.`,
      resume,
      show,
    );
    if (chosen === resume) {
      await executeOn('sluice.resumeRun', target);
    } else if (chosen === show) {
      await executeOn('sluice.showCheckoutChanges', target);
    }
  }
}
