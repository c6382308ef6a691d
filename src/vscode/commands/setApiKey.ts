import * as vscode from 'vscode';
import type { ProviderState } from '../../core/models/models.ts';
import type { Command } from '../contributions.ts';
import { tell } from '../messages.ts';
import type { WindowModels } from '../models/windowModels.ts';

type KeyedProvider = ProviderState & { readonly keyName: string };

/** Stores a provider's key in VS Code's secret storage, replaces it or removes it. No key is ever shown. */
export function setApiKey(models: WindowModels): Command {
  return {
    id: 'sluice.setApiKey',
    execute: async () => {
      const provider = await chooseProvider(models);
      if (provider === undefined) {
        return;
      }
      const deed = (await models.host.isStored(provider.keyName))
        ? await chooseDeed(provider)
        : 'store';
      if (deed === 'remove') {
        await models.host.store(provider.keyName, undefined);
        void tell('information', vscode.l10n.t('The key for {0} was removed.', provider.title));
      } else if (deed === 'store') {
        await askKey(models, provider);
      }
    },
  };
}

async function chooseProvider(models: WindowModels): Promise<KeyedProvider | undefined> {
  const providers = await (await models.get()).providers();
  const items = await Promise.all(
    providers
      .filter((one): one is KeyedProvider => one.keyName !== undefined)
      .map(async (provider) => ({
        label: provider.title,
        description: (await models.host.isStored(provider.keyName))
          ? vscode.l10n.t('a key is stored')
          : provider.hasKey
            ? vscode.l10n.t('a key is in {0}', provider.keyVariables.join(' or '))
            : vscode.l10n.t('no key'),
        detail: provider.baseURL,
        provider,
      })),
  );
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Whose key is it?'),
    matchOnDescription: true,
  });
  return picked?.provider;
}

async function chooseDeed({ title }: KeyedProvider): Promise<'store' | 'remove' | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: vscode.l10n.t('$(key) Replace the Key…'), deed: 'store' as const },
      { label: vscode.l10n.t('$(trash) Remove the Key'), deed: 'remove' as const },
    ],
    { placeHolder: vscode.l10n.t('A key for {0} is stored', title) },
  );
  return picked?.deed;
}

async function askKey(models: WindowModels, provider: KeyedProvider): Promise<void> {
  const { id, title, keyName } = provider;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('API key for {0}', title),
    prompt: vscode.l10n.t(
      'It is kept in the secret storage of VS Code, and goes to the provider alone.',
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const key = text.trim();
      return key === ''
        ? vscode.l10n.t('Paste the key.')
        : /\s/.test(key)
          ? vscode.l10n.t('A key has no spaces or line breaks in it.')
          : undefined;
    },
  });
  const key = typed?.trim();
  if (key === undefined) {
    return;
  }
  const check = await checkKey(models, id, title, key);
  if (check === undefined) {
    return;
  }
  if (check.kind !== 'accepted') {
    const anyway = vscode.l10n.t('Store It Anyway');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('The key for {0} was not stored. {1}', title, check.why),
      anyway,
    );
    if (chosen !== anyway) {
      return;
    }
  }
  await models.host.store(keyName, key);
  void tell('information', vscode.l10n.t('The key for {0} is stored.', title));
}

/** `undefined`: the person does not want to wait for it. */
async function checkKey(models: WindowModels, id: string, title: string, key: string) {
  const ending = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Asking {0} whether it takes the key', title),
    cancellable: true,
  };
  return await vscode.window.withProgress(options, async (_progress, token) => {
    const stopping = token.onCancellationRequested(() => ending.abort(new Error('It was stopped')));
    try {
      return await (await models.get()).checkKey(id, ending.signal, key);
    } catch (thrown) {
      if (ending.signal.aborted) {
        return undefined;
      }
      throw thrown;
    } finally {
      stopping.dispose();
    }
  });
}
