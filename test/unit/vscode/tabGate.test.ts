import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import { runIdOf } from '../../../src/core/domain/ids.ts';
import { gateIn, isPageTab, isTitledTab, withGate } from '../../../src/vscode/gates/tabGate.ts';
import { task } from '../projections/histories.ts';

describe('A tab that shows what a gate asks about', () => {
  const gate = {
    run: runIdOf('quality', 1),
    task: task('approve-it'),
    digest: digestOf('shown'),
  };
  const address = new URLSearchParams({ folder: 'file:///tea shop', digest: digestOf('file') });

  it('names the gate and what was shown in its address, beside what the address named before', () => {
    const query = withGate(address.toString(), gate);
    assert.deepEqual(gateIn(query), { folder: 'file:///tea shop', ...gate });
    assert.equal(new URLSearchParams(query).get('digest'), digestOf('file'));
  });

  it('names no gate where the address does not, or says what cannot be', () => {
    assert.equal(gateIn(address.toString()), undefined);
    assert.equal(gateIn(''), undefined);
    const query = new URLSearchParams(withGate(address.toString(), gate));
    query.set('gateDigest', 'anything');
    assert.equal(gateIn(query.toString()), undefined);
    query.set('gateDigest', gate.digest);
    query.set('gateRun', '../../etc');
    assert.equal(gateIn(query.toString()), undefined);
  });

  it('is told by its title, of which no other title is a part', () => {
    assert.ok(isTitledTab('What a of x-1 guards (3 files)', 'What a of x-1 guards'));
    assert.ok(!isTitledTab('What a of x-1 guards', 'What a of x-1 guards'));
    assert.ok(!isTitledTab('What a of x-12 guards (3 files)', 'What a of x-1'));
  });

  it('is told by its name where it is a page, as text or rendered in any language', () => {
    assert.ok(isPageTab('Gate a of x-1.md', 'Gate a of x-1.md'));
    assert.ok(isPageTab('Preview Gate a of x-1.md', 'Gate a of x-1.md'));
    assert.ok(isPageTab('Vorschau Gate a of x-1.md', 'Gate a of x-1.md'));
    assert.ok(!isPageTab('Preview Gate a of x-1.md', 'Gate b of x-1.md'));
  });
});
