import * as vscode from 'vscode';
import type { Diagnostic } from '../core/domain/diagnostic.ts';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import { toLocation, uriOf } from './language/definitionDocument.ts';
import { UnsavedProblems } from './language/unsavedProblems.ts';
import type { Project, Projects } from './project.ts';
import { toRange } from './ranges.ts';

/** A problem as it is and as VS Code shows it. */
export interface ShownProblem {
  readonly diagnostic: Diagnostic;
  readonly shown: vscode.Diagnostic;
}

/**
 * Problems of agent and workflow files in the Problems view and at their place in the editor. Of a file
 * that is changed in the editor those of its text there are shown, of any other those of the disk.
 */
export class DefinitionProblems implements Disposable {
  readonly #projects: Projects;
  readonly #disposables = new Disposables();
  readonly #collection: vscode.DiagnosticCollection;
  readonly #unsaved: UnsavedProblems;
  #shown: ReadonlyMap<string, readonly ShownProblem[]> = new Map();

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#collection = this.#disposables.add(vscode.languages.createDiagnosticCollection('sluice'));
    this.#unsaved = this.#disposables.add(new UnsavedProblems(projects, () => this.#show()));
  }

  refresh(): void {
    if (this.#unsaved.refresh()) {
      this.#show();
    }
  }

  /** What is shown in a part of a file. */
  at(uri: vscode.Uri, range: vscode.Range): readonly ShownProblem[] {
    const problems = this.#shown.get(uri.toString()) ?? [];
    return problems.filter(({ shown }) => shown.range.intersection(range) !== undefined);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #show(): void {
    const byFile = new Map<string, ShownProblem[]>();
    const add = (uri: vscode.Uri, project: Project, diagnostic: Diagnostic) => {
      const problem = { diagnostic, shown: toDiagnostic(project, diagnostic) };
      byFile.set(uri.toString(), [...(byFile.get(uri.toString()) ?? []), problem]);
    };
    for (const project of this.#projects.all()) {
      for (const diagnostic of project.sluice.definitions.diagnostics) {
        const uri = uriOf(project, diagnostic.file);
        if (!this.#unsaved.has(uri)) {
          add(uri, project, diagnostic);
        }
      }
    }
    for (const { uri, project, diagnostics } of this.#unsaved.all()) {
      diagnostics.forEach((diagnostic) => add(uri, project, diagnostic));
    }
    this.#shown = byFile;
    this.#collection.clear();
    this.#collection.set(
      [...byFile].map(([file, problems]) => [
        vscode.Uri.parse(file),
        problems.map(({ shown }) => shown),
      ]),
    );
  }
}

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

function toDiagnostic(project: Project, diagnostic: Diagnostic): vscode.Diagnostic {
  const shown = new vscode.Diagnostic(
    toRange(diagnostic.range),
    diagnostic.message,
    SEVERITIES[diagnostic.severity],
  );
  shown.source = 'Sluice';
  shown.code = diagnostic.code;
  shown.relatedInformation = diagnostic.related.map(
    (related) =>
      new vscode.DiagnosticRelatedInformation(toLocation(project, related), related.message),
  );
  return shown;
}
