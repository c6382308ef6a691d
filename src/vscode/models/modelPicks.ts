import * as vscode from 'vscode';
import type { CatalogueGroup } from '../../core/models/catalogue.ts';
import { modelDescription } from './modelWords.ts';
import type { WindowModels } from './windowModels.ts';

interface ModelItem extends vscode.QuickPickItem {
  /** As a workflow names it; `undefined`: the person writes one. */
  readonly model?: string | undefined;
}

/** Lets people choose models from all that can be used now, by provider. */
export class ModelPicks {
  readonly #models: WindowModels;

  constructor(models: WindowModels) {
    this.#models = models;
  }

  /** The model's name as workflows write it; `undefined`: the person backs out. @param present the one so far */
  async pick(placeHolder: string, present?: string): Promise<string | undefined> {
    const looking = new AbortController();
    try {
      const picked = await vscode.window.showQuickPick(this.#items(present, looking.signal), {
        placeHolder,
        matchOnDescription: true,
        matchOnDetail: true,
        ignoreFocusOut: true,
      });
      return picked === undefined ? undefined : (picked.model ?? (await typeModel(present)));
    } finally {
      looking.abort(new Error('Nobody looks any more'));
    }
  }

  async #items(present: string | undefined, signal: AbortSignal): Promise<ModelItem[]> {
    const models = await this.#models.get();
    const groups = await models.catalogue(signal);
    return [
      ...groups.flatMap((group) => groupItems(group, present)),
      { label: vscode.l10n.t('Another'), kind: vscode.QuickPickItemKind.Separator },
      {
        label: vscode.l10n.t('$(edit) Write a Name…'),
        detail: vscode.l10n.t('As a workflow names it: provider/model'),
      },
    ];
  }
}

function groupItems(group: CatalogueGroup, present: string | undefined): ModelItem[] {
  const { title, models, problem } = group;
  return [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...models.map((model) => ({
      label: model.title,
      description: [model.name === present ? vscode.l10n.t('now') : '', modelDescription(model)]
        .filter((text) => text !== '')
        .join(' · '),
      detail: model.name,
      model: model.name,
    })),
    ...(problem === undefined ? [] : [{ label: `$(warning) ${problem}` }]),
  ];
}

export async function typeModel(present: string | undefined): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('The model, by its name'),
    prompt: vscode.l10n.t('As a workflow names it: provider/model.'),
    ...(present === undefined ? {} : { value: present }),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Name a model.') : undefined),
  });
  return typed?.trim();
}
