import { digestOf } from '../base/digest.ts';
import type { ModelRef } from '../domain/call.ts';
import { HOSTED_PROVIDER } from './modelNames.ts';
import type { Provider } from './providers/providers.ts';

/**
 * Names what calls share limits by: the provider, its address and its key. Of the key there is a digest's beginning,
 * which tells two keys apart and nobody what they are.
 */
export function accountOf({ id, baseURL }: Provider, key: string | undefined): string {
  const host = URL.canParse(baseURL) ? new URL(baseURL).host : 'nowhere';
  const digest = digestOf(`${id}\0${baseURL}\0${key ?? ''}`).slice(0, 12);
  return `${id} ${host} ${digest}`;
}

/** @param model as `vendor/id` */
export function hostedAccount(model: string): string {
  return `${HOSTED_PROVIDER}/${model.slice(0, Math.max(0, model.indexOf('/')))}`;
}

export function isHosted({ provider }: ModelRef): boolean {
  return provider === HOSTED_PROVIDER;
}
