import * as vscode from 'vscode';
import { shownStatus } from '../../core/projections/taskRows.ts';
import type { Command } from '../contributions.ts';
import { showGraphOf, tell } from '../messages.ts';
import type { Projects } from '../project.ts';
import { hasWorkLeft, resumeText } from '../resumeText.ts';
import { ask } from './ask.ts';
import { chooseRun, type RunChoice } from './picks.ts';

/** Nothing new starts; running tasks finish. */
export function pauseRun(projects: Projects): Command {
  return pauseCommand(projects, 'sluice.pauseRun', 'finish');
}

/** Nothing new starts; running tasks are thrown away, to be made again. */
export function interruptRun(projects: Projects): Command {
  return pauseCommand(projects, 'sluice.interruptRun', 'interrupt');
}

function pauseCommand(
  projects: Projects,
  id: 'sluice.pauseRun' | 'sluice.interruptRun',
  running: 'finish' | 'interrupt',
): Command {
  return {
    id,
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The run to pause'),
        nothing: vscode.l10n.t('No run is under way.'),
      };
      const chosen = await chooseRun(projects, target, question, 'pause');
      if (chosen !== undefined) {
        const { actor: by } = chosen.project.sluice;
        const undone = vscode.l10n.t('{0} was not paused', chosen.entry.run);
        await ask(chosen, { kind: 'pause', running, by }, undone);
      }
    },
  };
}

export function cancelRun(projects: Projects): Command {
  return {
    id: 'sluice.cancelRun',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The run to cancel'),
        nothing: vscode.l10n.t('No run is under way.'),
      };
      const chosen = await chooseRun(projects, target, question, 'cancel');
      if (chosen !== undefined) {
        const { actor: by } = chosen.project.sluice;
        await ask(
          chosen,
          { kind: 'cancel', by },
          vscode.l10n.t('{0} was not cancelled', chosen.entry.run),
        );
      }
    },
  };
}

/** Ends a pause, or goes on with a run that was cut off. */
export function resumeRun(projects: Projects): Command {
  return {
    id: 'sluice.resumeRun',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The run to resume'),
        nothing: vscode.l10n.t('No run is paused or interrupted.'),
      };
      const chosen = await chooseRun(projects, target, question, 'resume', 'unpause');
      if (chosen !== undefined) {
        await resumeAsked(chosen);
      }
    },
  };
}

/** Goes on with a run whose driver cannot be looked for from here: only a person can tell that it is gone. */
export function takeOverRun(projects: Projects): Command {
  return {
    id: 'sluice.takeOverRun',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The run to take over'),
        nothing: vscode.l10n.t('No run is driven on another machine or in a container.'),
      };
      const chosen = await chooseRun(projects, target, question, 'takeOver');
      if (chosen === undefined) {
        return;
      }
      const detail = vscode.l10n.t(
        'A program on another machine or in a container drives it. Take it over only if that program is gone.',
      );
      const take = vscode.l10n.t('Take Over');
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Take {0} over?', chosen.entry.run),
        { modal: true, detail },
        take,
      );
      if (answer === take) {
        await goOn(chosen, true);
      }
    },
  };
}

/** Goes on with a run nobody drives; what keeps it from that is told. Resolves with whether it does. */
export async function goOn({ project, entry }: RunChoice, takeOver = false): Promise<boolean> {
  const resumed = await project.sluice.resume(entry.run, { takeOver });
  if (!resumed.ok) {
    void tell(
      'warning',
      vscode.l10n.t('{0} was not resumed: {1}', entry.run, resumed.error.message),
      showGraphOf({ kind: 'run', project, run: entry.run }),
    );
  }
  return resumed.ok;
}

async function resumeAsked(chosen: RunChoice): Promise<void> {
  const { plan, state, driven, run } = chosen.entry;
  const isInterrupted = shownStatus(state, driven) === 'interrupted';
  if (isInterrupted && hasWorkLeft(plan, state)) {
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('Resume {0}?', run),
      { modal: true, detail: resumeText(plan, state) },
      vscode.l10n.t('Resume'),
    );
    if (answer === undefined) {
      return;
    }
  }
  // Driven first: a run that is taken over for a request alone is left at its next gate.
  const isAtRest = driven.kind === 'nobody' || state.phase.kind === 'finished';
  const goesOn = !isAtRest || (await goOn(chosen));
  if (goesOn && state.phase.kind === 'paused') {
    const { actor: by } = chosen.project.sluice;
    await ask(chosen, { kind: 'unpause', by }, vscode.l10n.t('{0} was not resumed', run));
  }
}
