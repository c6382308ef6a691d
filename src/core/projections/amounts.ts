import { formatDuration } from '../base/text.ts';
import { moneyText, tokensText } from '../domain/amounts.ts';
import type { Spent } from '../domain/ledger.ts';
import type { BudgetReached } from '../domain/question.ts';

// Tokens and money that were spent, as words.

export { moneyText, tokensText } from '../domain/amounts.ts';

/** What calls cost; without a price it is `unpriced`, never nothing. Empty where nothing was used. */
export function costText({ inputTokens, outputTokens, usd, unpricedCalls }: CostParts): string {
  if (inputTokens + outputTokens === 0) {
    return '';
  }
  if (unpricedCalls === 0) {
    return moneyText(usd);
  }
  return usd === 0 ? 'unpriced' : `${moneyText(usd)} and unpriced calls`;
}

type CostParts = Pick<Spent, 'inputTokens' | 'outputTokens' | 'usd' | 'unpricedCalls'>;

/** `2,140 tokens · $0.03`; `~2,140 tokens` where they were counted here. Empty where no model was asked. */
export function spentText(spent: CostParts & Pick<Spent, 'isEstimate'>): string {
  const tokens = spent.inputTokens + spent.outputTokens;
  if (tokens === 0) {
    return '';
  }
  return `${spent.isEstimate ? '~' : ''}${tokensText(tokens)} · ${costText(spent)}`;
}

/** So much of what a budget limits. */
export function amountText(of: BudgetReached['of'], amount: number): string {
  switch (of) {
    case 'tokens':
      return tokensText(amount);
    case 'usd':
      return moneyText(amount);
    case 'time':
      return formatDuration(amount);
  }
}
