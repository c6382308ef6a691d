import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { GraphPanels, GraphSubject } from '../graph/graphPanels.ts';
import { command } from '../messages.ts';
import type { Projects } from '../project.ts';
import { tellNothing, where } from './picks.ts';

export function showGraph(projects: Projects, panels: GraphPanels): Command {
  return {
    id: 'sluice.showGraph',
    execute: async (target) => {
      if (target !== undefined && 'run' in target) {
        const subject = { folder: target.project.folder.uri.toString(), run: target.run };
        panels.show(subject, target.kind === 'task' ? target.task : undefined);
      } else if (target?.kind === 'workflow') {
        panels.show({ folder: target.project.folder.uri.toString(), workflow: target.name });
      } else {
        await projects.opened();
        const subject = newestRun(projects) ?? (await pickWorkflow(projects));
        if (subject !== undefined) {
          panels.show(subject);
        }
      }
    },
  };
}

/** Whoever asks for the graph without saying which wants the run that was started last. */
function newestRun(projects: Projects): GraphSubject | undefined {
  let newest: { at: number; subject: GraphSubject } | undefined;
  for (const project of projects.all()) {
    for (const entry of project.sluice.runs()) {
      if (entry.kind === 'readable' && entry.state.createdAt > (newest?.at ?? 0)) {
        newest = {
          at: entry.state.createdAt,
          subject: { folder: project.folder.uri.toString(), run: entry.run },
        };
      }
    }
  }
  return newest?.subject;
}

async function pickWorkflow(projects: Projects): Promise<GraphSubject | undefined> {
  const items = projects.all().flatMap((project) =>
    project.sluice.definitions.workflows
      .filter((entry) => entry.kind === 'valid')
      .map((entry) => ({
        label: entry.name,
        description: where(projects, project) ?? '',
        subject: { folder: project.folder.uri.toString(), workflow: entry.name },
      })),
  );
  if (items.length === 0) {
    tellNothing(
      projects,
      vscode.l10n.t('There is no workflow to draw yet. A workflow is a file in .sluice/workflows.'),
      command(vscode.l10n.t('New Workflow…'), 'sluice.newWorkflow'),
      command(vscode.l10n.t('Add Pack…'), 'sluice.addPack'),
    );
    return undefined;
  }
  const [only] = items;
  const picked =
    items.length === 1
      ? only
      : await vscode.window.showQuickPick(items, {
          placeHolder: vscode.l10n.t('The workflow to draw'),
        });
  return picked?.subject;
}
