import * as vscode from 'vscode';
import { formatBytes, formatDuration } from '../../core/base/text.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';
import {
  census,
  doneCount,
  runDuration,
  shownStatus,
  taskRows,
  type TaskRow,
} from '../../core/projections/taskRows.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import { BRANCH_ICON, PROBLEM_ICON, runIcon, taskIcon } from './icons.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function runRows(projects: Projects, now: number): Row[] {
  return rowsByFolder(projects, 'runs', (project) =>
    project.sluice.runs().map((entry, index) => runRow(project, entry, index === 0, now)),
  );
}

function runRow(project: Project, entry: BookEntry, newest: boolean, now: number): Row {
  const target: CommandTarget = { kind: 'run', project, run: entry.run };
  if (entry.kind === 'unreadable') {
    const item = new vscode.TreeItem(entry.run, None);
    item.id = rowId(project, entry.run);
    item.description = 'its journal cannot be read';
    item.tooltip = plainTooltip([entry.run, entry.why]);
    item.iconPath = PROBLEM_ICON;
    item.contextValue = 'unreadable';
    return new Row(target, item);
  }
  const { plan, state, driven, damage } = entry;
  const status = shownStatus(state, driven);
  const duration = formatDuration(runDuration(state, now));
  const ended = state.phase.kind === 'finished';
  const item = new vscode.TreeItem(entry.run, newest || !ended ? Expanded : Collapsed);
  item.id = rowId(project, entry.run);
  // The side bar is narrow: the rest is in the tooltip and in the rows below.
  item.description = `${status} · ${status === 'succeeded' ? duration : doneCount(state)}`;
  item.tooltip = plainTooltip([
    `${entry.run}: ${status}`,
    census(state),
    ended ? `Took ${duration}` : undefined,
    `Started ${new Date(state.createdAt).toLocaleString()} by ${state.by.name}`,
    driven.kind === 'elsewhere' ? `Driven by another program (process ${driven.pid})` : undefined,
    damage === undefined ? undefined : `Damaged: ${damage}`,
  ]);
  item.iconPath = damage === undefined ? runIcon(status) : PROBLEM_ICON;
  item.contextValue = `run.${status}`;
  item.accessibilityInformation = { label: `Run ${entry.run}, ${status}, ${census(state)}` };
  return new Row(target, item, () =>
    taskRows(plan, state).map((row) => taskRow(project, entry.run, row, now)),
  );
}

function taskRow(project: Project, run: BookEntry['run'], row: TaskRow, now: number): Row {
  const target: CommandTarget = { kind: 'task', project, run, task: row.task };
  const children = [...artifactRows(project, run, row), ...branchRows(project, run, row)];
  const item = new vscode.TreeItem(row.task, children.length > 0 ? Expanded : None);
  // Another id once it has children: VS Code keeps a row without children closed when it gets some.
  item.id = rowId(project, run, row.task, ...(children.length > 0 ? ['made'] : []));
  item.description =
    row.state === 'waiting'
      ? 'waits for you'
      : row.startedAt === undefined
        ? row.detail
        : [formatDuration(now - row.startedAt), row.detail]
            .filter((text) => text !== '')
            .join(' · ');
  item.tooltip = plainTooltip([
    `${row.task}: ${row.state}`,
    row.step.kind === 'agent' ? `Agent: ${row.step.agent}` : row.step.ask,
    row.detail,
    row.fix,
  ]);
  item.iconPath = taskIcon(row.state);
  item.contextValue = row.step.kind === 'gate' ? `gate.${row.state}` : `task.${row.state}`;
  item.command = rowCommand(
    row.state === 'waiting' ? 'sluice.showGate' : 'sluice.showOutput',
    'Show Output',
    target,
  );
  item.accessibilityInformation = { label: `${row.task}, ${row.state}, ${row.detail}` };
  return new Row(target, item, () => children);
}

function artifactRows(project: Project, run: BookEntry['run'], row: TaskRow): Row[] {
  return row.artifacts.map((artifact) => {
    const target: CommandTarget = {
      kind: 'artifact',
      project,
      run,
      task: row.task,
      path: artifact.path,
    };
    const item = new vscode.TreeItem(artifact.path, None);
    item.id = rowId(project, run, row.task, 'artifact', artifact.path);
    item.resourceUri = vscode.Uri.from({ scheme: 'sluice-artifact', path: `/${artifact.path}` });
    item.iconPath = vscode.ThemeIcon.File;
    item.description = formatBytes(artifact.bytes);
    item.tooltip = plainTooltip([artifact.path, formatBytes(artifact.bytes)]);
    item.contextValue = 'artifact';
    item.command = rowCommand('sluice.openArtifact', 'Open Artifact', target);
    return new Row(target, item);
  });
}

function branchRows(project: Project, run: BookEntry['run'], row: TaskRow): Row[] {
  if (row.branch === undefined) {
    return [];
  }
  const item = new vscode.TreeItem(row.branch, None);
  item.id = rowId(project, run, row.task, 'branch');
  item.iconPath = BRANCH_ICON;
  item.contextValue = 'branch';
  item.tooltip = plainTooltip([`The artifacts are on the local branch ${row.branch}`]);
  return [new Row(undefined, item)];
}

function rowId(project: Project, ...parts: readonly string[]): string {
  return JSON.stringify([project.folder.uri.toString(), ...parts]);
}
