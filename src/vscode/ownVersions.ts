import * as vscode from 'vscode';
import { digestOf } from '../core/base/digest.ts';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { oneLine, thrownMessage } from '../core/base/text.ts';
import type { FileVersion } from '../core/domain/event.ts';
import { conflictsIn, type ConflictChoicePlace } from './conflicts.ts';
import { markedText, takesOwnVersion } from './conflictText.ts';
import { OWN_VERSIONS } from './ids.ts';
import type { Projects } from './project.ts';

/**
 * Files in which people write what they want for a path that could not be merged. They are files of the extension's own
 * and not of the folder: saving one writes nothing into the checkout, and VS Code's own help with conflicts works in
 * them. Which conflict a file is for is in its address, and is known after a reload.
 */
export class OwnVersions implements vscode.CodeLensProvider, Disposable {
  readonly #projects: Projects;
  readonly #root: vscode.Uri;
  readonly #disposables = new Disposables();

  /** @param storage a folder of the extension's own */
  constructor(projects: Projects, storage: vscode.Uri) {
    this.#projects = projects;
    this.#root = vscode.Uri.joinPath(storage, OWN_VERSIONS);
    this.#disposables.add(
      vscode.languages.registerCodeLensProvider(
        { scheme: 'file', pattern: `**/${OWN_VERSIONS}/**` },
        this,
      ),
    );
  }

  /** Opens the file of a conflict; one that was begun is as it was left. The error continues "…: ". */
  async open(place: ConflictChoicePlace): Promise<Result<void, string>> {
    const uri = this.#uriOf(place);
    try {
      if (!takesOwnVersion(place.conflict)) {
        return err('one of its versions is no text. Take ours or theirs');
      }
      if (!(await exists(uri))) {
        const text = await textOf(place);
        if (text === undefined) {
          return err('one of its versions is no text. Take ours or theirs');
        }
        await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      }
      await vscode.window.showTextDocument(uri, { preview: false });
      return ok(undefined);
    } catch (thrown) {
      return err(oneLine(thrownMessage(thrown)));
    }
  }

  /** The conflict a file is for; `undefined`: it is none of ours, or its conflict is settled. */
  placeOf(uri: vscode.Uri): ConflictChoicePlace | undefined {
    if (!this.#isOwn(uri)) {
      return undefined;
    }
    return this.#projects
      .all()
      .flatMap(conflictsIn)
      .find((place) => this.#uriOf(place).fsPath === uri.fsPath);
  }

  /** After its text was taken: closes its editor and removes it. */
  async close(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    if (document.isDirty) {
      await document.save();
    }
    const tabs = vscode.window.tabGroups.all.flatMap((group) =>
      group.tabs.filter(
        ({ input }) =>
          input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
      ),
    );
    await vscode.window.tabGroups.close(tabs);
    await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const place = this.placeOf(document.uri);
    const top = new vscode.Range(0, 0, 0, 0);
    return place === undefined
      ? []
      : [
          new vscode.CodeLens(top, {
            command: 'sluice.useOwnVersion',
            title: `Use This Version of ${place.conflict.path} in the Merge of ${place.run}`,
          }),
        ];
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #isOwn(uri: vscode.Uri): boolean {
    return uri.scheme === 'file' && uri.path.includes(`/${OWN_VERSIONS}/`);
  }

  /** Which versions are in conflict is part of it: another merge begins another file. */
  #uriOf({ project, run, task, conflict }: ConflictChoicePlace): vscode.Uri {
    const { path, ours, theirs } = conflict;
    const folder = project.folder.uri.toString();
    const key = digestOf(JSON.stringify([folder, run, task, path, ours?.digest, theirs?.digest]));
    // The name keeps its language; a whole path might be too long for a disk.
    const name = path.slice(path.lastIndexOf('/') + 1);
    return vscode.Uri.joinPath(this.#root, key.slice(0, 16), name);
  }
}

async function textOf({
  project,
  task,
  conflict,
}: ConflictChoicePlace): Promise<string | undefined> {
  const bytes = async (version: FileVersion | undefined) =>
    version === undefined ? undefined : await project.sluice.results.bytes(version);
  const [ours, theirs] = await Promise.all([bytes(conflict.ours), bytes(conflict.theirs)]);
  return markedText(
    { name: 'ours: merged before', bytes: ours },
    { name: `theirs: ${task}`, bytes: theirs },
  );
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
