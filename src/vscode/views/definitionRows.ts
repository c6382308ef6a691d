import type * as vscode from 'vscode';
import { oneLine } from '../../core/base/text.ts';
import { FILE_START, type Diagnostic, type Location } from '../../core/domain/diagnostic.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import type { Project } from '../project.ts';
import { plainTooltip } from './folders.ts';
import { PROBLEM_ICON } from './icons.ts';

// What rows of agents and of workflows have in common.

/** The row of a file that is wrong: opens at the first thing that is. */
export function invalidRow(
  project: Project,
  entry: { readonly file: string; readonly diagnostics: readonly Diagnostic[] },
  item: vscode.TreeItem,
): Row {
  const first = entry.diagnostics.find(({ severity }) => severity === 'error');
  item.description = first === undefined ? 'has problems' : oneLine(first.message, 120);
  item.tooltip = plainTooltip([entry.file, ...entry.diagnostics.map(({ message }) => message)]);
  item.iconPath = PROBLEM_ICON;
  item.contextValue = 'invalid';
  item.command = openAt(project, first ?? { file: entry.file, range: FILE_START });
  return new Row(undefined, item);
}

export function openAt(project: Project, { file, range }: Location): vscode.Command {
  const target: CommandTarget = { kind: 'definition', project, location: { file, range } };
  return rowCommand('sluice.openDefinition', 'Open File', target);
}
