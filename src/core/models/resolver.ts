import { modelName } from '../domain/call.ts';
import { plainModelName } from '../domain/servedModel.ts';
import type { ResolvedModels, UsableModel } from '../domain/modelPort.ts';
import { err, ok, type Result } from '../base/result.ts';
import { thrownMessage } from '../base/text.ts';
import { unreachable } from '../base/exhaustive.ts';
import { accountOf, hostedAccount } from './accounts.ts';
import type { HostedModel, ModelHost, ModelSettings } from './modelHost.ts';
import {
  HOSTED_PROVIDER,
  hostedFor,
  hostedName,
  readModelName,
  type ModelCandidate,
} from './modelNames.ts';
import * as problems from './modelProblems.ts';
import { PRICE_LIST } from './priceList.ts';
import { listedModel } from './prices.ts';
import type { LocalModel, LocalServers } from './providers/localServers.ts';
import { providersOf, type Provider } from './providers/providers.ts';

type Tried = Result<UsableModel, string | undefined>;

/**
 * Finds what can be asked under written names.
 *
 * R1. No model is asked anything and no provider reached, but for servers on this machine where a local model is meant.
 * R2. A name that leads nowhere says why; the others stand.
 * R3. Settings and keys are those of this moment.
 */
export class Resolver {
  readonly #host: ModelHost;
  readonly #local: LocalServers;
  readonly #signal: AbortSignal;
  readonly #settings: ModelSettings;
  readonly #providers: ReadonlyMap<string, Provider>;
  #hosted: Promise<Result<readonly HostedModel[], string>> | undefined;

  /** For one question. */
  constructor(host: ModelHost, local: LocalServers, signal: AbortSignal) {
    this.#host = host;
    this.#local = local;
    this.#signal = signal;
    this.#settings = host.settings();
    this.#providers = providersOf(this.#settings);
  }

  async resolve(names: readonly string[]): Promise<ResolvedModels> {
    const usable = new Map<string, UsableModel>();
    const why: { name: string; why: string }[] = [];
    const wanted = names.length === 0 ? [''] : names;
    for (const name of wanted) {
      const read = readModelName(name, new Set(this.#providers.keys()));
      const found =
        read.kind === 'default' ? await this.#ownChoice(name, why) : await this.#named(name, why);
      for (const model of found) {
        if (!usable.has(modelName(model))) {
          usable.set(modelName(model), model);
        }
      }
    }
    return { usable: [...usable.values()], problems: why };
  }

  /** What the user chose for every agent that says nothing; else the first there is. */
  async #ownChoice(
    name: string,
    why: { name: string; why: string }[],
  ): Promise<readonly UsableModel[]> {
    const ids = new Set(this.#providers.keys());
    const chosen = this.#settings.defaultModels.filter(
      (one) => readModelName(one, ids).kind !== 'default',
    );
    if (chosen.length > 0) {
      const found: UsableModel[] = [];
      for (const one of chosen) {
        found.push(...(await this.#named(one, why)));
      }
      return found;
    }
    const first = await this.#first();
    if (first === undefined) {
      why.push({
        name: name.trim() === '' ? 'auto' : name,
        why: problems.noDefault(this.#host.keysFrom),
      });
      return [];
    }
    return [first];
  }

  async #first(): Promise<UsableModel | undefined> {
    const hosted = await this.#hostedModels();
    if (hosted.ok) {
      const allowed = hosted.value.filter((one) => one.allowed !== false);
      const first = allowed.find((one) => one.canUseTools) ?? allowed[0];
      if (first !== undefined) {
        return usableHosted(first);
      }
    }
    for (const [id, model] of Object.entries(PRICE_LIST.preferred)) {
      const found = await this.#ofProvider(id, model);
      if (found.ok) {
        return found.value;
      }
    }
    for (const provider of this.#localProviders()) {
      const models = (await this.#local.models(provider, this.#signal)) ?? [];
      const first = models.find((one) => one.canUseTools) ?? models[0];
      if (first !== undefined) {
        return usableLocal(provider, first);
      }
    }
    return undefined;
  }

  async #named(
    name: string,
    why: { name: string; why: string }[],
  ): Promise<readonly UsableModel[]> {
    const read = readModelName(name, new Set(this.#providers.keys()));
    if (read.kind === 'default') {
      return [];
    }
    if (read.kind === 'no-model') {
      why.push({ name, why: problems.noModelNamed(read.provider) });
      return [];
    }
    const reasons = new Set<string>();
    for (const candidate of read.candidates) {
      const tried = await this.#try(candidate);
      if (tried.ok) {
        return [tried.value];
      }
      if (tried.error !== undefined) {
        reasons.add(tried.error);
      }
    }
    why.push({ name, why: [...reasons].join(' ') || (await this.#whyNotHosted(name)) });
    return [];
  }

  /** Of a name that means a model of VS Code and nothing else. */
  async #whyNotHosted(name: string): Promise<string> {
    const hosted = await this.#hostedModels();
    return this.#host.hosted === undefined || !hosted.ok
      ? problems.onlyInVsCode(name)
      : problems.notHosted(name, undefined, hosted.value.map(hostedName));
  }

  async #try(candidate: ModelCandidate): Promise<Tried> {
    switch (candidate.at) {
      case 'hosted':
      case 'hosted-family':
        return await this.#tryHosted(candidate);
      case 'provider':
        return await this.#ofProvider(candidate.provider, candidate.model);
      case 'local':
        return await this.#anywhereLocal(candidate.model);
      default:
        return unreachable(candidate);
    }
  }

  async #tryHosted(
    candidate: Extract<ModelCandidate, { at: 'hosted' | 'hosted-family' }>,
  ): Promise<Tried> {
    if (this.#host.hosted === undefined) {
      return err(undefined);
    }
    const hosted = await this.#hostedModels();
    if (!hosted.ok) {
      return err(hosted.error);
    }
    const found = hostedFor(candidate, hosted.value);
    if (found === undefined) {
      // Whatever is asked of any vendor is asked of somebody else too, and that one's reason says more.
      return err(
        candidate.at === 'hosted' && candidate.vendor !== undefined
          ? problems.notHosted(
              candidate.name,
              candidate.vendor,
              hosted.value
                .filter(({ vendor }) => vendor === candidate.vendor)
                .map(({ name }) => name),
            )
          : undefined,
      );
    }
    return found.allowed === false ? err(problems.notAllowed(found.name)) : ok(usableHosted(found));
  }

  async #ofProvider(id: string, model: string): Promise<Tried> {
    const provider = this.#providers.get(id);
    if (provider === undefined) {
      return err(problems.noSuchProvider(id));
    }
    if (!isWebAddress(provider.baseURL)) {
      return err(problems.badAddress(provider));
    }
    if (provider.local !== undefined) {
      return await this.#ofLocalServer(provider, model);
    }
    const key =
      provider.keyName === undefined ? undefined : await this.#host.secret(provider.keyName);
    return provider.keyName !== undefined && key === undefined
      ? err(problems.noKey(provider, this.#host.keysFrom))
      : ok({
          provider: id,
          model: properName(id, model),
          account: accountOf(provider, key),
          contextTokens: contextOf(id, model),
          canUseTools: true,
          canStructure: provider.canStructure,
        });
  }

  async #ofLocalServer(provider: Provider, model: string): Promise<Tried> {
    if (!this.#localProviders().includes(provider)) {
      return err(problems.notLookedFor(provider));
    }
    const models = await this.#local.models(provider, this.#signal);
    if (models === undefined) {
      return err(problems.localNotThere(provider));
    }
    const found = await this.#local.find(provider, model, this.#signal);
    return found === undefined
      ? err(
          problems.localWithout(
            provider,
            model,
            models.map((one) => one.model),
          ),
        )
      : ok(usableLocal(provider, found));
  }

  async #anywhereLocal(model: string): Promise<Tried> {
    const found = await Promise.all(
      this.#localProviders().map(async (provider) => {
        const one = await this.#local.find(provider, model, this.#signal);
        return one === undefined ? undefined : usableLocal(provider, one);
      }),
    );
    const first = found.find((one) => one !== undefined);
    return first === undefined ? err(problems.nowhereLocal(model)) : ok(first);
  }

  /** Those the user lets Sluice look for; one whose address the user gave is not looked for, it is known. */
  #localProviders(): readonly Provider[] {
    const { lookForLocal, baseURLs } = this.#settings;
    return [...this.#providers.values()].filter(
      ({ id, local }) => local !== undefined && (lookForLocal || baseURLs[id] !== undefined),
    );
  }

  async #hostedModels(): Promise<Result<readonly HostedModel[], string>> {
    const { hosted } = this.#host;
    if (hosted === undefined) {
      return ok([]);
    }
    this.#hosted ??= hosted.list(this.#signal).then(ok, (thrown: unknown) => {
      this.#signal.throwIfAborted();
      return err(problems.hostedFailed(thrownMessage(thrown)));
    });
    return await this.#hosted;
  }
}

export function usableHosted(model: HostedModel): UsableModel {
  const name = hostedName(model);
  return {
    provider: HOSTED_PROVIDER,
    model: name,
    account: hostedAccount(name),
    contextTokens: model.maxInputTokens > 0 ? model.maxInputTokens : undefined,
    canUseTools: model.canUseTools,
    canStructure: false,
  };
}

export function usableLocal(
  provider: Provider,
  { model, contextTokens, canUseTools }: LocalModel,
): UsableModel {
  return {
    provider: provider.id,
    model,
    account: accountOf(provider, undefined),
    contextTokens,
    canUseTools,
    canStructure: provider.canStructure,
  };
}

/** Of the names of one model the one that responses carry, so that nobody takes it for another. */
function properName(provider: string, model: string): string {
  const listed = listedModel({ provider, model });
  return listed?.alsoNamed?.some((name) => plainModelName(name) === plainModelName(model)) === true
    ? listed.model
    : model;
}

/** A router names models by their vendor, and they hold as much there. */
function contextOf(provider: string, model: string): number | undefined {
  const slash = model.indexOf('/');
  const listed =
    listedModel({ provider, model }) ??
    (slash > 0
      ? listedModel({ provider: model.slice(0, slash), model: model.slice(slash + 1) })
      : undefined);
  return listed?.contextTokens;
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
