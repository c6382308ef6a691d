import assert from 'node:assert/strict';
import { drawnText } from '../../../src/core/projections/drawn.ts';

describe('A run whose workflow nobody chose', () => {
  const ways = { asked: 'build', other: 'build-alone' };

  it('says which two are compared, and how often the other one runs', () => {
    assert.equal(
      drawnText({ drawn: { ...ways, share: 0.5 } }),
      'one of two ways that are compared: build and build-alone (50 % of the runs)',
    );
    assert.match(drawnText({ drawn: { ...ways, share: 0.125 } })!, / \(12\.5 % of the runs\)$/);
  });

  it('is one like any other where somebody chose it', () => {
    assert.equal(drawnText({}), undefined);
  });
});
