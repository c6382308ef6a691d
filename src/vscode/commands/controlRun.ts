import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { chooseRun } from './picks.ts';

export function cancelRun(projects: Projects): Command {
  return {
    id: 'sluice.cancelRun',
    execute: async (target) => {
      const chosen = await chooseRun(
        projects,
        target,
        { placeHolder: 'The run to cancel', nothing: 'No run is under way.' },
        (status) => status === 'running' || status === 'waiting' || status === 'interrupted',
      );
      if (chosen === undefined) {
        return;
      }
      const outcome = await chosen.project.sluice.request(chosen.entry.run, {
        kind: 'cancel',
        by: chosen.project.sluice.actor,
      });
      if (outcome.kind === 'refused') {
        void vscode.window.showWarningMessage(
          `${chosen.entry.run} was not cancelled: ${outcome.why}.`,
        );
      }
    },
  };
}

export function resumeRun(projects: Projects): Command {
  return {
    id: 'sluice.resumeRun',
    execute: async (target) => {
      const chosen = await chooseRun(
        projects,
        target,
        { placeHolder: 'The run to resume', nothing: 'No run was cut off.' },
        (status) => status === 'interrupted',
      );
      if (chosen === undefined) {
        return;
      }
      const resumed = await chosen.project.sluice.resume(chosen.entry.run);
      if (!resumed.ok) {
        void vscode.window.showWarningMessage(
          `${chosen.entry.run} was not resumed: ${resumed.error.message}`,
        );
      }
    },
  };
}
