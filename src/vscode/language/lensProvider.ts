import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import type { Definitions } from '../../core/definitions/project.ts';
import type { Lens } from '../../core/language/lenses.ts';
import type { CommandId } from '../ids.ts';
import type { Projects } from '../project.ts';
import { toRange } from '../ranges.ts';
import { definitionDocument } from './definitionDocument.ts';

const COMMANDS: Readonly<Record<Lens['does'], CommandId>> = {
  'run-workflow': 'sluice.runWorkflow',
  'show-graph': 'sluice.showGraph',
  'pre-flight': 'sluice.preflight',
  'run-agent': 'sluice.runAgent',
};

/** What can be done with a definition, above it. A definition that is only in the editor has nothing yet. */
export class LensProvider implements vscode.CodeLensProvider, Disposable {
  readonly #projects: Projects;
  readonly #disposables = new Disposables();
  #offered: readonly Definitions[] = [];
  readonly #changed = new vscode.EventEmitter<void>();

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#disposables.add(this.#changed);
  }

  get onDidChangeCodeLenses(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** Definitions may have come or gone. */
  refresh(): void {
    const now = this.#projects.all().map(({ sluice }) => sluice.definitions);
    const isSame = now.every((one, index) => one === this.#offered[index]);
    if (!isSame || now.length !== this.#offered.length) {
      this.#offered = now;
      this.#changed.fire();
    }
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const found = definitionDocument(this.#projects, document);
    if (found === undefined) {
      return [];
    }
    const { project, file } = found;
    const folder = project.folder.uri.toString();
    return project.sluice.language
      .lensesOf(file, document.getText())
      .map(({ range, title, does, name }) => {
        const target = { folder, [does === 'run-agent' ? 'agent' : 'workflow']: name };
        return new vscode.CodeLens(toRange(range), {
          title,
          command: COMMANDS[does],
          arguments: [target],
        });
      });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
