import assert from 'node:assert/strict';
import {
  environmentHost,
  keyVariables,
  readModelSettings,
} from '../../../src/core/models/environmentHost.ts';
import { DEFAULT_MODEL_SETTINGS } from '../../../src/core/models/modelHost.ts';

describe('The terminal as a host of models', () => {
  it('has keys in the variables of their providers, the first that says something', async () => {
    const host = environmentHost({
      ANTHROPIC_API_KEY: ' a \n',
      OPENAI_API_KEY: '',
      GOOGLE_GENERATIVE_AI_API_KEY: 'third',
      GOOGLE_API_KEY: 'second',
      MY_PROXY_API_KEY: 'p',
      OWN_NAME: 'o',
    });
    const keys = ['anthropic', 'openai', 'google', 'openrouter', 'my-proxy', 'OWN_NAME'];
    assert.deepEqual(await Promise.all(keys.map((name) => host.secret(name))), [
      'a',
      undefined,
      'second',
      undefined,
      'p',
      'o',
    ]);
    assert.equal(host.hosted, undefined);
    assert.equal(host.keysFrom, 'environment');
  });

  it('takes the default from SLUICE_MODEL over the user’s file', () => {
    const settings = { ...DEFAULT_MODEL_SETTINGS, defaultModels: ['from-file'] };
    const of = (model: string | undefined) =>
      environmentHost({ SLUICE_MODEL: model }, settings).settings().defaultModels;
    assert.deepEqual(of('opus, ollama/qwen3 ,'), ['opus', 'ollama/qwen3']);
    assert.deepEqual(of(' '), ['from-file']);
    assert.deepEqual(of(undefined), ['from-file']);
  });

  it('reads a file of settings', () => {
    const read = readModelSettings({
      models: ['opus'],
      addresses: [{ id: 'team', baseURL: 'https://a.example/v1', keyName: 'team' }],
      prices: { 'team/*': { input: 1, output: 2 } },
      concurrency: 3,
    });
    assert.deepEqual(read, {
      ok: true,
      value: {
        defaultModels: ['opus'],
        addresses: [{ id: 'team', baseURL: 'https://a.example/v1', keyName: 'team', headers: {} }],
        baseURLs: {},
        concurrency: 3,
        prices: { 'team/*': { input: 1, output: 2 } },
        lookForLocal: true,
      },
    });
    assert.deepEqual(readModelSettings({}), { ok: true, value: DEFAULT_MODEL_SETTINGS });
    assert.deepEqual(read.ok && keyVariables(read.value).at(-1), 'TEAM_API_KEY');
  });

  for (const [what, value, where] of [
    ['no object', [], /./],
    ['an unknown field', { model: 'x' }, /model/],
    [
      'an address that is none',
      { addresses: [{ id: 'a', baseURL: 'file:///x' }] },
      /^addresses\.0\.baseURL: /,
    ],
    [
      'an id with a slash',
      { addresses: [{ id: 'a/b', baseURL: 'http://x' }] },
      /^addresses\.0\.id: /,
    ],
    ['a price below nothing', { prices: { a: { input: -1 } } }, /^prices\.a\.input: /],
    ['too much at once', { concurrency: 1000 }, /^concurrency: /],
  ] as const) {
    it(`says where there is ${what}`, () => {
      const read = readModelSettings(value);
      assert.ok(!read.ok);
      assert.match(read.error[0] ?? '', where);
    });
  }
});
