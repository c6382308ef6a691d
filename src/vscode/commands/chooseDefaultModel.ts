import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import { tell } from '../messages.ts';
import type { ModelPicks } from '../models/modelPicks.ts';
import { readSetting } from '../readSetting.ts';

/** The model of agents that name none. Kept in the user's settings. */
export function chooseDefaultModel(models: ModelPicks): Command {
  return {
    id: 'sluice.chooseDefaultModel',
    execute: async () => {
      const [present] = readSetting('models.default');
      const model = await models.pick(vscode.l10n.t('The model of agents that name none'), present);
      if (model === undefined) {
        return;
      }
      await vscode.workspace
        .getConfiguration('sluice')
        .update('models.default', [model], vscode.ConfigurationTarget.Global);
      void tell('information', vscode.l10n.t('Agents that name no model now use {0}.', model));
    },
  };
}
