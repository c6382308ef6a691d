import type { CatalogueModel } from '../../core/models/catalogue.ts';

/** Beside a model's name: how much it takes in, and what it costs. */
export function modelDescription({ contextTokens, price }: CatalogueModel): string {
  return [
    contextTokens === undefined ? '' : `${thousands(contextTokens)} tokens`,
    price === undefined
      ? 'unpriced'
      : price.input + price.output === 0
        ? 'free'
        : `$${price.input} in, $${price.output} out for a million`,
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

/** `200k`, `1M`. */
function thousands(tokens: number): string {
  return tokens >= 1_000_000
    ? `${Number((tokens / 1_000_000).toFixed(1))}M`
    : `${Math.round(tokens / 1000)}k`;
}
