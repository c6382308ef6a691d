import * as vscode from 'vscode';
import { formatBytes, formatDuration, oneLine } from '../../core/base/text.ts';
import type { ReasonDetail } from '../../core/domain/cacheText.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import { isDone } from '../../core/domain/runState.ts';
import type { TaskRow } from '../../core/projections/taskRows.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import { accountLines, accountOf } from '../../core/projections/ledger.ts';
import { clockTime } from '../clockTime.ts';
import { reasonText } from '../../core/projections/reasons.ts';
import { taskOffers, type ReadableRun } from '../offers.ts';
import type { Project } from '../project.ts';
import { plainTooltip } from './folders.ts';
import { BRANCH_ICON, groupIcon, taskIcon } from './icons.ts';

// The rows below a run: its tasks, in groups where its workflow has some, and what each task has made.

const { Expanded, None } = vscode.TreeItemCollapsibleState;

/** The run that is drawn, and the time it is drawn at. */
export interface Drawn {
  readonly project: Project;
  readonly entry: ReadableRun;
  readonly now: number;
}

/** Tasks of nested workflows and phases stand below a row of their group, where the first of them does. */
export function groupedRows(drawn: Drawn, rows: readonly TaskRow[], depth = 0): Row[] {
  const members = new Map<string, TaskRow[]>();
  for (const row of rows) {
    const group = row.groups[depth];
    if (group !== undefined) {
      members.set(group, [...(members.get(group) ?? []), row]);
    }
  }
  const drawnGroups = new Set<string>();
  return rows.flatMap((row) => {
    const group = row.groups[depth];
    if (group === undefined) {
      return taskRow(drawn, row);
    }
    if (drawnGroups.has(group)) {
      return [];
    }
    drawnGroups.add(group);
    return groupRow(drawn, row.groups.slice(0, depth + 1), members.get(group) ?? []);
  });
}

export function rowId(project: Project, ...parts: readonly string[]): string {
  return JSON.stringify([project.folder.uri.toString(), ...parts]);
}

function groupRow(drawn: Drawn, path: readonly string[], rows: readonly TaskRow[]): Row {
  const { project, entry } = drawn;
  const item = new vscode.TreeItem(oneLine(path.at(-1) ?? '', 120), Expanded);
  item.id = rowId(project, entry.run, 'group', ...path);
  const done = rows.filter(({ task }) => {
    const state = entry.state.tasks.get(task);
    return state !== undefined && isDone(state);
  });
  item.description = `${done.length} of ${rows.length} done`;
  item.tooltip = plainTooltip([path.join(' › '), item.description]);
  item.iconPath = groupIcon(rows, entry.driven.kind !== 'nobody');
  item.contextValue = 'group';
  item.accessibilityInformation = { label: `${path.join(', ')}: ${item.description}` };
  return new Row(undefined, item, () => groupedRows(drawn, rows, path.length));
}

function taskRow({ project, entry, now }: Drawn, row: TaskRow): Row {
  const { run, plan, driven } = entry;
  const isDriven = driven.kind !== 'nobody';
  const target: CommandTarget = { kind: 'task', project, run, task: row.task };
  const children = [...artifactRows(project, entry, row), ...branchRows(project, entry, row)];
  const item = new vscode.TreeItem(row.task, children.length > 0 ? Expanded : None);
  // Another id once it has children: VS Code keeps a row without children closed when it gets some.
  item.id = rowId(project, run, row.task, ...(children.length > 0 ? ['made'] : []));
  const takenBack = rolledBackText(entry, row.task);
  item.description = takenBack ?? toldOf(row, isDriven, now);
  const reason = (detail: ReasonDetail) => reasonText(plan, entry.state, row.task, detail, now);
  const account = accountOf(entry.state, row.task);
  const lines = account === undefined ? [] : accountLines(account);
  item.tooltip = plainTooltip([
    `${row.task}: ${row.state === 'unknown' ? 'needs a look' : row.state}`,
    row.step.kind === 'agent' ? `Agent: ${row.step.agent}` : row.step.ask,
    takenBack && `Its result was ${takenBack}; what it made stays here.`,
    row.detail === reason('short') ? undefined : whenOf(row, now),
    ...reason('whole').split('\n'),
    ...lines,
    row.fix,
  ]);
  item.iconPath = taskIcon(row, isDriven);
  item.contextValue = [
    `${row.step.kind === 'gate' ? 'gate' : 'task'}.${row.state}`,
    ...taskOffers(entry, row),
  ].join(' ');
  item.command =
    row.state === 'waiting'
      ? rowCommand('sluice.showGate', 'Show What the Gate Asks About', target)
      : rowCommand('sluice.showOutput', 'Show Output', target);
  // Without the time that counts, or it would be said anew each second.
  const said =
    row.state === 'unknown'
      ? ['needs a look', row.detail]
      : row.reused === undefined
        ? [row.state, row.detail, row.cause]
        : [row.state, row.reason];
  const label = [row.task, ...said, takenBack ?? ''];
  item.accessibilityInformation = {
    label: label.filter((text) => text !== '').join(', '),
  };
  return new Row(target, item, () => children);
}

/** `rolled back by ada`; `undefined`: its result stands, or it has none. */
function rolledBackText({ state }: ReadableRun, task: TaskId): string | undefined {
  const landing = state.landings.get(task);
  return landing?.kind === 'undone' ? `rolled back by ${oneLine(landing.by.name, 60)}` : undefined;
}

/** Its story, with the time it goes on. */
function whenOf({ detail, goesOnAt }: TaskRow, now: number): string {
  return goesOnAt === undefined ? detail : `${detail} until ${clockTime(goesOnAt, now)}`;
}

/** Beside the task's name; short, for the side bar is narrow. */
function toldOf(row: TaskRow, isDriven: boolean, now: number): string {
  const { state, asks, detail, cause, live, startedAt, triesAgainAt } = row;
  switch (state) {
    case 'waiting':
      return 'waits for you';
    case 'unknown':
      return 'needs a look';
    case 'running': {
      if (asks !== undefined) {
        return detail;
      }
      const elapsed = startedAt === undefined ? '' : formatDuration(now - startedAt);
      return isDriven
        ? [elapsed, detail, cause, live].filter((text) => text !== '').join(' · ')
        : 'cut off';
    }
    case 'succeeded':
      // Why it ran tells more than how long it took, where there is room for one.
      return [cause, detail].filter((text) => text !== '').join(' · ');
    default:
      return triesAgainAt === undefined
        ? whenOf(row, now)
        : `tries again ${untilText(triesAgainAt - now)}`;
  }
}

/** `in 12 s`, in whole seconds so that it is calm. */
function untilText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 0) {
    return 'now';
  }
  return `in ${seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000)}`;
}

function artifactRows(project: Project, { run }: ReadableRun, row: TaskRow): Row[] {
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

function branchRows(project: Project, { run }: ReadableRun, row: TaskRow): Row[] {
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
