import * as vscode from 'vscode';
import type { Project, Projects } from '../project.ts';
import { tellNothing } from './picks.ts';

/** The folder to write into: the only one, else the one the person picks; as it is on the disk now. */
export async function chooseProject(
  projects: Projects,
  placeHolder: string,
): Promise<Project | undefined> {
  await projects.opened();
  const all = projects.all();
  if (all.length === 0) {
    tellNothing(
      projects,
      vscode.l10n.t('This folder is still being opened; try again in a moment.'),
    );
    return undefined;
  }
  const items = all.map((project) => ({
    label: project.folder.name,
    description: project.folder.uri.fsPath,
    project,
  }));
  const [only, ...others] = items;
  const picked =
    others.length === 0 ? only : await vscode.window.showQuickPick(items, { placeHolder });
  await picked?.project.sluice.refreshDefinitions();
  return picked?.project;
}
