import { formatDuration } from '../base/text.ts';
import type { Spent } from '../domain/ledger.ts';
import type { BudgetReached } from '../domain/question.ts';

// Tokens and money as words.

/** `2,140 tokens` */
export function tokensText(tokens: number): string {
  return `${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'}`;
}

/** US dollars: `$0.03`, `$1,204.50`, and `< $0.01` for what is something yet. */
export function moneyText(usd: number): string {
  if (usd > 0 && usd < 0.01) {
    return '< $0.01';
  }
  const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${usd.toLocaleString('en', cents)}`;
}

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
