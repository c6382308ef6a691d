import assert from 'node:assert/strict';
import { quote } from '../src/rates.ts';

describe('rates', () => {
  it('charges full half kilos', () => {
    assert.equal(quote({ grams: 1000, country: 'NL', insured: false }, 'home'), 380);
  });

  it('adds the insurance once', () => {
    assert.equal(quote({ grams: 1000, country: 'BE', insured: true }, 'near'), 930);
  });

  it('charges a started half kilo in full', () => {
    assert.equal(quote({ grams: 1200, country: 'BE', insured: false }, 'near'), 1020);
  });
});
