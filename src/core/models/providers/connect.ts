import type { LanguageModelV3 } from '@ai-sdk/provider';
import { unreachable } from '../../base/exhaustive.ts';
import type { Provider } from './providers.ts';

export interface Connection {
  readonly provider: Provider;
  readonly key: string | undefined;
  /** Left out: Node's own. */
  readonly fetch: typeof fetch | undefined;
}

/** A model as the AI SDK speaks with it. The provider's package is loaded with its first model. Asks nothing of it yet. */
export async function connect(
  { provider, key, fetch }: Connection,
  model: string,
): Promise<LanguageModelV3> {
  const { baseURL } = provider;
  const options = {
    baseURL,
    headers: { ...provider.headers },
    // Left out, the packages would look for a key, and for another address, in the environment.
    apiKey: key ?? '',
    ...(fetch === undefined ? {} : { fetch }),
  };
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
      const { apiKey, ...others } = options;
      return createOpenAICompatible({
        ...others,
        ...(apiKey === '' ? {} : { apiKey }),
        name: provider.id,
        includeUsage: true,
        supportsStructuredOutputs: provider.canStructure,
      })(model);
    }
    default:
      return unreachable(provider.speaks);
  }
}
