import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Diagnostic } from '../core/domain/diagnostic.ts';
import type { Disposable } from '../core/base/disposables.ts';
import type { Project, Projects } from './project.ts';
import { toRange } from './ranges.ts';

/** Problems of agent and workflow files in the Problems view and at their place in the editor. */
export class DefinitionProblems implements Disposable {
  readonly #projects: Projects;
  readonly #collection = vscode.languages.createDiagnosticCollection('sluice');

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  refresh(): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const project of this.#projects.all()) {
      for (const diagnostic of project.sluice.definitions.diagnostics) {
        const file = uriOf(project, diagnostic.file).toString();
        byFile.set(file, [...(byFile.get(file) ?? []), toDiagnostic(project, diagnostic)]);
      }
    }
    this.#collection.clear();
    for (const [file, diagnostics] of byFile) {
      this.#collection.set(vscode.Uri.parse(file), diagnostics);
    }
  }

  dispose(): void {
    this.#collection.dispose();
  }
}

function toDiagnostic(project: Project, diagnostic: Diagnostic): vscode.Diagnostic {
  const shown = new vscode.Diagnostic(
    toRange(diagnostic.range),
    diagnostic.message,
    diagnostic.severity === 'error'
      ? vscode.DiagnosticSeverity.Error
      : vscode.DiagnosticSeverity.Warning,
  );
  shown.source = 'Sluice';
  shown.code = diagnostic.code;
  shown.relatedInformation = diagnostic.related.map(
    (related) =>
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(uriOf(project, related.file), toRange(related.range)),
        related.message,
      ),
  );
  return shown;
}

function uriOf(project: Project, file: string): vscode.Uri {
  return vscode.Uri.file(path.resolve(project.folder.uri.fsPath, file));
}
