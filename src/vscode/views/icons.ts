import * as vscode from 'vscode';
import type { TaskState } from '../../core/domain/runState.ts';
import type { ShownStatus, TaskRow } from '../../core/projections/taskRows.ts';

// Shape and colour both tell the state, so neither is needed to read it. Colours are the theme's.

const icon = (id: string, color?: string) =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

const PASSED = 'testing.iconPassed';
const FAILED = 'testing.iconFailed';
const WAITING = 'charts.yellow';
const RUNNING = 'charts.blue';
/** Yellow is for what wants a person. */
const QUIET = 'descriptionForeground';

const TASK_ICONS: Readonly<Record<TaskState['kind'], vscode.ThemeIcon>> = {
  pending: icon('circle-outline', QUIET),
  running: icon('loading~spin', RUNNING),
  waiting: icon('bell-dot', WAITING),
  unknown: icon('question', WAITING),
  succeeded: icon('pass', PASSED),
  approved: icon('thumbsup', PASSED),
  failed: icon('error', FAILED),
  skipped: icon('circle-slash', 'testing.iconSkipped'),
  cancelled: icon('stop-circle', 'testing.iconSkipped'),
};

const RUN_ICONS: Readonly<Record<ShownStatus, vscode.ThemeIcon>> = {
  running: icon('loading~spin', RUNNING),
  waiting: icon('bell-dot', WAITING),
  cancelling: icon('loading~spin', WAITING),
  pausing: icon('loading~spin', WAITING),
  paused: icon('debug-pause', QUIET),
  interrupted: icon('debug-disconnect', WAITING),
  succeeded: icon('pass-filled', PASSED),
  degraded: icon('warning', WAITING),
  failed: icon('error', FAILED),
  cancelled: icon('stop-circle', 'testing.iconSkipped'),
};

const HELD_ICON = icon('debug-pause', QUIET);
const DELAYED_ICON = icon('history', QUIET);
const PARKED_ICON = icon('watch', QUIET);
/** What an agent asks in the middle of its work. */
export const QUESTION_ICON = icon('comment-unresolved', WAITING);
/** Nothing ran for it: taken from what is kept. */
const REUSED_ICON = icon('archive', PASSED);
const CUT_OFF_ICON = icon('debug-disconnect', WAITING);

/** @param isDriven some program moves the run on */
export function taskIcon(
  { state, verbs, asks, reused, triesAgainAt, goesOnAt }: TaskRow,
  isDriven: boolean,
): vscode.ThemeIcon {
  if (state === 'pending') {
    if (verbs.includes('release') || asks !== undefined) {
      return verbs.includes('release') ? HELD_ICON : QUESTION_ICON;
    }
    return triesAgainAt !== undefined
      ? DELAYED_ICON
      : goesOnAt !== undefined
        ? PARKED_ICON
        : TASK_ICONS.pending;
  }
  if (state === 'running' && !isDriven && asks === undefined) {
    return CUT_OFF_ICON;
  }
  if (asks !== undefined) {
    return QUESTION_ICON;
  }
  return reused === undefined ? TASK_ICONS[state] : REUSED_ICON;
}

export function runIcon(status: ShownStatus): vscode.ThemeIcon {
  return RUN_ICONS[status];
}

/** What one of its tasks is in first tells how a group stands; else it is done. */
const TELLING: readonly TaskState['kind'][] = [
  'waiting',
  'unknown',
  'running',
  'failed',
  'pending',
  'cancelled',
];

export function groupIcon(rows: readonly TaskRow[], isDriven: boolean): vscode.ThemeIcon {
  for (const state of TELLING) {
    const telling = rows.find((row) => row.state === state);
    if (telling !== undefined) {
      return taskIcon(telling, isDriven);
    }
  }
  return TASK_ICONS[rows.every(({ state }) => state === 'skipped') ? 'skipped' : 'succeeded'];
}

export const GATE_ICON = icon('bell-dot', WAITING);
/** A path that could not be merged, and one a person has chosen for. */
export const CONFLICT_ICON = icon('git-merge', WAITING);
export const CHOSEN_ICON = icon('pass', PASSED);
export const MERGED_ICON = icon('git-merge', PASSED);
export const MERGING_ICON = icon('loading~spin', RUNNING);
export const BROKEN_ICON = icon('git-merge', FAILED);
export const UNTOUCHED_ICON = icon('shield', PASSED);
export const CHECKOUT_ICON = icon('files', WAITING);
export const PROBLEM_ICON = icon('error', FAILED);
export const WARNING_ICON = icon('warning', WAITING);
export const WORKFLOW_ICON = icon('type-hierarchy');
export const BRANCH_ICON = icon('git-branch');
export const COMMAND_AGENT_ICON = icon('terminal');
export const MODEL_AGENT_ICON = icon('sparkle');
export const CODING_AGENT_ICON = icon('hubot');
export const USER_ICON = icon('account');
