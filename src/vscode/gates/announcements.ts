import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine } from '../../core/base/text.ts';
import { failureText } from '../../core/domain/failureText.ts';
import type { RunId } from '../../core/domain/ids.ts';
import type { AskedQuestion } from '../../core/projections/questions.ts';
import { census, shownStatus } from '../../core/projections/taskRows.ts';
import { answerByPick, sendReply, showAsked } from '../commands/answerQuestion.ts';
import { checkoutMark } from '../checkoutText.ts';
import { command, showGraphOf, showOutputOf, tell, type MessageAction } from '../messages.ts';
import type { ModelPicks } from '../models/modelPicks.ts';
import { runOffers, type ReadableRun } from '../offers.ts';
import type { Presence } from '../presence.ts';
import type { Project, Projects } from '../project.ts';

/**
 * Tells people what wants them: an agent that asks, a run that ended. Each is told once in a window; a
 * run that had ended when its folder was opened is no news. A run that goes on again ends again. A short run may begin and end between two
 * looks, so what is old is remembered, not what was seen running.
 */
export class Announcements implements Disposable {
  readonly #projects: Projects;
  readonly #presence: Presence;
  readonly #models: ModelPicks;
  readonly #told = new Set<string>();
  readonly #seen = new WeakSet<Project>();

  constructor(projects: Projects, presence: Presence, models: ModelPicks) {
    this.#projects = projects;
    this.#presence = presence;
    this.#models = models;
  }

  /** Call after every change. */
  refresh(): void {
    for (const project of this.#projects.all()) {
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
      const [task] = tasks;
      void tell(
        'information',
        vscode.l10n.t('What {0} of {1} asked is answered already.', tasks.join(', '), run),
        command(vscode.l10n.t('Show'), 'sluice.showOutput', { kind: 'task', project, run, task }),
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
    const first = firstFailure(entry);
    const sentences = [
      `${[`${run} ${status}: ${census(entry.state)}`, told].filter((part) => part !== '').join(' · ')}.`,
      first === undefined ? '' : vscode.l10n.t('{0} failed: {1}.', first.task, first.why),
    ];
    const target = { kind: 'run', project, run } as const;
    const actions: readonly MessageAction[] = [
      ...(first === undefined ? [] : [showOutputOf({ ...target, kind: 'task', task: first.task })]),
      ...(runOffers(entry).includes('changes')
        ? [command(vscode.l10n.t('Show Changes'), 'sluice.showChanges', target)]
        : []),
      showGraphOf(target),
    ];
    await tell(
      status === 'succeeded' || status === 'cancelled' ? 'information' : 'warning',
      sentences.filter((sentence) => sentence !== '').join(' '),
      ...actions,
    );
  }
}

/** The task that failed before all others, and why, as one line; `undefined`: none did. */
function firstFailure({ plan, state }: ReadableRun) {
  const failed = plan.tasks.flatMap(({ id: task }) => {
    const at = state.tasks.get(task);
    return at?.kind === 'failed'
      ? [{ task, at: at.endedAt, why: oneLine(failureText(at.failure).title, 200) }]
      : [];
  });
  return failed.sort((a, b) => a.at - b.at)[0];
}
