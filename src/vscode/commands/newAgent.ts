import * as vscode from 'vscode';
import { AGENT_TEMPLATES } from '../../core/starters/agentTemplates.ts';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { chooseProject } from './chooseProject.ts';
import { askName, writeNewFile } from './writeNewFile.ts';

const TITLE = vscode.l10n.t('New Agent');

/** Writes an agent that is valid as it is, and opens it where it is to be filled in. */
export function newAgent(projects: Projects): Command {
  return {
    id: 'sluice.newAgent',
    execute: async () => {
      const project = await chooseProject(projects, vscode.l10n.t('The folder of the new agent'));
      if (project === undefined) {
        return;
      }
      const items = AGENT_TEMPLATES.map((template) => ({
        label: template.title,
        detail: template.description,
        template,
      }));
      const picked = await vscode.window.showQuickPick(items, {
        title: TITLE,
        placeHolder: vscode.l10n.t('What the agent is'),
        matchOnDetail: true,
      });
      const name = picked && (await askName(project, 'agent', TITLE));
      if (picked !== undefined && name !== undefined) {
        await writeNewFile(project, picked.template.write(name.trim()));
      }
    },
  };
}
