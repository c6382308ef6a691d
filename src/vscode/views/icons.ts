import * as vscode from 'vscode';
import type { TaskState } from '../../core/domain/runState.ts';
import type { ShownStatus } from '../../core/projections/taskRows.ts';
import type { Sign } from './signs.ts';

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
/** What mends a failure: to begin, done; and what waits to be mended. */
const FIX_ICON = icon('tools', QUIET);
const FIXED_ICON = icon('wrench', PASSED);
const MENDED_ICON = icon('debug-alt', RUNNING);
const CUT_OFF_ICON = icon('debug-disconnect', WAITING);

const SIGN_ICONS: Readonly<Record<Exclude<Sign, `run.${ShownStatus}`>, vscode.ThemeIcon>> = {
  ...TASK_ICONS,
  held: HELD_ICON,
  delayed: DELAYED_ICON,
  parked: PARKED_ICON,
  asking: QUESTION_ICON,
  reused: REUSED_ICON,
  'cut-off': CUT_OFF_ICON,
  fix: FIX_ICON,
  fixed: FIXED_ICON,
  mended: MENDED_ICON,
  past: icon('history', RUNNING),
  problem: icon('error', FAILED),
  file: vscode.ThemeIcon.File,
  expected: icon('circle-outline', QUIET),
  branch: icon('git-branch'),
  attempts: icon('history', QUIET),
  wanted: icon('comment', WAITING),
  lapsed: icon('discard', QUIET),
};

export function signIcon(sign: Sign): vscode.ThemeIcon {
  return isRunSign(sign) ? RUN_ICONS[sign.slice('run.'.length) as ShownStatus] : SIGN_ICONS[sign];
}

function isRunSign(sign: Sign): sign is `run.${ShownStatus}` {
  return sign.startsWith('run.');
}

export const GATE_ICON = icon('bell-dot', WAITING);
/** Gates that ask the same about the same content. */
export const GATES_ICON = icon('layers', WAITING);
/** What there is to know before a gate is answered. */
export const LAPSED_ICON = icon('history', WAITING);
export const MAKER_ICON = icon('account');
export const EVIDENCE_ICON = icon('pass', PASSED);
export const AGAINST_ICON = icon('warning', WAITING);
export const TOLD_ICON = icon('info', QUIET);
export const FILES_ICON = icon('diff-multiple');
export const ADDED_ICON = icon('diff-added', 'gitDecoration.addedResourceForeground');
export const CHANGED_ICON = icon('diff-modified', 'gitDecoration.modifiedResourceForeground');
export const REMOVED_ICON = icon('diff-removed', 'gitDecoration.deletedResourceForeground');
export const FORECAST_ICON = icon('git-compare');
export const COST_ICON = icon('credit-card');
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
