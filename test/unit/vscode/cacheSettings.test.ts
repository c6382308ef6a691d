import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_CACHE_SETTINGS } from '../../../src/core/domain/cache.ts';
import { readCacheSettings } from '../../../src/core/cacheSettings.ts';
import { settings } from '../../../src/vscode/ids.ts';

const read = (written: Parameters<typeof readCacheSettings>[0]) =>
  readCacheSettings(written, 'sluice.cache');

describe('The settings of the cache', () => {
  it('have the defaults that the cache has without a window', () => {
    const untouched = read({
      enabled: settings['cache.enabled'].default,
      ttl: settings['cache.ttl'].default,
      maxSizeMb: settings['cache.maxSizeMb'].default,
    });
    assert.deepEqual(untouched, { settings: DEFAULT_CACHE_SETTINGS, problems: [] });
    assert.deepEqual(read({}), untouched);
  });

  it('are read as they are written', () => {
    const ttl = { web_search: '1h', model_response: '1.5h', own: '250ms' };
    assert.deepEqual(read({ enabled: false, ttl, maxSizeMb: 1 }), {
      settings: {
        use: false,
        ttlMs: { web_search: 3_600_000, model_response: 5_400_000, own: 250 },
        maxBytes: 1_048_576,
      },
      problems: [],
    });
  });

  it('say what is wrong in them, and what counts until it is repaired', () => {
    const wrong = read({
      enabled: 'yes',
      ttl: {
        web_search: 'soon',
        model_response: 24,
        'two words': '1h',
        file_read: '2h',
        a: '999h',
      },
      maxSizeMb: 0.5,
    });
    assert.deepEqual(wrong.problems, [
      'sluice.cache.enabled must be true or false; until then the cache is used.',
      'sluice.cache.ttl gives web_search "soon", and needs a duration such as 30m or 24h, at most 168h; until then its answers stand 24h.',
      'sluice.cache.ttl gives model_response 24, and needs a duration such as 30m or 24h, at most 168h; until then its answers stand 24h.',
      'sluice.cache.ttl names "two words", and a namespace is 1 to 64 letters, digits, "_" and "-"; it is passed over.',
      'sluice.cache.ttl gives a "999h", and needs a duration such as 30m or 24h, at most 168h; until then its answers stand 24h.',
      'sluice.cache.maxSizeMb must be a whole number from 1 to 1048576; until then it is 1024.',
    ]);
    const ttlMs = { file_read: 7_200_000 };
    assert.deepEqual(wrong.settings, { ...DEFAULT_CACHE_SETTINGS, ttlMs });
  });

  it('are the defaults where they are no settings at all', () => {
    for (const ttl of [null, '24h', ['1h'], 7]) {
      const { settings: used, problems } = read({ ttl });
      assert.deepEqual(used, DEFAULT_CACHE_SETTINGS);
      assert.deepEqual(problems, [
        'sluice.cache.ttl must name namespaces and how long their answers stand, such as {"web_search": "1h"}; until then all stand 24h.',
      ]);
    }
  });

  it('are wrong exactly where the window takes them for wrong', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(anything, (value) => {
        const { enabled, maxSizeMb } = {
          enabled: read({ enabled: value }).problems.length === 0,
          maxSizeMb: read({ maxSizeMb: value }).problems.length === 0,
        };
        assert.equal(settings['cache.enabled'].accepts(value), enabled);
        assert.equal(settings['cache.maxSizeMb'].accepts(value), maxSizeMb);
      }),
    );
  });

  it('can be used, whatever stands in the file', () => {
    const anything = fc.jsonValue();
    fc.assert(
      fc.property(anything, anything, anything, (enabled, ttl, maxSizeMb) => {
        const { settings: used, problems } = read({ enabled, ttl, maxSizeMb });
        assert.equal(typeof used.use, 'boolean');
        assert.ok(used.maxBytes >= 1);
        assert.ok(Object.values(used.ttlMs).every((ms) => ms >= 1));
        assert.ok(problems.every((problem) => /^sluice\.cache\.[^\n]*\.$/.test(problem)));
      }),
    );
  });
});
