import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import type { Row } from '../contributions.ts';
import type { ViewId } from '../ids.ts';

/**
 * A view whose rows are made anew from the truth each time; ids on the items keep selection and folding.
 *
 * R1  VS Code is told of what differs, and of nothing else. While it asks for rows anew it does not know
 *     those it has, and whoever opens a menu or presses a button then has it go to no row.
 * R2  So a row is the same object for as long as a row with its id is there.
 */
export class RowTree implements vscode.TreeDataProvider<Row>, Disposable {
  readonly view: vscode.TreeView<Row>;
  readonly #roots: () => readonly Row[];
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** The rows VS Code was given below each; below `undefined`, the roots. */
  readonly #given = new Map<Row | undefined, readonly Row[]>();

  /** @param folds its rows have rows below them */
  constructor(id: ViewId, folds: boolean, roots: () => readonly Row[]) {
    this.#roots = roots;
    this.view = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      showCollapseAll: folds,
    });
  }

  refresh(): void {
    const before = this.#given.get(undefined);
    const roots = before === undefined ? [] : this.#roots();
    if (before === undefined || !haveSameIds(before, roots)) {
      this.#changed.fire(undefined);
      return;
    }
    const changed = this.#updated(before, roots);
    if (changed.length > 0) {
      this.#changed.fire(changed);
    }
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return row.item;
  }

  getChildren(parent?: Row): Row[] {
    const before = this.#given.get(parent) ?? [];
    const known = new Map(before.map((row) => [row.item.id, row]));
    const rows = (parent === undefined ? this.#roots() : parent.children()).map((row) => {
      const old = known.get(row.item.id);
      known.delete(row.item.id);
      old?.become(row);
      return old ?? row;
    });
    for (const gone of known.values()) {
      this.#forget(gone);
    }
    this.#given.set(parent, rows);
    return [...rows];
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }

  /** The rows that look different now or have other rows below them; VS Code asks anew for what is below these. */
  #updated(before: readonly Row[], rows: readonly Row[]): Row[] {
    return before.flatMap((old, place) => {
      const row = rows[place];
      if (row === undefined) {
        return [];
      }
      const looksSame = lookOf(old.item) === lookOf(row.item);
      old.become(row);
      const below = this.#given.get(old);
      if (!looksSame || below === undefined) {
        return looksSame ? [] : [old];
      }
      const children = old.children();
      return haveSameIds(below, children) ? this.#updated(below, children) : [old];
    });
  }

  #forget(row: Row): void {
    for (const child of this.#given.get(row) ?? []) {
      this.#forget(child);
    }
    this.#given.delete(row);
  }
}

function haveSameIds(some: readonly Row[], others: readonly Row[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ item }, place) => item.id === others[place]?.item.id)
  );
}

/** All of an item that shows. */
function lookOf(item: vscode.TreeItem): string {
  const { label, description, tooltip, iconPath, contextValue, accessibilityInformation } = item;
  return JSON.stringify([
    label,
    description,
    typeof tooltip === 'object' ? tooltip.value : tooltip,
    iconPath,
    contextValue,
    accessibilityInformation,
    item.collapsibleState,
  ]);
}
