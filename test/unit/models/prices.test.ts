import assert from 'node:assert/strict';
import fs from 'node:fs';
import { NO_USAGE } from '../../../src/core/domain/call.ts';
import { isServedAs } from '../../../src/core/domain/servedModel.ts';
import { PRICE_LIST, priceListSchema } from '../../../src/core/models/priceList.ts';
import {
  costOf,
  listedModel,
  priceOf,
  type PriceOverrides,
} from '../../../src/core/models/prices.ts';
import { staleSchemas } from '../../../scripts/schemas.ts';

const at = Date.UTC(2026, 9, 24);
const of = (name: string) => {
  const slash = name.indexOf('/');
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
};
const price = (name: string, overrides: PriceOverrides = {}, when = at) =>
  priceOf(of(name), { at: when, overrides });

describe('The list of prices', () => {
  it('satisfies its schema, which is the one that ships', async () => {
    priceListSchema.parse(JSON.parse(fs.readFileSync('resources/models/prices.json', 'utf8')));
    assert.ok(!(await staleSchemas()).includes('../models/prices.schema.json'));
  });

  it('names each model once, says where each price is from, and is as new as its newest price', () => {
    const names = PRICE_LIST.models.flatMap(({ provider, model, alsoNamed = [] }) =>
      [model, ...alsoNamed].map((name) => `${provider}/${name}`),
    );
    assert.equal(new Set(names).size, names.length);
    for (const { source, model, prices } of PRICE_LIST.models) {
      assert.ok(Object.hasOwn(PRICE_LIST.sources, source), model);
      const days = prices.map(({ from }) => from ?? '');
      assert.deepEqual(days, [...days].sort(), `${model}: the oldest first`);
    }
    const newest = PRICE_LIST.models
      .map(({ seen }) => seen)
      .sort()
      .at(-1);
    assert.equal(PRICE_LIST.asOf, newest);
  });

  it('lists what its aliases and first choices stand for', () => {
    for (const one of Object.values(PRICE_LIST.aliases.models)) {
      assert.ok(listedModel(one), one.model);
    }
    for (const [provider, model] of Object.entries(PRICE_LIST.preferred)) {
      assert.ok(listedModel({ provider, model }), model);
    }
  });
});

describe('The price of a model', () => {
  it('is found with a day, a build or another spelling behind its name', () => {
    const sonnet = price('anthropic/claude-sonnet-4-5');
    assert.equal(sonnet?.input, 3);
    assert.deepEqual(price('anthropic/claude-sonnet-4-5-20250929'), sonnet);
    assert.deepEqual(price('anthropic/claude-sonnet-4.5@20250929'), sonnet);
    assert.deepEqual(price('openai/gpt-5-2025-08-07'), price('openai/gpt-5'));
    assert.deepEqual(price('google/models/gemini-2.5-pro'), price('google/gemini-2.5-pro'));
    assert.deepEqual(price('google/gemini-2.0-flash-001'), price('google/gemini-2.0-flash'));
    assert.deepEqual(price('openai/gpt-5.6'), price('openai/gpt-5.6-sol'));
    // A day that has a price of its own.
    assert.equal(price('openai/gpt-4o-2024-05-13')?.input, 5);
    assert.equal(price('openai/gpt-4o-2024-11-20')?.input, 2.5);
  });

  it('is unknown, and not nothing, for any other model', () => {
    for (const name of [
      'anthropic/claude-unheard-of-9',
      'openai/gpt-5-mini-ultra',
      'openrouter/anthropic/claude-sonnet-4.5',
      'vscode/copilot/gpt-5',
      'google/claude-sonnet-4-5',
      'ollama/qwen3',
      'anthropic/constructor',
    ]) {
      assert.equal(price(name), undefined, name);
    }
  });

  it('is nothing on a machine of one’s own', () => {
    const free = priceOf(of('ollama/qwen3'), { at, isFree: true });
    assert.ok(free);
    assert.equal(costOf(free, { ...NO_USAGE, input: 1e6, output: 1e6 }), 0);
  });

  it('is that of the day of the call', () => {
    const before = price('google/gemini-4-argon', {}, Date.UTC(2026, 10, 30, 23, 59));
    const after = price('google/gemini-4-argon', {}, Date.UTC(2026, 11, 1));
    assert.deepEqual([before?.input, after?.input], [2, 4]);
  });

  it('counts what came from the cache apart, and thinking as output', () => {
    const sonnet = price('anthropic/claude-sonnet-4-5')!;
    const usd = costOf(sonnet, {
      ...NO_USAGE,
      input: 100_000,
      cachedInput: 60_000,
      output: 10_000,
      reasoning: 8000,
    });
    assert.equal(usd.toFixed(6), ((40_000 * 3 + 60_000 * 0.3 + 10_000 * 15) / 1e6).toFixed(6));
  });

  it('is another one for the whole of a long call', () => {
    const haiku = price('anthropic/claude-haiku-5-5')!;
    assert.equal(costOf(haiku, { ...NO_USAGE, input: 100_000 }).toFixed(6), '0.010000');
    assert.equal(
      costOf(haiku, { ...NO_USAGE, input: 200_000, output: 1000 }).toFixed(6),
      '0.102500',
    );
  });

  it('is what the user says it is, and otherwise as it was', () => {
    const own: PriceOverrides = {
      'openai/gpt-5': { input: 1 },
      'claude-sonnet-4-5': { output: 10 },
      'openrouter/a/b': { input: 2, output: 4 },
      'proxy/*': { input: 7, output: 7 },
      'vllm/half': { input: 7 },
    };
    assert.deepEqual(price('openai/gpt-5-2025-08-07', own), {
      input: 1,
      output: 10,
      cachedInput: 1,
      long: undefined,
    });
    assert.deepEqual(price('anthropic/claude-sonnet-4-5', own), {
      input: 3,
      output: 10,
      cachedInput: 0.3,
      long: undefined,
    });
    assert.equal(price('openrouter/a/b', own)?.output, 4);
    assert.equal(price('proxy/anything', own)?.input, 7);
    // Half a price is none.
    assert.equal(price('vllm/half', own), undefined);
  });
});

describe('The model that answered', () => {
  for (const [requested, served, same] of [
    ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', true],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', true],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20251111', false],
    ['claude-sonnet-4-5', 'claude-haiku-4-5', false],
    ['claude-sonnet-4-5', 'claude-sonnet-4-20250514', false],
    ['gpt-5', 'gpt-5-2025-08-07', true],
    ['gpt-5', 'gpt-5-mini', false],
    ['gpt-5', 'gpt-5-mini-2025-08-07', false],
    ['gpt-5.6', 'gpt-5.6-luna', false],
    ['gemini-2.5-pro', 'models/gemini-2.5-pro', true],
    ['gemini-flash-latest', 'gemini-3.8-flash', true],
    ['gemini-flash-latest', 'gemini-3.5-flash-lite', false],
    ['gemini-3-pro-preview', 'gemini-3-pro', false],
    ['anthropic/claude-sonnet-4.5', 'claude-4.5-sonnet', false],
    ['anthropic/claude-sonnet-4.5', 'anthropic/claude-sonnet-4-5-20250929', true],
    ['qwen3', 'qwen3:latest', true],
    ['qwen3:8b', 'qwen3:latest', false],
    ['GPT-5', 'gpt-5', true],
  ] as const) {
    it(`${served} is ${same ? 'the' : 'not the'} ${requested} that was asked`, () => {
      assert.equal(isServedAs(requested, served), same);
    });
  }
});
