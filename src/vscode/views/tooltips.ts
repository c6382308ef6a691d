import type * as vscode from 'vscode';
import { plainTooltip } from './folders.ts';

const lines = new WeakMap<vscode.TreeItem, () => readonly (string | undefined)[]>();

/** Has the item's tooltip made when somebody points at it. */
export function tooltipLater(
  item: vscode.TreeItem,
  tell: () => readonly (string | undefined)[],
): void {
  lines.set(item, tell);
}

/** `undefined`: it has none, or had it from the start. */
export function tooltipOf(item: vscode.TreeItem): vscode.MarkdownString | undefined {
  const tell = lines.get(item);
  return tell && plainTooltip(tell());
}
