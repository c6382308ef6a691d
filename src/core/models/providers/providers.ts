import type { ModelAddress, ModelSettings } from '../modelHost.ts';

/** Who serves models, and how they are reached. */
export interface Provider {
  /** What models of it are named by: `anthropic/claude-opus-5-5`. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly speaks: 'anthropic' | 'openai' | 'google' | 'compatible';
  readonly baseURL: string;
  /** The variables its key is read from in the terminal, the first is what people are told; empty: it needs no key. */
  readonly keyVariables: readonly string[];
  /** What its key is kept under; `undefined`: it needs none. */
  readonly keyName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** A server on this machine: how its models are listed. */
  readonly local: 'ollama' | 'openai' | undefined;
  /** What it serves costs nothing. */
  readonly isFree: boolean;
  /** Its models keep to a JSON Schema by themselves. */
  readonly canStructure: boolean;
}

function vendor(
  id: string,
  title: string,
  speaks: Provider['speaks'],
  baseURL: string,
  keyVariables: readonly string[],
): Provider {
  return {
    id,
    title,
    speaks,
    baseURL,
    keyVariables,
    keyName: id,
    headers: {},
    local: undefined,
    isFree: false,
    // A router passes the schema on to whom it likes, and not all of them heed it.
    canStructure: speaks !== 'compatible',
  };
}

function localServer(
  id: string,
  title: string,
  port: number,
  local: 'ollama' | 'openai',
): Provider {
  return {
    id,
    title,
    speaks: 'compatible',
    baseURL: `http://127.0.0.1:${port}/v1`,
    keyVariables: [],
    keyName: undefined,
    headers: {},
    local,
    isFree: true,
    canStructure: true,
  };
}

/** In the order in which a default is looked for. */
const BUILT_IN: readonly Provider[] = [
  vendor('anthropic', 'Anthropic', 'anthropic', 'https://api.anthropic.com/v1', [
    'ANTHROPIC_API_KEY',
  ]),
  vendor('openai', 'OpenAI', 'openai', 'https://api.openai.com/v1', ['OPENAI_API_KEY']),
  vendor('google', 'Google', 'google', 'https://generativelanguage.googleapis.com/v1beta', [
    'GEMINI_API_KEY',
    'GOOGLE_API_KEY',
    'GOOGLE_GENERATIVE_AI_API_KEY',
  ]),
  vendor('openrouter', 'OpenRouter', 'compatible', 'https://openrouter.ai/api/v1', [
    'OPENROUTER_API_KEY',
  ]),
  localServer('ollama', 'Ollama', 11434, 'ollama'),
  localServer('lmstudio', 'LM Studio', 1234, 'openai'),
  localServer('vllm', 'vLLM', 8000, 'openai'),
];

/** Those there are, by their ids: the built-in ones at the user's addresses, and the user's own. */
export function providersOf(settings: ModelSettings): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const provider of BUILT_IN) {
    const baseURL = settings.baseURLs[provider.id];
    providers.set(provider.id, {
      ...provider,
      baseURL: withoutSlash(baseURL ?? provider.baseURL),
    });
  }
  for (const address of settings.addresses) {
    // A name of the user's cannot stand for another provider: that provider's key would go to it.
    if (!providers.has(address.id)) {
      providers.set(address.id, ownAddress(address));
    }
  }
  return providers;
}

export function builtInProviders(): readonly Provider[] {
  return BUILT_IN;
}

function ownAddress({ id, baseURL, keyName, headers }: ModelAddress): Provider {
  return {
    id,
    title: id,
    speaks: 'compatible',
    baseURL: withoutSlash(baseURL),
    keyVariables: keyName === undefined ? [] : [keyVariable(keyName)],
    keyName,
    headers,
    local: undefined,
    isFree: false,
    canStructure: false,
  };
}

/** The variable for the key of a user's own address: `my-proxy` is `MY_PROXY_API_KEY`. */
export function keyVariable(keyName: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(keyName)
    ? keyName
    : `${keyName.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_API_KEY`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
