import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import type { ModelHost, ModelSettings } from '../../core/models/modelHost.ts';
import { readSetting } from '../readSetting.ts';
import { HostedModels } from './hostedModels.ts';

/** Before the names that keys are stored under. */
const SECRET = 'sluice.key.';

/**
 * VS Code for models: keys in its secret storage, and where none is stored, in the variables that the terminal
 * reads; settings of the user alone, for a folder's settings could send a key somewhere else.
 */
export class WindowModelHost implements ModelHost, Disposable {
  readonly keysFrom = 'store';
  readonly hosted: HostedModels;
  readonly #secrets: vscode.SecretStorage;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #disposables = new Disposables();

  /** @param somebodyIsHere whether a person has asked for something in this window */
  constructor(
    context: Pick<vscode.ExtensionContext, 'secrets' | 'languageModelAccessInformation'>,
    environment: Readonly<Record<string, string | undefined>>,
    somebodyIsHere: () => boolean,
  ) {
    this.#secrets = context.secrets;
    this.#environment = environment;
    this.hosted = this.#disposables.add(
      new HostedModels(context.languageModelAccessInformation, somebodyIsHere),
    );
  }

  async secret(provider: string): Promise<string | undefined> {
    const stored = (await this.#secrets.get(SECRET + provider))?.trim();
    if (stored !== undefined && stored !== '') {
      return stored;
    }
    // Loaded with the first key that is looked for: VS Code's start does not wait for it.
    const { environmentHost } = await import('../../core/models/environmentHost.ts');
    return await environmentHost(this.#environment).secret(provider);
  }

  async isStored(provider: string): Promise<boolean> {
    return (await this.#secrets.get(SECRET + provider)) !== undefined;
  }

  /** @param key `undefined` removes it */
  async store(provider: string, key: string | undefined): Promise<void> {
    await (key === undefined
      ? this.#secrets.delete(SECRET + provider)
      : this.#secrets.store(SECRET + provider, key));
  }

  settings(): ModelSettings {
    return {
      defaultModels: readSetting('models.default'),
      addresses: readSetting('models.addresses').map(({ id, baseURL, keyName, headers = {} }) => ({
        id,
        baseURL,
        keyName,
        headers,
      })),
      baseURLs: readSetting('models.baseURLs'),
      concurrency: readSetting('models.concurrency'),
      prices: pricesIn(readSetting('models.prices')),
      lookForLocal: readSetting('models.lookForLocal'),
    };
  }

  readonly onDidChange = (listener: () => void): Disposable => {
    const keys = this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(SECRET)) {
        listener();
      }
    });
    const settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('sluice.models')) {
        listener();
      }
    });
    return this.#disposables.add(vscode.Disposable.from(keys, settings));
  };

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** What of a user's prices is a price; a model with a wrong one keeps that of the list. */
function pricesIn(setting: Readonly<Record<string, unknown>>): ModelSettings['prices'] {
  return Object.fromEntries(
    Object.entries(setting).flatMap(([model, rates]) => {
      const read = ratesIn(rates);
      return read === undefined ? [] : [[model, read]];
    }),
  );
}

const RATES = ['input', 'output', 'cachedInput'] as const;

function ratesIn(value: unknown): ModelSettings['prices'][string] | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const given = Object.entries(value);
  const areRates = given.every(
    ([name, rate]) =>
      (RATES as readonly string[]).includes(name) && typeof rate === 'number' && rate >= 0,
  );
  return areRates ? Object.fromEntries(given) : undefined;
}
