import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {
  readCoverage,
  readTestReport,
} from '../../../src/core/debugging/reports/readTestReport.ts';
import { MOST_TEST_FAILURES } from '../../../src/core/domain/testReport.ts';
import { sampleOf } from '../../support/sample.ts';

const FOLDER = path.join(import.meta.dirname, 'reports');
const FIXTURES = fs
  .readdirSync(FOLDER)
  .map((name) => fs.readFileSync(path.join(FOLDER, name), 'utf8'));

/** Whatever it is: no throw, and a report that can be kept and shown. */
function judge(text: string): boolean {
  const report = readTestReport('x', text);
  const coverage = readCoverage(text);
  assert.ok(coverage === undefined || (coverage >= 0 && coverage <= 100), String(coverage));
  if (report === undefined) {
    return false;
  }
  for (const count of [report.passed, report.failed, report.skipped]) {
    assert.ok(Number.isSafeInteger(count) && count >= 0, String(count));
  }
  assert.ok(report.failures.length <= MOST_TEST_FAILURES);
  for (const { name, message } of report.failures) {
    assert.ok(name.length <= 500 && message.length <= 1000);
    assert.ok(!/[\r\n]/.test(name));
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(name + message), message);
  }
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  return true;
}

const piece = fc.constantFrom(
  ...['TAP version 13\n', '1..3\n', 'ok 1 - a\n', 'not ok 2 - b # TODO\n', '  ---\n', '  ...\n'],
  ...['    # Subtest: s\n', '    ok 1\n', 'Bail out!\n', '<testsuite>', '<testsuite name="a">'],
  ...[
    '</testsuite>',
    '<testcase name="&#0;&#x10ffff;&amp;">',
    '</testcase>',
    '<failure>',
    '<a b="',
  ],
  ...[
    '</failure>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<skipped/>',
    '">',
    "'",
    '{',
    '}',
    '"',
    '\\',
  ],
  ...['{"stats":{"passes":1e99,"failures":-1},"passes":[],"failures":[', '{}', ']}', '[5]', ','],
  ...['{"created":1,"summary":{"passed":2},"tests":[{"outcome":"failed","nodeid":5}]}', '\n'],
  ...['  2 passing (1ms)\n', '  1 failing\n', '  1) a\n', '       b:\n', '3 failed in 0.12s\n'],
  ...[
    'Ran 5 tests in 0s\n',
    'FAILED (failures=9)\n',
    '======================\n',
    'FAIL: a (b.a)\n',
  ],
  ...[
    'ℹ pass 3\n',
    '✖ failing tests:\n',
    '✖ a (1ms)\n',
    '▶ a\n',
    'Tests: 1 failed\n',
    '  ● a › b\n',
  ],
  ...[
    '--- FAIL: TestA/b (0s)\n',
    'FAIL\ta\t1s\n',
    'ok  \ta\t1s\n',
    '---- a::b stdout ----\n',
    '\t',
    ' ',
  ],
  ...[
    'test result: FAILED. 1 passed; 2 failed; 3 ignored;\n',
    '____ a ____\n',
    'E   x\n',
    '\u001b[31m',
  ],
  ...['FAILED a.py::b - c\n', '\u202e', '\ud800', '__proto__', '999999999999'],
);

/** A text of somebody's own, between others that are reports. */
const mixed = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 6, arbitrary: piece }, fc.string({ unit: 'binary', maxLength: 8 })),
      {
        maxLength: 40,
      },
    ),
    fc.constantFrom('', ...FIXTURES),
    fc.nat(5000),
    fc.nat(200),
  )
  .map(([parts, other, from, cut]) => {
    const text = parts.join('');
    return other.slice(0, from) + text + other.slice(from + cut);
  });

describe('A text that may be a report', function () {
  this.timeout(sampleOf(60_000));

  it('is read without a throw, and tells nothing that could not be kept', () => {
    let read = 0;
    fc.assert(
      fc.property(mixed, (text) => {
        read += judge(text) ? 1 : 0;
      }),
      { numRuns: sampleOf(1500) },
    );
    assert.ok(read > 100, `${read} were reports`);
  });

  it('is read wherever it is cut', () => {
    for (const text of FIXTURES) {
      for (let end = 0; end <= text.length; end += 97) {
        judge(text.slice(0, end));
        judge(text.slice(end));
      }
    }
  });

  const MEGABYTE = 1_000_000;
  const fill = (part: string) => part.repeat(Math.ceil(MEGABYTE / part.length));
  const nasty: Readonly<Record<string, string>> = {
    'blank lines': fill('\n'),
    blanks: `<testsuite ${fill(' ')}`,
    'a line of blanks': fill(' \t'),
    'ends of declarations': fill('?>\n '),
    'open tags': fill('<testsuite>\n'),
    'tags that never end': fill('<testsuite a="'),
    attributes: `<testsuite ${fill('a="b" ')}`,
    'open CDATA': `<testsuite><testcase><failure>${fill('<![CDATA[')}`,
    'texts between tags': `<testsuite><testcase><failure>${fill('a<b/>')}</failure></testcase></testsuite>`,
    'open comments': `<testsuite>${fill('<!--')}`,
    entities: `<testsuite><testcase name="${fill('&amp;')}"><failure/></testcase></testsuite>`,
    'one long line': fill('a'),
    digits: fill('1'),
    'beginnings of JSON': fill('{"stats":'),
    'deep JSON': fill('{"created":['),
    quotes: `{"stats": ${fill('"')}`,
    backslashes: `{"stats": "${fill('\\')}`,
    brackets: fill('['),
    'signs of YAML': `TAP version 13\nnot ok 1\n  ---\n${fill('   x\n')}`,
    subtests: `TAP version 14\n${fill('# Subtest: a\n')}`,
    'points of many depths': `TAP version 14\n${fill(
      Array.from({ length: 40 }, (_, at) => `${' '.repeat(4 * at)}# Subtest: a\n`).join('') +
        'not ok 1\n',
    )}`,
    directives: `TAP version 13\nok 1 ${fill('# ')}`,
    'failures of mocha': `  1 passing\n  9 failing\n${fill('  1) a\n')}`,
    'sections of pytest': `${fill('___ a ___\nE   b\n')}1 failed in 0.12s\n`,
    underscores: fill('_ '),
    'failures of pytest': `${fill('FAILED a.py::b - \n')}1 failed in 0.12s\n`,
    'failures of unittest': `${fill('==========\nFAIL: a (b)\n')}Ran 1 test in 0s\nFAILED (failures=1)\n`,
    'failures of node': `✖ failing tests:\n${fill('✖ a (1ms)\n')}ℹ pass 1\n`,
    'suites of node': `${fill('▶ a\n')}ℹ pass 1\n`,
    'failures of node in a tree': `${fill('✖ a (1ms)\n')}✖ failing tests:\n✖ a (1ms)\nℹ pass 1\n`,
    'failures of jest': `${fill('  ● a\n')}Tests: 1 failed\n`,
    'tests of go': `${fill('--- FAIL: T/a/b/c (0s)\n')}FAIL\n`,
    'deep tests of go': `--- FAIL: T${'/a'.repeat(200)} (0s)\n${fill('=== RUN a\nx\n')}FAIL\n`,
    'tests of cargo': `${fill('---- a stdout ----\n')}test result: ok. 1 passed; 2 failed; 3 ignored;\n`,
    escapes: fill('\u001b['),
    'tables of coverage': fill('All files | 5 |'),
    'tags of coverage': fill('<coverage '),
    'totals of coverage': fill('TOTAL 1 1 1 1 1 1 1\n'),
  };

  it('of a megabyte is read in no time, whatever it is made of', function () {
    this.timeout(120_000);
    for (const [title, text] of Object.entries(nasty)) {
      const before = process.cpuUsage();
      judge(text);
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      assert.ok(ms < 3000, `${title}: ${ms.toFixed()} ms`);
    }
  });
});
