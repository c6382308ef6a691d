import * as vscode from 'vscode';
import { usualAgents } from '../../core/starters/usualAgents.ts';
import { WORKFLOW_TEMPLATES } from '../../core/starters/workflowTemplates.ts';
import type { Command } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { chooseProject } from './chooseProject.ts';
import { askName, writeNewFile } from './writeNewFile.ts';

const TITLE = vscode.l10n.t('New Workflow');

/** Writes a workflow of the folder's agents, and opens it where it is to be filled in. */
export function newWorkflow(projects: Projects): Command {
  return {
    id: 'sluice.newWorkflow',
    execute: async () => {
      const project = await chooseProject(
        projects,
        vscode.l10n.t('The folder of the new workflow'),
      );
      if (project === undefined) {
        return;
      }
      const items = WORKFLOW_TEMPLATES.map((template) => ({
        label: template.title,
        detail: template.description,
        template,
      }));
      const picked = await vscode.window.showQuickPick(items, {
        title: TITLE,
        placeHolder: vscode.l10n.t('What the workflow looks like'),
        matchOnDetail: true,
      });
      const agents = picked && (await chooseAgents(project));
      const name = agents && (await askName(project, 'workflow', TITLE));
      if (picked === undefined || agents === undefined || name === undefined) {
        return;
      }
      const written = await writeNewFile(project, picked.template.write(name.trim(), agents));
      if (written && agents.length === 0) {
        await offerAgent(name.trim());
      }
    },
  };
}

/** Those the person picks, in the order shown; none where there are none. `undefined`: the person backs out. */
async function chooseAgents({ sluice }: Project): Promise<readonly string[] | undefined> {
  const agents = sluice.definitions.agents.flatMap((entry) =>
    entry.kind === 'valid' && entry.shadowedBy === undefined ? [entry.agent] : [],
  );
  if (agents.length === 0) {
    return [];
  }
  const usual = new Set(usualAgents(agents));
  const picked = await vscode.window.showQuickPick(
    agents.map(({ name, description, runner }) => ({
      label: name,
      description: runner.kind,
      detail: description,
      picked: usual.has(name),
    })),
    { title: TITLE, placeHolder: vscode.l10n.t('The agents that work in it'), canPickMany: true },
  );
  return picked?.map(({ label }) => label);
}

async function offerAgent(name: string): Promise<void> {
  const create = vscode.l10n.t('New Agent…');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0} names agents that are not there yet; their places are marked.', name),
    create,
  );
  if (chosen === create) {
    await vscode.commands.executeCommand('sluice.newAgent');
  }
}
