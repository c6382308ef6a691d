import { oneLine } from '../core/base/text.ts';
import type { CheckoutChange } from '../core/domain/checkout.ts';
import type { CheckoutLooks, RunState } from '../core/domain/runState.ts';

// What looking at the user's checkout has shown, in words.

/** Changes that a line names before it says how many more there are. */
const MOST_NAMED = 5;

/** `checkout untouched` or `checkout changed`; empty: nobody can say, or not yet. */
export function checkoutMark({ checkout, phase }: Pick<RunState, 'checkout' | 'phase'>): string {
  if (!isUntouched(checkout)) {
    return 'checkout changed';
  }
  // While a run is on, what was seen before tells nothing of its end.
  return checkout.count > 0 && phase.kind === 'finished' ? 'checkout untouched' : '';
}

/** What has changed while the run was on, and that it was not Sluice; `undefined`: nothing, as far as is known. */
export function checkoutText({ checkout }: Pick<RunState, 'checkout'>): string | undefined {
  if (isUntouched(checkout)) {
    return undefined;
  }
  const { changes } = checkout;
  const named = changes.slice(0, MOST_NAMED).map(changeText);
  const others = changes.length - named.length + checkout.more;
  const all = [...named, ...(others === 0 ? [] : [`${others} more`])];
  return `checkout changed while it ran: ${all.join(', ')} (Sluice did not do it)`;
}

/** For `--json`; `undefined`: nobody has looked. */
export function checkoutFacts({ checkout }: Pick<RunState, 'checkout'>): object | undefined {
  const { count, changes, more } = checkout;
  return count === 0 ? undefined : { untouched: isUntouched(checkout), changes, more };
}

function isUntouched({ changes, more }: CheckoutLooks): boolean {
  return changes.length === 0 && more === 0;
}

function changeText(change: CheckoutChange): string {
  switch (change.what) {
    case 'branch':
      return `HEAD was on ${branchText(change.was)} and is on ${branchText(change.is)}`;
    case 'commit':
      return `the commit was ${commitText(change.was)} and is ${commitText(change.is)}`;
    case 'index':
      return 'the index';
    case 'file': {
      const path = oneLine(change.path, Infinity);
      return change.saved ? `${path} ${change.how}, saved by you` : `${path} ${change.how}`;
    }
  }
}

function branchText(ref: string | undefined): string {
  return ref === undefined ? 'no branch' : oneLine(ref.replace(/^refs\/heads\//, ''), Infinity);
}

function commitText(commit: string | undefined): string {
  return commit === undefined ? 'none' : commit.slice(0, 10);
}
