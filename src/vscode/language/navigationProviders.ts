import type * as vscode from 'vscode';
import type { Projects } from '../project.ts';
import { toRange } from '../ranges.ts';
import { definitionDocument, fromPosition, openTexts, toLocation } from './definitionDocument.ts';

export class DefinitionProvider implements vscode.DefinitionProvider {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.LocationLink[] {
    const found = definitionDocument(this.#projects, document);
    if (found === undefined) {
      return [];
    }
    const { project, file } = found;
    const { language } = project.sluice;
    const definition = language.definitionAt(file, document.getText(), fromPosition(position));
    return (definition?.targets ?? []).map((target) => {
      const { uri, range } = toLocation(project, target);
      return {
        originSelectionRange: toRange(definition?.origin ?? target.range),
        targetUri: uri,
        targetRange: range,
      };
    });
  }
}

export class ReferenceProvider implements vscode.ReferenceProvider {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  async provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.Location[]> {
    const found = definitionDocument(this.#projects, document);
    if (found === undefined) {
      return [];
    }
    const { project, file } = found;
    const given = new AbortController();
    const cancelling = token.onCancellationRequested(() => given.abort());
    try {
      const places = await project.sluice.language.referencesAt(
        file,
        fromPosition(position),
        openTexts(project),
        includeDeclaration,
        given.signal,
      );
      return places.map((place) => toLocation(project, place));
    } catch (thrown) {
      if (given.signal.aborted) {
        return [];
      }
      throw thrown;
    } finally {
      cancelling.dispose();
    }
  }
}
