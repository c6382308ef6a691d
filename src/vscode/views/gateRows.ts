import * as vscode from 'vscode';
import { count, oneLine } from '../../core/base/text.ts';
import { askLine } from '../../core/projections/asked.ts';
import { costLine } from '../../core/projections/gateCost.ts';
import type { EvidenceLine, TaskEvidence } from '../../core/projections/gateEvidence.ts';
import {
  answerText,
  changeWord,
  gatePage,
  lapsedText,
  type GatePage,
  type GuardedFile,
} from '../../core/projections/gatePage.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { readableRun } from '../commands/picks.ts';
import { Row, rowCommand } from '../contributions.ts';
import { forecastText, type Forecasts } from '../forecasts.ts';
import { fileCommand } from '../gates/gateFiles.ts';
import { inOrder } from '../gates/gateOrder.ts';
import { shownGate, type ShownGate } from '../gates/gateTarget.ts';
import { pastRuns } from '../gates/pastRuns.ts';
import { gateOffers, type ReadableRun } from '../offers.ts';
import type { Project } from '../project.ts';
import { plainTooltip } from './folders.ts';
import {
  ADDED_ICON,
  AGAINST_ICON,
  CHANGED_ICON,
  COST_ICON,
  EVIDENCE_ICON,
  FILES_ICON,
  FORECAST_ICON,
  GATES_ICON,
  GATE_ICON,
  LAPSED_ICON,
  MAKER_ICON,
  REMOVED_ICON,
  TOLD_ICON,
} from './icons.ts';
import { rowId } from './rowId.ts';

// A gate that waits, and below it what there is to know before it is answered. A side bar of 300 pixels has room for some
// 30 characters a row: what tells rows apart comes first.

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** Rows of one kind below a gate; its page has more. */
const MOST_ROWS = 50;

export interface GateView {
  readonly project: Project;
  readonly forecasts: Forecasts;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Something else waits too. */
  readonly isOneOfSeveral: boolean;
}

/** The project's gates, the newest run first; those that ask the same about the same content below one row. */
export function waitingRows(view: GateView): Row[] {
  const alike = new Map<string, OpenGate[]>();
  for (const gate of view.project.sluice.openGates()) {
    const known = alike.get(gate.identical);
    if (known === undefined) {
      alike.set(gate.identical, [gate]);
    } else {
      known.push(gate);
    }
  }
  return [...alike.values()].flatMap((gates) =>
    gates.length === 1
      ? gates.map((gate) => gateRow(view, gate, false))
      : [identicalRow(view, inOrder(gates))],
  );
}

function identicalRow(view: GateView, gates: readonly OpenGate[]): Row {
  const [first] = gates;
  if (first === undefined) {
    throw new Error('Internal error: no gate asks the same as none');
  }
  // The number first: a long question would hide it.
  const label = `${gates.length} × ${askLine(first.ask, 120)}`;
  const item = new vscode.TreeItem(label, Expanded);
  item.id = rowId(view.project, 'identical', first.identical);
  item.tooltip = plainTooltip([
    first.ask,
    `${count(gates.length, 'gate')} ask this about the same content:`,
    ...gates.slice(0, 20).map(({ task, run }) => `${task} of ${run}`),
  ]);
  item.iconPath = GATES_ICON;
  item.contextValue = 'gates.identical';
  item.accessibilityInformation = {
    label: `${count(gates.length, 'gate')} ask the same: ${askLine(first.ask, 300)}`,
  };
  return new Row(shownGate(view.project, first), item, () =>
    gates.map((gate) => gateRow(view, gate, true)),
  );
}

/** @param isAlike it stands below what it asks, and is told by its name */
function gateRow(view: GateView, gate: OpenGate, isAlike: boolean): Row {
  const { project, forecasts, now, isOneOfSeveral } = view;
  const entry = readableRun(project, gate.run);
  const offers = entry === undefined ? [] : gateOffers(entry, gate.task);
  const mark =
    entry !== undefined && offers.includes('forecast') ? forecasts.mark(project, entry) : undefined;
  const target = shownGate(project, gate);
  const lapsed = lapsedText(gate, now);
  // What is asked, not how the step is called, is what a person has to know.
  const label = isAlike ? `${gate.task} of ${gate.run}` : askLine(gate.ask, 120);
  const item = new vscode.TreeItem(label, Collapsed);
  item.id = rowId(project, gate.run, gate.task);
  item.description = [
    lapsed === undefined ? '' : 'asked again',
    isOneOfSeveral && !isAlike ? gate.run : '',
  ]
    .filter((text) => text !== '')
    .join(' · ');
  item.tooltip = plainTooltip([
    gate.ask,
    lapsed,
    ...answerText(gate),
    `${gate.task} of ${gate.run}, waiting since ${new Date(gate.openedAt).toLocaleString()}`,
    gate.shown.length === 0 ? undefined : `Shows ${gate.shown.map(({ path }) => path).join(', ')}`,
    mark && forecastText(mark),
  ]);
  item.iconPath = GATE_ICON;
  item.contextValue = [
    'gate.waiting',
    ...offers,
    ...(gate.makers.length > 0 ? ['redo'] : []),
    ...(isAlike ? ['identical'] : []),
  ].join(' ');
  item.command = rowCommand('sluice.showGate', 'Show What the Gate Asks About', target);
  item.accessibilityInformation = {
    label: `Gate ${gate.task} of ${gate.run}: ${askLine(gate.ask, 300)}${lapsed === undefined ? '' : `. ${lapsed}`}`,
  };
  return new Row(target, item, () =>
    entry === undefined ? [] : knownRows(view, entry, gate, target),
  );
}

/** What there is to know before the gate is answered. */
function knownRows(
  { project, forecasts, now }: GateView,
  entry: ReadableRun,
  gate: OpenGate,
  target: ShownGate,
): Row[] {
  const page = gatePage(entry.plan, entry.state, gate, now, pastRuns(project, entry));
  const { lapsed, made, wanted, cost } = page;
  const drawn: Drawn = { project, gate, target };
  const spent = costLine(cost);
  const mark = page.files.length === 0 ? undefined : forecasts.mark(project, entry);
  return [
    ...(lapsed === undefined ? [] : [lineRow(drawn, ['lapsed'], lapsed, LAPSED_ICON)]),
    ...answerText(gate).map((text) => lineRow(drawn, ['answer'], text, TOLD_ICON)),
    ...wanted.map((text, place) => lineRow(drawn, ['wanted', String(place)], text, TOLD_ICON)),
    ...cut(
      drawn,
      'made',
      made.map((evidence) => madeRow(drawn, evidence, made.length === 1)),
    ),
    ...filesRow(drawn, page),
    ...(mark === undefined ? [] : [forecastRow(drawn, mark)]),
    ...(spent === '' ? [] : [lineRow(drawn, ['cost'], spent, COST_ICON)]),
  ];
}

interface Drawn {
  readonly project: Project;
  readonly gate: OpenGate;
  readonly target: ShownGate;
}

/** By whom, and what shows that it is done. */
function madeRow(drawn: Drawn, { task, by, lines }: TaskEvidence, isOnly: boolean): Row {
  const { project, gate } = drawn;
  const isDoubtful = lines.some(({ kind }) => kind === 'against');
  const folds = lines.length === 0 ? None : isOnly || isDoubtful ? Expanded : Collapsed;
  const item = new vscode.TreeItem(task, folds);
  item.id = rowId(project, gate.run, gate.task, 'made', task);
  item.description = by === '' ? '' : `by ${by}`;
  item.tooltip = plainTooltip([
    `${task}${by === '' ? '' : `, by ${by}`}`,
    ...lines.map(({ text }) => text),
  ]);
  item.iconPath = isDoubtful ? AGAINST_ICON : MAKER_ICON;
  item.contextValue = 'gateMaker';
  item.command = rowCommand('sluice.showOutput', 'Show Output', {
    kind: 'task',
    project,
    run: gate.run,
    task,
  });
  item.accessibilityInformation = {
    label: `${task}${by === '' ? '' : ` by ${by}`}: ${count(lines.length, 'fact')}`,
  };
  return new Row(drawn.target, item, () =>
    cut(
      drawn,
      `evidence of ${task}`,
      lines.map((line, place) =>
        lineRow(
          drawn,
          ['evidence', task, String(place)],
          line.text,
          EVIDENCE_ICONS[line.kind],
          SPOKEN[line.kind],
        ),
      ),
    ),
  );
}

const EVIDENCE_ICONS: Readonly<Record<EvidenceLine['kind'], vscode.ThemeIcon>> = {
  shown: EVIDENCE_ICON,
  against: AGAINST_ICON,
  told: TOLD_ICON,
};

/** Icons are not read out. */
const SPOKEN: Readonly<Record<EvidenceLine['kind'], string>> = {
  shown: 'Shown: ',
  against: 'Against it: ',
  told: '',
};

function filesRow(drawn: Drawn, { files }: GatePage): Row[] {
  if (files.length === 0) {
    return [];
  }
  const { project, gate, target } = drawn;
  const item = new vscode.TreeItem(count(files.length, 'file'), Collapsed);
  item.id = rowId(project, gate.run, gate.task, 'files');
  item.description = tally(files);
  item.tooltip = plainTooltip([
    `An approval brings ${files.length === 1 ? 'this file' : 'these files'} to ${files.length === 1 ? 'a branch' : 'branches'}.`,
  ]);
  item.iconPath = FILES_ICON;
  item.contextValue = 'gateFiles';
  item.command = rowCommand('sluice.showChanges', 'Show Changes', target);
  item.accessibilityInformation = { label: `${count(files.length, 'file')}: ${tally(files)}` };
  return [
    new Row(target, item, () =>
      cut(
        drawn,
        'files',
        files.map((file) => fileRow(drawn, file)),
      ),
    ),
  ];
}

/** `2 added, 1 changed` */
function tally(files: readonly GuardedFile[]): string {
  return (['added', 'changed', 'removed'] as const)
    .map((word) => [files.filter((file) => changeWord(file) === word).length, word] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}

function fileRow({ project, gate, target }: Drawn, file: GuardedFile): Row {
  const { task, path } = file;
  const word = changeWord(file);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const item = new vscode.TreeItem(
    oneLine(path.slice(folder === '' ? 0 : folder.length + 1), 120),
    None,
  );
  item.id = rowId(project, gate.run, gate.task, 'file', task, path);
  item.description = [oneLine(folder, 120), task].filter((text) => text !== '').join(' · ');
  item.tooltip = plainTooltip([`${path} ${word} by ${task}`]);
  item.iconPath = FILE_ICONS[word];
  item.contextValue = 'gateFile';
  item.command = fileCommand(project, gate, file);
  item.accessibilityInformation = { label: `${path} ${word} by ${task}` };
  return new Row(target, item);
}

const FILE_ICONS: Readonly<Record<ReturnType<typeof changeWord>, vscode.ThemeIcon>> = {
  added: ADDED_ICON,
  changed: CHANGED_ICON,
  removed: REMOVED_ICON,
};

function forecastRow({ project, gate, target }: Drawn, mark: string): Row {
  const item = new vscode.TreeItem(oneLine(mark, 160), None);
  item.id = rowId(project, gate.run, gate.task, 'forecast');
  item.description = 'if merged now';
  item.tooltip = plainTooltip([forecastText(mark)]);
  item.iconPath = FORECAST_ICON;
  item.contextValue = 'gateForecast';
  item.command = rowCommand('sluice.showForecast', 'Show Conflict Forecast', target);
  item.accessibilityInformation = { label: forecastText(mark) };
  return new Row(target, item);
}

function lineRow(
  { project, gate, target }: Drawn,
  id: readonly string[],
  text: string,
  icon: vscode.ThemeIcon,
  spoken = '',
): Row {
  const item = new vscode.TreeItem(oneLine(text, 200), None);
  item.id = rowId(project, gate.run, gate.task, ...id);
  item.tooltip = plainTooltip([text]);
  item.iconPath = icon;
  item.contextValue = 'gateLine';
  item.accessibilityInformation = { label: `${spoken}${text}` };
  return new Row(target, item);
}

/** A tree of thousands of rows nobody reads: the page has them. */
function cut(drawn: Drawn, what: string, rows: readonly Row[]): Row[] {
  const more = rows.length - MOST_ROWS;
  if (more <= 0) {
    return [...rows];
  }
  const { project, gate, target } = drawn;
  const item = new vscode.TreeItem(`and ${more} more…`, None);
  item.id = rowId(project, gate.run, gate.task, 'more', what);
  item.contextValue = 'gateLine';
  item.command = rowCommand('sluice.showGate', 'Show What the Gate Asks About', target);
  return [...rows.slice(0, MOST_ROWS), new Row(target, item)];
}
