import type { CheckoutChange } from '../domain/checkout.ts';
import { MOST_CHECKOUT_CHANGES } from '../domain/checkout.ts';
import type { RunEvent } from '../domain/event.ts';
import type { CheckoutLooks } from '../domain/runState.ts';

export const NOT_LOOKED: CheckoutLooks = { count: 0, last: undefined, changes: [], more: 0 };

/** What all looks together have shown, after one more. */
export function lookedAgain(
  before: CheckoutLooks,
  { state, changes, more }: Extract<RunEvent, { readonly type: 'checkout-looked' }>,
): CheckoutLooks {
  const all = new Map(before.changes.map((change) => [thingOf(change), change]));
  for (const change of changes) {
    all.delete(thingOf(change));
    all.set(thingOf(change), change);
  }
  const told = [...all.values()];
  return {
    count: before.count + 1,
    last: state,
    changes: told.slice(-MOST_CHECKOUT_CHANGES),
    more: before.more + more + Math.max(0, told.length - MOST_CHECKOUT_CHANGES),
  };
}

function thingOf(change: CheckoutChange): string {
  return change.what === 'file' ? `file ${change.path}` : change.what;
}
