import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Location, Position } from '../../core/domain/diagnostic.ts';
import type { Project, Projects } from '../project.ts';
import { toRange } from '../ranges.ts';

/** Documents on the disk that define workflows or agents, whatever language VS Code takes them for. */
export const DEFINITION_DOCUMENTS: readonly vscode.DocumentFilter[] = [
  '**/.sluice/workflows/*.{yaml,yml,json}',
  '**/.sluice/agents/*.{yaml,yml,json,md}',
  '**/.sluice/agents.yaml',
  '**/.github/agents/*.md',
  '**/.claude/agents/**/*.md',
].map((pattern) => ({ scheme: 'file', pattern }));

/** A document of a folder that is open: none of folders nobody has trusted is. */
export interface DefinitionDocument {
  readonly project: Project;
  /** Relative to the project's folder, with `/`. */
  readonly file: string;
}

export function definitionDocument(
  projects: Projects,
  { uri }: vscode.TextDocument,
): DefinitionDocument | undefined {
  const folder = uri.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  const project = folder && projects.byUri(folder.uri.toString());
  return project && { project, file: fileIn(project, uri) };
}

function fileIn(project: Project, uri: vscode.Uri): string {
  return path.relative(project.folder.uri.fsPath, uri.fsPath).split(path.sep).join('/');
}

/** Texts of a project's open documents, by file: they go before what is on the disk. */
export function openTexts(project: Project): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const document of vscode.workspace.textDocuments) {
    if (document.uri.scheme === 'file') {
      texts.set(fileIn(project, document.uri), document.getText());
    }
  }
  return texts;
}

/** Ours count lines and columns from 1, VS Code's from 0. */
export function fromPosition({ line, character }: vscode.Position): Position {
  return { line: line + 1, column: character + 1 };
}

export function toLocation(project: Project, { file, range }: Location): vscode.Location {
  return new vscode.Location(uriOf(project, file), toRange(range));
}

/** @param file relative to the project's folder, or absolute */
export function uriOf(project: Project, file: string): vscode.Uri {
  return vscode.Uri.file(path.resolve(project.folder.uri.fsPath, file));
}
