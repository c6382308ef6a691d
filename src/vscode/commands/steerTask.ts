import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { chooseTask } from './picks.ts';

/** Says something to an agent that listens while it works. */
export function steerTask(projects: Projects): Command {
  return {
    id: 'sluice.steerTask',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task whose agent is told something'),
        nothing: vscode.l10n.t('No agent that listens is at work.'),
      };
      const chosen = await chooseTask(projects, target, question, 'steer');
      if (chosen === undefined) {
        return;
      }
      const { task, step } = chosen.row;
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t('Tell the agent of {0}', task),
        prompt: vscode.l10n.t(
          '{0} gets it at once, as one line. It is kept in the journal.',
          step.kind === 'agent' ? step.agent : task,
        ),
        ignoreFocusOut: true,
        validateInput: (typed) =>
          typed.trim() === '' ? vscode.l10n.t('Say something.') : undefined,
      });
      if (text !== undefined) {
        const { actor: by } = chosen.project.sluice;
        const undone = vscode.l10n.t('{0} of {1} was not told', task, chosen.entry.run);
        await ask(chosen, { kind: 'steer', task, text, by }, undone);
      }
    },
  };
}
