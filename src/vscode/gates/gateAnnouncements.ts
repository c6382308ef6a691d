import * as vscode from 'vscode';
import type { Clock } from '../../core/base/clock.ts';
import type { Disposable } from '../../core/base/disposables.ts';
import { count, oneLine } from '../../core/base/text.ts';
import { askLine } from '../../core/projections/asked.ts';
import { lapsedText } from '../../core/projections/gatePage.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { approve, reject, requestChanges } from '../commands/answerGate.ts';
import { readableRun } from '../commands/picks.ts';
import { executeOn } from '../contributions.ts';
import type { Forecasts } from '../forecasts.ts';
import { command, tell } from '../messages.ts';
import { gateOffers } from '../offers.ts';
import type { Presence } from '../presence.ts';
import type { Project, Projects } from '../project.ts';
import { GateCalls } from './gateCalls.ts';
import { openGate, shownGate } from './gateTarget.ts';

/** A gate is asked with its forecast, unless that takes longer. */
const FORECAST_MS = 1500;

interface WaitingGate {
  readonly project: Project;
  readonly gate: OpenGate;
}

/** Tells people of gates that wait: each once in a window, several together as one. */
export class GateAnnouncements implements Disposable {
  readonly #projects: Projects;
  readonly #presence: Presence;
  readonly #forecasts: Pick<Forecasts, 'soon'>;
  readonly #now: () => number;
  readonly #calls: GateCalls<WaitingGate>;

  constructor(
    projects: Projects,
    presence: Presence,
    forecasts: Pick<Forecasts, 'soon'>,
    clock: Clock,
  ) {
    this.#projects = projects;
    this.#presence = presence;
    this.#forecasts = forecasts;
    this.#now = () => clock.now();
    this.#calls = new GateCalls<WaitingGate>({
      clock,
      keyOf: ({ project, gate }) =>
        JSON.stringify([project.folder.uri.toString(), gate.run, gate.task, gate.digest]),
      tellOne: (waiting) => this.#tellOne(waiting),
      tellMany: (many) => this.#tellMany(many),
    });
  }

  /** Call after every change. */
  refresh(): void {
    this.#calls.refresh(
      this.#projects
        .all()
        .flatMap((project) => project.sluice.openGates().map((gate) => ({ project, gate }))),
    );
  }

  dispose(): void {
    this.#calls.dispose();
  }

  async #tellOne({ project, gate }: WaitingGate): Promise<void> {
    const forecast = await this.#forecastAt(project, gate);
    const known = [lapsedText(gate, this.#now()), forecast]
      .filter((text) => text !== undefined)
      .join('; ');
    const wantsMore = gate.choices.length > 0 || gate.takesText;
    const [yes, redo, no, show] = [
      wantsMore ? 'Approve…' : 'Approve',
      'Request Changes…',
      'Reject',
      'Show',
    ];
    const chosen = await vscode.window.showInformationMessage(
      `${gate.run} asks: ${askLine(gate.ask, 300)}${known === '' ? '' : ` (${known})`}`,
      ...[yes, ...(gate.makers.length > 0 ? [redo] : []), no, show],
    );
    if (chosen === undefined) {
      return;
    }
    this.#presence.acted();
    // It may have been answered somewhere else while the question stood here, or ask about something else by now.
    const shown = shownGate(project, gate);
    const now = openGate(shown);
    if (now === undefined) {
      void tell(
        'information',
        answeredText(project, gate),
        command(vscode.l10n.t('Show'), 'sluice.showGate', shown),
      );
    } else if (chosen === show) {
      await executeOn('sluice.showGate', shown);
    } else if (now.digest !== gate.digest) {
      await this.#tellOther(shown);
    } else {
      const given = chosen === yes ? approve : chosen === redo ? requestChanges : reject;
      await given({ project, gate });
    }
  }

  async #tellOther(shown: ReturnType<typeof shownGate>): Promise<void> {
    const show = 'Show Gate';
    const pressed = await vscode.window.showWarningMessage(
      `${shown.task} of ${shown.run} asks about something else by now. Look at it again before you answer.`,
      show,
    );
    if (pressed === show) {
      await executeOn('sluice.showGate', shown);
    }
  }

  async #tellMany(many: number): Promise<void> {
    const [show, next] = ['Show Gates', 'Next Gate'];
    const chosen = await vscode.window.showInformationMessage(
      `${count(many, 'gate')} ${many === 1 ? 'waits' : 'wait'} for you.`,
      show,
      next,
    );
    if (chosen === show) {
      this.#presence.acted();
      await vscode.commands.executeCommand('sluice.gates.focus');
    } else if (chosen === next) {
      await vscode.commands.executeCommand('sluice.nextGate');
    }
  }

  /** `no conflicts`; `undefined`: there is nothing to merge, or it takes long to tell. */
  async #forecastAt(project: Project, { run, task }: OpenGate): Promise<string | undefined> {
    const entry = readableRun(project, run);
    if (entry === undefined || !gateOffers(entry, task).includes('forecast')) {
      return undefined;
    }
    return await this.#forecasts.soon(project, entry, FORECAST_MS);
  }
}

/** By whom, as far as the run still tells. */
function answeredText(project: Project, { run, task }: OpenGate): string {
  const answer = readableRun(project, run)?.state.answers.get(task);
  return answer === undefined
    ? vscode.l10n.t('{0} of {1} is answered already.', task, run)
    : vscode.l10n.t('{0} of {1} is answered already, by {2}.', task, run, oneLine(answer.by.name));
}
