import assert from 'node:assert/strict';
import { labelFor } from '../src/label.ts';
import { checkDigit, parseTracking } from '../src/tracking.ts';

describe('tracking numbers', () => {
  it('end in a check digit', () => {
    assert.equal(checkDigit('00004711'), 7);
  });

  it('are read with spaces', () => {
    assert.equal(parseTracking('000 047 117'), '000047117');
  });

  it('are refused when two digits are swapped', () => {
    assert.throws(() => parseTracking('000 074 117'), /check digit/);
  });

  it('are read with the dashes of the old labels', () => {
    assert.equal(parseTracking('000-047-117'), '000047117');
  });

  it('stand on the label in threes', () => {
    const label = labelFor({ grams: 450, country: 'DE', insured: true }, 4711);
    assert.deepEqual(label.lines, ['DE  near', '450 g  insured', '000 047 117']);
  });
});
