import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Check } from '../../../src/core/domain/agent.ts';
import {
  DEFAULT_DEBUG_RULE,
  FAULT_KINDS,
  type DebugRule,
} from '../../../src/core/domain/debugging.ts';
import { agentName, stepId, type StepId } from '../../../src/core/domain/ids.ts';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
import {
  NO_TERMS,
  PERMISSION_MODES,
  plainCacheRule,
  type CacheRule,
  type Terms,
} from '../../../src/core/domain/terms.ts';
import type {
  AgentStep,
  InputSpec,
  JsonValue,
  Matrix,
  Phase,
  Step,
  Workflow,
} from '../../../src/core/domain/workflow.ts';
import { indexWorkflows } from '../../../src/core/definitions/entries.ts';
import { ProductSchemas } from '../../../src/core/definitions/workflows/productSchemas.ts';
import { RETRYABLE } from '../../../src/core/definitions/workflows/stepSchema.ts';
import { toWorkflow } from '../../../src/core/definitions/workflows/toWorkflow.ts';
import { parseWorkflow } from '../../../src/core/definitions/workflows/workflowEntry.ts';
import { writeWorkflow } from '../../../src/core/definitions/imports/writeWorkflow.ts';
import { sampleOf } from '../../support/sample.ts';
import { agentsNamed, lines, readWorkflowText, said, sourceOf } from './marked.ts';

const AGENTS = agentsNamed('a');
const OTHER = readWorkflowText(sourceOf('other.yaml', 'name: 0x1F\nsteps: [a]'), AGENTS);
const SCHEMAS = new ProductSchemas(new Map(), () => undefined);

/** What is written, read again: whether its parts can work together is none of a writer's business. */
function again(workflow: Workflow): Workflow {
  const text = writeWorkflow(workflow);
  const read = parseWorkflow(sourceOf('.sluice/workflows/w.yaml', text));
  const errors = read.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(said(errors), [], text);
  assert.ok(read.kind === 'parsed');
  return toWorkflow(read.draft, read.source.document, SCHEMAS, indexWorkflows([OTHER]));
}

/** Without prototypes, file and digest. */
function plain({ file: _, digest: __, ...workflow }: Workflow): unknown {
  return JSON.parse(JSON.stringify(workflow));
}

/** Texts that YAML takes for something else, cuts, folds or escapes. */
const odd = fc.constantFrom(
  ...['null', '~', 'yes', 'true', '1.0', '0x1F', '1e3', '-', '?', '- a', 'a: b', 'a #b', '#', '*a'],
  ...[
    '&a',
    '!t',
    '%',
    '@',
    '`',
    '|',
    '>',
    '"',
    "'",
    '{a',
    '[a',
    ',',
    '---',
    '...',
    '<<',
    ' a',
    'a ',
  ],
  ...[
    'a\n',
    '\na',
    '\n\n',
    'a\n\nb\n\n',
    '  a\nb',
    'a\n  b\n',
    'a\r\nb',
    'a\rb',
    '\ta',
    'a\t\n',
    'a\n ',
  ],
  ...[
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u0007',
    '😀',
    'é',
    '$${{ x }}',
    '2026-01-01',
    '=',
    'a\\b',
    '\n \n',
  ],
);
const text = fc.oneof(
  { weight: 3, arbitrary: odd },
  { weight: 1, arbitrary: fc.tuple(odd, odd).map((two) => two.join('')) },
  { weight: 1, arbitrary: fc.tuple(odd, odd).map((two) => two.join('\n')) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 90, maxLength: 200 }) },
);
/** NUL is what no file may hold unescaped and no command at all; `${{` begins an expression. */
const safe = text.map((one) => one.replaceAll('\u0000', '').replace(/\$\{\{/g, '$${{'));
const filled = safe.map((one) => (/\S/.test(one) ? one : 'x'));
const name = fc.constantFrom('w', '10', 'null', 'a: b', '- x', '#1', 'Größe', 'x'.repeat(100));
const variable = fc.constantFrom('A', 'b_1', 'no', 'NULL', '_');
const ms = fc.oneof(
  fc.constantFrom(1, 250, 1000, 1500, 60_000, 90_000, 600_000, 3_600_000, 604_800_000),
  fc.integer({ min: 1, max: 604_800_000 }),
);
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const glob = fc.constantFrom('src/**', '*.ts', 'a b/?.md', '#x');

const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      safe,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(1.5, -0.25, 1e21),
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(variable, odd, fc.constantFrom('10', '9', '')), tie('json'), {
      maxKeys: 3,
    }),
  ),
}));
const metadata = some(
  fc.dictionary(fc.oneof(variable, fc.constantFrom('todo', '1')), json, { maxKeys: 3 }),
);

/** Left out, not `undefined`, as readers leave it out. */
const without = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const check: fc.Arbitrary<Check> = fc
  .record({
    command: fc
      .tuple(
        fc.constantFrom('npm', 'a b', './x', '[', 'A=b'),
        fc.array(fc.oneof(safe, fc.constantFrom('test', '--', '-x', '0', '')), { maxLength: 4 }),
      )
      .map(([program, rest]): Check['command'] => [program, ...rest]),
    timeoutMs: fc.oneof(fc.constant(600_000), ms),
    report: some(fc.constantFrom('r.xml', 'out dir/1', '.github/x')),
    sandbox: some(
      fc.oneof(fc.constant({ ...DEFAULT_SANDBOX, use: false }), fc.constant(DEFAULT_SANDBOX)),
    ),
  })
  .map(without);

const debug: fc.Arbitrary<DebugRule> = fc.record({
  attempts: fc.integer({ min: 1, max: 10 }),
  depth: fc.integer({ min: 1, max: 5 }),
  routing: fc.dictionary(
    fc.constantFrom(...FAULT_KINDS),
    fc.constantFrom('a', 'yes').map(agentName),
  ),
});

const budget = some(
  fc
    .record({
      tokens: some(fc.integer({ min: 1, max: 1_000_000 })),
      usd: some(fc.constantFrom(0.01, 1.5, 20)),
      timeMs: some(ms),
    })
    .filter((limits) => Object.values(limits).some((limit) => limit !== undefined)),
);

const cache: fc.Arbitrary<CacheRule | undefined> = some(
  fc.oneof(
    fc.constantFrom(plainCacheRule(true), plainCacheRule(false)),
    fc.record({
      use: fc.constant(true),
      ttlMs: some(ms),
      namespace: some(fc.constantFrom('concept_data', '1', 'true', '-')),
      inputs: some(fc.array(glob, { maxLength: 3 })),
      similar: some(
        fc.record({
          model: fc.constantFrom('openai/text-embedding-3-small', 'ollama/a: b'),
          threshold: fc.constantFrom(0.5, 0.95, 1),
        }),
      ),
    }),
  ),
);

const bytes = fc.integer({ min: 16, max: 5000 }).map((mb) => mb * 1024 * 1024);

const shutIn = fc.record({
  use: fc.constant(true),
  cpus: fc.integer({ min: 1, max: 64 }),
  memoryBytes: bytes,
  diskBytes: bytes,
  timeoutMs: ms,
  image: some(fc.constantFrom('node:22-slim', '0x1F', 'ghcr.io/a/b@sha256:0')),
});

const terms: fc.Arbitrary<Terms> = fc.oneof(
  fc.constant(NO_TERMS),
  fc.record({
    owns: some(fc.array(glob, { maxLength: 3 })),
    never: fc.array(glob, { maxLength: 2 }),
    models: some(
      fc.array(fc.constantFrom('gpt-5', 'Claude Opus (x)', '1'), { minLength: 1, maxLength: 2 }),
    ),
    permissions: some(fc.constantFrom(...PERMISSION_MODES)),
    budget,
    cache,
    calls: some(
      fc
        .record({
          attempts: some(fc.integer({ min: 1, max: 20 })),
          maxWaitMs: some(ms),
          onOtherModel: some(fc.constantFrom('show' as const, 'fail' as const)),
          maxTurns: some(fc.integer({ min: 1, max: 10_000 })),
        })
        .filter((policy) => Object.values(policy).some((one) => one !== undefined)),
    ),
    sandbox: some(fc.oneof(fc.constant({ ...DEFAULT_SANDBOX, use: false }), shutIn)),
  }),
);

const matrix: fc.Arbitrary<Matrix> = fc.dictionary(
  fc.constantFrom('m', 'no', 'N-1'),
  fc.oneof(
    fc
      .uniqueArray(fc.oneof(safe, fc.constantFrom('20', 'null', '')), {
        minLength: 1,
        maxLength: 3,
      })
      .map((values) => values.map((value) => value.replaceAll('${{', '')))
      .filter((values) => new Set(values).size === values.length),
    fc.constant('${{ run.id }}'.replace('run.id', 'inputs.i')),
    fc.record({ files: fc.uniqueArray(glob, { minLength: 1, maxLength: 2 }) }),
  ),
  { minKeys: 1, maxKeys: 2 },
);

const retry = some(
  fc
    .record({
      attempts: fc.integer({ min: 2, max: 10 }),
      delayMs: fc.oneof(fc.constant(1000), ms),
      maxDelayMs: fc.oneof(fc.constant(60_000), ms),
      on: some(fc.uniqueArray(fc.constantFrom(...RETRYABLE), { minLength: 1, maxLength: 3 })),
    })
    .filter(({ delayMs, maxDelayMs }) => delayMs <= maxDelayMs),
);

const IDS = ['s', '10', '9', 'null', 'a.b-c_d'].map(stepId);

/** @param earlier that it may need */
function stepCalled(id: StepId, earlier: readonly StepId[]): fc.Arbitrary<Step> {
  const base = fc
    .record({
      needs: fc.subarray([...earlier]),
      condition: some(
        fc.constantFrom('always()', "!failure() && inputs.i == 'a: b'", "inputs.i == '#'", '5'),
      ),
      matrix: some(matrix),
      maxParallel: some(fc.integer({ min: 1, max: 64 })),
      metadata,
    })
    .map((fields) => ({
      ...fields,
      id,
      maxParallel: fields.matrix === undefined ? undefined : fields.maxParallel,
    }));
  const agent = fc.record({
    kind: fc.constant('agent' as const),
    agent: fc.constantFrom('a', 'yes', 'agent: x').map(agentName),
    prompt: safe,
    env: fc.dictionary(variable, safe, { maxKeys: 3 }),
    produces: fc.uniqueArray(
      fc.record({
        path: fc.constantFrom('x.json', 'a b.md', 'dir/10'),
        schema: some(fc.dictionary(variable, json, { maxKeys: 2 })),
      }),
      { selector: ({ path }) => path, maxLength: 2 },
    ),
    outputSchema: some(fc.dictionary(variable, json, { maxKeys: 2 })),
    checks: fc.array(check, { maxLength: 3 }),
    limits: fc.record({ timeoutMs: ms, idleTimeoutMs: ms, graceMs: ms }, { requiredKeys: [] }),
    retry,
    debug: some(fc.oneof(fc.constant(DEFAULT_DEBUG_RULE), debug)),
    effects: some(fc.constantFrom('copy' as const, 'external' as const)),
    terms,
  });
  const gate = fc.record({
    kind: fc.constant('gate' as const),
    ask: filled,
    show: fc.constant<readonly string[]>([]),
  });
  const nested = fc.record({
    kind: fc.constant('workflow' as const),
    workflow: fc.constant('0x1F'),
    with: fc.dictionary(fc.constantFrom('i', 'no'), safe),
  });
  return fc
    .tuple(base, fc.oneof({ weight: 3, arbitrary: agent }, gate, nested))
    .map(([fields, own]): Step => ({ ...fields, ...own }))
    .filter((step) => step.kind !== 'agent' || !isSimilarWithFiles(step));
}

/** Which no workflow may have. */
function isSimilarWithFiles({ terms: { cache: rule, owns }, produces }: AgentStep): boolean {
  return rule?.similar !== undefined && (produces.length > 0 || owns !== undefined);
}

const input: fc.Arbitrary<InputSpec> = fc.oneof(
  fc.record({
    type: fc.constant('string' as const),
    options: fc.constant([]),
    description: some(safe),
    default: some(safe),
  }),
  fc.constant({ type: 'number' as const, options: [], description: undefined, default: '1.50' }),
  fc.constant({ type: 'boolean' as const, options: [], description: 'Sure?', default: undefined }),
  fc.constant({
    type: 'choice' as const,
    options: ['yes', '1', 'a: b'],
    description: undefined,
    default: 'yes',
  }),
);

const workflow: fc.Arbitrary<Workflow> = fc
  .record({
    name,
    description: safe,
    more: fc.dictionary(fc.constantFrom('no', 'N', 'x-1'), input, { maxKeys: 2 }),
    i: input,
    ids: fc.shuffledSubarray(IDS, { minLength: 1 }),
    phased: fc.boolean(),
    maxParallel: some(fc.integer({ min: 1, max: 64 })),
    onFailure: fc.constantFrom('continue' as const, 'stop' as const),
    budget,
    cache,
    base: some(fc.constantFrom('head' as const, 'worktree' as const)),
    validate: fc.array(check, { maxLength: 2 }),
    metadata,
  })
  .chain(({ ids, more, i, phased, ...rest }) => {
    const steps = fc.tuple(...ids.map((id, index) => stepCalled(id, ids.slice(0, index))));
    return fc.tuple(steps, fc.array(check, { maxLength: 2 })).map(([all, checks]): Workflow => {
      const half = Math.ceil(ids.length / 2);
      const phases: readonly Phase[] = [
        { name: '1', steps: ids.slice(0, half), checks },
        { name: 'a: b', steps: ids.slice(half), checks: [] },
      ].filter((phase) => phase.steps.length > 0);
      return {
        ...rest,
        inputs: { i, ...more },
        steps: all,
        phases: phased ? phases : [],
        file: 'w.yaml',
        digest: digestOf('w'),
      };
    });
  });

const EMPTY: Workflow = {
  name: 'w',
  description: '',
  inputs: {},
  steps: [],
  phases: [],
  maxParallel: undefined,
  onFailure: 'continue',
  budget: undefined,
  cache: undefined,
  base: undefined,
  validate: [],
  metadata: undefined,
  file: 'w.yaml',
  digest: digestOf('w'),
};

describe('A workflow that is written', function () {
  this.timeout(sampleOf(60_000));

  it('reads as the same workflow, whatever stands in it', () => {
    fc.assert(
      fc.property(workflow, (one) => {
        assert.deepEqual(plain(again(one)), plain(one), writeWorkflow(one));
      }),
      { numRuns: sampleOf(200) },
    );
  });

  it('is written the same each time, also of what was read', () => {
    fc.assert(
      fc.property(workflow, (one) => {
        assert.equal(writeWorkflow(again(one)), writeWorkflow(one));
      }),
      { numRuns: sampleOf(50) },
    );
  });

  it('is YAML as people write it', () => {
    const source = lines`
      # Made by hand.

      name: release
      description: |-
        Checks,
        then asks.
      inputs:
        channel: beta
        whom:
          description: Who is told
      max-parallel: 4
      on-failure: stop
      budget:
        usd: 2.5
      steps:
        test:
          agent: a
          matrix:
            node: ['20', '22']
          max-parallel: 1
          prompt: |
            Run: all of them.

              - and tell
          env:
            MODE: fast
          produces:
            - report.md
            - path: report.json
              schema:
                type: object
          checks:
            - npm test
            - [node, -e, process.exit(0)]
            - command: npm run e2e
              timeout: 20m
          timeout: 1h
          retry: 3
          owns: [report.*, src/**]
          cache:
            ttl: 24h
        ask:
          gate: Release it?
          needs: [test]
          if: inputs.channel != 'none'
    `;
    const entry = readWorkflowText(sourceOf('.sluice/workflows/w.yaml', source), AGENTS);
    assert.deepEqual(said(entry.diagnostics), []);
    assert.ok(entry.kind === 'valid');
    assert.equal(writeWorkflow(entry.workflow, 'Made by hand.').trimEnd(), source.trimEnd());
  });

  it('has long lists on lines of their own', () => {
    const text = writeWorkflow({
      ...EMPTY,
      metadata: { short: ['a', 'b'], long: Array.from({ length: 30 }, (_, at) => `item ${at}`) },
    });
    assert.match(text, / {2}short: \[a, b\]\n {2}long:\n {4}- item 0\n {4}- item 1\n/);
  });
});
