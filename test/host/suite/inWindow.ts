import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../src/vscode/ids.ts';
import { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';

// What the suites ask of the window they run in.

/** Milliseconds for the file system to tell the window and the window to show it, on a busy machine. */
export const NOTICED = { timeout: 10_000, every: 20 };
/** Milliseconds for a run of quick agents. */
export const RUN = { timeout: 25_000, every: 20 };

export function sluice(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('sluice.sluice');
  assert.ok(extension, 'VS Code does not list sluice.sluice');
  return extension;
}

/** A folder of the window, in the order it shows them. */
export function windowFolder(index = 0, store?: () => string): TestFolder {
  const folder = vscode.workspace.workspaceFolders?.[index];
  assert.ok(folder, `the window has no folder ${index}`);
  return new TestFolder(folder.uri.fsPath, store);
}

/** What is reported in a file, in the order of its places; `related` says what is told beside it, and where. */
export interface Reported {
  readonly code: string;
  readonly message: string;
  /** The text that is underlined. */
  readonly at: string;
  /** From 1. */
  readonly line: number;
  readonly related: readonly string[];
}

export function reportedIn(file: string): Reported[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(file))
    .filter(({ source }) => source === 'Sluice')
    .sort((a, b) => a.range.start.compareTo(b.range.start))
    .map(({ code, message, range, relatedInformation }) => ({
      code: `${typeof code === 'object' ? code.value : (code ?? '')}`,
      message,
      at: textAt(file, range),
      line: range.start.line + 1,
      related: (relatedInformation ?? []).map(({ location, message }) => {
        const { fsPath } = location.uri;
        return `${path.basename(fsPath)}: ${textAt(fsPath, location.range)}: ${message}`;
      }),
    }));
}

/** On the disk: documents of the window follow it later. */
function textAt(file: string, { start, end }: vscode.Range): string {
  assert.equal(start.line, end.line);
  const line = fs.readFileSync(file, 'utf8').split('\n')[start.line];
  return line?.slice(start.character, end.character) ?? '';
}

/** Every file with problems that Sluice reports. */
export function filesWithProblems(): string[] {
  return vscode.languages
    .getDiagnostics()
    .filter(([, diagnostics]) => diagnostics.some(({ source }) => source === 'Sluice'))
    .map(([uri]) => uri.fsPath);
}

/** Runs a command and takes the first item of its pick, or what its input box proposes, until it ends. */
export async function takeFirst(command: CommandId): Promise<void> {
  let ended = false;
  const running = Promise.resolve(vscode.commands.executeCommand(command)).finally(() => {
    ended = true;
  });
  await until(`${command} to end`, async () => {
    if (!ended) {
      // Does nothing while no pick is open.
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    return ended;
  });
  await running;
}

/**
 * Starts a run by a command, each pick taking its first item, and gives its name. A page that was opened
 * before may take the focus late and close the pick: then it is asked for again.
 */
export async function startFirst(command: CommandId, folder: TestFolder): Promise<string> {
  const before = folder.runs().length;
  return await until(
    `a run by ${command}`,
    async () => {
      await takeFirst(command);
      return folder.runs()[before];
    },
    RUN,
  );
}

/** What a command asked and told while it ran. */
export interface Talk {
  /** What input boxes proposed. */
  readonly proposed: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Runs a command as the graph's context menu does. Nobody can type into the window from in here: what is
 * typed is given to its input boxes, as far as they accept it.
 */
export async function askOnCard(
  command: CommandId,
  folder: TestFolder,
  on: { readonly run: string; readonly task?: string },
  typed?: string,
): Promise<Talk> {
  const { showInputBox, showWarningMessage } = Object.getOwnPropertyDescriptors(vscode.window);
  const proposed: string[] = [];
  const warnings: string[] = [];
  Object.assign(vscode.window, {
    showInputBox: async (box: vscode.InputBoxOptions) => {
      proposed.push(box.value ?? '');
      const refusal = await box.validateInput?.(typed ?? '');
      assert.equal(refusal ?? undefined, undefined);
      return typed;
    },
    showWarningMessage: (message: string) => {
      warnings.push(message);
      return Promise.resolve(undefined);
    },
  });
  try {
    const context = { folder: vscode.Uri.file(folder.path).toString(), ...on };
    await vscode.commands.executeCommand(command, context);
  } finally {
    Object.defineProperties(vscode.window, { showInputBox, showWarningMessage });
  }
  return { proposed, warnings };
}

/** What `sluice-output:` shows of a task; it is kept up to date while it is seen. */
export async function outputOf(folder: TestFolder, run: string, task: string): Promise<string> {
  const uri = vscode.Uri.from({
    scheme: 'sluice-output',
    path: `/${run}/${task}.log`,
    query: vscode.Uri.file(folder.path).toString(),
  });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preserveFocus: true });
  return document.getText();
}
