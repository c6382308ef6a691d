import * as vscode from 'vscode';
import { PERMISSION_MODES, type PermissionMode } from '../../core/domain/terms.ts';
import { termsOf } from '../../core/domain/workflow.ts';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { chooseTask, type TaskChoice } from './picks.ts';

const WORDS: Readonly<Record<PermissionMode, string>> = {
  default: vscode.l10n.t('Reads; asks before it runs or reaches anything; edits what it owns'),
  acceptEdits: vscode.l10n.t('Reads and edits its copy; asks before it runs or reaches anything'),
  plan: vscode.l10n.t('Reads, and changes nothing'),
  bypassPermissions: vscode.l10n.t('Does everything without asking'),
};

/** What an agent may do without asking, from its next use of a tool. */
export function changePermissions(projects: Projects): Command {
  return {
    id: 'sluice.changePermissions',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task to give another permission mode'),
        nothing: vscode.l10n.t('No task whose permissions can be changed is running or to run.'),
      };
      const chosen = await chooseTask(projects, target, question, 'change-permissions');
      if (chosen === undefined) {
        return;
      }
      const { task } = chosen.row;
      const present = presentOf(chosen);
      const picked = await vscode.window.showQuickPick(
        PERMISSION_MODES.map((mode) => ({
          label: mode,
          description: mode === present ? 'now' : '',
          detail: WORDS[mode],
          mode,
        })),
        { placeHolder: vscode.l10n.t('What {0} may do without asking', task) },
      );
      if (picked !== undefined) {
        const { actor: by } = chosen.project.sluice;
        const undone = vscode.l10n.t(
          '{0} of {1} was not given another permission mode',
          task,
          chosen.entry.run,
        );
        await ask(chosen, { kind: 'choose-permissions', task, mode: picked.mode, by }, undone);
      }
    },
  };
}

function presentOf({ entry, row }: TaskChoice): PermissionMode {
  const { plan, state } = entry;
  const agent = row.step.kind === 'agent' ? plan.agents[row.step.agent] : undefined;
  const written =
    row.step.kind === 'agent' && agent !== undefined
      ? termsOf(row.step, agent).permissions
      : undefined;
  return state.permissions.get(row.task) ?? written ?? 'default';
}
