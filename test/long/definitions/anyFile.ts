import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasErrors, type Diagnostic } from '../../../src/core/domain/diagnostic.ts';
import { parseCondition } from '../../../src/core/domain/condition.ts';
import type { Workflow } from '../../../src/core/domain/workflow.ts';
import type { WorkflowEntry } from '../../../src/core/definitions/entries.ts';
import { buildGraph } from '../../../src/core/graph/graph.ts';
import { decodeSource } from '../../../src/core/definitions/source/sourceText.ts';
import { readAgents } from '../../../src/core/definitions/agents/readAgent.ts';
import { anyText } from '../../support/anyText.ts';
import { agentsNamed, readWorkflowText, sourceOf } from '../../unit/definitions/marked.ts';
import { applied } from '../../unit/definitions/workflowCases.ts';

// What the readers of definitions are tried with: anything, and what is nearly right.

export const AGENTS = agentsNamed('a', 'b');
/** A workflow that may be a step of the one that is read. */
export const OTHER = sourceOf('g.yaml', 'inputs: { i: x }\nsteps: [a]');

/** Pieces of which definition files are made, right and wrong. */
const piece = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...[
        'steps:',
        'inputs:',
        'name:',
        'agent:',
        'a',
        'b',
        'needs:',
        'gate:',
        'ask:',
        'show:',
        'prompt:',
      ],
      ...[
        'env:',
        'produces:',
        'timeout:',
        '5m',
        'id:',
        'command:',
        'instructions:',
        'description:',
        'tools:',
      ],
      ...[
        '\n',
        '\n',
        '\n  ',
        '\n    ',
        '\n      ',
        '\r\n',
        '\t',
        ' ',
        ' ',
        ': ',
        '- ',
        ', ',
        '? ',
        '| \n',
        '>-\n',
      ],
      ...[
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '&x ',
        '*x',
        '!!str ',
        '!t ',
        '<<: ',
        '#',
        '%',
        '---\n',
        '...\n',
        '\ufeff',
      ],
      ...[
        '__proto__:',
        'constructor:',
        '${{',
        '}}',
        '${{ inputs.a }}',
        '${{ steps.a.output }}',
        '1',
        'null',
        'true',
      ],
      ...[
        'if:',
        'always()',
        "steps.a.status == 'succeeded'",
        'matrix:',
        '${{ matrix.a }}',
        'retry:',
        'on:',
        'checks:',
        'phases:',
        'workflow:',
        'with:',
        'probe:',
        'effects:',
        'external',
        'schema:',
        'path:',
      ],
    ),
  },
  { weight: 1, arbitrary: anyText({ maxLength: 4 }) },
);
export const pieces = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));

/** Values of any shape under the names that readers look for. */
const field = fc.constantFrom(
  ...['name', 'description', 'inputs', 'max-parallel', 'steps', 'agent', 'prompt', 'task', 'needs'],
  ...[
    'dependencies',
    'env',
    'produces',
    'timeout',
    'gate',
    'ask',
    'show',
    'id',
    'default',
    'a',
    'b',
  ],
  ...['if', 'matrix', 'retry', 'attempts', 'delay', 'max-delay', 'on', 'checks', 'path', 'schema'],
  ...['idle-timeout', 'grace', 'effects', 'workflow', 'with', 'phases', 'on-failure', 'fail-fast'],
  ...['probe', 'stdin', 'owns', 'never', 'budget', 'cache', 'permissions', 'uses', 'metadata'],
  ...['type', 'options', 'required', 'files', 'tokens', 'usd', 'time', 'ttl'],
  ...['command', 'runner', 'success-codes', 'instructions', 'model', 'tools', 'domains', 'version'],
);
export const { value: shaped } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'value' },
    fc.constantFrom(
      'a',
      'b',
      '5m',
      '',
      '${{ steps.a.output }}',
      '${{ inputs.b',
      '../x',
      '${{ matrix.a }}',
      "steps.a.status == 'succeeded'",
      'f',
      'exited',
      'external',
      'stop',
      3,
      null,
      1,
      1.5,
      true,
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(field, fc.string({ maxLength: 3 })), tie('value'), { maxKeys: 5 }),
  ),
}));

/** One of the values, mostly a right one. */
const some = (...values: readonly unknown[]) => fc.constantFrom(...values);
const step = fc.record(
  {
    agent: some('a', 'b', 'nobody'),
    workflow: some('f', 'g', ['g']),
    gate: some('Sure?', { ask: '${{ matrix.m }}', show: ['x.json'] }),
    needs: fc.subarray(['s', 't', 'u']),
    if: some('always()', "steps.s.status == 'failed'", 'matrix.m == 1', '${{ true }}', '(', 5),
    matrix: some(
      { m: [1, 2] },
      { m: { files: ['*'] } },
      { m: '${{ steps.s.output }}' },
      { m: '${{ inputs.i }}' },
      { m: [] },
      { m: 'x', 'n o': [null] },
    ),
    retry: some(2, 1, { attempts: 3 }, { attempts: 3, delay: '2m', 'max-delay': '1s' }, { on: 1 }),
    produces: some('x.json', [{ path: 'x.json', schema: { a: [1] } }], [{ schema: 'f.json' }]),
    checks: some(['npm test'], [['x', 1], { command: 'x', timeout: '1s' }], ['a|b', [], {}]),
    uses: some('./g.yaml', 'nowhere', './f.yaml'),
    owns: some(
      'src/**',
      ['a', '${{ matrix.m }}/x'],
      '${{ inputs.i }}',
      '{a',
      'x-${{ inputs.i }}.md',
    ),
    never: some('src', ['**'], '/x'),
    model: some('m', ['m', 1], {}),
    budget: some({ tokens: 5 }, { time: '1 h' }, {}),
    cache: some(true, { ttl: '1d' }, 1),
    'max-parallel': some(1, 65, 3),
    metadata: some(null, { a: [1] }, 1),
    with: some({ i: '${{ steps.s.output }}' }, { j: 1 }, []),
    effects: some('copy', 'external', 'other'),
    prompt: some('${{ matrix.m }} ${{ steps.s.status }}', '${{ inputs.i'),
  },
  { requiredKeys: [] },
);
const steps = fc.record({ s: step, t: step, u: step }, { requiredKeys: ['s'] });
const phase = fc.record(
  {
    name: some('p', 'q', '', 1),
    steps: fc.oneof(fc.subarray(['s', 't', 'u', 'v']), steps, some(null, 'x')),
    checks: some([['x']], 'x', [null]),
  },
  { requiredKeys: ['steps'] },
);
const full = fc.record(
  {
    inputs: some(
      { i: 'x' },
      { i: { options: ['x', 'y'], default: 'z' } },
      { i: { type: 'number', required: true } },
    ),
    steps: fc.oneof(steps, some(['a', 'b'])),
    phases: fc.oneof(fc.array(phase, { maxLength: 3 }), some({}, null)),
    'on-failure': some('stop', 'continue', 1),
    'fail-fast': some(true, 'yes'),
  },
  { requiredKeys: ['inputs'] },
);

/** Of which many are right: an agent and one thing more. */
const sparseStep = fc.tuple(step, fc.nat()).map(([fields, at]) => ({
  agent: 'a',
  ...Object.fromEntries(oneOf(Object.entries(fields), at)),
}));
const sparse = fc
  .record({ s: sparseStep, t: sparseStep }, { requiredKeys: ['s'] })
  .map((those) => ({ steps: those }));
export const workflow = fc.oneof({ weight: 4, arbitrary: full }, { weight: 1, arbitrary: sparse });

function oneOf<T>(all: readonly T[], at: number): readonly T[] {
  return all.length === 0 ? [] : [all[at % all.length]!];
}

/** What whoever runs a workflow may rely on. */
function checkPromises({ steps: all, phases }: Workflow): void {
  buildGraph(all);
  for (const { condition, matrix } of all) {
    assert.ok(condition === undefined || parseCondition(condition).ok);
    for (const values of Object.values(matrix ?? {})) {
      assert.ok((values instanceof Object && 'files' in values ? values.files : values).length > 0);
    }
  }
  if (phases.length > 0) {
    const placed = phases.flatMap((one) => one.steps);
    assert.deepEqual([...placed].sort(), all.map(({ id }) => id).sort());
    const order = new Map(phases.flatMap((one, index) => one.steps.map((id) => [id, index])));
    for (const { id, needs } of all) {
      assert.ok(needs.every((need) => (order.get(need) ?? 0) <= (order.get(id) ?? 0)));
    }
  }
}

const FORMATS = ['sluice', 'vscode', 'claude', 'claude-json', 'acp'] as const;

/** Calls it; may measure how long it takes. */
export type Timed = <Value>(reader: string, read: () => Value) => Value;

/** Every reader over one file: none throws, every problem has a place in the file. */
export function readEveryWay(bytes: Uint8Array, timed: Timed = (_, read) => read()): void {
  const decoded = timed('decoding', () => decodeSource('f.yaml', bytes));
  if (!decoded.ok) {
    return;
  }
  const { value: source } = decoded;
  const lines = source.text.split(/\r\n|\n|\r/);
  const check = ({ range: { start, end }, message }: Diagnostic) => {
    for (const { line, column } of [start, end]) {
      assert.ok(line >= 1 && line <= lines.length, message);
      assert.ok(column >= 1 && column <= (lines[line - 1] ?? '').length + 2, message);
    }
    assert.ok(start.line < end.line || (start.line === end.line && start.column <= end.column));
  };
  /** A repair leaves a file that can be read at least as far. */
  const checkFixes = ({ diagnostics }: WorkflowEntry) => {
    for (const fix of diagnostics.slice(0, 5).flatMap(({ fixes }) => fixes ?? [])) {
      const repaired = readWorkflowText(
        sourceOf('f.yaml', applied(source.text, fix)),
        AGENTS,
        OTHER,
      );
      assert.ok(
        !repaired.diagnostics.some(
          ({ code }) => code === 'yaml-syntax' || code === 'duplicate-key',
        ) || diagnostics.some(({ code }) => code === 'yaml-syntax' || code === 'duplicate-key'),
        `${fix.title}: ${applied(source.text, fix)}`,
      );
    }
  };
  const entry = timed('workflow', () => readWorkflowText(source, AGENTS, OTHER));
  entry.diagnostics.forEach(check);
  checkFixes(entry);
  assert.equal(entry.kind === 'invalid', hasErrors(entry.diagnostics));
  if (entry.kind === 'valid') {
    checkPromises(entry.workflow);
  }
  for (const format of FORMATS) {
    for (const file of ['f.yaml', 'f.md']) {
      const again = decodeSource(file, bytes);
      assert.ok(again.ok);
      for (const agent of timed(`${format} agent ${file}`, () => readAgents(again.value, format))) {
        agent.diagnostics.forEach(check);
        assert.equal(agent.kind === 'invalid', hasErrors(agent.diagnostics));
      }
    }
  }
}
