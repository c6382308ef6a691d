import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { Disposable } from '../base/disposables.ts';
import type { PriceOverrides } from './prices.ts';

/** What the room needs of VS Code or the terminal. Everything is asked anew each time, so a change counts at once. */
export interface ModelHost {
  /**
   * The key of a provider, or of a user's own address by its `keyName`; `undefined`: none. Kept by nobody but the
   * host; the room passes it to the provider and makes a digest of it.
   */
  secret(provider: string): Promise<string | undefined>;
  /** VS Code's own models; `undefined`: there are none, as in the terminal. */
  readonly hosted: HostedModels | undefined;
  settings(): ModelSettings;
  /** Where a person puts a key. Left out: both places are named. */
  readonly keysFrom?: 'store' | 'environment';
  /** Keys or settings have changed. */
  readonly onDidChange?: (listener: () => void) => Disposable;
  /** Left out: Node's own. */
  readonly fetch?: typeof fetch;
}

export interface HostedModels {
  /** Asks no person anything. */
  list(signal: AbortSignal): Promise<readonly HostedModel[]>;
  /** Rejects for a model that is not there any more. */
  model(id: string): Promise<LanguageModelV3>;
  readonly onDidChange: (listener: () => void) => Disposable;
}

/** As VS Code tells of it. */
export interface HostedModel {
  /** Unique among all of them. */
  readonly id: string;
  /** For people: `Claude Sonnet 4.5`. */
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  readonly version: string;
  readonly maxInputTokens: number;
  readonly canUseTools: boolean;
  /** The user lets Sluice use it; `undefined`: not asked yet, VS Code does so at the first call. */
  readonly allowed: boolean | undefined;
}

export interface ModelSettings {
  /** Names as in a workflow, in order of preference; empty: the first that can be used. */
  readonly defaultModels: readonly string[];
  readonly addresses: readonly ModelAddress[];
  /** Where a provider is reached instead of its own address, by its id. From the user's settings only. */
  readonly baseURLs: Readonly<Record<string, string>>;
  /** Calls at once of one account, at most. */
  readonly concurrency: number;
  readonly prices: PriceOverrides;
  /** Ask Ollama, LM Studio and vLLM on their usual ports of this machine. */
  readonly lookForLocal: boolean;
}

/** An address of the user's that speaks as OpenAI's does. From the user's settings only. */
export interface ModelAddress {
  /** What models are named by: `openai-compatible:<id>/model`, or `<id>/model`. */
  readonly id: string;
  /** Up to the folder that has `chat/completions`, such as `https://models.example.org/v1`. */
  readonly baseURL: string;
  /** What its key is kept under; `undefined`: it needs none. */
  readonly keyName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export const DEFAULT_CONCURRENCY = 16;

export const DEFAULT_MODEL_SETTINGS: ModelSettings = {
  defaultModels: [],
  addresses: [],
  baseURLs: {},
  concurrency: DEFAULT_CONCURRENCY,
  prices: {},
  lookForLocal: true,
};
