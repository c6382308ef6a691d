import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import { watchedFetch } from '../../src/core/models/turn/watchedFetch.ts';
import type { Shape } from './loopbackShapes.ts';

/** The official adapter of a shape, for a provider at `baseURL`; with `fetch` as Sluice gives it unless told. */
export function loopbackModel(
  shape: Shape,
  baseURL: string,
  model = 'asked-model',
  fetchFunction: typeof fetch = watchedFetch(fetch),
): LanguageModelV3 {
  const options = { baseURL, apiKey: 'test-key', fetch: fetchFunction };
  switch (shape) {
    case 'anthropic':
      return createAnthropic(options)(model);
    case 'openai-chat':
      return createOpenAI(options).chat(model);
    case 'openai-responses':
      return createOpenAI(options).responses(model);
    case 'google':
      return createGoogleGenerativeAI(options)(model);
  }
}

/** The provider's name as in `ModelRef`. */
export function providerOf(shape: Shape): string {
  return shape.startsWith('openai') ? 'openai' : shape;
}
