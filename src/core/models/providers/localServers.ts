import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { plainModelName } from '../../domain/servedModel.ts';
import { fetchJson } from './fetchJson.ts';
import type { Provider } from './providers.ts';

// Models on the user's own machine. Their usual ports are asked, nothing beyond them, and only when a local model is
// wanted. What answers there may be anything, so little of it is read and none of it is believed unread.

export interface LocalModel {
  /** As the server names it. */
  readonly model: string;
  /** Tokens; `undefined`: the server does not say. */
  readonly contextTokens: number | undefined;
  readonly canUseTools: boolean;
}

const openAiList = z.object({
  data: z.array(z.object({ id: z.string(), max_model_len: z.number().optional() })),
});
const ollamaList = z.object({ models: z.array(z.object({ name: z.string() })) });
const ollamaShown = z.object({ capabilities: z.array(z.string()) });

/** To connect and to answer, in milliseconds: it is this machine. */
const TIMEOUT_MS = 800;
/** How long an answer is believed, in milliseconds. */
const FRESH_MS = 30_000;
const MAX_MODELS = 500;

interface Asked {
  readonly models: Promise<readonly LocalModel[] | undefined>;
  readonly at: number;
}

export class LocalServers {
  readonly #clock: Clock;
  readonly #fetch: () => typeof fetch;
  readonly #asked = new Map<string, Asked>();

  constructor(clock: Clock, fetchNow: () => typeof fetch) {
    this.#clock = clock;
    this.#fetch = fetchNow;
  }

  /** What a server has; `undefined`: nobody answers there. Rejects only with the signal's reason. */
  async models(
    provider: Provider,
    signal: AbortSignal,
  ): Promise<readonly LocalModel[] | undefined> {
    const key = `${provider.id} ${provider.baseURL}`;
    const now = this.#clock.monotonic();
    const before = this.#asked.get(key);
    // Whoever waits for the same answer shares it: one of them that gives up must not end it for the others.
    const asked =
      before !== undefined && now - before.at < FRESH_MS
        ? before
        : { models: this.#ask(provider), at: now };
    this.#asked.set(key, asked);
    return await orAborted(asked.models, signal);
  }

  /** The model of a server under a name as people write it: `qwen3` is Ollama's `qwen3:latest`. */
  async find(
    provider: Provider,
    model: string,
    signal: AbortSignal,
  ): Promise<LocalModel | undefined> {
    const wanted = plainModelName(model);
    return (await this.models(provider, signal))?.find(
      (one) => plainModelName(one.model) === wanted,
    );
  }

  /** Ask anew at the next call. */
  forget(): void {
    this.#asked.clear();
  }

  async #ask(provider: Provider): Promise<readonly LocalModel[] | undefined> {
    try {
      return provider.local === 'ollama'
        ? await this.#ollamaModels(provider)
        : await this.#openAiModels(provider);
    } catch {
      // Nobody there, somebody else there, or too slow: for a choice of models that is all the same.
      return undefined;
    }
  }

  async #openAiModels({ baseURL }: Provider): Promise<readonly LocalModel[]> {
    const { data } = openAiList.parse(await this.#json(`${baseURL}/models`));
    return data
      .slice(0, MAX_MODELS)
      .filter(({ id }) => !isEmbedding(id))
      .map(({ id, max_model_len }) => ({
        model: id,
        contextTokens: max_model_len,
        canUseTools: true,
      }));
  }

  async #ollamaModels({ baseURL }: Provider): Promise<readonly LocalModel[]> {
    const root = baseURL.replace(/\/v1$/, '');
    const { models } = ollamaList.parse(await this.#json(`${root}/api/tags`));
    return await Promise.all(
      models
        .slice(0, MAX_MODELS)
        .filter(({ name }) => !isEmbedding(name))
        .map(async ({ name }) => ({
          model: name,
          // What the server has room for is a setting of its own, not the model's size.
          contextTokens: undefined,
          canUseTools: await this.#ollamaUsesTools(root, name),
        })),
    );
  }

  /** A server too old to tell says so by refusing the call itself. */
  async #ollamaUsesTools(root: string, model: string): Promise<boolean> {
    try {
      const shown = await this.#json(`${root}/api/show`, { model });
      return ollamaShown.parse(shown).capabilities.includes('tools');
    } catch {
      return true;
    }
  }

  async #json(url: string, body?: unknown): Promise<unknown> {
    const request = body === undefined ? { url } : { url, body };
    const answer = await fetchJson(this.#fetch(), this.#clock, {
      ...request,
      timeoutMs: TIMEOUT_MS,
    });
    return answer.body;
  }
}

/** They are listed with the others, and talk with nobody. */
export function isEmbedding(model: string): boolean {
  return /embed|(?:^|[-/])bge-|rerank/i.test(model);
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
