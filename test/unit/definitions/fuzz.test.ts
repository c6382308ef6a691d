import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasErrors, type Diagnostic } from '../../../src/core/domain/diagnostic.ts';
import { buildGraph } from '../../../src/core/graph/graph.ts';
import { decodeSource } from '../../../src/core/definitions/sourceText.ts';
import { readAgent } from '../../../src/core/definitions/readAgent.ts';
import { readWorkflowText } from '../../../src/core/definitions/workflowEntry.ts';
import { agentsNamed } from './marked.ts';

const AGENTS = agentsNamed('a', 'b');

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
      null,
      1,
      1.5,
      true,
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(field, fc.string({ maxLength: 3 })), tie('value'), { maxKeys: 5 }),
  ),
}));

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
  const workflow = readWorkflowText(source, AGENTS);
  workflow.diagnostics.forEach(check);
  assert.equal(workflow.kind === 'invalid', hasErrors(workflow.diagnostics));
  if (workflow.kind === 'valid') {
    buildGraph(workflow.workflow.steps);
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

  it('is read without a throw when it is any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), readEveryWay), { numRuns: 1000 });
  });
});
