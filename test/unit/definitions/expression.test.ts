import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatReference,
  parseTemplate,
  referencesIn,
  renderTemplate,
  type Scope,
} from '../../../src/core/domain/expression.ts';
import { unmark } from './marked.ts';

const SCOPE: Scope = {
  inputs: { topic: 'tides', count: 3, dry: false },
  steps: { lint: { output: 'clean' }, 'unit.tests': { output: "it's ${{ run.id }}" } },
  run: { id: 'study-1' },
};

function render(text: string): string {
  const template = parseTemplate(text);
  const rendered = template.ok ? renderTemplate(template.value, SCOPE) : template;
  return rendered.ok ? rendered.value : `! ${rendered.error.message}`;
}

describe('An expression', () => {
  const renderings: [text: string, rendered: string][] = [
    ['', ''],
    ['plain } }} { $ ${ {{ text', 'plain } }} { $ ${ {{ text'],
    ['On ${{ inputs.topic }}!', 'On tides!'],
    ['${{inputs.topic}}${{ run.id}}', 'tidesstudy-1'],
    ['${{ inputs.count }} ${{ inputs.dry }}', '3 false'],
    ['${{\n  steps.lint.output\n}}', 'clean'],
    ["${{ steps['lint']['output'] }}", 'clean'],
    ['$${{ inputs.topic }}', '${{ inputs.topic }}'],
    ['${{ inputs.topic }}$${{', 'tides${{'],
    ['$$${{ x', '$${{ x'],
    // What is filled in is not read again.
    ["${{ steps['unit.tests'].output }}", "it's ${{ run.id }}"],
    ['${{ inputs.missing }}', '! There is no value inputs.missing.'],
    ['${{ inputs.topic.length }}', '! There is no value inputs.topic.length.'],
    ['${{ steps.lint }}', '! steps.lint is a group of values: name one value in it.'],
  ];
  for (const [text, rendered] of renderings) {
    it(`renders ${JSON.stringify(text)}`, () => {
      assert.equal(render(text), rendered);
    });
  }

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`finds no ${name} that nobody put there`, () => {
      assert.equal(render(`\${{ ${name} }}`), `! There is no value ${name}.`);
      assert.equal(render(`\${{ inputs.${name} }}`), `! There is no value inputs.${name}.`);
      assert.equal(render(`\${{ inputs['${name}'].x }}`), `! There is no value inputs.${name}.`);
    });
  }

  const faults: [marked: string, message: string][] = [
    [
      'a «${{» inputs.topic',
      '"${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
    ],
    [
      'a «${{»',
      '"${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
    ],
    ['«${{  }}»', 'There is nothing between "${{" and "}}": name a value, such as inputs.topic.'],
    [
      '${{ «1» }}',
      '"1" cannot stand here: an expression starts with a name, such as inputs or steps.',
    ],
    ['${{ inputs.«}}»', '"}}" cannot stand here: a name must follow the ".".'],
    [
      '${{ inputs.a «+» 1 }}',
      '"+" cannot stand here: an expression names one value, such as inputs.topic or steps.lint.output, and ends in "}}".',
    ],
    [
      '${{ steps[«0»] }}',
      '"0" cannot stand here: a name in single quotes must follow the "[", such as [\'unit.tests\'].',
    ],
    [
      "${{ steps «[» 'a' ] }}",
      '"[" cannot stand here: an expression names one value, such as inputs.topic or steps.lint.output, and ends in "}}".',
    ],
    ["${{ steps['a'«.»b }}", '"." cannot stand here: the "[" must be closed by a "]".'],
    [
      '${{ «🌊» }}',
      '"🌊" cannot stand here: an expression starts with a name, such as inputs or steps.',
    ],
  ];
  for (const [marked, message] of faults) {
    it(`points at the fault in ${marked}`, () => {
      const { text, ranges } = unmark(marked);
      const parsed = parseTemplate(text);
      assert.ok(!parsed.ok);
      const [range] = ranges;
      assert.deepEqual(
        [parsed.error.start + 1, parsed.error.end + 1],
        [range?.start.column, range?.end.column],
      );
      assert.equal(parsed.error.message, message);
    });
  }

  it('knows where each of its names stands', () => {
    const text = "x ${{ steps['it''s'].output }}";
    const template = parseTemplate(text);
    assert.ok(template.ok);
    const [reference] = referencesIn(template.value);
    assert.deepEqual(
      reference?.names.map(({ name, start, end }) => [name, text.slice(start, end)]),
      [
        ['steps', 'steps'],
        ["it's", "'it''s'"],
        ['output', 'output'],
      ],
    );
    assert.equal(formatReference(reference.names), "steps['it''s'].output");
  });

  it('never throws, and keeps text without expressions as it is', () => {
    const pieces = fc.constantFrom('${{', '}}', '$', '.', '[', ']', "'", ' ', 'inputs', 'a', '\n');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const template = parseTemplate(text);
        if (template.ok) {
          const rendered = renderTemplate(template.value, SCOPE);
          if (!text.includes('${{')) {
            assert.ok(rendered.ok);
            assert.equal(rendered.value, text);
          }
        } else {
          const { start, end } = template.error;
          assert.ok(0 <= start && start < end && end <= text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back any name that is written in brackets', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((name) => !/[\r\n]/.test(name)),
          { minLength: 1, maxLength: 3 },
        ),
        (names) => {
          const path = [{ name: 'steps' }, ...names.map((name) => ({ name }))];
          const template = parseTemplate(`\${{ ${formatReference(path)} }}`);
          assert.ok(template.ok);
          assert.deepEqual(
            referencesIn(template.value)[0]?.names.map(({ name }) => ({ name })),
            path,
          );
        },
      ),
    );
  });
});
