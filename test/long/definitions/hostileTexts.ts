import fc from 'fast-check';
import { MAX_FILE_BYTES } from '../../../src/core/definitions/source/sourceText.ts';
import { seeded } from '../seeded.ts';

// Files made to hurt: what is cheap to write and may be dear to read.

/** Each is written again and again, behind a beginning that may open something. */
const UNITS = [
  ...['a', 'a: b\n', 'a:\n', '- a\n', '- - ', '[1,', '1,', 'a,\n', '{a: 1},', '{', '[', '}', '}\n'],
  ...[
    '"',
    "'",
    '""',
    '"\n"\n',
    '"a" ',
    "''",
    '\\',
    '\\"',
    '#\n',
    ' #\n',
    '\n',
    '\n ',
    ' ',
    '\t',
    '\r',
  ],
  ...[
    '? a\n',
    '? \n',
    ': \n',
    ': : ',
    'a: : ',
    '&a ',
    '*a ',
    '*a\n',
    '&a *a\n',
    '!t ',
    '!\n',
    '%a\n',
  ],
  ...[
    '@',
    '`\n',
    '---\n',
    '...\n',
    'x: |\n a\n',
    '|\n',
    '[]\n',
    '[}"\r\n',
    ']"!t ',
    '"\\ #\'>\n ',
    '<<: *a\n',
  ],
  ...['${{ ', '${{ inputs.i }} ', '${{ (', 'a | ', '\u2028', '\u00e9', '\ufeff', '__proto__: 1\n'],
];
const BEGINNINGS = [
  ...['', '[', '{', 'a: ', '- ', 'a: [', '"', "'", 'a: |\n', 'x: 1\n', '\n', '---\n', '? ', '&a '],
  ...['steps: [', 'steps:\n', 'steps: {a: {agent: a, prompt: "', 'steps:\n  a:\n    needs: ['],
  ...['steps: [{id: a, agent: a, if: "', 'agents: [', 'workflows: {a: {steps: [', 'todos: ['],
];

/** One thing over and over, up to the largest file that is read. */
export const repeated: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...BEGINNINGS),
    fc.oneof(
      fc.constantFrom(...UNITS),
      fc
        .array(fc.constantFrom(...UNITS), { minLength: 2, maxLength: 3 })
        .map((all) => all.join('')),
    ),
    fc.constantFrom('', '\n---\n', ']', '"', '}'),
  )
  .map(([start, unit, end]) => {
    const room = MAX_FILE_BYTES - Buffer.byteLength(start + end);
    return start + unit.repeat(Math.floor(room / Buffer.byteLength(unit))) + end;
  });

/** The same a few hundred times, of which far more can be tried. */
export const repeatedLess: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...BEGINNINGS),
    fc.array(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 4 }),
    fc.nat({ max: 200 }),
  )
  .map(([start, units, times]) => start + units.join('').repeat(times));

/** Keys twice, keys that objects have, merge keys, aliases of aliases, deep nesting, long scalars. */
export const known: fc.Arbitrary<string> = fc.oneof(
  fc.nat({ max: 30 }).map((levels) => bomb(levels)),
  fc.nat({ max: 300 }).map((depth) => `steps: ${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.nat({ max: 300 }).map((depth) => `a: ${'{b: '.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.nat({ max: 300 }).map((depth) => `${'- '.repeat(depth)}a`),
  fc
    .nat({ max: 300 })
    .map((depth) => Array.from({ length: depth }, (_, n) => `${' '.repeat(n)}a:\n`).join('')),
  fc.nat({ max: 20_000 }).map((length) => `name: ${'x'.repeat(length)}\nsteps: [a]`),
  fc.nat({ max: 20_000 }).map((length) => `${'k'.repeat(length)}: 1\nsteps: [a]`),
  fc.nat({ max: 5000 }).map((length) => `description: "${'\\u0041'.repeat(length)}"\nsteps: [a]`),
  fc
    .array(
      fc.constantFrom(
        ...[
          '__proto__: {a: 1}',
          'constructor: {prototype: 1}',
          'toString: x',
          'name: a',
          'name: b',
        ],
        ...['<<: {agent: a}', '<<: *x', 'x: &x {agent: a}', 'steps: [a]', 'steps: {a: {agent: a}}'],
        ...['hasOwnProperty: 1', '"steps": []', "'__proto__': []", '\tname: t', 'name:\tt'],
        ...['inputs: {__proto__: 1, constructor: x}', 'inputs: {a: ~, a: 1}', 'valueOf: {}'],
      ),
      { maxLength: 6 },
    )
    .map((fields) => fields.join('\n')),
);

function bomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, n) =>
    n === 0 ? 'a0: &a0 [x, x]' : `a${n}: &a${n} [${`*a${n - 1}, `.repeat(8)}]`,
  );
  return `${lines.join('\n')}\nsteps: *a${Math.max(0, levels - 1)}\n`;
}

/** What stands around a Markdown file's fields, right and wrong. */
export function frontMatter(fields: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const opening = fc.constantFrom(
    ...['---\n', '---\n', '---\n', '--- \n', '---\r\n', '\ufeff---\n', '---js\n', '---yaml\n'],
    ...['----\n', '+++\n', '\n---\n', ' ---\n', '--- # c\n', '---', '---\t\n', '--- {a: 1}\n', ''],
  );
  const closing = fc.constantFrom(
    ...['\n---\n', '\n---\n', '\n---\n', '\n---', '\n---\r\n', '\n--- \n', '\n...\n', '\n----\n'],
    ...['', '---\n', '\n ---\n', '\n---\n---\n', '\n---x\n'],
  );
  const body = fc.constantFrom('', 'Help.', '\n\nHelp.\n', '---\na: 1\n---\n', '\u0000', '# A\r\n');
  return fc.tuple(opening, fields, closing, body).map((parts) => parts.join(''));
}

/** Bytes of texts with a few of them replaced, so that some are not UTF-8. */
export function brokenBytes(texts: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  return fc.tuple(texts, fc.nat({ max: 2 ** 31 - 1 })).map(([text, seed]) => {
    const random = seeded(seed);
    const bytes = Buffer.from(text);
    for (let left = Math.floor(random() * 4); left > 0 && bytes.length > 0; left -= 1) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const mark = random() < 0.2 ? Buffer.from('\ufeff') : Buffer.alloc(0);
    return Buffer.concat([mark, bytes]);
  });
}
