import * as vscode from 'vscode';
import { formatDuration } from '../../core/base/text.ts';
import { ledgerLines, runSpentText } from '../../core/projections/ledger.ts';
import { runReusedText } from '../../core/projections/reasons.ts';
import type { RunState } from '../../core/domain/runState.ts';
import type { RunPlan } from '../../core/domain/workflow.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';
import {
  census,
  doneCount,
  runDuration,
  shownStatus,
  taskRows,
} from '../../core/projections/taskRows.ts';
import {
  checkoutChangeText,
  checkoutCount,
  checkoutMark,
  checkoutWhoText,
} from '../checkoutText.ts';
import { Row, type CommandTarget } from '../contributions.ts';
import { runOffers, type ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import { resumeText } from '../resumeText.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import { PROBLEM_ICON, runIcon } from './icons.ts';
import { checkoutRows, mergeRows } from './resultRows.ts';
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
  const isStopped = state.phase.kind === 'paused' && state.phase.because === 'checkout';
  // While it runs the row below tells it. That nothing has changed is told there too: here it would have no room.
  const mark = ended && checkoutCount(state) > 0 ? checkoutMark(plan, state) : '';
  const told = isStopped
    ? [`${status}: checkout`]
    : [status, status === 'succeeded' ? took : doneCount(state), spent, reused, mark];
  item.description = told.filter((text) => text !== '').join(' · ');
  item.tooltip = plainTooltip([
    `${entry.run}: ${status}`,
    status === 'interrupted' ? resumeText(plan, state) : census(state),
    ended ? `Took ${duration}` : undefined,
    ...ledgerLines(state),
    pauseText(state),
    ...checkoutLines(plan, state),
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
    return [
      ...checkoutRows(project, entry),
      ...mergeRows(project, entry),
      ...groupedRows(drawn, taskRows(plan, state, driven, heard, now)),
    ];
  });
}

function pauseText({ phase }: RunState): string | undefined {
  if (phase.kind !== 'paused') {
    return undefined;
  }
  return phase.because === 'checkout'
    ? 'Paused because your checkout changed, which Sluice did not do. Resume it when that is all right.'
    : `Paused by ${phase.by.name}`;
}

/** Lines of a tooltip; the page has all of them. */
const MOST_LINES = 8;

function checkoutLines(plan: RunPlan, state: RunState): string[] {
  const total = checkoutCount(state);
  const lines = state.checkout.changes
    .slice(0, MOST_LINES)
    .map((change) => `${checkoutChangeText(change)}: ${checkoutWhoText(change)}`);
  const left = total - lines.length;
  return total === 0
    ? checkoutMark(plan, state) === ''
      ? []
      : ['Checkout untouched ✓: HEAD, index and working tree are as before']
    : ['Checkout changed meanwhile:', ...lines, ...(left > 0 ? [`and ${left} more`] : [])];
}

function drivenElsewhere({ driven }: ReadableRun): string | undefined {
  if (driven.kind !== 'elsewhere') {
    return undefined;
  }
  return driven.isLocal
    ? `Driven by another program (process ${driven.pid})`
    : 'Driven by a program on another machine or in a container. If that is gone, take the run over.';
}
