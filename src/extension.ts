import type * as vscode from 'vscode';
import { Extension } from './vscode/extension.ts';

let extension: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  extension = new Extension(context);
  await extension.start();
}

/** VS Code waits for this for a few seconds: runs are let go, so that the next window takes them over at once. */
export async function deactivate(): Promise<void> {
  await extension?.close();
  extension = undefined;
}
