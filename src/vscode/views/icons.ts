import * as vscode from 'vscode';
import type { TaskState } from '../../core/domain/runState.ts';
import type { ShownStatus } from '../../core/projections/taskRows.ts';

// Shape and colour both tell the state, so neither is needed to read it. Colours are the theme's.

const icon = (id: string, color?: string) =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

const PASSED = 'testing.iconPassed';
const FAILED = 'testing.iconFailed';
const WAITING = 'charts.yellow';
const RUNNING = 'charts.blue';

const TASK_ICONS: Readonly<Record<TaskState['kind'], vscode.ThemeIcon>> = {
  pending: icon('circle-outline', 'testing.iconQueued'),
  running: icon('loading~spin', RUNNING),
  waiting: icon('bell-dot', WAITING),
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
  interrupted: icon('debug-disconnect', WAITING),
  succeeded: icon('pass-filled', PASSED),
  degraded: icon('warning', WAITING),
  failed: icon('error', FAILED),
  cancelled: icon('stop-circle', 'testing.iconSkipped'),
};

export function taskIcon(kind: TaskState['kind']): vscode.ThemeIcon {
  return TASK_ICONS[kind];
}

export function runIcon(status: ShownStatus): vscode.ThemeIcon {
  return RUN_ICONS[status];
}

export const GATE_ICON = icon('bell-dot', WAITING);
export const PROBLEM_ICON = icon('error', FAILED);
export const WARNING_ICON = icon('warning', WAITING);
export const WORKFLOW_ICON = icon('type-hierarchy');
export const BRANCH_ICON = icon('git-branch');
export const COMMAND_AGENT_ICON = icon('terminal');
export const MODEL_AGENT_ICON = icon('sparkle');
