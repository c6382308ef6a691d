import * as vscode from 'vscode';
import { Row } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';

/** The rows of all projects; with several folders in the window each gets a row of its own above them. */
export function rowsByFolder(
  projects: Projects,
  view: string,
  rows: (project: Project) => readonly Row[],
): Row[] {
  const all = projects.all();
  const [only] = all;
  if (only !== undefined && all.length === 1) {
    return [...rows(only)];
  }
  return all.map((project) => {
    const item = new vscode.TreeItem(project.folder.name, vscode.TreeItemCollapsibleState.Expanded);
    item.id = folderRowId(view, project);
    item.iconPath = vscode.ThemeIcon.Folder;
    item.accessibilityInformation = { label: `Folder ${project.folder.name}` };
    return new Row(undefined, item, () => rows(project));
  });
}

export function folderRowId(view: string, { folder }: Project): string {
  return `${view}:${folder.uri.toString()}`;
}

/** Markdown that shows text of agents and files as text: nothing in it is a link, an image or a command. */
export function plainTooltip(lines: readonly (string | undefined)[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  for (const line of lines) {
    if (line !== undefined && line !== '') {
      tooltip.appendText(line).appendMarkdown('\n\n');
    }
  }
  return tooltip;
}
