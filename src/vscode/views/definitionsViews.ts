import * as vscode from 'vscode';
import { count } from '../../core/base/text.ts';
import { FILE_START } from '../../core/domain/diagnostic.ts';
import type { WorkflowEntry } from '../../core/definitions/project.ts';
import { Row } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { invalidRow, openAt } from './definitionRows.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import { WARNING_ICON, WORKFLOW_ICON } from './icons.ts';

export function workflowRows(projects: Projects): Row[] {
  return rowsByFolder(projects, 'workflows', (project) =>
    project.sluice.definitions.workflows.map((entry) => workflowRow(project, entry)),
  );
}

function workflowRow(project: Project, entry: WorkflowEntry): Row {
  const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), entry.file, entry.name]);
  if (entry.kind === 'invalid') {
    return invalidRow(project, entry, item);
  }
  const { workflow, format, shadowedBy } = entry;
  const gates = workflow.steps.filter((step) => step.kind === 'gate').length;
  item.description = [
    count(workflow.steps.length - gates, 'step'),
    ...(gates > 0 ? [count(gates, 'gate')] : []),
    ...(format === 'sluice' ? [] : [entry.file]),
    ...(shadowedBy === undefined ? [] : [`hidden by ${shadowedBy}`]),
  ].join(' · ');
  item.tooltip = plainTooltip([workflow.name, workflow.description, entry.file]);
  item.iconPath = shadowedBy === undefined ? WORKFLOW_ICON : WARNING_ICON;
  item.contextValue =
    shadowedBy === undefined
      ? `workflow.valid${format === 'sluice' ? '' : ' foreign'}`
      : 'workflow.hidden';
  item.command = openAt(project, {
    file: entry.file,
    range: format === 'sluice' ? FILE_START : (entry.source?.nameRange ?? FILE_START),
  });
  return new Row(
    shadowedBy === undefined ? { kind: 'workflow', project, name: workflow.name } : undefined,
    item,
  );
}
