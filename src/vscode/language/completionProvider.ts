import * as vscode from 'vscode';
import type { Completion } from '../../core/language/completion.ts';
import type { Projects } from '../project.ts';
import { toRange } from '../ranges.ts';
import { definitionDocument, fromPosition } from './definitionDocument.ts';

/** Behind these VS Code asks without waiting for a letter. */
export const COMPLETION_TRIGGERS = [' ', '.', '{', '[', ',', '"', "'"] as const;

export class CompletionProvider implements vscode.CompletionItemProvider {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.CompletionItem[] {
    const found = definitionDocument(this.#projects, document);
    if (found === undefined) {
      return [];
    }
    const { language } = found.project.sluice;
    return language
      .completionsAt(found.file, document.getText(), fromPosition(position))
      .map(toItem);
  }
}

const KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  field: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  agent: vscode.CompletionItemKind.User,
  step: vscode.CompletionItemKind.Reference,
  workflow: vscode.CompletionItemKind.Module,
  file: vscode.CompletionItemKind.File,
  input: vscode.CompletionItemKind.Variable,
  model: vscode.CompletionItemKind.Value,
  name: vscode.CompletionItemKind.Field,
  function: vscode.CompletionItemKind.Function,
};

function toItem(completion: Completion): vscode.CompletionItem {
  const item = new vscode.CompletionItem(
    { label: completion.label, description: completion.detail },
    KINDS[completion.kind],
  );
  // What others wrote into their files is shown as it is, never as Markdown.
  item.documentation = completion.documentation;
  item.filterText = completion.filterText;
  item.insertText = completion.insertText;
  item.range = toRange(completion.range);
  item.sortText = completion.sortText;
  if (completion.goesOn) {
    item.command = { command: 'editor.action.triggerSuggest', title: 'Go On' };
  }
  return item;
}
