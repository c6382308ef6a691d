import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import type { DefinitionProblems } from '../definitionProblems.ts';
import type { Projects } from '../project.ts';
import { COMPLETION_TRIGGERS, CompletionProvider } from './completionProvider.ts';
import { DEFINITION_DOCUMENTS } from './definitionDocument.ts';
import { HoverProvider } from './hoverProvider.ts';
import { LensProvider } from './lensProvider.ts';
import { DefinitionProvider, ReferenceProvider } from './navigationProviders.ts';
import { QuickFixes } from './quickFixes.ts';

/** Help with definition files while somebody types in them; all of it is asked of `Sluice.language`. */
export class LanguageFeatures implements Disposable {
  readonly #disposables = new Disposables();
  readonly #lenses: LensProvider;

  constructor(projects: Projects, problems: DefinitionProblems) {
    const { languages } = vscode;
    const documents = DEFINITION_DOCUMENTS;
    this.#lenses = this.#disposables.add(new LensProvider(projects));
    for (const registration of [
      languages.registerCompletionItemProvider(
        documents,
        new CompletionProvider(projects),
        ...COMPLETION_TRIGGERS,
      ),
      languages.registerHoverProvider(documents, new HoverProvider(projects)),
      languages.registerDefinitionProvider(documents, new DefinitionProvider(projects)),
      languages.registerReferenceProvider(documents, new ReferenceProvider(projects)),
      languages.registerCodeLensProvider(documents, this.#lenses),
      languages.registerCodeActionsProvider(documents, new QuickFixes(problems), {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ]) {
      this.#disposables.add(registration);
    }
  }

  refresh(): void {
    this.#lenses.refresh();
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
