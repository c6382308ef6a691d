import type { EmbeddingModelV3, LanguageModelV3 } from '@ai-sdk/provider';
import { unreachable } from '../../base/exhaustive.ts';
import type { Provider } from './providers.ts';

export interface Connection {
  readonly provider: Provider;
  readonly key: string | undefined;
  /** Left out: Node's own. */
  readonly fetch: typeof fetch | undefined;
}

/** A model as the AI SDK speaks with it. The provider's package is loaded with its first model. Asks nothing of it yet. */
export async function connect(connection: Connection, model: string): Promise<LanguageModelV3> {
  const { provider } = connection;
  const options = optionsOf(connection);
  switch (provider.speaks) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic(options)(model);
    }
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI(options)(model);
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
      return createGoogleGenerativeAI(options)(model);
    }
    case 'compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return createOpenAICompatible({
        ...withoutEmptyKey(options),
        name: provider.id,
        includeUsage: true,
        supportsStructuredOutputs: provider.canStructure,
      })(model);
    }
    default:
      return unreachable(provider.speaks);
  }
}

/** The same for a model that turns texts into vectors; `undefined`: the provider has none. */
export async function connectEmbedding(
  connection: Connection,
  model: string,
): Promise<EmbeddingModelV3 | undefined> {
  const { provider } = connection;
  const options = optionsOf(connection);
  switch (provider.speaks) {
    case 'anthropic':
      return undefined;
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI(options).embeddingModel(model);
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
      return createGoogleGenerativeAI(options).embeddingModel(model);
    }
    case 'compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return createOpenAICompatible({
        ...withoutEmptyKey(options),
        name: provider.id,
      }).embeddingModel(model);
    }
    default:
      return unreachable(provider.speaks);
  }
}

interface ConnectOptions {
  readonly baseURL: string;
  readonly headers: Record<string, string>;
  readonly apiKey: string;
  readonly fetch?: typeof globalThis.fetch;
}

function optionsOf({ provider, key, fetch }: Connection): ConnectOptions {
  return {
    baseURL: provider.baseURL,
    headers: { ...provider.headers },
    // Left out, the packages would look for a key, and for another address, in the environment.
    apiKey: key ?? '',
    ...(fetch === undefined ? {} : { fetch }),
  };
}

function withoutEmptyKey({
  apiKey,
  ...others
}: ConnectOptions): Omit<ConnectOptions, 'apiKey'> & { readonly apiKey?: string } {
  return { ...others, ...(apiKey === '' ? {} : { apiKey }) };
}
