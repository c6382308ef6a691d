import { count } from '../core/base/text.ts';
import type { CheckoutChange } from '../core/domain/checkout.ts';
import type { RunState } from '../core/domain/runState.ts';
import type { RunPlan } from '../core/domain/workflow.ts';
import { code } from '../core/preflight/markdown.ts';

/** Things about the checkout that are not as they were. */
export function checkoutCount({ checkout }: RunState): number {
  return checkout.changes.length + checkout.more;
}

/** `untouched ✓` once the run is over and was looked after; `checkout changed: 3`; empty while there is nothing to say. */
export function checkoutMark(plan: RunPlan, state: RunState): string {
  const changed = checkoutCount(state);
  if (changed > 0) {
    return `checkout changed: ${changed}`;
  }
  const isProved = plan.checkout !== undefined && state.checkout.count > 0;
  return isProved && state.phase.kind === 'finished' ? 'untouched ✓' : '';
}

/** `src/a.ts changed` */
export function checkoutChangeText(change: CheckoutChange): string {
  switch (change.what) {
    case 'branch':
      return `HEAD named ${change.was ?? 'no branch'}, and now ${change.is ?? 'no branch'}`;
    case 'commit':
      return `HEAD came to ${shortId(change.was)}, and now to ${shortId(change.is)}`;
    case 'index':
      return 'what is staged has changed';
    case 'file':
      return `${change.path} ${{ added: 'was added', changed: 'changed', removed: 'was removed' }[change.how]}`;
  }
}

/** Who it was, as far as it is known. */
export function checkoutWhoText(change: CheckoutChange): string {
  return change.what === 'file' && change.saved ? 'saved by you in the editor' : 'not by Sluice';
}

/** Whose doing all of it was: the user's own, or that of somebody beside Sluice. */
export function checkoutDoerText({ checkout }: RunState): string {
  const isOwn = (change: CheckoutChange) => change.what === 'file' && change.saved;
  return checkout.more === 0 && checkout.changes.every(isOwn) ? 'saved by you' : 'not by Sluice';
}

/** What changed in the checkout while the run was under way, as a Markdown page. */
export function checkoutPage(plan: RunPlan, state: RunState): string {
  const { changes, more, count: looks } = state.checkout;
  const total = checkoutCount(state);
  const lines = changes.map((change) => `- ${lineOf(change)}`);
  return [
    `# Checkout: ${state.run}`,
    total === 0
      ? looks === 0
        ? plan.checkout === undefined
          ? 'Nobody looked: the folder has no Git repository that Sluice can look at.'
          : 'It has not been looked at yet since the run began.'
        : `**Untouched.** HEAD, the index and the working tree were as before at each of ${count(looks, 'look')}.`
      : `**${count(total, 'change')} to the checkout while the run was under way.** Sluice did none of it: its tasks work in copies outside the checkout, and it writes nothing here but its own branches and tags.`,
    lines.join('\n'),
    more > 0 ? `And ${more} more.` : '',
    state.phase.kind === 'paused' && state.phase.because === 'checkout'
      ? 'The run is paused because of this. *Sluice: Resume Run* goes on with it; what changed stays as it is. With `sluice.checkout.onChange` at `tell` runs are not paused.'
      : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function lineOf(change: CheckoutChange): string {
  const who = checkoutWhoText(change);
  switch (change.what) {
    case 'branch':
      return `HEAD named ${refText(change.was)}, and now ${refText(change.is)}: ${who}`;
    case 'commit':
      return `HEAD came to ${code(shortId(change.was))}, and now to ${code(shortId(change.is))}: ${who}`;
    case 'index':
      return `What is staged has changed: ${who}`;
    case 'file':
      return `${code(change.path)} ${{ added: 'was added', changed: 'changed', removed: 'was removed' }[change.how]}: ${who}`;
  }
}

function refText(ref: string | undefined): string {
  return ref === undefined ? 'no branch' : code(ref.replace(/^refs\/heads\//, ''));
}

function shortId(id: string | undefined): string {
  return id === undefined ? 'no commit' : id.slice(0, 10);
}
