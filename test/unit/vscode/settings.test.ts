import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_MODEL_SETTINGS } from '../../../src/core/models/modelHost.ts';
import { settings } from '../../../src/vscode/ids.ts';

describe('The settings of models', () => {
  const accepts = (key: keyof typeof settings, value: unknown) => settings[key].accepts(value);

  it('have the defaults that the models have without a window', () => {
    assert.deepEqual(
      {
        defaultModels: settings['models.default'].default,
        addresses: settings['models.addresses'].default,
        baseURLs: settings['models.baseURLs'].default,
        concurrency: settings['models.concurrency'].default,
        prices: settings['models.prices'].default,
        lookForLocal: settings['models.lookForLocal'].default,
      },
      DEFAULT_MODEL_SETTINGS,
    );
  });

  it('take addresses that can be called, and nothing else', () => {
    const mine = { id: 'mine', baseURL: 'https://models.example.org/v1' };
    assert.ok(
      accepts('models.addresses', [
        mine,
        { ...mine, id: 'other', keyName: 'k', headers: { a: 'b' } },
      ]),
    );
    for (const wrong of [
      { ...mine, id: 'Mine' },
      { ...mine, id: undefined },
      { ...mine, baseURL: 'file:///etc/passwd' },
      { ...mine, baseURL: 'https://' },
      { ...mine, keyName: '' },
      { ...mine, headers: { a: 1 } },
      'https://models.example.org',
      null,
    ]) {
      assert.ok(!accepts('models.addresses', [wrong]), JSON.stringify(wrong));
    }
    assert.ok(!accepts('models.addresses', mine));
  });

  it('are read without a fault, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        for (const { accepts: check } of Object.values(settings)) {
          assert.equal(typeof check(value), 'boolean');
        }
      }),
    );
  });
});
