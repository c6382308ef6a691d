import assert from 'node:assert/strict';
import { zoneOf } from '../src/zones.ts';

describe('zones', () => {
  it('knows its neighbours', () => {
    assert.equal(zoneOf('BE'), 'near');
  });

  it('reads small letters too', () => {
    assert.equal(zoneOf('jp'), 'far');
  });
});
