import { setTimeout as moment } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { Row } from '../contributions.ts';
import type { ViewId } from '../ids.ts';
import { RowKeeper } from './rowKeeper.ts';
import { pressRow } from './rowPress.ts';
import { tooltipOf } from './tooltips.ts';

/**
 * A view whose rows are made from the truth each time; ids on the items keep selection and folding.
 *
 * T1  A view nobody sees is not looked at; it is when it is shown again.
 * T2  No command of a row that VS Code has holds a target, see `pressRow`.
 */
export class RowTree implements vscode.TreeDataProvider<Row>, Disposable {
  readonly view: vscode.TreeView<Row>;
  readonly #roots: () => readonly Row[];
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #keeper = new RowKeeper<Row>({
    idOf: ({ item }) => item.id ?? '',
    childrenOf: (row) => row.children(),
    become: (row, newer) => row.become(newer),
    lookOf,
    notesOf,
  });
  /** What a press on each item does that was handed over without its target. */
  readonly #commands = new WeakMap<vscode.TreeItem, vscode.Command>();
  /** Of this view alone, and no contribution: nobody is to find it. */
  readonly #press: string;
  readonly #listeners: vscode.Disposable[];
  #again: NodeJS.Timeout | undefined;

  /** @param folds its rows have rows below them */
  constructor(id: ViewId, folds: boolean, roots: () => readonly Row[]) {
    this.#roots = roots;
    this.view = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      showCollapseAll: folds,
    });
    this.#press = `_${id}.pressRow`;
    const pressed = {
      selected: () => this.#commandOf(this.view.selection[0]),
      run: ({ command, arguments: its = [] }: vscode.Command) =>
        vscode.commands.executeCommand(command, ...(its as readonly unknown[])),
      moment: () => moment(MOMENT_MS),
    };
    this.#listeners = [
      vscode.commands.registerCommand(this.#press, (...args: unknown[]) => pressRow(pressed, args)),
      this.view.onDidChangeVisibility(() => this.refresh()),
      this.view.onDidCollapseElement(({ element }) => this.#keeper.shut(element)),
      this.view.onDidExpandElement(({ element }) => {
        this.#keeper.opened(element);
        this.refresh();
      }),
    ];
  }

  refresh(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    if (!this.view.visible) {
      return;
    }
    if (!this.#keeper.isAsked) {
      this.#changed.fire(undefined);
      return;
    }
    const { rows, againInMs } = this.#keeper.refresh(this.#roots(), performance.now());
    if (rows === undefined) {
      this.#changed.fire(undefined);
    } else if (rows.length > 0) {
      this.#changed.fire([...rows]);
    }
    if (againInMs !== undefined) {
      this.#again = setTimeout(() => this.refresh(), againInMs);
    }
  }

  /**
   * Shows a row and selects it.
   * @param path ids from the top down
   * @returns false when there is no such row
   */
  async reveal(path: readonly string[]): Promise<boolean> {
    const opened = (parent: Row | undefined, [id, ...below]: readonly string[]): void => {
      const row = id === undefined ? undefined : this.#keeper.given(parent, id);
      if (row !== undefined) {
        this.#keeper.opened(row);
        opened(row, below);
      }
    };
    opened(undefined, path);
    this.refresh();
    let row: Row | undefined;
    for (const id of path) {
      row = this.#keeper.find(row, id, this.#roots);
      if (row === undefined) {
        return false;
      }
    }
    if (row === undefined) {
      return false;
    }
    await this.view.reveal(row, { select: true, focus: true, expand: false });
    return true;
  }

  getTreeItem({ item }: Row): vscode.TreeItem {
    const { command } = item;
    if (command?.arguments?.some((one) => one instanceof Row) === true) {
      this.#commands.set(item, command);
      item.command = { command: this.#press, title: command.title };
    }
    return item;
  }

  #commandOf(row: Row | undefined): vscode.Command | undefined {
    return row && (this.#commands.get(row.item) ?? row.item.command);
  }

  getChildren(parent?: Row): Row[] {
    return [...this.#keeper.give(parent, parent === undefined ? this.#roots() : parent.children())];
  }

  getParent(row: Row): Row | undefined {
    return this.#keeper.parentOf(row);
  }

  /** What somebody points at is told then: it is long, and most of it is never read. */
  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    item.tooltip ??= tooltipOf(row.item);
    return item;
  }

  dispose(): void {
    clearTimeout(this.#again);
    for (const listener of this.#listeners) {
      listener.dispose();
    }
    this.view.dispose();
    this.#changed.dispose();
  }
}

const MOMENT_MS = 50;

function lookOf({ item }: Row): string {
  return JSON.stringify([item.label, item.iconPath, item.contextValue, item.collapsibleState]);
}

function notesOf({ item }: Row): string {
  const { description, tooltip, accessibilityInformation } = item;
  return JSON.stringify([
    description,
    typeof tooltip === 'object' ? tooltip.value : tooltip,
    accessibilityInformation,
  ]);
}
