import assert from 'node:assert/strict';
import {
  amountText,
  costText,
  moneyText,
  spentText,
} from '../../../src/core/projections/amounts.ts';
import { NOTHING_SPENT, type Spent } from '../../../src/core/domain/ledger.ts';

function spent(over: Partial<Spent>): Spent {
  return { ...NOTHING_SPENT, calls: 1, inputTokens: 1900, outputTokens: 240, ...over };
}

describe('Amounts', () => {
  it('of money are in cents, and what is less than a cent is not nothing', () => {
    assert.deepEqual([0, 0.004, 0.01, 0.034, 1204.5].map(moneyText), [
      '$0.00',
      '< $0.01',
      '$0.01',
      '$0.03',
      '$1,204.50',
    ]);
  });

  it('without a price are unpriced, never nothing', () => {
    assert.equal(costText(spent({ unpricedCalls: 1 })), 'unpriced');
    assert.equal(costText(spent({ usd: 0.5, unpricedCalls: 1 })), '$0.50 and unpriced calls');
    assert.equal(costText(spent({ usd: 0 })), '$0.00');
  });

  it('are one line, which says where they were counted here', () => {
    assert.equal(spentText(spent({ usd: 0.03 })), '2,140 tokens · $0.03');
    const counted = spent({ unpricedCalls: 1, isEstimate: true });
    assert.equal(spentText(counted), '~2,140 tokens · unpriced');
    assert.equal(spentText(NOTHING_SPENT), '');
  });

  it('of a budget are in what it limits', () => {
    assert.deepEqual(
      [amountText('tokens', 1), amountText('usd', 2), amountText('time', 90_000)],
      ['1 token', '$2.00', '1 min 30 s'],
    );
  });
});
