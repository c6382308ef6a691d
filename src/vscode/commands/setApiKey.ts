import * as vscode from 'vscode';
import type { ProviderState } from '../../core/models/models.ts';
import type { Command } from '../contributions.ts';
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
        void vscode.window.showInformationMessage(`The key for ${provider.title} was removed.`);
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
          ? 'a key is stored'
          : provider.hasKey
            ? `a key is in ${provider.keyVariables.join(' or ')}`
            : 'no key',
        detail: provider.baseURL,
        provider,
      })),
  );
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: 'Whose key is it?',
    matchOnDescription: true,
  });
  return picked?.provider;
}

async function chooseDeed({ title }: KeyedProvider): Promise<'store' | 'remove' | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: '$(key) Replace the Key…', deed: 'store' as const },
      { label: '$(trash) Remove the Key', deed: 'remove' as const },
    ],
    { placeHolder: `A key for ${title} is stored` },
  );
  return picked?.deed;
}

async function askKey(models: WindowModels, provider: KeyedProvider): Promise<void> {
  const { id, title, keyName } = provider;
  const typed = await vscode.window.showInputBox({
    title: `API key for ${title}`,
    prompt: 'It is kept in the secret storage of VS Code, and goes to the provider alone.',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const key = text.trim();
      return key === ''
        ? 'Paste the key.'
        : /\s/.test(key)
          ? 'A key has no spaces or line breaks in it.'
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
    const anyway = 'Store It Anyway';
    const chosen = await vscode.window.showWarningMessage(
      `The key for ${title} was not stored. ${check.why}`,
      anyway,
    );
    if (chosen !== anyway) {
      return;
    }
  }
  await models.host.store(keyName, key);
  void vscode.window.showInformationMessage(`The key for ${title} is stored.`);
}

/** `undefined`: the person does not want to wait for it. */
async function checkKey(models: WindowModels, id: string, title: string, key: string) {
  const ending = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Asking ${title} whether it takes the key`,
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
