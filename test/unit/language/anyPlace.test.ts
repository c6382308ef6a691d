import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyText } from '../../support/anyText.ts';
import { oneIn, sampleOf } from '../../support/sample.ts';
import { lines as linesOf, languageOf } from './carets.ts';
import { typed } from './carets.ts';

const WHOLE = linesOf`
  name: work
  inputs: { topic: { default: "cats" } }
  steps:
    first:
      agent: lint
      prompt: |
        Look at ${'$'}{{ inputs.topic }}
      produces: [report.md]
    "second.part":
      needs: [first]
      matrix: { node: [20, 22] }
      if: steps.first.status == 'failed' && inputs.topic != ''
      agent: 'test'
      retry: { attempts: 3, on: [exited] }
    inner: { workflow: other, with: { team: us } }
    ask:
      needs:
        - first
        - inner
      gate: { ask: Sure?, show: [report.md] }
  phases:
    - name: p
      steps: [first, inner]
`;
const JSON_WHOLE =
  '{"inputs": {"x": "1"}, "steps": {"a": {"agent": "lint", "prompt": "${{ inputs.x }}"}, "b": {"gate": "Sure?", "needs": ["a"]}}}';
const FRONT =
  '---\nname: x\ndescription: >\n  y\ntools: [a, "b"]\nmodel: opus\n---\n# Text\n- a: b\n';
const FILES = [
  ['.sluice/workflows/w.yaml', WHOLE],
  ['.sluice/workflows/w.yaml', WHOLE.replaceAll('\n', '\r\n')],
  ['.sluice/workflows/w.json', JSON_WHOLE],
  ['.sluice/workflows/w.yaml', '- lint\n- test\n'],
  ['.sluice/agents/x.yaml', 'name: x\ncommand: [a, b]\nenv: { A: "${{ inputs.x }}" }\n'],
  ['.claude/agents/x.md', FRONT],
  ['.github/agents/x.agent.md', FRONT],
  ['.sluice/agents.yaml', 'lint:\n  criticality: 3\n  owns: [src/**]\n'],
] as const;

const piece = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\n', '\r\n', '\r', '\t', ':', ': ', '- ', '-', '[', ']', '{', '}', ',', '"', "'"],
    ...[
      '#',
      ' #',
      '|',
      '>',
      '&a ',
      '*a',
      '!!str ',
      '---\n',
      '${{',
      '}}',
      '${{ steps.',
      "['",
      '\ufeff',
    ],
    ...[
      'steps:',
      'agent:',
      'needs: [',
      'if: ',
      "== '",
      '__proto__:',
      'constructor:',
      '\u0000',
      '💥',
    ],
  ),
  anyText({ maxLength: 3 }),
);
/** A file with a stretch of it replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...FILES),
    fc.nat(),
    fc.nat({ max: 12 }),
    fc.array(piece, { maxLength: 3 }),
  )
  .map(([[file, text], at, cut, pieces]) => {
    const start = at % (text.length + 1);
    return { file, text: text.slice(0, start) + pieces.join('') + text.slice(start + cut), start };
  });

/** Asks everything at an offset; whatever is told has a place in the text. */
function askAt(file: string, text: string, offset: number): void {
  const { position } = typed(
    `${text.slice(0, offset)}¦${text.slice(offset)}`.replace(/¦(?=[^]*¦)/g, ''),
  );
  const language = languageOf();
  for (const { range, label } of language.completionsAt(file, text, position)) {
    assert.equal(range.start.line, position.line, label);
    assert.equal(range.end.line, position.line, label);
    assert.ok(range.start.column <= position.column && range.end.column >= position.column, label);
  }
  language.hoverAt(file, text, position);
  language.definitionAt(file, text, position);
  language.lensesOf(file, text);
}

describe('Any place of any text', function () {
  this.timeout(sampleOf(120_000));

  it('has answers without a throw, whatever has been typed', () => {
    fc.assert(
      fc.property(mutated, fc.nat({ max: 20 }), ({ file, text, start }, shift) => {
        const offset = Math.min(start + shift, text.length);
        askAt(file, text.replaceAll('¦', ''), offset);
      }),
      { numRuns: sampleOf(500) },
    );
  });

  it('has answers at any offset of files that are whole', () => {
    for (const [file, text] of FILES) {
      for (let offset = 0; offset <= text.length; offset += oneIn(3)) {
        askAt(file, text, offset);
      }
    }
  });

  it('has answers at any offset of files that end there', () => {
    for (const [file, text] of FILES) {
      for (let offset = 0; offset <= text.length; offset += oneIn(3)) {
        askAt(file, text.slice(0, offset), offset);
      }
    }
  });

  it('is found in a moment in texts that are made to take long', () => {
    const long = 200_000;
    for (const text of [
      ' '.repeat(long),
      `a: ${' '.repeat(long)}`,
      `a: ${'"'.repeat(long)}`,
      `steps: ${'['.repeat(long)}`,
      `a: ${'${{ '.repeat(long / 4)}`,
      `a: ${"${{ x['".repeat(long / 8)}`,
      `if: ${'a.'.repeat(long / 2)}`,
      '- '.repeat(long / 2),
      '-\n'.repeat(long / 2),
      'a:\n'.repeat(long / 4),
    ]) {
      const from = performance.now();
      askAt('.sluice/workflows/w.yaml', text, text.length);
      assert.ok(performance.now() - from < 5000, text.slice(0, 20));
    }
  });
});
