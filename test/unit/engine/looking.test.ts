import assert from 'node:assert/strict';
import { digestOf, type Digest } from '../../../src/core/base/digest.ts';
import type { CheckoutChange } from '../../../src/core/domain/checkout.ts';
import type { OnCheckoutChange } from '../../../src/core/domain/checkout.ts';
import type { CheckoutLook } from '../../../src/core/engine/parts.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { gate, planWith, step } from '../../support/plans.ts';

const EDITED: CheckoutChange = { what: 'file', path: 'src/a.ts', how: 'changed', saved: false };

describe("The user's checkout", () => {
  let rig: DriverRig;
  /** What each look was compared with. */
  let compared: (Digest | undefined)[];
  /** What the next looks find; nothing afterwards. */
  let findings: (readonly CheckoutChange[] | 'unreadable')[];

  afterEach(() => rig.dispose());

  function begin(onChange: OnCheckoutChange = 'stop'): void {
    const state = { branch: 'refs/heads/main', commit: undefined, index: digestOf('0'), files: {} };
    rig = new DriverRig(
      planWith({ checkout: { state, onChange } }, step('a', [], { produces: ['a.md'] })),
    );
    compared = [];
    findings = [];
    rig.checkout = {
      look: (last): Promise<CheckoutLook | undefined> => {
        compared.push(last);
        const found = findings.shift() ?? [];
        return Promise.resolve(
          found === 'unreadable'
            ? undefined
            : { state: digestOf(`look ${compared.length}`), changes: found, more: 0 },
        );
      },
    };
    rig.start();
  }

  async function finish(): Promise<void> {
    (await rig.attempt('a')).succeed('', { 'a.md': '' });
    await rig.end();
  }

  it('is looked at before results reach branches and at the end, and nothing is said but that it is untouched', async () => {
    begin();
    await finish();
    assert.equal(compared.length, 2);
    assert.deepEqual(rig.state().checkout, {
      count: 1,
      last: digestOf('look 2'),
      changes: [],
      more: 0,
    });
    assert.deepEqual(rig.types().slice(-4), [
      'landing-started',
      'landing-done',
      'checkout-looked',
      'run-finished',
    ]);
  });

  it('stops the run when it is not what it was, before anything reaches a branch', async () => {
    begin();
    findings = [[EDITED]];
    (await rig.attempt('a')).succeed('', { 'a.md': '' });
    await rig.until(() => rig.state().phase.kind === 'paused');
    const { phase, checkout } = rig.state();
    assert.deepEqual(phase, {
      kind: 'paused',
      running: 'finish',
      by: PERSON,
      because: 'checkout',
    });
    assert.deepEqual(checkout.changes, [EDITED]);
    assert.deepEqual(rig.landed, []);
    // Whoever goes on takes it as it is now.
    await rig.ask({ kind: 'unpause', by: PERSON });
    await rig.end();
    assert.deepEqual(rig.landed, ['ai/generated/example-1/a']);
    assert.deepEqual(compared.slice(0, 2), [undefined, digestOf('look 1')]);
    assert.deepEqual(rig.state().checkout.changes, [EDITED]);
  });

  it('may be changed by what its user saves', async () => {
    begin();
    findings = [[{ ...EDITED, saved: true }]];
    await finish();
    assert.deepEqual(rig.landed, ['ai/generated/example-1/a']);
    assert.equal(rig.state().checkout.changes.length, 1);
  });

  it('is only told of where its user wants that', async () => {
    begin('tell');
    findings = [[EDITED]];
    await finish();
    assert.equal(compared.length, 1);
    assert.deepEqual(rig.state().checkout.changes, [EDITED]);
    assert.equal(rig.state().phase.kind, 'finished');
  });

  it('is claimed to be nothing where it could not be looked at', async () => {
    begin();
    findings = ['unreadable', 'unreadable'];
    await finish();
    assert.equal(rig.state().checkout.count, 0);
    assert.deepEqual(rig.landed, ['ai/generated/example-1/a']);
  });

  it('is not looked at by a run that has none', async () => {
    rig = new DriverRig(planWith({}, step('a'), gate('ok', ['a'])));
    rig.start({ approveGate: () => true });
    (await rig.attempt('a')).succeed();
    await rig.end();
    assert.ok(!rig.types().includes('checkout-looked'));
  });
});
