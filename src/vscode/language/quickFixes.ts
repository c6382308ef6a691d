import * as vscode from 'vscode';
import type { DefinitionProblems } from '../definitionProblems.ts';
import { toRange } from '../ranges.ts';

/** The repairs that come with problems, as code actions. */
export class QuickFixes implements vscode.CodeActionProvider {
  readonly #problems: DefinitionProblems;

  constructor(problems: DefinitionProblems) {
    this.#problems = problems;
  }

  provideCodeActions(
    { uri }: vscode.TextDocument,
    range: vscode.Range,
    { only }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    if (only !== undefined && !only.contains(vscode.CodeActionKind.QuickFix)) {
      return [];
    }
    return this.#problems.at(uri, range).flatMap(({ shown, diagnostic: { fixes = [] } }) =>
      fixes.map(({ title, edits }) => {
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.edit = new vscode.WorkspaceEdit();
        for (const edit of edits) {
          action.edit.replace(uri, toRange(edit.range), edit.text);
        }
        action.diagnostics = [shown];
        action.isPreferred = fixes.length === 1;
        return action;
      }),
    );
  }
}
