import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  readCoverage,
  readTestReport,
} from '../../../src/core/debugging/reports/readTestReport.ts';
import type { TestReport } from '../../../src/core/domain/testReport.ts';
import { lines } from '../definitions/marked.ts';

/** What runners have really printed. */
function fixture(name: string): string {
  return fs.readFileSync(path.join(import.meta.dirname, 'reports', `${name}.txt`), 'utf8');
}

function read(text: string): TestReport {
  const report = readTestReport('npm test', text);
  assert.ok(report !== undefined, `nothing is read from\n${text}`);
  return report;
}

/** Format and counts in a line. */
function counts({ format, passed, failed, skipped }: TestReport): string {
  return `${format}: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The first line of each failure's message behind its name. */
function failures({ failures: all }: TestReport): string[] {
  return all.map(({ name, message }) => `${name}: ${message.split('\n')[0] ?? ''}`);
}

function expect(text: string, counted: string, ...failed: readonly string[]): void {
  const report = read(text);
  assert.deepEqual([counts(report), ...failures(report)], [counted, ...failed]);
}

describe('A report of tests', () => {
  it('is read from what mocha prints in each of its forms', () => {
    const two = '2 passed, 2 failed, 1 skipped';
    expect(
      fixture('mocha.spec'),
      `text: ${two}`,
      'sum › carries <over> & "on": AssertionError [ERR_ASSERTION]: 10 == 11',
      'sum › of nothing › is zero: Error: not ok 9 - of its own',
    );
    expect(
      fixture('mocha.json'),
      `mocha-json: ${two}`,
      'sum › carries <over> & "on": 10 == 11',
      'sum of nothing › is zero: not ok 9 - of its own',
    );
    expect(
      fixture('mocha.xunit'),
      `junit: ${two}`,
      'sum › carries <over> & "on": 10 == 11',
      'sum of nothing › is zero: not ok 9 - of its own',
    );
    for (const name of ['mocha.tap', 'mocha.tap13']) {
      expect(
        fixture(name),
        `tap: ${two}`,
        'sum carries <over> & "on": 10 == 11',
        'sum of nothing is zero: not ok 9 - of its own',
      );
    }
  });

  it('is read from what "node --test" prints in each of its forms', () => {
    const named = (name: string) => [
      `sum › ${name}: 10 == 11`,
      'sum › of nothing › is zero: not ok 9 - of its own',
    ];
    expect(
      fixture('node.tap'),
      'tap: 3 passed, 2 failed, 2 skipped',
      ...named('carries <over> & "on"'),
    );
    // Node writes what is in quotes with an entity of an entity.
    expect(
      fixture('node.junit'),
      'junit: 3 passed, 2 failed, 2 skipped',
      'sum › carries <over> & &quot;on&quot;: 10 == 11',
      'sum › of nothing › is zero: not ok 9 - of its own1..4]]> is no end',
    );
    // Here a test with subtests counts as one too.
    for (const name of ['node.spec', 'node.coverage']) {
      expect(
        fixture(name),
        'text: 4 passed, 2 failed, 2 skipped',
        'sum › carries <over> & "on": AssertionError [ERR_ASSERTION]: 10 == 11',
        'sum › of nothing › is zero: Error: not ok 9 - of its own',
      );
    }
  });

  it('is read from what unittest prints, with or without a word to each test', () => {
    for (const name of ['unittest', 'unittest.verbose']) {
      expect(
        fixture(name),
        'text: 1 passed, 3 failed, 2 skipped',
        'test_sum.Sum › test_breaks: ValueError: no such digit',
        'test_sum.Sum › test_carries: AssertionError: 10 != 11',
        'test_sum.Sum › test_each (i=1): AssertionError: 1 == 1',
      );
    }
    expect('Ran 3 tests in 0.001s\n\nOK\n', 'text: 3 passed, 0 failed, 0 skipped');
  });

  it('is read from what pytest prints and writes', () => {
    for (const name of ['pytest', 'pytest.q']) {
      expect(
        fixture(name),
        'text: 2 passed, 3 failed, 2 skipped',
        'test_py.py › TestSum › test_carries: AssertionError: not <ok> & "done"',
        'test_py.py › test_each[2]: assert 2 == 1',
        'test_py.py › test_needs: RuntimeError: no database',
      );
    }
    expect(
      fixture('pytest.junit'),
      'junit: 2 passed, 3 failed, 2 skipped',
      'test_py.TestSum › test_carries: AssertionError: not <ok> & "done"',
      'test_py › test_each[2]: assert 2 == 1',
      'test_py › test_needs: failed on setup with "RuntimeError: no database"',
    );
    expect('===== no tests ran in 0.01s =====', 'text: 0 passed, 0 failed, 0 skipped');
    expect(
      lines`
        E   ModuleNotFoundError: No module named 'nothing_here'
        =========================== short test summary info ============================
        ERROR tests/test_bad.py
        !!!!!!!!!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!!!!!!!!
        ======================== 1 error in 62.50s (0:01:02) ===========================
      `,
      'text: 0 passed, 1 failed, 0 skipped',
      'tests/test_bad.py: ',
    );
  });

  it('is read from the JSON of pytest-json-report, also among other output', () => {
    const report = {
      created: 1,
      duration: 0.1,
      exitcode: 1,
      root: '/project',
      environment: {},
      summary: { passed: 2, failed: 1, error: 1, xfailed: 1, xpassed: 1, skipped: 2, total: 8 },
      collectors: [
        { nodeid: '', outcome: 'passed', result: [] },
        { nodeid: 'test_bad.py', outcome: 'failed', result: [], longrepr: 'No module "x"' },
      ],
      tests: [
        { nodeid: 'a.py::test_ok', outcome: 'passed', call: { duration: 1, outcome: 'passed' } },
        {
          nodeid: 'a.py::TestA::test_b[x-1]',
          outcome: 'failed',
          setup: { outcome: 'passed' },
          call: {
            duration: 1,
            outcome: 'failed',
            crash: { path: 'a.py', lineno: 3, message: 'assert 1 == 2' },
            longrepr: 'def test_b(): …',
          },
        },
        { nodeid: 'a.py::test_c', outcome: 'error', setup: { outcome: 'failed', longrepr: 'L' } },
      ],
    };
    for (const text of [
      JSON.stringify(report),
      `starts {\n${JSON.stringify(report)}\nand "ends" }`,
    ]) {
      expect(
        text,
        'pytest-json: 3 passed, 3 failed, 3 skipped',
        'a.py › TestA › test_b[x-1]: assert 1 == 2',
        'a.py › test_c: L',
        'test_bad.py: No module "x"',
      );
    }
  });

  it('is read from the JSON of mocha where something else is printed around it', () => {
    const json = fixture('mocha.json').slice('printed by a test\n'.length);
    for (const text of [json, `> npm test\n{ "stats": 1 }\n${json}\nnpm ERR! { code 2 }`]) {
      assert.equal(counts(read(text)), 'mocha-json: 2 passed, 2 failed, 1 skipped');
    }
    assert.equal(readTestReport('x', json.slice(0, -3)), undefined);
  });

  it('is read from jest and vitest', () => {
    expect(
      lines`
        FAIL src/sum.test.js
          sum
            ✓ adds (2 ms)
            ✕ carries (3 ms)

          ● sum › of ten › carries

            expect(received).toBe(expected)

            Expected: 11

        Test Suites: 1 failed, 1 passed, 2 total
        Tests:       1 failed, 1 skipped, 2 todo, 3 passed, 7 total
        Snapshots:   0 total
      `,
      'text: 3 passed, 1 failed, 3 skipped',
      'sum › of ten › carries: expect(received).toBe(expected)',
    );
    expect(
      lines`
        FAIL src/sum.test.js
          ● Test suite failed to run

            Cannot find module './nothing'

        Test Suites: 1 failed, 1 total
        Tests:       0 total
      `,
      'text: 0 passed, 1 failed, 0 skipped',
      "Test suite failed to run: Cannot find module './nothing'",
    );
    expect(
      [
        ' ❯ src/sum.test.ts (3 tests | 1 failed) 5ms',
        '⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯',
        '',
        ' FAIL  src/sum.test.ts > sum > carries',
        'AssertionError: expected 10 to be 11 // Object.is equality',
        '⎯⎯⎯⎯⎯⎯[1/1]⎯',
        '',
        ' Test Files  1 failed | 1 passed (2)',
        '      Tests  1 failed | 2 passed | 1 skipped (4)',
      ].join('\n'),
      'text: 2 passed, 1 failed, 1 skipped',
      'src/sum.test.ts › sum › carries: AssertionError: expected 10 to be 11 // Object.is equality',
    );
    expect(
      [
        ' FAIL  src/bad.test.ts [ src/bad.test.ts ]',
        'Error: Cannot find package',
        '',
        ' Test Files  1 failed (1)',
        '      Tests  no tests',
      ].join('\n'),
      'text: 0 passed, 1 failed, 0 skipped',
      'src/bad.test.ts: Error: Cannot find package',
    );
  });

  it('is read from go test, with -v and without', () => {
    expect(
      [
        '=== RUN   TestAdds',
        '--- PASS: TestAdds (0.00s)',
        '=== RUN   TestCarries',
        '=== RUN   TestCarries/ten',
        '    sum_test.go:9: got 10, want 11',
        '=== RUN   TestCarries/one',
        '--- FAIL: TestCarries (0.00s)',
        '    --- FAIL: TestCarries/ten (0.00s)',
        '    --- PASS: TestCarries/one (0.00s)',
        '=== RUN   TestLater',
        '    sum_test.go:20: too early',
        '--- SKIP: TestLater (0.00s)',
        'FAIL',
        'coverage: 81.2% of statements',
        'FAIL\texample.com/sum\t0.003s',
        'FAIL',
      ].join('\n'),
      'text: 2 passed, 1 failed, 1 skipped',
      'TestCarries › ten: sum_test.go:9: got 10, want 11',
    );
    expect(
      [
        'ok  \texample.com/a\t0.002s\tcoverage: 50.0% of statements',
        'ok  \texample.com/b\t(cached)',
        '--- FAIL: TestCarries (0.00s)',
        '    sum_test.go:9: got 10, want 11',
        '        and more',
        'FAIL',
        'FAIL\texample.com/sum\t0.003s',
        'FAIL\texample.com/bad [build failed]',
      ].join('\n'),
      'text: 2 passed, 2 failed, 0 skipped',
      'TestCarries: sum_test.go:9: got 10, want 11',
      'example.com/bad: [build failed]',
    );
  });

  it('is read from cargo, all targets together', () => {
    expect(
      fixture('cargo'),
      'text: 1 passed, 2 failed, 1 skipped',
      "tests › of_nothing › is_zero: thread 'tests::of_nothing::is_zero' (6096) panicked at src/lib.rs:11:24:",
      "tests › carries: thread 'tests::carries' (6094) panicked at src/lib.rs:8:20:",
    );
  });

  it('counts all runners of one command together', () => {
    const text = `\u001b[32m${fixture('mocha.spec')}\u001b[0m\r\n${fixture('pytest.q')}`;
    assert.equal(counts(read(text)), 'text: 4 passed, 5 failed, 3 skipped');
    const twice = `${fixture('mocha.spec')}\n${fixture('mocha.spec')}`;
    assert.equal(counts(read(twice)), 'text: 4 passed, 4 failed, 2 skipped');
    assert.equal(read(twice).failures.length, 4);
  });

  it('is none where nothing tells of tests', () => {
    for (const text of [
      '',
      'all good',
      '{}',
      '{ "stats": {} }',
      '[1, 2]',
      'ok\nnot ok',
      '1..3\nas easy as that',
      '<html><testsuite></html>',
      'FAIL something\nok then',
      'src/a.ts(3,1): error TS2304: Cannot find name "x".',
      '5 passing thoughts',
      fixture('cobertura'),
      fixture('lcov'),
    ]) {
      assert.equal(readTestReport('x', text), undefined, text);
    }
  });

  it('keeps the command, and the first failures only, each cut', () => {
    const text = [
      '1..100',
      ...Array.from(
        { length: 100 },
        (_, at) => `not ok ${at + 1} - ${'name '.repeat(200)}\n  ${'😀'.repeat(900)}`,
      ),
    ].join('\n');
    const report = readTestReport('a b', text);
    assert.ok(report !== undefined);
    assert.deepEqual([report.command, report.failed, report.failures.length], ['a b', 100, 20]);
    for (const { name, message } of report.failures) {
      assert.ok(name.length <= 500 && message.length <= 1000 && !/[\ud800-\udfff]/u.test(message));
    }
  });
});

describe('A report in TAP', () => {
  it('has subtests at any depth, of which the innermost count', () => {
    expect(
      lines`
        TAP version 14
        # Subtest: outer
            # Subtest: inner
                ok 1 - a
                not ok 2 - b
                  ---
                  message: "it's b"
                  ...
                1..2
            not ok 1 - inner
            ok 2 - c # SKIP not here
            1..2
        not ok 1 - outer
        ok 2 - d
        not ok 3 # TODO later
        1..3
      `,
      'tap: 2 passed, 1 failed, 2 skipped',
      "outer › inner › b: it's b",
    );
  });

  it('fails where a suite fails and none of its subtests does', () => {
    expect(
      lines`
        TAP version 14
        # Subtest: outer
            ok 1 - a
            1..1
        not ok 1 - outer
          ---
          error: 'the hook ''after'' failed'
          ...
        1..1
      `,
      'tap: 1 passed, 1 failed, 0 skipped',
      "outer: the hook 'after' failed",
    );
  });

  it('has no points in YAML, in messages, or where no subtest was announced', () => {
    expect(
      lines`
        TAP version 13
        not ok 1 - a
          ---
          error: >-
            not ok 2 - b
            not ok 3 - c
          stack: |-
            ok 4
          ...
            not ok 9 - d
        ok 2 - "#1" and \# two
        # not ok 10
        not okay
        1..2
      `,
      'tap: 1 passed, 1 failed, 0 skipped',
      'a: not ok 2 - b',
    );
  });

  it('has failed where tests of its plan did not run, or it bailed out', () => {
    expect(
      'TAP version 13\n1..5\nok 1\nok 2\n',
      'tap: 2 passed, 3 failed, 0 skipped',
      'Tests 3 to 5: The plan has 5, and 2 were run.',
    );
    expect(
      'TAP version 13\n1..5\nok 1\nBail out! No database.\nnot ok 2\n',
      'tap: 1 passed, 1 failed, 0 skipped',
      'Bail out!: No database.',
    );
    expect('TAP version 13\n1..0 # SKIP nothing to do\n', 'tap: 0 passed, 0 failed, 0 skipped');
  });

  it('is counted as far as it came where it was cut off', () => {
    expect(
      fixture('node.tap').slice(0, fixture('node.tap').indexOf('    not ok 3 - of nothing')),
      'tap: 1 passed, 2 failed, 2 skipped',
      'carries <over> & "on": 10 == 11',
      'is zero: not ok 9 - of its own',
    );
  });

  it('gives way to the closing lines of a runner whose tests printed some of it', () => {
    expect(
      '1..4\nnot ok 1 - of its own\n\n  2 passing (3ms)\n',
      'text: 2 passed, 0 failed, 0 skipped',
    );
  });
});

describe('A report in JUnit XML', () => {
  it('has suites in each other, signs in quotes, CDATA, comments and entities', () => {
    expect(
      lines`
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- <testcase name="in a comment"/> -->
        <testsuites name="all" tests="9">
          <testsuite name='a > "b"' tests="3">
            <properties><property name="x" value="<>"/></properties>
            <testsuite name="inner &#x201c;one&#8221;">
              <testcase classname="C" name="fails &lt;so&gt; &nope; &amp;lt;" time="0.1">
                <failure type="E"><![CDATA[a < b && "c" ]] > &amp;]]> and &apos;more&apos;</failure>
              </testcase>
              <testcase name="errs"><error message="E1&#10;E2"/></testcase>
            </testsuite>
            <testcase name="is skipped" ><skipped /></testcase>
            <testcase name="is off" status="notrun"/>
          </testsuite>
          <testsuite name="none"/>
          <testcase name="passes" classname="all"><system-out>&lt;failure&gt;</system-out></testcase>
        </testsuites>
      `.replace('value="<>"', 'value="a>b"'),
      'junit: 1 passed, 2 failed, 2 skipped',
      'all › a > "b" › inner “one” › C › fails <so> &nope; &lt;: a < b && "c" ]] > &amp; and \'more\'',
      'all › a > "b" › inner “one” › errs: E1',
    );
  });

  it('is what its suites count where no test is told', () => {
    expect(
      '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="2"><testsuite tests="4" failures="9"/></testsuite><testsuite tests="3"/></testsuites>',
      'junit: 4 passed, 2 failed, 2 skipped',
    );
    expect('<testsuite tests="0"/>', 'junit: 0 passed, 0 failed, 0 skipped');
  });

  it('has failed where a suite says so of itself', () => {
    expect(
      '<testsuite name="s"><testcase name="a"/><error message="after all: no"/></testsuite>',
      'junit: 1 passed, 1 failed, 0 skipped',
      's: after all: no',
    );
  });

  it('may stand among other output, more than once', () => {
    const one = '<testsuite name="s"><testcase name="a"/></testsuite>';
    const two =
      '<?xml version="1.0"?><testsuites><testcase name="b"><failure/></testcase></testsuites>';
    expect(`hello\n${one}\nbetween\n${two}bye`, 'junit: 1 passed, 1 failed, 0 skipped', 'b: ');
  });

  it('is none where it is cut off or no XML, and never expands what it declares', () => {
    const whole = '<testsuite><testcase name="a"/></testsuite>';
    for (const text of [
      whole.slice(0, -1),
      '<testsuite><testcase name="a"></testsuite>',
      '<testsuite><testcase name=a/></testsuite>',
      '<testsuite><testcase name="a"b="c"/></testsuite>',
      '<testsuite><testcase name="a/></testsuite>',
      '<testsuite><![CDATA[ </testsuite>',
      '<testsuite><!-- </testsuite>',
      '<testsuite><!DOCTYPE x [<!ENTITY a "b">]></testsuite>',
      `${'<testsuite>'.repeat(300)}${'</testsuite>'.repeat(300)}`,
    ]) {
      assert.equal(readTestReport('x', text), undefined, text);
    }
    const declared = `<?xml version="1.0"?>\n<!DOCTYPE t [<!ENTITY a "boom"><!ENTITY f SYSTEM "file:///etc/passwd">]>\n<testsuite><testcase name="&a;&f;"><failure/></testcase></testsuite>`;
    expect(declared, 'junit: 0 passed, 1 failed, 0 skipped', '&a;&f;: ');
  });
});

describe('Coverage', () => {
  it('is read from what runners print', () => {
    for (const [text, percent] of [
      [fixture('c8'), 75],
      [fixture('node.coverage'), 100],
      [
        'File | % Stmts | % Branch | % Funcs | % Lines |\nAll files |  87.5 | 1 | 2 | 66.66 |',
        66.66,
      ],
      ['All files |  87.5 |', 87.5],
      ['Lines        : 87.51% ( 7/8 )', 87.51],
      ['Name  Stmts  Miss  Cover\nTOTAL                      8      1    87%', 87],
      ['TOTAL   10   2   4   1   80.5%', 80.5],
      ['coverage: 81.2% of statements', 81.2],
      ['ok  \ta\t0.1s\tcoverage: 10.0% of statements\ntotal:\t\t(statements)\t\t81.2%', 81.2],
      ['87.50% coverage, 7/8 lines covered', 87.5],
      ['All files | 10 |\nAll files | 20 |', 20],
    ] as const) {
      assert.equal(readCoverage(text), percent, text);
    }
  });

  it('is read from Cobertura and lcov', () => {
    assert.equal(readCoverage(fixture('cobertura')), 75);
    assert.equal(readCoverage(fixture('lcov')), 75);
    assert.equal(readCoverage('SF:a\nLF:2\nLH:1\nend_of_record\nSF:b\nLF:1\nLH:1\n'), 66.67);
    assert.equal(readCoverage('<testsuite tests="1" coverage="55.5%">'), 55.5);
  });

  it('is not told of what says nothing of all, and of no nonsense', () => {
    for (const text of [
      '',
      'a coverage: 10.0% of statements\nb coverage: 20.0% of statements',
      'All files | 187.5 |',
      'TOTAL soon 5%',
      '<coverage line-rate="NaN">',
      'LF:0\nLH:0',
      '100%',
    ]) {
      assert.equal(readCoverage(text), undefined, text);
    }
  });

  it('stands in the report', () => {
    assert.equal(read(fixture('c8')).coverage, 75);
    assert.ok(!('coverage' in read(fixture('mocha.spec'))));
  });
});
