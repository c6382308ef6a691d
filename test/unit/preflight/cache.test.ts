import assert from 'node:assert/strict';
import { NO_TERMS, plainCacheRule, type CacheRule } from '../../../src/core/domain/terms.ts';
import { preflight } from '../../../src/core/preflight/preflight.ts';
import { preflightPage } from '../../../src/core/preflight/page.ts';
import { cacheText } from '../../../src/core/preflight/words.ts';
import { gate, modelAgent, plan, planWith, step, type StepParts } from '../../support/plans.ts';
import { factsOf, preflightOf, told } from './preflightRig.ts';

const SIMILAR = { model: 'openai/x', threshold: 0.9 };
const WHY = 'OpenAI has no key: run Sluice: Set API Key.';

function saying(over: Partial<CacheRule>): Pick<StepParts, 'terms'> {
  return { terms: { ...NO_TERMS, cache: { ...plainCacheRule(true), ...over } } };
}

/** A step of a language model that takes the answer to a similar question. */
function similar(over: StepParts = {}) {
  const agents = { 'a-agent': modelAgent('a-agent') };
  return planWith({ agents }, step('a', [], { ...saying({ similar: SIMILAR }), ...over }));
}

const anyModel = { runners: new Set(['command', 'model'] as const) };

describe('The cache in a pre-flight', () => {
  it('is told of every step, and why it is not asked', () => {
    const made = plan(
      step('usual'),
      step('own', [], saying({ namespace: 'concept_data', ttlMs: 7_200_000, inputs: ['src/**'] })),
      step('off', [], { terms: { ...NO_TERMS, cache: plainCacheRule(false) } }),
      step('outside', [], { effects: 'external' }),
      gate('ok', ['usual']),
    );
    const usual = { ttlMs: undefined, inputs: undefined, similar: undefined };
    const { steps } = preflightOf(made);
    assert.deepEqual(
      steps.map(({ cache }) => cache),
      [
        { kind: 'use', namespace: 'command_output', ...usual },
        {
          kind: 'use',
          namespace: 'concept_data',
          ...usual,
          ttlMs: 7_200_000,
          inputs: ['src/**'],
        },
        { kind: 'off', why: 'definition' },
        { kind: 'off', why: 'external' },
        undefined,
      ],
    );
    assert.deepEqual(steps.map(cacheText), [
      '',
      'kept as concept_data; stands for 2 h',
      'not asked: its step, its workflow or its agent says so',
      'not asked: what it does happens outside its copy (effects: external)',
      '',
    ]);
  });

  it('takes no room on the page where all is as usual', () => {
    assert.doesNotMatch(preflightPage(preflightOf(plan(step('a'), gate('ok', ['a'])))), /Cache/);
  });

  it('is told once where the run does without it', () => {
    const made = { ...plan(step('a'), step('b')), useCache: false };
    const page = preflightPage(preflight(made, factsOf(made)));
    assert.equal(page.match(/^- Cache: not asked.*the run was started without it.*$/gm)?.length, 1);
    assert.equal(page.match(/Cache/g)?.length, 1);
  });

  it('stands beside the step where it is not as usual', () => {
    const page = preflightPage(preflightOf(similar(), anyModel));
    assert.match(page, /^- Cache: also answers similar questions .*openai.*x, from 0.*9.*$/m);
  });

  it('is an error where similar questions are wanted and no model finds them', () => {
    const faults = { ...anyModel, embeddingFaults: new Map([['openai/x', WHY]]) };
    const report = preflightOf(similar(), faults);
    assert.deepEqual(told(report), [
      'error a: Nothing finds similar questions: openai/x cannot be asked',
    ]);
    assert.deepEqual([report.verdict, report.findings[0]?.repair], ['cannot', WHY]);
    assert.deepEqual(told(preflightOf(similar({ condition: 'failure()' }), faults)), [
      'warning a: Nothing finds similar questions: openai/x cannot be asked',
    ]);
    assert.deepEqual(told(preflightOf(similar(), anyModel)), []);
    const without = { ...similar(), useCache: false };
    assert.deepEqual(told(preflight(without, factsOf(without, faults))), []);
  });
});
