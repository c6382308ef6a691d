import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { redactor } from '../../core/base/redact.ts';
import { plainText } from '../../core/base/text.ts';
import type { RunId, TaskId } from '../../core/domain/ids.ts';

const COMMAND = 'sluice-command';

const hideSecrets = redactor(() => []);

/**
 * What commands printed that a person ran in workspace copies, as read-only documents. The journal knows
 * the commands, not their output: that is here for as long as its document is open.
 */
export class CommandPages implements vscode.TextDocumentContentProvider, Disposable {
  readonly #pages = new Map<string, string>();
  readonly #registrations: vscode.Disposable;
  #shown = 0;

  constructor() {
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(COMMAND, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#pages.delete(uri.toString())),
    );
  }

  /** @param text the command and what it printed */
  async show(run: RunId, task: TaskId, text: string, exitCode: number | undefined): Promise<void> {
    this.#shown += 1;
    const uri = vscode.Uri.from({
      scheme: COMMAND,
      path: `/${run}/${this.#shown}/${task} command.log`,
    });
    const end = exitCode === undefined ? 'No exit code' : `Exit code ${exitCode}`;
    this.#pages.set(uri.toString(), `${hideSecrets(plainText(text)).trimEnd()}\n\n${end}\n`);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#pages.get(uri.toString()) ?? 'What this command printed is not kept.\n';
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#pages.clear();
  }
}
