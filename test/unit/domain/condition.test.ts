import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  evaluateCondition,
  looksAtEnds,
  parseCondition,
  referencesInCondition,
  type Comparison,
  type Condition,
  type Ends,
} from '../../../src/core/domain/condition.ts';
import { formatReference, type Scope } from '../../../src/core/domain/expression.ts';

const INPUTS: Readonly<Record<string, string>> = {
  mode: 'full',
  empty: '',
  no: 'false',
  zero: '0',
  count: '10',
  size: ' 9 ',
};
const SCOPE: Scope = {
  inputs: INPUTS,
  matrix: { os: 'linux' },
  steps: {
    lint: { output: 'ok', status: 'failed' },
    'unit.tests': { output: "it's", status: 'succeeded' },
  },
  run: { id: 'example-1' },
};
const DONE: Ends = { failed: false, allDone: true };
const FAILED: Ends = { failed: true, allDone: false };

describe('a condition', () => {
  it('holds or does not, by its values', () => {
    const expected: Record<string, boolean> = {
      "inputs.mode == 'full'": true,
      "inputs.mode == 'Full'": false,
      "inputs.mode != 'full'": false,
      'inputs.mode': true,
      'inputs.empty': false,
      'inputs.no': false,
      'inputs.zero': false,
      '0.00': false,
      '-1': true,
      "'no'": true,
      '!inputs.no': true,
      '!!inputs.no': false,
      "!inputs.mode == 'false'": true,
      'inputs.count > 9': true,
      'inputs.count > inputs.size': true,
      "inputs.count > '9 apples'": false,
      'inputs.count <= 10.0': true,
      "'b' > 'a'": true,
      "'1e3' == '1000'": false,
      "'12345678901234567890' == '12345678901234567891'": false,
      "'1.0' == 1": true,
      "true && matrix.os == 'linux'": true,
      "false || matrix.os == 'mac'": false,
      'true || false && false': true,
      '(true || false) && false': false,
      "(inputs.empty || 'fallback') == 'fallback'": true,
      "(inputs.mode && 'yes') == 'yes'": true,
      "steps['unit.tests'].output == 'it''s'": true,
      "steps.lint.status == 'failed'": true,
      "contains(inputs.mode, 'ul')": true,
      "contains('ul', inputs.mode)": false,
      "startsWith(run.id, 'example-')": true,
      "endsWith(run.id, '-1') == true": true,
      "${{ inputs.mode == '}}' }}": false,
      '  ${{inputs.mode}}  ': true,
    };
    assert.deepEqual(
      Object.fromEntries(Object.keys(expected).map((text) => [text, judge(text)])),
      expected,
    );
  });

  it('knows how the tasks before it ended', () => {
    const texts = ['always()', 'success()', 'failure()', '!failure( )', 'failure() || success()'];
    assert.deepEqual(
      texts.map((text) => [judge(text, DONE), judge(text, FAILED)]),
      [
        [true, true],
        [true, false],
        [false, true],
        [true, false],
        [true, true],
      ],
    );
  });

  it('says whether it looks at how tasks ended', () => {
    const looking = ['always()', "inputs.a == 'b' && !success()", "contains('x', steps.a.status)"];
    const other = ['inputs.status', 'steps.a.output', 'steps.status.output', "'always()'"];
    assert.deepEqual(
      [...looking, ...other].map((text) => looksAtEnds(parsed(text))),
      [true, true, true, false, false, false, false],
    );
  });

  it('names its references in the order written, with their places', () => {
    const text = "${{ inputs.a == steps['b.c'].output || !contains(matrix.d, run.id) }}";
    assert.deepEqual(
      referencesInCondition(parsed(text)).map(({ names, start, end }) => [
        formatReference(names),
        text.slice(start, end),
      ]),
      [
        ['inputs.a', 'inputs.a'],
        ["steps['b.c'].output", "steps['b.c'].output"],
        ['matrix.d', 'matrix.d'],
        ['run.id', 'run.id'],
      ],
    );
  });

  it('asks for a missing value only on the side that is taken', () => {
    assert.equal(judge('true || inputs.missing'), true);
    assert.equal(judge('false && inputs.missing'), false);
    const missing = evaluateCondition(parsed('false || inputs.missing'), SCOPE, DONE);
    assert.deepEqual(missing, {
      ok: false,
      error: { message: 'There is no value inputs.missing.', start: 9, end: 23 },
    });
  });

  it('is refused at the place where it goes wrong', () => {
    assert.deepEqual(
      [
        '',
        '${{ }}',
        '${{ inputs.a',
        '${{ inputs.a ] }}',
        "${{ inputs.a }} == 'b'",
        'inputs.a = 1',
        'inputs.a == "b"',
        'inputs.a == ',
        'inputs.a == 1 == 1',
        'inputs. == 1',
        'inputs.a }}',
        '(inputs.a',
        'a && || b',
        'always',
        'startsWith == 1',
        'always(1)',
        "contains('a')",
        "contains('a', 'b', 'c')",
        'exec(1)',
        '🙂',
      ].map(fault),
      [
        "|| There is no condition here: write one, such as inputs.mode == 'full'.",
        "|${{ }}| There is no condition here: write one, such as inputs.mode == 'full'.",
        '|${{| "${{" is never closed: write "}}" behind the condition, or leave both out.',
        '|]| "]" cannot stand here: "&&", "||", a comparison or "}}" must follow.',
        '|==| "==" cannot stand here: the braces must hold the whole condition.',
        '|=| "=" cannot stand here (equality is "=="): "&&", "||", a comparison or the end of the condition must follow.',
        `|"| '"' cannot stand here (texts stand in single quotes): a value must stand here, such as inputs.mode, 'text' in single quotes, 7 or always().`,
        "|| The condition ends too early: a value must stand here, such as inputs.mode, 'text' in single quotes, 7 or always().",
        '|==| "==" cannot stand here: two comparisons in a row need parentheses or "&&".',
        '| | " " cannot stand here: a name must follow the ".".',
        '|}}| "}}" cannot stand here: "&&", "||", a comparison or the end of the condition must follow.',
        '|| The condition ends too early: the "(" must be closed by a ")".',
        `|||| "||" cannot stand here: a value must stand here, such as inputs.mode, 'text' in single quotes, 7 or always().`,
        '|always| always is a function: write always().',
        "|startsWith| startsWith is a function: write startsWith(inputs.topic, 'text').",
        '|1| "1" cannot stand here: always() takes no values, so a ")" must follow.',
        '|)| ")" cannot stand here: contains() takes two values with a "," between them.',
        '|,| "," cannot stand here: contains() takes two values, so a ")" must follow.',
        '|exec| There is no function exec(): there are always(), success(), failure(), contains(), startsWith() and endsWith().',
        `|🙂| "🙂" cannot stand here: a value must stand here, such as inputs.mode, 'text' in single quotes, 7 or always().`,
      ],
    );
  });

  it('is refused when it is too long or too deep, and never exhausts the stack', () => {
    assert.equal(parseCondition(`${'('.repeat(63)}1${')'.repeat(63)}`).ok, true);
    assert.match(fault(`${'('.repeat(64)}1${')'.repeat(64)}`), /at most 64 deep/);
    assert.match(fault('!'.repeat(4096)), /at most 64 deep/);
    assert.match(fault(`${' '.repeat(4096)}1`), /at most 4096 characters; this one has 4097/);
    assert.equal(judge(`${'1&&'.repeat(1365)}0`), false);
  });

  it('means what its tree means, however it is spelled', () => {
    fc.assert(
      fc.property(
        TREES,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (tree, wide, failed, allDone) => {
          const text = format(tree, wide ? ' ' : '');
          const condition = parsed(wide ? `\${{ ${text} }}` : text);
          const ends = { failed, allDone };
          const expected = meaning(tree, ends);
          assert.deepEqual(evaluateCondition(condition, SCOPE, ends), {
            ok: true,
            value: !['', 'false', '0', '-0'].includes(expected),
          });
          assert.deepEqual(withoutPlaces(condition), withoutPlaces(parsed(format(condition, ' '))));
        },
      ),
    );
  });

  it('is read or refused at a place inside it, whatever is written', () => {
    const pieces = [
      '(',
      ')',
      '!',
      '==',
      '<',
      '&&',
      '||',
      ' ',
      "'",
      'a',
      '.',
      'always()',
      '1',
      '[',
      ']',
      '${{',
      '}}',
      ',',
      '-',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const result = parseCondition(text);
        if (!result.ok) {
          const { start, end } = result.error;
          assert.ok(0 <= start && start <= end && end <= text.length);
        }
      }),
    );
  });
});

function parsed(text: string): Condition {
  const result = parseCondition(text);
  assert.ok(result.ok, `${text}: ${result.ok ? '' : result.error.message}`);
  return result.value;
}

function judge(text: string, ends = DONE): boolean {
  const result = evaluateCondition(parsed(text), SCOPE, ends);
  assert.ok(result.ok, `${text}: ${result.ok ? '' : result.error.message}`);
  return result.value;
}

function fault(text: string): string {
  const result = parseCondition(text);
  assert.ok(!result.ok, text);
  const { message, start, end } = result.error;
  return `|${text.slice(start, end)}| ${message}`;
}

const OPERATORS: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>='];

/** Numbers are whole and small here, so that comparing them is plain. */
const LEAVES: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .constantFrom('', 'a', 'B', "it's", 'false', 'true', '0', '7', '12', '-3')
    .map((text): Condition => ({ kind: 'literal', text })),
  fc.constantFrom('always', 'success', 'failure').map((asks): Condition => ({ kind: 'end', asks })),
  fc.constantFrom('mode', 'empty', 'no', 'zero').map((name) => parsed(`inputs.${name}`)),
);

const TREES: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    LEAVES,
    tie('tree').map((operand): Condition => ({ kind: 'not', operand })),
    fc.record({
      kind: fc.constantFrom('every' as const, 'some' as const),
      operands: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('comparison' as const),
      operator: fc.constantFrom(...OPERATORS),
      left: tie('tree'),
      right: tie('tree'),
    }),
    fc.record({
      kind: fc.constant('search' as const),
      asks: fc.constantFrom('contains' as const, 'startsWith' as const, 'endsWith' as const),
      text: tie('tree'),
      part: tie('tree'),
    }),
  ),
})).tree;

/** The tree as text, with parentheses only where they are needed. */
function format(tree: Condition, space: string, tightness = 0): string {
  const write = (own: number, text: string) => (own < tightness ? `(${text})` : text);
  switch (tree.kind) {
    case 'literal':
      return `'${tree.text.replaceAll("'", "''")}'`;
    case 'reference':
      return formatReference(tree.names);
    case 'end':
      return `${tree.asks}()`;
    case 'not':
      return `!${space}${format(tree.operand, space, 3)}`;
    case 'every':
      return write(1, tree.operands.map((one) => format(one, space, 2)).join(`${space}&&${space}`));
    case 'some':
      return write(0, tree.operands.map((one) => format(one, space, 1)).join(`${space}||${space}`));
    case 'comparison': {
      const [left, right] = [format(tree.left, space, 3), format(tree.right, space, 3)];
      return write(2, `${left}${space}${tree.operator}${space}${right}`);
    }
    case 'search':
      return `${tree.asks}(${format(tree.text, space)},${space}${format(tree.part, space)})`;
  }
}

/** What a tree comes to, said a second time and without haste. */
function meaning(tree: Condition, ends: Ends): string {
  const of = (one: Condition) => meaning(one, ends);
  const truth = (text: string) => !['', 'false', '0'].includes(text);
  switch (tree.kind) {
    case 'literal':
      return tree.text;
    case 'reference':
      return INPUTS[tree.names[1]?.name ?? ''] ?? '';
    case 'end':
      return String(
        tree.asks === 'always' || (tree.asks === 'success' ? ends.allDone : ends.failed),
      );
    case 'not':
      return String(!truth(of(tree.operand)));
    case 'every':
      return tree.operands.map(of).reduce((all, next) => (truth(all) ? next : all));
    case 'some':
      return tree.operands.map(of).reduce((all, next) => (truth(all) ? all : next));
    case 'comparison': {
      const [left, right] = [of(tree.left), of(tree.right)];
      const numbers = [left, right].every((text) => /^-?\d+$/.test(text));
      const order = numbers
        ? Number(left) - Number(right)
        : left < right
          ? -1
          : left > right
            ? 1
            : 0;
      const asked = tree.operator;
      return String(
        (order === 0 && ['==', '<=', '>='].includes(asked)) ||
          (order < 0 && ['!=', '<=', '<'].includes(asked)) ||
          (order > 0 && ['!=', '>=', '>'].includes(asked)),
      );
    }
    case 'search':
      return String(
        of(tree.text)[tree.asks === 'contains' ? 'includes' : tree.asks](of(tree.part)),
      );
  }
}

function withoutPlaces(condition: Condition): unknown {
  return JSON.parse(
    JSON.stringify(condition, (key, value: unknown) =>
      key === 'start' || key === 'end' ? undefined : value,
    ),
  );
}
