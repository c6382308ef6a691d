import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import type { RunId } from '../../core/domain/ids.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import type { AskedQuestion } from '../../core/projections/questions.ts';
import { census, shownStatus } from '../../core/projections/taskRows.ts';
import { answer, reject, showEvidence } from '../commands/answerGate.ts';
import { answerByPick, sendReply, showAsked } from '../commands/answerQuestion.ts';
import { checkoutMark } from '../checkoutText.ts';
import { readableRun } from '../commands/picks.ts';
import { executeOn } from '../contributions.ts';
import type { ModelPicks } from '../models/modelPicks.ts';
import type { Forecasts } from '../forecasts.ts';
import { gateOffers, runOffers } from '../offers.ts';
import type { Presence } from '../presence.ts';
import type { Project, Projects } from '../project.ts';

/** A gate is asked with its forecast, unless that takes longer. */
const FORECAST_MS = 1500;

/**
 * Tells people what wants them: a gate that waits, an agent that asks, a run that ended. Each is told once in a window; a
 * run that had ended when its folder was opened is no news. A run that goes on again ends again. A short run may begin and end between two
 * looks, so what is old is remembered, not what was seen running.
 */
export class Announcements implements Disposable {
  readonly #projects: Projects;
  readonly #presence: Presence;
  readonly #models: ModelPicks;
  readonly #forecasts: Pick<Forecasts, 'soon'>;
  readonly #told = new Set<string>();
  readonly #seen = new WeakSet<Project>();

  constructor(
    projects: Projects,
    presence: Presence,
    models: ModelPicks,
    forecasts: Pick<Forecasts, 'soon'>,
  ) {
    this.#forecasts = forecasts;
    this.#projects = projects;
    this.#presence = presence;
    this.#models = models;
  }

  /** Call after every change. */
  refresh(): void {
    for (const project of this.#projects.all()) {
      for (const gate of project.sluice.openGates()) {
        if (this.#isNews(project, gate.run, gate.task, gate.digest)) {
          void this.#askGate(project, gate);
        }
      }
      for (const question of project.sluice.openQuestions()) {
        if (this.#isNews(project, question.run, question.id, question.digest)) {
          void this.#askQuestion(project, question);
        }
      }
      for (const entry of project.sluice.runs()) {
        const phase = entry.kind === 'readable' ? entry.state.phase : undefined;
        const isNews =
          phase?.kind === 'finished' && this.#isNews(project, entry.run, 'ended', `${phase.at}`);
        if (isNews && this.#seen.has(project)) {
          void this.#tellEnd(project, entry.run);
        }
      }
      this.#seen.add(project);
    }
  }

  dispose(): void {
    this.#told.clear();
  }

  #isNews(project: Project, ...what: readonly string[]): boolean {
    const key = JSON.stringify([project.folder.uri.toString(), ...what]);
    const news = !this.#told.has(key);
    this.#told.add(key);
    return news;
  }

  async #askGate(project: Project, gate: OpenGate): Promise<void> {
    const forecast = await this.#forecastAt(project, gate);
    const chosen = await vscode.window.showInformationMessage(
      [`${gate.run} asks: ${gate.ask}`, forecast].filter((text) => text !== '').join(' '),
      'Approve',
      'Reject',
      'Show',
    );
    // It may have been answered somewhere else while the question stood here.
    const stillOpen = project.sluice
      .openGates()
      .find(({ run, task }) => run === gate.run && task === gate.task);
    if (chosen === undefined) {
      return;
    }
    if (stillOpen === undefined) {
      void vscode.window.showInformationMessage(`${gate.task} of ${gate.run} is answered already.`);
      return;
    }
    this.#presence.acted();
    const choice = { project, gate: stillOpen };
    if (chosen === 'Approve') {
      await answer({ project, gate }, 'approved', undefined);
    } else if (chosen === 'Reject') {
      await reject(choice);
    } else {
      await showEvidence(choice);
    }
  }

  /** `(no conflicts)`; empty where there is nothing to merge, or it takes long to tell. */
  async #forecastAt(project: Project, { run, task }: OpenGate): Promise<string> {
    const entry = readableRun(project, run);
    if (entry === undefined || gateOffers(entry, task).length === 0) {
      return '';
    }
    const mark = await this.#forecasts.soon(project, entry, FORECAST_MS);
    return mark === undefined ? '' : `(${mark})`;
  }

  async #askQuestion(project: Project, question: AskedQuestion): Promise<void> {
    const { run, id, tasks, asks, text } = question;
    const allow = 'Allow Once';
    const chosen = await vscode.window.showInformationMessage(
      `${tasks.join(', ')} of ${run} asks: ${text}`,
      ...(asks.kind === 'permission' ? [allow] : []),
      'Answer…',
      'Show',
    );
    if (chosen === undefined) {
      return;
    }
    this.#presence.acted();
    const stillOpen = project.sluice
      .openQuestions()
      .find((open) => open.run === run && open.id === id);
    if (stillOpen === undefined) {
      void vscode.window.showInformationMessage(
        `What ${tasks.join(', ')} of ${run} asked is answered already.`,
      );
    } else if (chosen === allow) {
      await sendReply(project, question, { kind: 'allow', always: false });
    } else if (chosen === 'Show') {
      await showAsked({ project, question: stillOpen });
    } else {
      await answerByPick({ project, question: stillOpen }, this.#models);
    }
  }

  async #tellEnd(project: Project, run: RunId): Promise<void> {
    const entry = project.sluice.run(run);
    if (entry?.kind !== 'readable') {
      return;
    }
    const status = shownStatus(entry.state, entry.driven);
    const checkout = checkoutMark(entry.plan, entry.state);
    const told = checkout === 'untouched ✓' ? `checkout ${checkout}` : checkout;
    const text = `${[`${run} ${status}: ${census(entry.state)}`, told].filter((part) => part !== '').join(' · ')}.`;
    const [changes, show] = ['Show Changes', 'Show Graph'];
    const buttons = runOffers(entry).includes('changes') ? [changes, show] : [show];
    const chosen = await (status === 'succeeded' || status === 'cancelled'
      ? vscode.window.showInformationMessage(text, ...buttons)
      : vscode.window.showWarningMessage(text, ...buttons));
    if (chosen === changes) {
      await executeOn('sluice.showChanges', { kind: 'run', project, run });
    }
    if (chosen === show) {
      await executeOn('sluice.showGraph', { kind: 'run', project, run });
    }
  }
}
