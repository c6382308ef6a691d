import assert from 'node:assert/strict';
import fs from 'node:fs';
import fc from 'fast-check';
import {
  contractJsonSchema,
  contractSchema,
} from '../../../src/core/debugging/contract/contractSchema.ts';
import { contractIn, contractProblems } from '../../../src/core/debugging/contract/contractText.ts';
import { productProblems } from '../../../src/core/artifacts/productSchema.ts';
import type { JsonValue } from '../../../src/core/domain/workflow.ts';
import { CONTRACT, contractWith } from './contractSample.ts';

const GOOD = JSON.stringify(CONTRACT);
const fenced = (text: string) => `Here it is:\n\n\`\`\`json\n${text}\n\`\`\`\nThat is all.`;

describe('A contract', () => {
  it('is found as JSON alone and in a fenced block', () => {
    for (const text of [
      GOOD,
      ` \n${GOOD}\n`,
      fenced(GOOD),
      fenced(JSON.stringify(CONTRACT, null, 2)),
    ]) {
      assert.deepEqual(contractIn(text), CONTRACT);
    }
    const longFence = `\`\`\`\`\n${GOOD}\n\`\`\`\`\n\`\`\`js\nlet other;\n\`\`\``;
    assert.deepEqual(contractIn(longFence), CONTRACT);
  });

  it('is not guessed where there is none, two, or one that nobody ended', () => {
    for (const text of [
      '',
      'Nothing.',
      '{}',
      '[]',
      'null',
      `Sure: ${GOOD}`,
      `${fenced(GOOD)}\n${fenced(GOOD)}`,
      `\`\`\`json\n${GOOD}`,
      fenced('{"version": 1}'),
      `${GOOD.slice(0, -1)},"__proto__":{"version":2}}`,
    ]) {
      assert.equal(contractIn(text), undefined, text.slice(0, 60));
    }
  });

  it('has no problems where it is good, in each form that is found', () => {
    assert.deepEqual(contractProblems(GOOD), []);
    assert.deepEqual(contractProblems(fenced(GOOD)), []);
  });

  for (const [pointer, value, sentence] of [
    ['/interfaces/0/signature', undefined, '/interfaces/0/signature is missing: add it.'],
    ['/interfaces/0/signature', 7, '/interfaces/0/signature must be a text: write it in quotes.'],
    ['/interfaces/0/signature', '  ', '/interfaces/0/signature is empty: write it out.'],
    [
      '/interfaces/1/methods/0/errors',
      {},
      '/interfaces/1/methods/0/errors must be a list: write [ … ].',
    ],
    ['/interfaces', [], '/interfaces must have at least one entry: add it.'],
    [
      '/interfaces/1/kind',
      'thing',
      '/interfaces/1/kind must be one of function, class, module, endpoint, cli, type.',
    ],
    [
      '/interfaces/1/file',
      '../../etc/passwd',
      '/interfaces/1/file must be a path in the folder: relative, with "/", without "..".',
    ],
    ['/interfaces/2', 'GET', '/interfaces/2 must be an object: write { … }.'],
    [
      '/interfaces/0/returns',
      'Task[]',
      '/interfaces/0/returns is no field of a contract: remove it, or say it in a description.',
    ],
    ['/a~b~1c', 1, '/a~0b~01c is no field of a contract: remove it, or say it in a description.'],
    ['/version', 0, '/version must be 1 or more.'],
    ['/version', '1.0', '/version must be a whole number, 1 at first.'],
    ['/name', 'Task Search', '/name must be small letters, digits and "-", such as task-search.'],
    [
      '/data_models/0/fields/0/required',
      'yes',
      '/data_models/0/fields/0/required must be true or false.',
    ],
    [
      '/tests/0/covers/0',
      'findTasks',
      '/tests/0/covers/0 names "findTasks", which is no interface, "Interface.method" or data model of the contract: name one that is there, or add it.',
    ],
    ['/tests/2/id', 't1', '/tests/2/id is "t1", as /tests/0/id is: give each its own.'],
    [
      '/interfaces/2/name',
      'searchTasks',
      '/interfaces/2/name is "searchTasks", as /interfaces/0/name is: give each its own.',
    ],
    [
      '/tests/1/covers',
      ['Task'],
      '/interfaces/1 ("TaskStore") is tried by no test: add one to /tests that covers it.',
    ],
  ] as const) {
    it(`names the clause and what to do: ${sentence.slice(0, 60)}`, () => {
      const problems = contractProblems(JSON.stringify(contractWith(pointer, value)));
      assert.ok(problems.includes(sentence), problems.join('\n'));
    });
  }

  it('gives nobody all files, and nothing that decides what runs', () => {
    for (const glob of [
      '**',
      '**/*',
      '/etc/**',
      'C:/x',
      '../x',
      'a/../b',
      '.git/**',
      'x/.github/y',
      '.sluice',
      'a\nb',
      'a\\b',
    ]) {
      const [problem] = contractProblems(JSON.stringify(contractWith('/owns/0', glob)));
      assert.match(problem ?? '', /^\/owns\/0 must be a glob of paths/, glob);
    }
    for (const glob of ['src/**', '**/*.ts', 'a..b/c', '.gitignore', 'package.json']) {
      assert.deepEqual(contractProblems(JSON.stringify(contractWith('/owns/0', glob))), [], glob);
    }
  });

  it('tells at most twenty problems, and how many are left out', () => {
    const tests = Array.from({ length: 30 }, () => ({ id: 1 }));
    const problems = contractProblems(JSON.stringify({ ...CONTRACT, tests }));
    assert.equal(problems.length, 20);
    assert.match(problems[19] ?? '', /^\d+ more clauses are wrong: repair these first\.$/);
  });

  it('says what to do where there is none at all', () => {
    for (const text of ['', 'No.', `${fenced('{}')}${fenced('{}')}`, fenced('[]')]) {
      assert.deepEqual(contractProblems(text), [
        'It has no contract: answer with the JSON of one, and nothing around it.',
      ]);
    }
    assert.deepEqual(contractProblems('3'), ['It must be an object: write { … }.']);
  });

  it('is found if and only if its schema is satisfied, whatever the text', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc
        .tuple(
          fc.constantFrom('version', 'name', 'interfaces', 'tests', 'owns', 'examples', 'other'),
          fc.jsonValue(),
        )
        .map(([key, part]) => ({ ...CONTRACT, [key]: part })),
    );
    const schema = contractJsonSchema() as JsonValue;
    fc.assert(
      fc.property(value, (one) => {
        const text = JSON.stringify(one);
        const isGood = contractSchema.safeParse(JSON.parse(text)).success;
        assert.equal(contractIn(text) !== undefined, isGood);
        assert.equal(contractIn(fenced(text)) !== undefined, isGood);
        assert.ok(isGood || contractProblems(text).length > 0);
        // What models are held to is the JSON Schema: both must refuse the same.
        const refused = productProblems(schema, Buffer.from(text));
        assert.equal(refused.length === 0, isGood, refused.join('\n'));
      }),
      { numRuns: 300 },
    );
  });

  it('is looked for in any text without throwing', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('```\n', '```json\n', '\n```', GOOD, '{', '[', '"', '\u0000', '\n'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('');
        const found = contractIn(text);
        assert.ok(found === undefined || contractSchema.safeParse(found).success);
        for (const problem of contractProblems(text)) {
          assert.ok(problem.length <= 400 && !problem.includes('\n'));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is looked for in hostile text without delay', () => {
    for (const text of [
      '`'.repeat(1_900_000),
      '```\n'.repeat(400_000),
      '['.repeat(1_900_000),
      `${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)}`,
      `{"owns":["${'a/'.repeat(900_000)}"]}`,
      ' '.repeat(60_000_000),
    ]) {
      const begun = performance.now();
      assert.equal(contractIn(text), undefined);
      assert.ok(contractProblems(text).length > 0);
      assert.ok(performance.now() - begun < 3000, text.slice(0, 10));
    }
  });

  it('has its JSON Schema in the builders pack, the same file', () => {
    assert.deepEqual(
      fs.readFileSync('resources/packs/builders/files/.sluice/builders/contract.schema.json'),
      fs.readFileSync('resources/schemas/contract.schema.json'),
    );
  });
});
