import * as vscode from 'vscode';
import { oneLine } from '../../core/base/text.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import { GATE_ICON } from './icons.ts';

export function gateRows(projects: Projects): Row[] {
  const waiting = projects.all().flatMap((project) => project.sluice.openGates()).length;
  return waiting === 0
    ? []
    : rowsByFolder(projects, 'gates', (project) =>
        project.sluice.openGates().map((gate) => gateRow(project, gate, waiting > 1)),
      );
}

function gateRow(project: Project, gate: OpenGate, isOneOfSeveral: boolean): Row {
  const target: CommandTarget = { kind: 'task', project, run: gate.run, task: gate.task };
  // What is asked, not how the step is called, is what a person has to know.
  const item = new vscode.TreeItem(oneLine(gate.ask, 120), vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), gate.run, gate.task]);
  item.description = isOneOfSeveral ? gate.run : '';
  item.tooltip = plainTooltip([
    gate.ask,
    `${gate.task} of ${gate.run}, waiting since ${new Date(gate.openedAt).toLocaleString()}`,
    gate.shown.length === 0 ? undefined : `Shows ${gate.shown.map(({ path }) => path).join(', ')}`,
  ]);
  item.iconPath = GATE_ICON;
  item.contextValue = 'gate.waiting';
  item.command = rowCommand('sluice.showGate', 'Show What the Gate Asks About', target);
  item.accessibilityInformation = { label: `Gate ${gate.task} of ${gate.run}: ${gate.ask}` };
  return new Row(target, item);
}
