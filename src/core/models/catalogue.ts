import type { Clock } from '../base/clock.ts';
import { modelName } from '../domain/call.ts';
import { accountOf, hostedAccount } from './accounts.ts';
import type { HostedModel, ModelHost } from './modelHost.ts';
import { hostedName, HOSTED_PROVIDER } from './modelNames.ts';
import * as problems from './modelProblems.ts';
import { PRICE_LIST } from './priceList.ts';
import { listedModel, priceOf, type Price, type PriceOverrides } from './prices.ts';
import type { LocalServers } from './providers/localServers.ts';
import { providersOf, type Provider } from './providers/providers.ts';
import { listRemote, type RemoteList, type RemoteModel } from './providers/remoteModels.ts';

/** What a person can choose from, by provider. */
export interface CatalogueGroup {
  readonly provider: string;
  /** For people. */
  readonly title: string;
  readonly models: readonly CatalogueModel[];
  /** Why there are none, or not all: a sentence. */
  readonly problem: string | undefined;
}

export interface CatalogueModel {
  /** As a workflow names it: `anthropic/claude-opus-5-5`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly contextTokens: number | undefined;
  /** `undefined`: not known. */
  readonly price: Price | undefined;
}

/** How long a provider's list is believed, in milliseconds. */
const FRESH_MS = 600_000;

interface Listed {
  readonly list: RemoteList;
  readonly at: number;
}

/** Lists models where a person looks for them; only there are providers asked what they have. */
export class Catalogue {
  readonly #host: ModelHost;
  readonly #local: LocalServers;
  readonly #clock: Clock;
  readonly #lists = new Map<string, Listed>();

  constructor(host: ModelHost, local: LocalServers, clock: Clock) {
    this.#host = host;
    this.#local = local;
    this.#clock = clock;
  }

  /** Rejects only with the signal's reason. */
  async groups(signal: AbortSignal): Promise<readonly CatalogueGroup[]> {
    const settings = this.#host.settings();
    const providers = [...providersOf(settings).values()];
    const groups = await Promise.all([
      this.#hosted(settings.prices, signal),
      ...providers.map((provider) =>
        provider.local === undefined
          ? this.#remote(provider, settings.prices, signal)
          : settings.lookForLocal || settings.baseURLs[provider.id] !== undefined
            ? this.#ofServer(provider, settings.prices, signal)
            : [],
      ),
    ]);
    return groups.flat();
  }

  forget(): void {
    this.#lists.clear();
  }

  async #hosted(prices: PriceOverrides, signal: AbortSignal): Promise<readonly CatalogueGroup[]> {
    const { hosted } = this.#host;
    if (hosted === undefined) {
      return [];
    }
    let models: readonly HostedModel[];
    try {
      models = await hosted.list(signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const problem = problems.hostedFailed(thrown instanceof Error ? thrown.message : 'no reason');
      return [{ provider: HOSTED_PROVIDER, title: 'VS Code', models: [], problem }];
    }
    return [...new Set(models.map(({ vendor }) => vendor))].map((vendor) => {
      const ofVendor = models.filter((one) => one.vendor === vendor);
      return {
        provider: hostedAccount(`${vendor}/`),
        title: `VS Code: ${vendor}`,
        models: ofVendor
          .filter((one) => one.allowed !== false)
          .map((one) => ({
            ...this.#entry({ provider: HOSTED_PROVIDER, model: hostedName(one) }, prices),
            title: one.name,
            contextTokens: one.maxInputTokens > 0 ? one.maxInputTokens : undefined,
          })),
        problem: ofVendor.some((one) => one.allowed === false)
          ? problems.notAllowed(vendor)
          : undefined,
      };
    });
  }

  async #ofServer(
    provider: Provider,
    prices: PriceOverrides,
    signal: AbortSignal,
  ): Promise<readonly CatalogueGroup[]> {
    const models = await this.#local.models(provider, signal);
    return models === undefined
      ? []
      : [
          {
            provider: provider.id,
            title: provider.title,
            models: models.map(({ model, contextTokens }) => ({
              ...this.#entry({ provider: provider.id, model }, prices, provider.isFree),
              title: model,
              contextTokens,
            })),
            problem: undefined,
          },
        ];
  }

  async #remote(
    provider: Provider,
    prices: PriceOverrides,
    signal: AbortSignal,
  ): Promise<readonly CatalogueGroup[]> {
    const key =
      provider.keyName === undefined ? undefined : await this.#host.secret(provider.keyName);
    if (provider.keyName !== undefined && key === undefined) {
      return [];
    }
    const list = await this.#list(provider, key, signal);
    const models = list.kind === 'listed' ? list.models : listedOf(provider);
    return [
      {
        provider: provider.id,
        title: provider.title,
        models: models.map(({ model, title, contextTokens }) => {
          const entry = this.#entry({ provider: provider.id, model }, prices);
          return {
            ...entry,
            title: title ?? model,
            contextTokens: contextTokens ?? entry.contextTokens,
          };
        }),
        problem: problemOf(provider, list),
      },
    ];
  }

  async #list(
    provider: Provider,
    key: string | undefined,
    signal: AbortSignal,
  ): Promise<RemoteList> {
    const now = this.#clock.monotonic();
    const place = accountOf(provider, key);
    const before = this.#lists.get(place);
    if (before !== undefined && now - before.at < FRESH_MS) {
      return before.list;
    }
    const list = await listRemote({ provider, key, fetch: this.#host.fetch }, this.#clock, signal);
    if (list.kind === 'listed') {
      this.#lists.set(place, { list, at: now });
    }
    return list;
  }

  #entry(
    ref: { readonly provider: string; readonly model: string },
    overrides: PriceOverrides,
    isFree = false,
  ): CatalogueModel {
    return {
      name: modelName(ref),
      title: ref.model,
      contextTokens: listedModel(ref)?.contextTokens,
      price: priceOf(ref, { at: this.#clock.now(), isFree, overrides }),
    };
  }
}

/** What Sluice itself knows of, where the provider does not tell. */
function listedOf({ id }: Provider): readonly RemoteModel[] {
  return PRICE_LIST.models
    .filter(({ provider }) => provider === id)
    .map(({ model, contextTokens }) => ({ model, title: undefined, contextTokens }));
}

function problemOf(provider: Provider, list: RemoteList): string | undefined {
  switch (list.kind) {
    case 'listed':
      return undefined;
    case 'refused':
      return problems.keyRefused(provider, list.status);
    case 'no-answer':
      return problems.noAnswer(provider, list.why);
  }
}
