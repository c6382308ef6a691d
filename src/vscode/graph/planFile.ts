import path from 'node:path';
import * as vscode from 'vscode';
import { changePlan, planOf, type PlanTextEdit } from '../../core/planEditing.ts';
import type { PlanEdit, PlanPicture } from '../../core/projections/planPicture.ts';
import type { Project } from '../project.ts';

/** A change that was made last, which can be taken back while the file says what it said then. */
interface Done {
  readonly number: number;
  readonly text: string;
  readonly back: readonly PlanTextEdit[];
}

/**
 * The file of a plan that a page shows and changes. Changes go through the editor's document: what is not saved there
 * is respected, Undo knows them, and whoever else has the file open sees them. A document that was saved before is
 * saved again; one that was not waits for the person.
 */
export class PlanFile {
  /** As the page shows it. */
  readonly #find: () => { readonly project: Project; readonly name: string } | undefined;
  /** One after another: each change is made of the text that the one before has left. */
  #queue: Promise<unknown> = Promise.resolve();
  #done: Done | undefined;
  /** Relative to the folder; a file that is broken does not say its name any more. */
  #file: string | undefined;

  /** @param find the plan's folder, and its name as a workflow */
  constructor(find: () => { readonly project: Project; readonly name: string } | undefined) {
    this.#find = find;
  }

  /** `undefined`: what the page shows is no todo list, or its file is gone. */
  async read(): Promise<PlanPicture | undefined> {
    const found = this.#entry();
    if (found === undefined) {
      return undefined;
    }
    const { project, file } = found;
    const document = await openDocument(project, file);
    if (document === undefined) {
      return undefined;
    }
    const { definitions, language } = project.sluice;
    const text = document.getText();
    const isUnsaved = document.isDirty;
    const diagnostics = (await language.judgeText(file, text)) ?? [];
    return planOf({ file, text, isUnsaved, diagnostics }, definitions.agents);
  }

  /** True for a document of this file. */
  is(document: vscode.TextDocument): boolean {
    const found = this.#file === undefined ? undefined : this.#find();
    return (
      found !== undefined &&
      this.#file !== undefined &&
      document.uri.toString() === uriOf(found.project, this.#file).toString()
    );
  }

  /** @returns why it was not done, as a sentence; `undefined`: it was */
  change(number: number, edit: PlanEdit): Promise<string | undefined> {
    return this.#inTurn(async (document, format) => {
      const change = changePlan(document.getText(), format, edit);
      if (!change.ok) {
        return change.error;
      }
      const { edits, text, back } = change.value;
      const refused = await apply(document, edits);
      this.#done = refused === undefined ? { number, text, back } : undefined;
      return refused;
    });
  }

  /** Takes a change back, where it was the last. */
  undo(number: number): Promise<string | undefined> {
    return this.#inTurn(async (document) => {
      const done = this.#done;
      if (done?.number !== number || document.getText() !== done.text) {
        return vscode.l10n.t('The file has changed since. Undo the change in its editor.');
      }
      this.#done = undefined;
      return await apply(document, done.back);
    });
  }

  async open(): Promise<void> {
    const found = this.#entry();
    const document = found && (await openDocument(found.project, found.file));
    if (document !== undefined) {
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    }
  }

  #inTurn(
    act: (document: vscode.TextDocument, format: 'yaml' | 'json') => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const turn = this.#queue.then(async () => {
      const found = this.#entry();
      const document = found && (await openDocument(found.project, found.file));
      return found === undefined || document === undefined
        ? vscode.l10n.t('The file of this plan is gone.')
        : await act(document, found.file.endsWith('.json') ? 'json' : 'yaml');
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #entry(): { readonly project: Project; readonly file: string } | undefined {
    const found = this.#find();
    const { workflows } = found?.project.sluice.definitions ?? { workflows: [] };
    const entry =
      workflows.find(({ name, format }) => name === found?.name && format === 'todo') ??
      workflows.find(({ file }) => file === this.#file);
    this.#file = entry?.file ?? this.#file;
    return found === undefined || this.#file === undefined
      ? undefined
      : { project: found.project, file: this.#file };
  }
}

function uriOf(project: Project, file: string): vscode.Uri {
  return vscode.Uri.file(path.resolve(project.folder.uri.fsPath, file));
}

async function openDocument(
  project: Project,
  file: string,
): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uriOf(project, file));
  } catch {
    // It is gone, or no text: what there is to say about it stands beside it already.
    return undefined;
  }
}

async function apply(
  document: vscode.TextDocument,
  edits: readonly PlanTextEdit[],
): Promise<string | undefined> {
  if (edits.length === 0) {
    return undefined;
  }
  const wasSaved = !document.isDirty;
  const change = new vscode.WorkspaceEdit();
  for (const { start, end, text } of edits) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    change.replace(document.uri, range, text);
  }
  if (!(await vscode.workspace.applyEdit(change))) {
    return vscode.l10n.t('The file could not be changed: is it read-only?');
  }
  return wasSaved && !(await document.save())
    ? vscode.l10n.t('The change stands in the editor, but the file could not be saved.')
    : undefined;
}
