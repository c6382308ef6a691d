import assert from 'node:assert/strict';
import type { CacheRule } from '../../../src/core/domain/terms.ts';
import { plainCacheRule } from '../../../src/core/domain/terms.ts';
import type { AgentStep, Workflow } from '../../../src/core/domain/workflow.ts';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { AgentRig, claudeFile } from './agentRig.ts';
import {
  lines,
  readAgent,
  readWorkflowText,
  said,
  sourceOf,
  unmark,
  validAgent,
} from './marked.ts';
import { check } from './workflowCases.ts';

const AGENTS = indexAgents([validAgent('eslint'), modelAgent('reviewer')]);

const e = (expression: string) => `\${{ ${expression} }}`;

const EVERYTHING =
  '{ ttl: 168h, namespace: concept_data, inputs: [src/**, package.json], similar: { model: openai/text-embedding-3-small, threshold: 0.9 } }';
const RULE: CacheRule = {
  use: true,
  ttlMs: 7 * 24 * 3_600_000,
  namespace: 'concept_data',
  inputs: ['src/**', 'package.json'],
  similar: { model: 'openai/text-embedding-3-small', threshold: 0.9 },
};

function modelAgent(name: string) {
  const entry = validAgent(name);
  assert.ok(entry.kind === 'valid');
  const runner = { kind: 'model', instructions: 'x', models: [], mcpServers: [] } as const;
  return { ...entry, agent: { ...entry.agent, runner } };
}

function workflow(text: string): Workflow {
  const entry = readWorkflowText(sourceOf('.sluice/workflows/w.yaml', text), AGENTS);
  assert.ok(entry.kind === 'valid', said(entry.diagnostics).join('\n'));
  return entry.workflow;
}

function ruleOf(cache: string): CacheRule | undefined {
  const { steps } = workflow(`steps: { a: { agent: reviewer, cache: ${cache} } }`);
  return (steps[0] as AgentStep).terms.cache;
}

describe('What is said of the cache', () => {
  it('is all or a part of it, in steps and at the top of a workflow', () => {
    assert.deepEqual(ruleOf(EVERYTHING), RULE);
    assert.deepEqual(ruleOf('true'), plainCacheRule(true));
    assert.deepEqual(ruleOf('false'), plainCacheRule(false));
    assert.deepEqual(ruleOf('{ namespace: my-own_1 }'), {
      ...plainCacheRule(true),
      namespace: 'my-own_1',
    });
    assert.deepEqual(ruleOf('{ inputs: src }')?.inputs, ['src']);
    assert.deepEqual(ruleOf('{ inputs: [] }')?.inputs, []);
    assert.deepEqual(ruleOf('{ similar: { model: ollama/nomic-embed-text } }')?.similar, {
      model: 'ollama/nomic-embed-text',
      threshold: 0.95,
    });
    assert.deepEqual(workflow(`cache: ${EVERYTHING}\nsteps: [eslint]`).cache, RULE);
    assert.deepEqual(workflow('cache: false\nsteps: [eslint]').cache, plainCacheRule(false));
    assert.equal(workflow('steps: [eslint]').cache, undefined);
  });

  it('is the same in agents of all formats, and in .sluice/agents.yaml', async () => {
    const rule = 'cache: { ttl: 2h, namespace: web_search }';
    const wanted = { ...plainCacheRule(true), ttlMs: 7_200_000, namespace: 'web_search' };
    for (const [file, text] of [
      ['a.yaml', `command: [x]\n${rule}`],
      ['a.yaml', `instructions: x\n${rule}`],
      ['a.md', `---\n${rule}\n---\nHelp.`],
      ['a.json', '{ "command": ["x"], "cache": { "ttl": "2h", "namespace": "web_search" } }'],
    ] as const) {
      const draft = readAgent(sourceOf(`.sluice/agents/${file}`, text), 'sluice');
      assert.ok(draft.kind === 'valid', said(draft.diagnostics).join('\n'));
      assert.deepEqual(draft.agent.terms.cache, wanted, text);
    }
    const rig = new AgentRig();
    try {
      rig.write('.claude/agents/r.md', claudeFile('reviewer'));
      rig.write('.sluice/agents.yaml', `reviewer:\n  ${rule}\n`);
      assert.deepEqual((await rig.valid('reviewer')).agent.terms.cache, wanted);
    } finally {
      rig.dispose();
    }
  });

  it('may hold values of inputs and of the matrix in a step, of inputs at the top', () => {
    const { cache, steps } = workflow(lines`
      inputs: { part: core }
      cache: { inputs: 'src/${e('inputs.part')}/**' }
      steps:
        a:
          agent: eslint
          matrix: { x: [1, 2] }
          cache: { inputs: 'src/${e('matrix.x')}/${e('inputs.part')}' }
    `);
    assert.deepEqual(cache?.inputs, ['src/${{ inputs.part }}/**']);
    assert.deepEqual((steps[0] as AgentStep).terms.cache?.inputs, [
      'src/${{ matrix.x }}/${{ inputs.part }}',
    ]);
  });
});

const MAP = '"cache" must be true, false, or fields such as {ttl: 24h}.';
const EMBEDDING =
  '"model" must be an embedding model as "provider/model", such as openai/text-embedding-3-small.';
const THRESHOLD = '"threshold" must be a number from 0.5 to 1, such as 0.95.';
const NAMESPACE = '"namespace" must be 1 to 64 letters, digits, "_" and "-".';

describe('A problem in what is said of the cache', () => {
  check(
    [
      [
        'a value of another kind',
        lines`
          cache: «24h»
          steps:
            a: { agent: eslint, cache: «[1]» }
            b: { agent: eslint, cache: «7» }
            c: { agent: eslint, cache: «{}» }
            d: { agent: eslint, cache: { «tll»: 1h } }`,
        `wrong-value: ${MAP}`,
        `wrong-value: ${MAP}`,
        `wrong-value: ${MAP}`,
        'wrong-value: "cache" must say something: "ttl", "namespace", "inputs" or "similar".',
        'unknown-field: There is no field "tll". Did you mean "ttl"?',
      ],
      [
        'each field, at its place',
        lines`
          cache: { ttl: «7 days», namespace: «a b» }
          steps:
            a: { agent: reviewer, cache: { namespace: «'${'x'.repeat(65)}'», ttl: «1000h» } }
            b: { agent: reviewer, cache: { namespace: «5», similar: «yes» } }
            c: { agent: reviewer, cache: { similar: { model: «gpt», threshold: «0.4» } } }
            d: { agent: reviewer, cache: { similar: { model: openai/x, threshold: «"1"» } } }
            e: { agent: reviewer, cache: { «similar»: { threshold: «1.1» } } }`,
        'wrong-value: "ttl" must be a duration such as 250ms, 30s, 5m or 2h.',
        `wrong-value: ${NAMESPACE}`,
        `wrong-value: ${NAMESPACE}`,
        'wrong-value: "ttl" must be at least 1ms and at most 168h.',
        'wrong-type: "namespace" must be a text, not 5.',
        'wrong-type: "similar" must be fields, not a text.',
        `wrong-value: ${EMBEDDING}`,
        `wrong-value: ${THRESHOLD}`,
        `wrong-value: ${THRESHOLD}`,
        'missing-field: "model" is missing.',
        `wrong-value: ${THRESHOLD}`,
      ],
      [
        'globs that are none, and values that are not known in them',
        lines`
          inputs: { part: core }
          cache: { inputs: [«/etc/**», 'a/${e('«matrix.x»')}', 'a/${e('inputs.«parts»')}'] }
          steps:
            a: { agent: eslint, cache: { inputs: «../up» } }
            b: { agent: eslint, needs: a, cache: { inputs: 'x/${e('«steps.a.output»')}' } }
            c: { agent: eslint, cache: { inputs: 'x/${e('matrix.«x»')}' } }`,
        'wrong-value: An item of "inputs" is absolute: write it relative to the folder.',
        'unknown-value: matrix.x cannot be part of a path here, which is for all steps: only inputs can.',
        'unknown-input: There is no input "parts". Did you mean "part"?',
        'wrong-value: "inputs" holds "..": write it relative to the folder, without "." and "..".',
        'unknown-value: steps.a.output cannot be part of a path here: only inputs and values of the matrix can.',
        'unknown-matrix: This step has no matrix, so there is no matrix.x: give it a "matrix" with "x".',
      ],
      [
        'an answer to a similar question where files are made',
        lines`
          steps:
            a:
              agent: reviewer
              produces: report.md
              cache: { «similar»: { model: openai/text-embedding-3-small } }`,
        'similar-with-files: An answer to a similar question must not stand for files: remove "similar", or "produces" and "owns".',
      ],
      [
        'what has no effect for such an agent',
        lines`
          steps:
            a: { agent: reviewer, cache: { «inputs»: src/** } }
            b: { agent: eslint, cache: { «similar»: { model: openai/x } } }
            c: { agent: eslint, cache: { inputs: src/** } }`,
        'no-effect: "cache.inputs" has no effect here: what a language model reads is followed.',
        'no-effect: "cache.similar" has no effect here: only what a language model is asked can be similar.',
      ],
    ],
    {},
    AGENTS,
  );

  it('is told in an agent’s file and in .sluice/agents.yaml, where it has no effect', async () => {
    const told = (text: string) => {
      const { text: plain, ranges } = unmark(text);
      const draft = readAgent(sourceOf('.sluice/agents/a.yaml', plain), 'sluice');
      assert.equal(draft.kind, 'valid');
      assert.deepEqual(
        draft.diagnostics.map(({ range }) => range),
        ranges,
      );
      return said(draft.diagnostics);
    };
    const ofModel =
      'no-effect: "cache.inputs" has no effect here: what a language model reads is followed.';
    const ofCommand =
      'no-effect: "cache.similar" has no effect here: only what a language model is asked can be similar.';
    assert.deepEqual(told('instructions: x\ncache: { «inputs»: src }'), [ofModel]);
    assert.deepEqual(told('command: [x]\ncache: { «similar»: { model: a/b }, inputs: src }'), [
      ofCommand,
    ]);
    assert.deepEqual(told('command: [x]\ncache: { inputs: src }'), []);
    const rig = new AgentRig();
    try {
      rig.write('.claude/agents/r.md', claudeFile('r'));
      rig.write('.claude/agents/s.md', claudeFile('s'));
      rig.write(
        '.sluice/agents.yaml',
        'r: { cache: { inputs: src } }\ns: { command: [x], cache: { similar: { model: a/b } } }\n',
      );
      const { diagnostics } = await rig.find();
      assert.deepEqual(said(diagnostics), [ofModel, ofCommand]);
      assert.ok(diagnostics.every(({ severity }) => severity === 'warning'));
    } finally {
      rig.dispose();
    }
  });
});
