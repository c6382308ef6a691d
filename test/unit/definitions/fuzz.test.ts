import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasErrors, type Diagnostic } from '../../../src/core/domain/diagnostic.ts';
import { parseCondition } from '../../../src/core/domain/condition.ts';
import type { Workflow } from '../../../src/core/domain/workflow.ts';
import { buildGraph } from '../../../src/core/graph/graph.ts';
import { decodeSource } from '../../../src/core/definitions/sourceText.ts';
import { readAgent } from '../../../src/core/definitions/readAgent.ts';
import { agentsNamed, readWorkflowText, sourceOf } from './marked.ts';

const AGENTS = agentsNamed('a', 'b');
/** A workflow that may be a step of the one that is read. */
const OTHER = sourceOf('g.yaml', 'inputs: { i: x }\nsteps: [a]');

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
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
);
const pieces = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));

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
  ...['probe', 'stdin'],
  ...['command', 'runner', 'success-codes', 'instructions', 'model', 'tools', 'domains', 'version'],
);
const { value: shaped } = fc.letrec((tie) => ({
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
    matrix: some({ m: [1, 2] }, { m: '${{ inputs.i }}' }, { m: [] }, { m: 'x', 'n o': [null] }),
    retry: some(2, 1, { attempts: 3 }, { attempts: 3, delay: '2m', 'max-delay': '1s' }, { on: 1 }),
    produces: some('x.json', [{ path: 'x.json', schema: { a: [1] } }], [{ schema: 'f.json' }]),
    checks: some(['npm test'], [['x', 1], { command: 'x', timeout: '1s' }], ['a|b', [], {}]),
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
const workflow = fc.record(
  {
    inputs: some({ i: 'x' }),
    steps: fc.oneof(steps, some(['a', 'b'])),
    phases: fc.oneof(fc.array(phase, { maxLength: 3 }), some({}, null)),
    'on-failure': some('stop', 'continue', 1),
    'fail-fast': some(true, 'yes'),
  },
  { requiredKeys: ['inputs'] },
);

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

/** Every reader over one file: none throws, every problem has a place in the file. */
function readEveryWay(bytes: Uint8Array): void {
  const decoded = decodeSource('f.yaml', bytes);
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
  const entry = readWorkflowText(source, AGENTS, OTHER);
  entry.diagnostics.forEach(check);
  assert.equal(entry.kind === 'invalid', hasErrors(entry.diagnostics));
  if (entry.kind === 'valid') {
    checkPromises(entry.workflow);
  }
  for (const format of ['sluice', 'vscode', 'claude'] as const) {
    for (const file of ['f.yaml', 'f.md']) {
      const again = decodeSource(file, bytes);
      assert.ok(again.ok);
      const agent = readAgent(again.value, format);
      agent.diagnostics.forEach(check);
      assert.equal(agent.kind === 'invalid', hasErrors(agent.diagnostics));
    }
  }
}

describe('Any file at all', function () {
  this.timeout(60_000);

  it('is read without a throw when it is made of pieces of YAML', () => {
    fc.assert(
      fc.property(pieces, (text) => readEveryWay(Buffer.from(text))),
      { numRuns: 1000 },
    );
  });

  it('is read without a throw when it is front matter made of pieces', () => {
    fc.assert(
      fc.property(pieces, (text) => readEveryWay(Buffer.from(`---\n${text}\n---\nHelp.`))),
      { numRuns: 1000 },
    );
  });

  it('is read without a throw when its fields hold anything', () => {
    fc.assert(
      fc.property(shaped, (value) => readEveryWay(Buffer.from(JSON.stringify(value)))),
      {
        numRuns: 600,
      },
    );
  });

  it('is read without a throw when it is nearly a workflow', () => {
    let valid = 0;
    fc.assert(
      fc.property(workflow, (value) => {
        const text = JSON.stringify(value);
        readEveryWay(Buffer.from(text));
        valid += readWorkflowText(sourceOf('f.yaml', text), AGENTS, OTHER).kind === 'valid' ? 1 : 0;
      }),
      { numRuns: 1500 },
    );
    assert.ok(valid > 0);
  });

  it('is read without a throw when it is any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), readEveryWay), { numRuns: 1000 });
  });
});
