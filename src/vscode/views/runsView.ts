import * as vscode from 'vscode';
import type { RunId, TaskId } from '../../core/domain/ids.ts';
import type { GraphMoment } from '../../core/projections/graphPicture.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';
import { Row, rowCommand } from '../contributions.ts';
import type { ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import type { MakeRow } from './face.ts';
import { folderRowId, rowsByFolder } from './folders.ts';
import { signIcon } from './icons.ts';
import { checkoutRows, mergeRows } from './resultRows.ts';
import { rowId } from './rowId.ts';
import { RunTree, type TreeParts } from './runTree.ts';
import type { RunsFilter } from './runsFilter.ts';
import { TaskAttempts } from './taskAttempts.ts';
import { tooltipLater } from './tooltips.ts';

/** Which moment of a run the window shows. */
export interface ShownMoments {
  shown(project: Project, entry: ReadableRun): ReadableRun;
}

export interface RunRowsParts {
  readonly projects: Projects;
  readonly moments: ShownMoments;
  readonly momentText: (moment: GraphMoment) => string;
  readonly filter: RunsFilter;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** More is known of what is shown. */
  readonly changed: () => void;
}

interface Shelf {
  readonly trees: Map<RunId, RunTree<Row>>;
  readonly attempts: TaskAttempts;
}

/** The rows of the Runs view. What was made of a run is kept as long as the run is there. */
export class RunRows {
  readonly #parts: RunRowsParts;
  readonly #shelves = new WeakMap<Project, Shelf>();
  readonly #unreadable = new WeakMap<Project, Map<RunId, { readonly why: string; row: Row }>>();

  constructor(parts: RunRowsParts) {
    this.#parts = parts;
  }

  rows(): Row[] {
    return rowsByFolder(this.#parts.projects, 'runs', (project) => this.#rowsOf(project));
  }

  /** Ids from the top down to a run's row or a task's; `undefined`: it is not shown. */
  pathTo(project: Project, run: RunId, task: TaskId | undefined): readonly string[] | undefined {
    this.rows();
    const { projects } = this.#parts;
    const above = projects.all().length === 1 ? [] : [folderRowId('runs', project)];
    const path = this.#shelves.get(project)?.trees.get(run)?.pathTo(task);
    return path && [...above, ...path];
  }

  #rowsOf(project: Project): Row[] {
    const { moments, filter, now } = this.#parts;
    const shelf = this.#shelfOf(project);
    const entries = project.sluice.runs();
    const runs = new Set(entries.map(({ run }) => run));
    for (const run of shelf.trees.keys()) {
      if (!runs.has(run)) {
        shelf.trees.delete(run);
      }
    }
    return entries.flatMap((entry, place) => {
      if (entry.kind === 'unreadable') {
        return filter.isOn ? [] : this.#unreadableRow(project, entry);
      }
      const shown = moments.shown(project, entry);
      const drawn = {
        entry: shown,
        now: now(),
        // What was said at an earlier moment is not known.
        heard: shown.past === undefined ? project.sluice.heard(entry.run) : () => undefined,
        filter: filter.current,
        isNewest: place === 0,
      };
      let tree = shelf.trees.get(entry.run);
      if (tree === undefined) {
        tree = new RunTree(project, drawn, this.#treeParts(project, shelf.attempts));
        shelf.trees.set(entry.run, tree);
      }
      return tree.draw(drawn) ?? [];
    });
  }

  #shelfOf(project: Project): Shelf {
    const known = this.#shelves.get(project);
    if (known !== undefined) {
      return known;
    }
    const events = (run: RunId) => project.sluice.history.events(run);
    const shelf = { trees: new Map(), attempts: new TaskAttempts(events, this.#parts.changed) };
    this.#shelves.set(project, shelf);
    return shelf;
  }

  #treeParts(project: Project, attempts: TaskAttempts): TreeParts<Row> {
    return {
      make,
      extras: (entry) => [...checkoutRows(project, entry), ...mergeRows(project, entry)],
      momentText: this.#parts.momentText,
      attempts: ({ run, state }, task) => attempts.of(run, task, state.seq),
    };
  }

  #unreadableRow(project: Project, { run, why }: Extract<BookEntry, { kind: 'unreadable' }>): Row {
    const rows = this.#unreadable.get(project) ?? new Map<RunId, { why: string; row: Row }>();
    this.#unreadable.set(project, rows);
    const known = rows.get(run);
    if (known?.why === why) {
      return known.row;
    }
    const row = make({
      id: rowId(project, run),
      label: run,
      description: 'its journal cannot be read',
      sign: 'problem',
      context: 'unreadable',
      said: `Run ${run}, its journal cannot be read`,
      folds: 'none',
      target: { kind: 'run', project, run },
      command: undefined,
      tooltip: () => [run, why],
    });
    rows.set(run, { why, row });
    return row;
  }
}

const FOLDS = {
  none: vscode.TreeItemCollapsibleState.None,
  open: vscode.TreeItemCollapsibleState.Expanded,
  closed: vscode.TreeItemCollapsibleState.Collapsed,
} as const;

const make: MakeRow<Row> = (face, children) => {
  const { target, command, path } = face;
  const item = new vscode.TreeItem(face.label, FOLDS[face.folds]);
  item.id = face.id;
  item.description = face.description;
  item.iconPath = signIcon(face.sign);
  item.contextValue = face.context;
  item.accessibilityInformation = { label: face.said };
  if (path !== undefined) {
    item.resourceUri = vscode.Uri.from({ scheme: 'sluice-artifact', path: `/${path}` });
  }
  tooltipLater(item, () => face.tooltip());
  if (command !== undefined && target !== undefined) {
    item.command = rowCommand(command.id, command.title, target);
  }
  return new Row(target, item, children);
};
