import * as vscode from 'vscode';
import type { Projects } from '../project.ts';
import { toRange } from '../ranges.ts';
import { definitionDocument, fromPosition } from './definitionDocument.ts';

export class HoverProvider implements vscode.HoverProvider {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const found = definitionDocument(this.#projects, document);
    const hover = found?.project.sluice.language.hoverAt(
      found.file,
      document.getText(),
      fromPosition(position),
    );
    if (hover === undefined) {
      return undefined;
    }
    // What others wrote into their files is shown as it is, never as Markdown.
    const text = new vscode.MarkdownString('**').appendText(hover.title).appendMarkdown('**');
    if (hover.text !== '') {
      text.appendMarkdown('\n\n').appendText(hover.text);
    }
    return new vscode.Hover(text, toRange(hover.range));
  }
}
