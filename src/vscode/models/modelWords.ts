import * as vscode from 'vscode';
import type { CatalogueModel } from '../../core/models/catalogue.ts';

/** Beside a model's name: how much it takes in, and what it costs. */
export function modelDescription({ contextTokens, price }: CatalogueModel): string {
  return [
    contextTokens === undefined ? '' : vscode.l10n.t('{0} tokens', thousands(contextTokens)),
    price === undefined
      ? vscode.l10n.t('unpriced')
      : price.input + price.output === 0
        ? vscode.l10n.t('free')
        : vscode.l10n.t('${0} in, ${1} out for a million', price.input, price.output),
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
