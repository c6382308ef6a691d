import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  classifyFault,
  LOG_RULES,
  type FaultEvidence,
} from '../../../src/core/debugging/classify/classify.ts';
import { FAULT_KINDS } from '../../../src/core/domain/debugging.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { sampleOf } from '../../support/sample.ts';

const CHECK: Failure = { reason: 'check-failed', command: 'npm test', code: 1, tail: '' };

function evidence(log: string, given: Partial<FaultEvidence> = {}): FaultEvidence {
  return { failure: CHECK, log, tests: [], again: [1], ...given };
}

function kindOf(log: string, given: Partial<FaultEvidence> = {}): string {
  return classifyFault(evidence(log, given)).kind;
}

function fixOf(log: string): string | undefined {
  return classifyFault(evidence(log)).autoFix?.command;
}

describe('a failure is taken', () => {
  it('for flaky only when the same check passed in the same copy, whatever it printed', () => {
    const log = 'AssertionError: this test is flaky, intermittent, sometimes fails';
    assert.equal(kindOf(log, { again: [1] }), 'implementation_bug');
    assert.equal(kindOf(log, { again: [] }), 'implementation_bug');
    assert.equal(kindOf(log, { again: [undefined] }), 'implementation_bug');
    assert.deepEqual(classifyFault(evidence(log, { again: [1, 0] })), {
      kind: 'flaky_test',
      why: 'The same check passed when it was run again in the same copy (run 3 of 3).',
    });
    assert.equal(kindOf("Error: Cannot find module 'zod'", { again: [0] }), 'flaky_test');
  });

  it('for what Sluice saw itself, whatever was printed', () => {
    const log = "ModuleNotFoundError: No module named 'numpy'";
    const of = (failure: Failure): string => kindOf(log, { failure, again: [] });
    assert.equal(of({ reason: 'timed-out', limit: 'wall', afterMs: 5 }), 'timeout');
    assert.equal(of({ reason: 'timed-out', limit: 'idle', afterMs: 5 }), 'timeout');
    assert.equal(of({ reason: 'not-produced', paths: ['a.json'] }), 'implementation_bug');
    assert.equal(of({ reason: 'out-of-bounds', paths: ['b'], count: 1 }), 'implementation_bug');
    const badProduct: Failure = {
      reason: 'bad-product',
      path: 'out/order.json',
      problems: ['/total must be number'],
    };
    assert.deepEqual(classifyFault(evidence(log, { failure: badProduct })), {
      kind: 'spec_mismatch',
      why: 'The file out/order.json is not as its schema says: "/total must be number".',
    });
  });

  it('for what the signal or the code says where nothing else does', () => {
    const signalled = (signal: string): string =>
      kindOf('', { failure: { reason: 'signalled', command: 'a', signal, tail: '' } });
    assert.equal(signalled('SIGSEGV'), 'implementation_bug');
    assert.equal(signalled('SIGXCPU'), 'timeout');
    assert.equal(signalled('SIGKILL'), 'test_failure');
    const exited = (code: number): string =>
      kindOf('done', { failure: { reason: 'exited', command: 'a', code, tail: '' } });
    assert.equal(exited(127), 'missing_dependency');
    assert.equal(exited(124), 'timeout');
    assert.equal(exited(126), 'implementation_bug');
    assert.equal(exited(139), 'implementation_bug');
    assert.equal(exited(3), 'test_failure');
  });

  it('for a test failure when no rule says more, with its last line', () => {
    assert.deepEqual(classifyFault(evidence('checking ...\nnot good enough\n\n')), {
      kind: 'test_failure',
      why: 'No rule says more than its last line: "not good enough".',
    });
    assert.equal(classifyFault(evidence('')).why, 'It failed and printed nothing.');
  });

  it('for its cause where consequences stand before it', () => {
    const missing = "Error: Cannot find module 'zod'";
    const syntax = 'SyntaxError: Unexpected token';
    const contract =
      "SyntaxError: The requested module './a.js' does not provide an export named 'b'";
    const value = 'AssertionError [ERR_ASSERTION]: 1 !== 2';
    const refused = 'Error: connect ECONNREFUSED 127.0.0.1:5432';
    const timeout = 'Error: Timeout of 2000ms exceeded.';
    const exception = 'RangeError: no';
    const causesFirst = [missing, syntax, contract, value, refused, timeout, exception];
    for (const [index, cause] of causesFirst.entries()) {
      const log = causesFirst.slice(index).reverse().join('\n');
      assert.ok(classifyFault(evidence(log)).why.includes(cause), log);
    }
  });

  it('for its first cause of one sort', () => {
    const log = "Error: Cannot find module 'first'\nError: Cannot find module 'second'";
    assert.equal(fixOf(log), 'npm install first');
  });

  it('for nothing that one side of a comparison says', () => {
    const log = [
      'AssertionError: expected "sh: 1: jq: not found" to equal "Timeout of 20ms exceeded"',
      '- bash: jq: command not found',
      "+ Error: Cannot find module 'zod'",
      'Expected: "ENOENT spawn jq ENOENT"',
    ].join('\n');
    assert.equal(kindOf(log), 'implementation_bug');
  });

  it('for a breach of the contract where a test calls it wrongly, for a bug where the work does', () => {
    const error = 'error TS2554: Expected 1 arguments, but got 2.';
    assert.equal(kindOf(`test/a.test.ts(2,18): ${error}`), 'spec_mismatch');
    assert.equal(kindOf(`src/a.ts(2,18): ${error}`), 'implementation_bug');
    const python = (file: string): string =>
      `  File "/p/${file}", line 5, in f\n    f(1)\nTypeError: f() takes 0 positional arguments but 1 was given`;
    assert.equal(kindOf(python('tests/test_f.py')), 'spec_mismatch');
    assert.equal(kindOf(python('shop/f.py')), 'implementation_bug');
    const js = (file: string): string =>
      `TypeError: cart.total is not a function\n    at f (node_modules/x/a.js:1:1)\n    at g (/p/${file}:3:1)`;
    assert.equal(kindOf(js('spec/cart.spec.js')), 'spec_mismatch');
    assert.equal(kindOf(js('lib/cart.js')), 'implementation_bug');
  });

  it('by what the check printed, not by what stood before it', () => {
    const log = '$ npm ci\nnpm error code E404\n$ npm test\nAssertionError: 1 == 2';
    assert.equal(kindOf(log), 'implementation_bug');
    const quoted: Failure = { reason: 'check-failed', command: 'npm run a b', code: 1, tail: '' };
    const again = "npm error code E404\n$ npm run 'a b'\nError: x";
    assert.equal(kindOf(again, { failure: quoted }), 'implementation_bug');
  });

  it('by the end that the failure has where there is no log, and by its reports', () => {
    const failure: Failure = { ...CHECK, tail: 'jq: command not found' };
    assert.equal(kindOf('', { failure }), 'missing_dependency');
    const message = 'AssertionError: expected 1 to equal 2';
    const report = {
      command: 'npm test',
      format: 'junit',
      passed: 1,
      failed: 1,
      skipped: 0,
      failures: [{ name: 'cart › total', message }],
    } as const;
    assert.equal(kindOf('see report.xml', { tests: [report] }), 'implementation_bug');
    assert.equal(kindOf('see report.xml', { tests: [] }), 'test_failure');
  });

  it('by its words, not by their colours', () => {
    assert.equal(
      kindOf(
        '\u001b[96msrc/a.ts\u001b[0m:\u001b[93m3\u001b[0m:5 - \u001b[91merror\u001b[0m TS2741: x',
      ),
      'spec_mismatch',
    );
  });

  it('the same, however its lines end', () => {
    assert.equal(kindOf("Error: x\r\nError: Cannot find module 'zod'\r\n"), 'missing_dependency');
  });
});

describe('why a failure is taken for something', () => {
  it('is one line, with at most 200 characters of the log', () => {
    const { why } = classifyFault(evidence(`Error: ${'very '.repeat(1000)}long`));
    assert.ok(why.startsWith('The code threw an exception: "Error: very'), why);
    assert.equal(why.length, 'The code threw an exception: "".'.length + 200);
  });
});

describe('what can be installed without thinking', () => {
  it('is suggested as the tool at hand would', () => {
    assert.equal(fixOf("ModuleNotFoundError: No module named 'requests'"), 'pip install requests');
    assert.equal(fixOf("E   ModuleNotFoundError: No module named 'yaml'"), 'pip install PyYAML');
    assert.equal(fixOf("Error: Cannot find module '@acme/a/b.js'"), 'npm install @acme/a');
    assert.equal(
      fixOf("a.ts(1,1): error TS2307: Cannot find module 'zod' or its corresponding"),
      'npm install zod',
    );
    assert.equal(
      fixOf("a.ts(1,1): error TS7016: Could not find a declaration file for module '@a/b'."),
      'npm install --save-dev @types/a__b',
    );
    assert.equal(
      fixOf('a.go:3:1: no required module provides package golang.org/x/text/cases; to add it:'),
      'go get golang.org/x/text/cases',
    );
    assert.equal(
      fixOf('= help: if you wanted to use a crate named `serde`, use `cargo add serde`'),
      'cargo add serde',
    );
    assert.equal(fixOf('error: no such command: `nextest`'), 'cargo install cargo-nextest');
    assert.equal(fixOf("E  fixture 'mocker' not found"), 'pip install pytest-mock');
  });

  it('is not what the project itself has or would have', () => {
    assert.equal(kindOf("No\nModuleNotFoundError: No module named 'utils'"), 'implementation_bug');
    const own = "tests/test_slug.py:1: in <module>\nModuleNotFoundError: No module named 'slug'";
    assert.equal(kindOf(own), 'implementation_bug');
    for (const file of ['./a.js', '../a', '/p/dist/cli.js', '@/a', '~/a', '#internal', 'src/a']) {
      assert.equal(kindOf(`Error: Cannot find module '${file}'`), 'implementation_bug', file);
      const tsc = `a.ts(1,1): error TS2307: Cannot find module '${file}' or its corresponding`;
      assert.equal(kindOf(tsc), 'implementation_bug', file);
    }
  });

  it('is never a program: its name is not the name of its package', () => {
    assert.deepEqual(classifyFault(evidence('sh: 1: rm-all: not found')), {
      kind: 'missing_dependency',
      why: 'A program is not installed: "sh: 1: rm-all: not found".',
    });
  });

  it('is never an option, a path, an address or anything a shell reads', () => {
    const names = [
      '-rf',
      '--index-url=x',
      '..',
      'a/../b',
      '$(id)',
      'a;id',
      'a b',
      'a|b',
      'a`id`',
      'https://x.example/a',
      'git+ssh://x',
      'file:x',
      '@-x/y',
      '@types/-x',
      'a\u202eb',
      'x'.repeat(400),
    ];
    for (const name of names) {
      for (const line of linesNaming(name)) {
        const fix = fixOf(line);
        assert.ok(fix === undefined || SAFE_FIX.test(fix), `${line}: ${String(fix)}`);
      }
    }
  });
});

const SAFE_FIX =
  /^(?:pip install|npm install(?: --save-dev)?|go get|cargo add|cargo install) (?!.*\.\.)(?:@[a-z0-9][\w.-]*\/)?[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/;

function linesNaming(name: string): readonly string[] {
  return [
    `ModuleNotFoundError: No module named '${name}'`,
    `python3: No module named ${name}`,
    `a.py:1: error: Library stubs not installed for "${name}"`,
    `PackageNotFoundError: No package metadata was found for ${name}`,
    `Error: Cannot find module '${name}'`,
    `Error: Cannot find package '${name}' imported from /p/a.js`,
    `Can't resolve '${name}' in '/p'`,
    `a.ts(1,1): error TS2307: Cannot find module '${name}' or its corresponding`,
    `a.ts(1,1): error TS7016: Could not find a declaration file for module '${name}'.`,
    `a.ts(1,1): error TS2688: Cannot find type definition file for '${name}'.`,
    `a.go:1:1: no required module provides package ${name}; to add it:`,
    `a.go:1:1: cannot find package "${name}" in any of:`,
    `= help: if you wanted to use a crate named \`${name}\`, use`,
    `error: no such command: \`${name}\``,
  ];
}

describe('the rules', () => {
  it('have names of their own, and keep nothing between two lines', () => {
    const names = LOG_RULES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      LOG_RULES.filter(({ pattern }) => pattern.global || pattern.sticky).map(({ name }) => name),
      [],
    );
  });

  it('give a kind for any text at all, and never a fix that is no plain name', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(...PIECES),
      fc.constantFrom(...PIECES).chain((piece) => fc.string().map((text) => piece + text)),
      fc.string({ maxLength: 60 }).chain((name) => fc.constantFrom(...linesNaming(name))),
    );
    fc.assert(
      fc.property(
        fc.array(hostile, { maxLength: 30 }),
        fc.constantFrom('', '\n', '\r\n', ' '),
        fc.array(fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined })),
        (pieces, between, again) => {
          const { kind, why, autoFix } = classifyFault(evidence(pieces.join(between), { again }));
          assert.ok(FAULT_KINDS.includes(kind));
          assert.notEqual(kind, 'flaky_test');
          assert.ok(!why.includes('\n') && why.length < 2000);
          assert.ok(autoFix === undefined || SAFE_FIX.test(autoFix.command), autoFix?.command);
        },
      ),
      { numRuns: sampleOf(150) },
    );
  });

  it('read 64 KB that were made to hold them up within two seconds', function () {
    this.timeout(sampleOf(60_000));
    for (const piece of PIECES) {
      for (const log of [
        piece.repeat(65_536 / piece.length),
        `${piece.repeat(400)}\n`.repeat(300),
      ]) {
        const begun = performance.now();
        classifyFault(evidence(log.slice(0, 65_536)));
        const ms = performance.now() - begun;
        assert.ok(ms < 2000, `${JSON.stringify(piece)}: ${Math.round(ms)} ms`);
      }
    }
  });
});

/** Beginnings that rules wait for the end of. */
const PIECES: readonly string[] = [
  'a',
  ' ',
  '(',
  'a.',
  'a:1: ',
  ' - ',
  'FAILED a',
  'FAILED a - ',
  'error: ',
  ': error: ',
  'a:1:1: error: ',
  'error: unrecognized arguments: ',
  'TypeError: a ',
  'assert a ',
  'AssertionError: a ',
  'expect(',
  'openapi ',
  '_test.go:1: ',
  'expected:<',
  "Cannot find module '",
  "ModuleNotFoundError: No module named '",
  "x.py\nImportError: No module named 'x'\n",
  'TypeError: x is not a function\n',
  'a.ts(1,2): error TS2339: x\n',
  'no required module provides package a.b/c\n# a.b/c\n',
  'if you wanted to use a crate named `x`\nx.rs\n',
  'File "a", line 1\nAb\n',
  'E   \n',
  '\u001b[',
  '\u001b]',
];
