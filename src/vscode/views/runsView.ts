import * as vscode from 'vscode';
import { formatDuration } from '../../core/base/text.ts';
import { ledgerLines, runSpentText } from '../../core/projections/ledger.ts';
import { runReusedText } from '../../core/projections/reasons.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';
import {
  census,
  doneCount,
  runDuration,
  shownStatus,
  taskRows,
} from '../../core/projections/taskRows.ts';
import { Row, type CommandTarget } from '../contributions.ts';
import { runOffers, type ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import { resumeText } from '../resumeText.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import { PROBLEM_ICON, runIcon } from './icons.ts';
import { groupedRows, rowId, type Drawn } from './taskRow.ts';

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
  const spent = runSpentText(state);
  const reused = runReusedText(state);
  const took = reused === '' ? duration : '';
  const told = [status, status === 'succeeded' ? took : doneCount(state), spent, reused];
  item.description = told.filter((text) => text !== '').join(' · ');
  item.tooltip = plainTooltip([
    `${entry.run}: ${status}`,
    status === 'interrupted' ? resumeText(plan, state) : census(state),
    ended ? `Took ${duration}` : undefined,
    ...ledgerLines(state),
    state.phase.kind === 'paused' ? `Paused by ${state.phase.by.name}` : undefined,
    `Started ${new Date(state.createdAt).toLocaleString()} by ${state.by.name}`,
    drivenElsewhere(entry),
    damage === undefined ? undefined : `Damaged: ${damage}`,
  ]);
  item.iconPath = damage === undefined ? runIcon(status) : PROBLEM_ICON;
  item.contextValue = ['run', status, ...runOffers(entry)].join(' ');
  item.accessibilityInformation = { label: `Run ${entry.run}, ${status}, ${census(state)}` };
  return new Row(target, item, () => {
    const drawn: Drawn = { project, entry, now };
    const heard = project.sluice.heard(entry.run);
    return groupedRows(drawn, taskRows(plan, state, driven, heard, now));
  });
}

function drivenElsewhere({ driven }: ReadableRun): string | undefined {
  if (driven.kind !== 'elsewhere') {
    return undefined;
  }
  return driven.isLocal
    ? `Driven by another program (process ${driven.pid})`
    : 'Driven by a program on another machine or in a container. If that is gone, take the run over.';
}
