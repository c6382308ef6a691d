import * as vscode from 'vscode';
import { unreachable } from '../../core/base/exhaustive.ts';
import { count, oneLine } from '../../core/base/text.ts';
import { failureText } from '../../core/domain/failureText.ts';
import { choiceKey, type MergeState } from '../../core/domain/merge.ts';
import {
  checkoutChangeText,
  checkoutCount,
  checkoutDoerText,
  checkoutMark,
  checkoutWhoText,
} from '../checkoutText.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import type { ReadableRun } from '../offers.ts';
import { mergeLogUri } from '../output/documents.ts';
import type { Project } from '../project.ts';
import { plainTooltip } from './folders.ts';
import {
  BRANCH_ICON,
  BROKEN_ICON,
  CHECKOUT_ICON,
  CONFLICT_ICON,
  MERGED_ICON,
  MERGING_ICON,
  UNTOUCHED_ICON,
} from './icons.ts';
import { rowId } from './rowId.ts';

// The rows below a run that are not its tasks: what became of the checkout meanwhile, and the merge of its results.

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** What became of the checkout while the run was under way, as far as there is something to say. */
export function checkoutRows(project: Project, entry: ReadableRun): Row[] {
  return checkoutCount(entry.state) === 0
    ? untouchedRows(project, entry)
    : changedRows(project, entry);
}

function changedRows(project: Project, { run, state }: ReadableRun): Row[] {
  const total = checkoutCount(state);
  const target: CommandTarget = { kind: 'run', project, run };
  const item = new vscode.TreeItem('checkout', Collapsed);
  item.id = rowId(project, run, 'checkout', 'changed');
  item.description = `changed: ${total} · ${checkoutDoerText(state)}`;
  item.tooltip = plainTooltip([
    `${count(total, 'change')} to your checkout while ${run} was under way. Sluice did none of it.`,
  ]);
  item.iconPath = CHECKOUT_ICON;
  item.contextValue = 'checkout';
  item.command = rowCommand('sluice.showCheckoutChanges', 'Show What Changed', target);
  item.accessibilityInformation = { label: `Checkout ${item.description}` };
  return [
    new Row(target, item, () =>
      state.checkout.changes.map((change, place) => {
        const text = checkoutChangeText(change);
        const row = new vscode.TreeItem(oneLine(text, 160), None);
        row.id = rowId(project, run, 'checkout', String(place));
        row.description = checkoutWhoText(change);
        row.tooltip = plainTooltip([`${text}: ${row.description}`]);
        row.contextValue = 'checkoutChange';
        return new Row(target, row);
      }),
    ),
  ];
}

/** The proof. None before the run is over, and where nobody looked. */
function untouchedRows(project: Project, { run, plan, state }: ReadableRun): Row[] {
  const mark = checkoutMark(plan, state);
  if (mark === '') {
    return [];
  }
  const target: CommandTarget = { kind: 'run', project, run };
  const item = new vscode.TreeItem('checkout', None);
  item.id = rowId(project, run, 'checkout', 'untouched');
  item.description = mark;
  item.tooltip = plainTooltip([
    `HEAD, the index and the working tree are as they were before ${run}.`,
    `Looked at ${count(state.checkout.count, 'time')} since it began, by their digests.`,
  ]);
  item.iconPath = UNTOUCHED_ICON;
  item.contextValue = 'checkout';
  item.command = rowCommand(
    'sluice.showCheckoutChanges',
    'Show the Checkout During the Run',
    target,
  );
  item.accessibilityInformation = { label: 'Checkout untouched' };
  return [new Row(target, item)];
}

/** None while nobody has merged the results. */
export function mergeRows(project: Project, { run, state }: ReadableRun): Row[] {
  const { merge } = state;
  if (merge === undefined) {
    return [];
  }
  const target: CommandTarget = { kind: 'run', project, run };
  const branch = merge.place.kind === 'done' ? merge.place.branch : undefined;
  const item = new vscode.TreeItem('merge', branch === undefined ? None : Expanded);
  item.id = rowId(project, run, 'merge', ...(branch === undefined ? [] : ['done']));
  item.description = placeText(merge);
  item.tooltip = plainTooltip([
    `Merge of ${run}: ${placeText(merge)}`,
    merge.tasks.length === 0 ? undefined : `In this order: ${merge.tasks.join(', ')}`,
    `Begun by ${merge.by.name} at ${new Date(merge.startedAt).toLocaleString()}`,
    ...troubleLines(merge),
  ]);
  item.iconPath = iconOf(merge);
  item.contextValue = `merge.${merge.place.kind}`;
  const command = commandOf(project, run, merge);
  if (command !== undefined) {
    item.command = command;
  }
  item.accessibilityInformation = { label: `Merge: ${placeText(merge)}` };
  return [
    new Row(target, item, () => (branch === undefined ? [] : [branchRow(project, run, branch)])),
  ];
}

function branchRow(project: Project, run: ReadableRun['run'], branch: string): Row {
  const item = new vscode.TreeItem(branch, None);
  item.id = rowId(project, run, 'merge', 'branch');
  item.iconPath = BRANCH_ICON;
  item.contextValue = 'branch';
  item.tooltip = plainTooltip([`The merged results are on the local branch ${branch}`]);
  return new Row(undefined, item);
}

function placeText({ place, tasks, choices }: MergeState): string {
  switch (place.kind) {
    case 'merging':
    case 'publishing':
      return 'under way';
    case 'conflict': {
      const open = place.conflicts.filter(({ path }) => !choices.has(choiceKey(place.task, path)));
      return open.length === 0
        ? `goes on with ${place.task}`
        : `${count(open.length, 'conflict')} ${open.length === 1 ? 'waits' : 'wait'} for you`;
    }
    case 'broken':
      return `stopped: ${place.task} breaks ${oneLine(place.command, 60)}`;
    case 'done':
      return count(tasks.length, 'result');
    case 'failed':
      return failureText(place.failure).title;
    default:
      return unreachable(place);
  }
}

function troubleLines({ place }: MergeState): (string | undefined)[] {
  if (place.kind === 'failed') {
    return [failureText(place.failure).fix];
  }
  if (place.kind === 'conflict') {
    return [`The result of ${place.task} conflicts; the Gates view has the files.`];
  }
  return place.kind === 'broken'
    ? ['It passes without that result. Rerun the task or roll it back, and merge again.']
    : [];
}

function iconOf({ place }: MergeState): vscode.ThemeIcon {
  switch (place.kind) {
    case 'merging':
    case 'publishing':
      return MERGING_ICON;
    case 'conflict':
      return CONFLICT_ICON;
    case 'broken':
    case 'failed':
      return BROKEN_ICON;
    case 'done':
      return MERGED_ICON;
    default:
      return unreachable(place);
  }
}

function commandOf(
  project: Project,
  run: ReadableRun['run'],
  { place }: MergeState,
): vscode.Command | undefined {
  switch (place.kind) {
    case 'broken':
      return {
        command: 'vscode.open',
        title: 'Show Output',
        arguments: [mergeLogUri(project, run)],
      };
    case 'conflict':
      return { command: 'sluice.gates.focus', title: 'Show Conflicts' };
    case 'merging':
    case 'publishing':
    case 'done':
    case 'failed':
      return undefined;
    default:
      return unreachable(place);
  }
}
