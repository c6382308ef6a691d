import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { CheckoutChange, CheckoutState } from '../../../src/core/domain/checkout.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { checkoutMark, checkoutPage } from '../../../src/vscode/checkoutText.ts';
import { planWith, step } from '../../support/plans.ts';
import { ADA, started, stateAfter, succeeded } from '../projections/histories.ts';

const state: CheckoutState = {
  branch: 'refs/heads/main',
  commit: undefined,
  index: digestOf('index'),
  files: {},
};
const looked = planWith({ checkout: { state, onChange: 'stop' } }, step('a'));
const unseen = planWith({}, step('a'));

function look(...changes: readonly CheckoutChange[]): EventBody {
  return { type: 'checkout-looked', state: digestOf('now'), changes, more: 0 };
}

const over: readonly EventBody[] = [
  started('a'),
  succeeded('a'),
  { type: 'run-finished', status: 'succeeded' },
];
const saved: CheckoutChange = { what: 'file', path: 'a.ts', how: 'changed', saved: true };
const other: CheckoutChange = { what: 'file', path: '`b`.ts', how: 'added', saved: false };

describe('What a run says of the checkout', () => {
  it('is that it is untouched once the run is over and was looked after, and not before', () => {
    assert.equal(checkoutMark(looked, stateAfter(looked, look())), '');
    assert.equal(checkoutMark(looked, stateAfter(looked, ...over)), '');
    const [begun, made, end] = over;
    assert.ok(begun && made && end);
    assert.equal(checkoutMark(looked, stateAfter(looked, begun, made, look(), end)), 'untouched ✓');
    assert.equal(checkoutMark(unseen, stateAfter(unseen, begun, made, end)), '');
  });

  it('is how much changed, whose doing it was, and why the run is paused', () => {
    const paused: EventBody = {
      type: 'run-paused',
      running: 'finish',
      by: ADA,
      because: 'checkout',
    };
    const after = stateAfter(
      looked,
      look(saved, other, { what: 'branch', was: 'refs/heads/main', is: 'refs/heads/x' }),
      paused,
    );
    assert.equal(checkoutMark(looked, after), 'checkout changed: 3');
    const page = checkoutPage(looked, after);
    assert.match(page, /^- `a\.ts` changed: saved by you in the editor$/m);
    assert.match(page, /^- `` `b`\.ts `` was added: not by Sluice$/m);
    assert.match(page, /^- HEAD named `main`, and now `x`: not by Sluice$/m);
    assert.match(page, /The run is paused because of this/);
  });

  it('is that nobody looked where there was nothing to look at', () => {
    assert.match(checkoutPage(unseen, stateAfter(unseen)), /Nobody looked/);
    assert.match(checkoutPage(looked, stateAfter(looked, look())), /\*\*Untouched\.\*\*/);
  });
});
