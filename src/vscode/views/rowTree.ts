import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import type { Row } from '../contributions.ts';
import type { ViewId } from '../ids.ts';

/** A view whose rows are made anew from the truth each time; ids on the items keep selection and folding. */
export class RowTree implements vscode.TreeDataProvider<Row>, Disposable {
  readonly view: vscode.TreeView<Row>;
  readonly #roots: () => readonly Row[];
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(id: ViewId, roots: () => readonly Row[]) {
    this.#roots = roots;
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
  }

  refresh(): void {
    this.#changed.fire();
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return row.item;
  }

  getChildren(row?: Row): Row[] {
    return [...(row === undefined ? this.#roots() : row.children())];
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }
}
