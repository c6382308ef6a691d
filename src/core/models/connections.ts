import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CallFailure } from '../domain/call.ts';
import type { UsableModel } from '../domain/modelPort.ts';
import { accountOf, hostedAccount, isHosted } from './accounts.ts';
import { classifyThrown } from './failures/classify.ts';
import type { ModelHost } from './modelHost.ts';
import { hostedName } from './modelNames.ts';
import * as problems from './modelProblems.ts';
import { connect } from './providers/connect.ts';
import { providersOf, type Provider } from './providers/providers.ts';
import { watchedFetch } from './turn/watchedFetch.ts';

export interface Connected {
  readonly model: LanguageModelV3;
  readonly account: string;
  readonly isFree: boolean;
}

export interface Reached {
  /** `undefined`: it needs none. */
  readonly key: string | undefined;
  readonly account: string;
}

/** A user's own header that holds a key, though it should not. */
const SECRET_HEADER = /auth|key|secret|token/i;

/** Ways to models, with the keys and settings of the moment. */
export class Connections {
  readonly #host: ModelHost;
  readonly #clock: Clock;
  readonly #keys = new Set<string>();
  /** VS Code's ids by the names we give its models. */
  readonly #hostedIds = new Map<string, string>();

  constructor(host: ModelHost, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Every key that was used, to hide it. */
  get keys(): Iterable<string> {
    return this.#keys;
  }

  /** VS Code has other models. */
  forget(): void {
    this.#hostedIds.clear();
  }

  /** Asks nobody anything yet. Rejects only for bugs. */
  async connect(asked: UsableModel): Promise<Result<Connected, CallFailure>> {
    if (isHosted(asked)) {
      return await this.#connectHosted(asked);
    }
    const provider = providersOf(this.#host.settings()).get(asked.provider);
    if (provider === undefined) {
      return err(notMade('invalid-request', problems.noSuchProvider(asked.provider)));
    }
    const reached = await this.reach(provider);
    if (!reached.ok) {
      return reached;
    }
    const { key, account } = reached.value;
    const connection = { provider, key, fetch: watchedFetch(this.#host.fetch ?? fetch) };
    return ok({
      model: await connect(connection, asked.model),
      account,
      isFree: provider.isFree,
    });
  }

  /** What a call of the provider takes. Asks nobody anything yet. */
  async reach(provider: Provider): Promise<Result<Reached, CallFailure>> {
    const key = await this.keyOf(provider);
    if (key === undefined && provider.keyName !== undefined) {
      return err(notMade('authentication', problems.noKey(provider, this.#host.keysFrom)));
    }
    for (const [name, value] of Object.entries(provider.headers)) {
      if (SECRET_HEADER.test(name)) {
        this.#keys.add(value);
      }
    }
    return ok({ key, account: accountOf(provider, key) });
  }

  async #connectHosted(asked: UsableModel): Promise<Result<Connected, CallFailure>> {
    const { hosted } = this.#host;
    if (hosted === undefined) {
      return err(notMade('model-not-found', problems.onlyInVsCode(asked.model)));
    }
    try {
      const id = await this.#hostedId(asked.model);
      return id === undefined
        ? err(notMade('model-not-found', problems.notHosted(asked.model, undefined, [])))
        : ok({
            model: await hosted.model(id),
            account: hostedAccount(asked.model),
            isFree: false,
          });
    } catch (thrown) {
      return err(classifyThrown(thrown, { provider: asked.provider, now: this.#clock.now() }));
    }
  }

  async #hostedId(name: string): Promise<string | undefined> {
    if (!this.#hostedIds.has(name)) {
      // VS Code does not let the question be taken back, so whoever waits for the answer is enough.
      const models = (await this.#host.hosted?.list(new AbortController().signal)) ?? [];
      for (const model of models) {
        this.#hostedIds.set(hostedName(model), model.id);
      }
    }
    return this.#hostedIds.get(name);
  }

  /** As it is now. */
  async keyOf({ keyName }: Provider): Promise<string | undefined> {
    const key = keyName === undefined ? undefined : await this.#host.secret(keyName);
    if (key !== undefined) {
      this.#keys.add(key);
    }
    return key;
  }
}

/** Of a call that nobody was asked. */
function notMade(kind: CallFailure['kind'], message: string): CallFailure {
  return { kind, message, status: undefined, notBefore: undefined };
}
