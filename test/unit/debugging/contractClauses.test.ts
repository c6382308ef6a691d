import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  failingClauses,
  MOST_FAILING_CLAUSES,
} from '../../../src/core/debugging/contract/failingClauses.ts';
import type { TestReport } from '../../../src/core/domain/testReport.ts';
import { CONTRACT } from './contractSample.ts';

function report(
  ...failures: readonly { readonly name: string; readonly message: string }[]
): TestReport {
  return {
    command: 'npm test',
    format: 'text',
    passed: 1,
    failed: failures.length,
    skipped: 0,
    failures,
  };
}

const pointers = (log: string, ...tests: readonly TestReport[]): readonly string[] =>
  failingClauses(CONTRACT, { tests, log }).map(({ pointer }) => pointer);

describe('The clauses a failure concerns', () => {
  it('begin with the test that failed, then what that covers', () => {
    const failed = report({
      name: 'search › T1 finds tasks by a word of their title',
      message: '',
    });
    assert.deepEqual(pointers('', failed), ['/tests/0', '/interfaces/0', '/data_models/0']);
    assert.deepEqual(failingClauses(CONTRACT, { tests: [failed], log: '' })[0], {
      pointer: '/tests/0',
      text: 'T1, finds tasks by a word of their title: given two tasks; when a word of one is searched; then that one is found',
    });
  });

  for (const [how, name] of [
    ['pytest', 'tests/test_acceptance_search.py::test_T2_tells_of_a_task'],
    ['Go', 'TestT2TellsOfATask'],
    ['its sentence alone', 'tells of a task that is not there'],
    ['its sentence as code', 'test_tells_of_a_task_that_is_not_there'],
  ] as const) {
    it(`are known by the name of a test as written for ${how}`, () => {
      assert.deepEqual(pointers('', report({ name, message: '' })).slice(0, 2), [
        '/tests/1',
        '/interfaces/1/methods/1',
      ]);
    });
  }

  for (const [what, log, expected] of [
    [
      'a function in a stack',
      'Error: boom\n    at searchTasks (/copy/src/search.ts:3:9)\n    at main (/copy/src/main.ts:1:1)',
      ['/interfaces/0'],
    ],
    [
      'a method with its class',
      '    at TaskStore.add (/copy/x.js:3:9)',
      ['/interfaces/1', '/interfaces/1/methods/0'],
    ],
    ['an error by its name', 'Expected EmptyWordError, got nothing', ['/interfaces/0/errors/0']],
    [
      'an error by its words',
      'AssertionError: expected no such task',
      ['/interfaces/1/methods/1/errors/0'],
    ],
    ['an endpoint', 'AssertionError: GET /tasks/search gave 500', ['/interfaces/2']],
    [
      'a field',
      "error TS2339: Property 'dueAt' does not exist on type 'X'",
      ['/data_models/0/fields/1'],
    ],
    ['only the file', 'src/taskStore.ts(3,1): error TS1005: expected ;', ['/interfaces/1']],
    [
      'a compiler that does not know a name',
      'error[E0425]: cannot find function `searchTasks` in this scope',
      ['/interfaces/0'],
    ],
    [
      'tests that passed',
      '✔ T1 finds tasks by a word of their title\nok 2 - T2 TaskStore.get\n--- PASS: T3',
      [],
    ],
    ['words every log has', 'Error: cannot get or add anything: a task failed', []],
    ['a longer name', 'TypeError: mySearchTasks2 failed in other-src/search.ts.bak', []],
    ['nothing known', 'Segmentation fault (core dumped)', []],
    ['nothing', '', []],
  ] as const) {
    it(`are found from ${what}`, () => {
      assert.deepEqual(pointers(log), expected);
    });
  }

  it('prefer the test to what merely stands in the stack', () => {
    const found = pointers(
      '    at searchTasks (src/search.ts:1:1)\n'.repeat(50),
      report({
        name: 'T3 answers',
        message: 'AssertionError: 500 == 200\n    at TaskStore.get (x.js:1:1)',
      }),
    );
    assert.deepEqual(found.slice(0, 2), ['/tests/2', '/interfaces/2']);
  });

  it('are at most five', () => {
    const all = CONTRACT.tests.map(({ id }) => ({ name: id, message: 'EmptyWordError dueAt' }));
    assert.equal(pointers('', report(...all)).length, MOST_FAILING_CLAUSES);
  });

  it('are parts of the contract, each once, whatever was printed', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'T1',
        'searchTasks',
        'TaskStore',
        'get',
        'Error: ',
        'not ok ',
        '    at ',
        '\n',
        '\u0000',
        ':1:1)',
      ),
    );
    const printed = fc.array(piece).map((parts) => parts.join(''));
    fc.assert(
      fc.property(printed, printed, printed, (log, name, message) => {
        const found = failingClauses(CONTRACT, { tests: [report({ name, message })], log });
        assert.ok(found.length <= MOST_FAILING_CLAUSES);
        assert.equal(new Set(found.map(({ pointer }) => pointer)).size, found.length);
        for (const { pointer, text } of found) {
          assert.notEqual(valueAt(pointer), undefined, pointer);
          assert.ok(text.length > 0 && text.length <= 300 && !text.includes('\n'));
        }
        assert.deepEqual(
          failingClauses(CONTRACT, { tests: [report({ name, message })], log }),
          found,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('name a test that failed, wherever its id stands in its name', () => {
    const around = fc.stringMatching(/^[a-z ]{0,20}$/);
    fc.assert(
      fc.property(around, around, fc.constantFrom(0, 1, 2), (before, after, index) => {
        const name = `${before} T${index + 1} ${after}`;
        assert.equal(pointers('', report({ name, message: '' }))[0], `/tests/${index}`);
      }),
    );
  });

  it('are looked for in hostile logs without delay', () => {
    const method = { name: 'a b', signature: 's', description: 'd', errors: [] };
    const many = {
      ...CONTRACT,
      interfaces: Array.from({ length: 60 }, (_, index) => ({
        ...CONTRACT.interfaces[0]!,
        name: `f${index} x`,
        methods: Array.from({ length: 60 }, () => method),
      })),
    };
    for (const log of [
      'error '.repeat(2_000_000),
      'at a.b:1\n'.repeat(1_000_000),
      '\n'.repeat(9_000_000),
      `${'a.'.repeat(4_000_000)}:1`,
    ]) {
      const begun = performance.now();
      failingClauses(many, { tests: [report({ name: log, message: log })], log });
      assert.ok(performance.now() - begun < 3000, log.slice(0, 10));
    }
  });
});

function valueAt(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (at, part) => (at as Readonly<Record<string, unknown>> | undefined)?.[part],
      CONTRACT,
    );
}
