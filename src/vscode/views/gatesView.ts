import * as vscode from 'vscode';
import { count, oneLine } from '../../core/base/text.ts';
import type { AskedQuestion } from '../../core/projections/questions.ts';
import { conflictsIn, openConflictCount } from '../conflicts.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import type { Forecasts } from '../forecasts.ts';
import type { Project, Projects } from '../project.ts';
import { conflictRow } from './conflictRow.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import { waitingRows } from './gateRows.ts';
import { QUESTION_ICON } from './icons.ts';

/**
 * Everything that waits for a person: gates, those that ask the same about the same content as one row, below them what agents ask in the middle of their work, and what could not
 * be merged.
 */
export function gateRows(projects: Projects, forecasts: Forecasts, now: number): Row[] {
  const { gates, questions } = waitingCounts(projects);
  const isOneOfSeveral = gates + questions > 1;
  const settled = projects.all().flatMap(conflictsIn).length;
  return gates + questions + settled === 0
    ? []
    : rowsByFolder(projects, 'gates', (project) => [
        ...waitingRows({ project, forecasts, now, isOneOfSeveral }),
        ...project.sluice
          .openQuestions()
          .map((question) => questionRow(project, question, isOneOfSeveral)),
        ...conflictsIn(project).map(conflictRow),
      ]);
}

export interface WaitingCounts {
  readonly gates: number;
  readonly questions: number;
  /** Paths without a choice. */
  readonly conflicts: number;
}

export function waitingCounts(projects: Projects): WaitingCounts {
  const all = projects.all();
  return {
    gates: all.flatMap(({ sluice }) => sluice.openGates()).length,
    questions: all.flatMap(({ sluice }) => sluice.openQuestions()).length,
    conflicts: openConflictCount(projects),
  };
}

/** How much waits for whoever looks; `undefined`: nothing. */
export function waitingBadge(projects: Projects): vscode.ViewBadge | undefined {
  const { gates, questions, conflicts } = waitingCounts(projects);
  const value = gates + questions + conflicts;
  const what = [
    gates === 0 ? '' : count(gates, 'gate'),
    questions === 0 ? '' : count(questions, 'question'),
    conflicts === 0 ? '' : count(conflicts, 'conflict'),
  ].filter((text) => text !== '');
  const verb = value === 1 ? 'waits' : 'wait';
  return value === 0 ? undefined : { value, tooltip: `${listed(what)} ${verb} for you` };
}

/** `a`, `a and b`, `a, b and c` */
function listed(parts: readonly string[]): string {
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ');
}

function questionRow(project: Project, question: AskedQuestion, isOneOfSeveral: boolean): Row {
  const { run, id, tasks, asks, text, openedAt } = question;
  const target: CommandTarget = { kind: 'question', project, run, question: id };
  const item = new vscode.TreeItem(oneLine(text, 120), vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), run, 'question', id]);
  item.description = isOneOfSeveral ? `${tasks.join(', ')} · ${run}` : tasks.join(', ');
  item.tooltip = plainTooltip([
    text,
    ...(asks.kind === 'permission' ? [`Tool: ${asks.tool}`, oneLine(asks.detail, 600)] : []),
    `${tasks.join(', ')} of ${run}, waiting since ${new Date(openedAt).toLocaleString()}`,
  ]);
  item.iconPath = QUESTION_ICON;
  item.contextValue = `question.${asks.kind}`;
  item.command = rowCommand('sluice.answerQuestion', 'Answer…', target);
  item.accessibilityInformation = { label: `${tasks.join(', ')} of ${run} asks: ${text}` };
  return new Row(target, item);
}
