import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  hostedFor,
  readModelName,
  type ModelCandidate,
  type NamedModel,
} from '../../../src/core/models/modelNames.ts';
import { providersOf } from '../../../src/core/models/providers/providers.ts';
import { DEFAULT_MODEL_SETTINGS } from '../../../src/core/models/modelHost.ts';
import { anyText } from '../../support/anyText.ts';

const PROVIDERS = new Set([...providersOf(DEFAULT_MODEL_SETTINGS).keys(), 'proxy']);

/** In short: `@name` hosted, `@name(vendor)`, `@family-*`, `provider/model`, `~model` of any local server. */
function short(written: string): string {
  const reading = readModelName(written, PROVIDERS);
  switch (reading.kind) {
    case 'default':
      return 'default';
    case 'no-model':
      return `${reading.provider}/?`;
    case 'candidates':
      return reading.candidates.map(shortCandidate).join(' | ');
  }
}

function shortCandidate(candidate: ModelCandidate): string {
  switch (candidate.at) {
    case 'hosted':
      return `@${candidate.name}${candidate.vendor === undefined ? '' : `(${candidate.vendor})`}`;
    case 'hosted-family':
      return `@${candidate.family}-*`;
    case 'provider':
      return `${candidate.provider}/${candidate.model}`;
    case 'local':
      return `~${candidate.model}`;
  }
}

const CASES: readonly (readonly [written: string, meaning: string])[] = [
  ['', 'default'],
  [' auto ', 'default'],
  ['inherit', 'default'],
  ['anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
  ['Anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
  ['openai/gpt-5', 'openai/gpt-5'],
  ['google/gemini-2.5-pro', 'google/gemini-2.5-pro'],
  ['openrouter/meta-llama/llama-4', 'openrouter/meta-llama/llama-4'],
  ['ollama/qwen3:8b', 'ollama/qwen3:8b'],
  ['lmstudio/a/b', 'lmstudio/a/b'],
  ['vllm/mistral', 'vllm/mistral'],
  ['openai-compatible:proxy/team/model', 'proxy/team/model'],
  ['proxy/model', 'proxy/model'],
  ['openai-compatible:proxy', 'proxy/?'],
  ['anthropic/', 'anthropic/?'],
  ['vscode/copilot/gpt-5', '@gpt-5(copilot)'],
  ['vscode/gpt-5', '@gpt-5'],
  ['vscode/', 'vscode/?'],
  ['copilot/gpt-5', '@gpt-5(copilot) | @copilot/gpt-5 | ~copilot/gpt-5'],
  [
    'GPT-5.2 (copilot)',
    '@GPT-5.2(copilot) | @GPT-5.2 (copilot) | openai/gpt-5.2 | openai/gpt-5.2-copilot',
  ],
  ['Claude Opus 4.5', '@Claude Opus 4.5 | anthropic/claude-opus-4-5'],
  ['qwen3 (ollama)', '@qwen3(ollama) | @qwen3 (ollama) | ollama/qwen3'],
  ['claude-opus-4-1-20250805', '@claude-opus-4-1-20250805 | anthropic/claude-opus-4-1-20250805'],
  ['gpt-5-mini', '@gpt-5-mini | openai/gpt-5-mini'],
  ['o3', '@o3 | openai/o3'],
  ['o4-mini', '@o4-mini | openai/o4-mini'],
  ['gemini-3-flash-preview', '@gemini-3-flash-preview | google/gemini-3-flash-preview'],
  ['sonnet', '@claude-sonnet-* | anthropic/claude-sonnet-5-5'],
  ['Opus', '@claude-opus-* | anthropic/claude-opus-5-5'],
  ['haiku[1m]', '@claude-haiku-* | anthropic/claude-haiku-5-5'],
  ['qwen3:8b', '@qwen3:8b | ~qwen3:8b'],
  ['gpt-oss:20b', '@gpt-oss:20b | ~gpt-oss:20b'],
  ['llama3.3', '@llama3.3 | ~llama3.3'],
];

describe('A written model name', () => {
  for (const [written, meaning] of CASES) {
    it(`${JSON.stringify(written)} means ${meaning}`, () => {
      assert.equal(short(written), meaning);
    });
  }

  it('is read whatever it is, and leads somewhere', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 60 }), (written) => {
        const reading = readModelName(written, PROVIDERS);
        assert.ok(reading.kind !== 'candidates' || reading.candidates.length > 0);
      }),
    );
  });
});

describe('A model that VS Code has', () => {
  const has: readonly NamedModel[] = [
    named('gpt-5', 'GPT-5', 'copilot', 'gpt-5'),
    named('claude-sonnet-4', 'Claude Sonnet 4', 'copilot', 'claude-sonnet-4'),
    named('claude-sonnet-4.5', 'Claude Sonnet 4.5', 'copilot', 'claude-sonnet-4.5'),
    named('claude-sonnet-10', 'Claude Sonnet 10', 'anthropic', 'claude-sonnet-10'),
    named('gpt-5', 'GPT-5 (own key)', 'openai', 'gpt-5'),
    named('x1', 'Gemini 3 Pro (Preview)', 'copilot', 'gemini-3-pro'),
  ];

  function find(written: string): string | undefined {
    const reading = readModelName(written, PROVIDERS);
    assert.ok(reading.kind === 'candidates');
    for (const candidate of reading.candidates) {
      const found =
        candidate.at === 'hosted' || candidate.at === 'hosted-family'
          ? hostedFor(candidate, has)
          : undefined;
      if (found !== undefined) {
        return `${found.vendor}/${found.name}`;
      }
    }
    return undefined;
  }

  for (const [written, found] of [
    ['GPT-5 (copilot)', 'copilot/GPT-5'],
    ['gpt-5', 'copilot/GPT-5'],
    ['vscode/openai/gpt-5', 'openai/GPT-5 (own key)'],
    ['Claude Sonnet 4.5 (copilot)', 'copilot/Claude Sonnet 4.5'],
    ['claude-sonnet-4-5', 'copilot/Claude Sonnet 4.5'],
    ['Gemini 3 Pro (Preview)', 'copilot/Gemini 3 Pro (Preview)'],
    ['Gemini 3 Pro (Preview) (copilot)', 'copilot/Gemini 3 Pro (Preview)'],
    ['sonnet', 'anthropic/Claude Sonnet 10'],
    ['opus', undefined],
    ['Claude Sonnet 4.5 (elsewhere)', undefined],
    ['claude-sonnet-4-20250514', undefined],
  ] as const) {
    it(`is ${found ?? 'none'} for ${JSON.stringify(written)}`, () => {
      assert.equal(find(written), found);
    });
  }

  function named(id: string, name: string, vendor: string, family: string): NamedModel {
    return { id, name, vendor, family, version: '' };
  }
});
