import * as vscode from 'vscode';

/** Whether a tab shows the page, as text or rendered. */
export function isPageShown({ scheme, path }: vscode.Uri): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ label, input }) =>
      input instanceof vscode.TabInputText
        ? input.uri.scheme === scheme
        : label.includes(path.slice(1)),
    ),
  );
}
