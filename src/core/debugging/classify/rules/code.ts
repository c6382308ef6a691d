import type { LogRule, Seen } from '../rule.ts';

const kind = 'implementation_bug';

/** The code cannot be read at all: what is missing in it is a consequence. */
export const SYNTAX_RULES: readonly LogRule[] = [
  {
    name: 'script-syntax',
    kind,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - )?(?:Exception during run: |Uncaught )?(?:SyntaxError|IndentationError|TabError)(?:\[ @[^\]]{1,300} \])?: (?!The requested module|Named export)/,
    says: 'The code cannot be parsed',
  },
  {
    name: 'tsc-syntax',
    kind,
    pattern: /\berror TS1(?!360)\d{3}: /,
    says: 'The code cannot be parsed',
  },
  {
    name: 'compiler-syntax',
    kind,
    pattern:
      /\.go:\d+:\d+: (?:syntax error|expected )|^error: (?:expected |unexpected |mismatched closing|unclosed |this file contains an unclosed|unterminated )|\bParsing error: |: syntax error\b|\binvalid-syntax\b|: error: (?:expected |stray |unterminated )|\[syntax\]$/,
    says: 'The code cannot be parsed',
  },
];

/** Something was computed, and it is not what a test says. */
export const VALUE_RULES: readonly LogRule[] = [
  {
    name: 'python-values',
    kind,
    retold: true,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - )?(?:AssertionError: )?assert .{1,300} (?:==|!=|<=?|>=?|in|is|not) |^AssertionError: .{1,300} (?:!=|==|not (?:less|greater|equal|found)|is not (?!true\b|false\b)|unexpectedly) ?/,
    // A line of the source looks the same.
    holds: ({ lines, at }) =>
      lines[at]?.isMarked === true || lines[at]?.text.startsWith('assert ') === false,
    says: 'A value is not what a test expects',
  },
  {
    name: 'pytest-fail',
    kind,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - )?Failed: (?!Timeout|async def)\S/,
    says: 'A test says that it does not hold',
  },
  {
    name: 'python-assertion-message',
    kind,
    retold: true,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - )?AssertionError: (?!assert (?:False|0)\b|False is not true|True is not false).{1,}/,
    says: 'An assertion does not hold',
  },
  {
    name: 'js-values',
    kind,
    retold: true,
    pattern:
      /\bAssertionError(?: \[\w+\])?: (?!The expression evaluated to a falsy value).{1,}|\bcode: '?ERR_ASSERTION|^expect\(.{0,200}\)(?:\.not)?(?:\.resolves|\.rejects)?\.to\w+\(/,
    says: 'A value is not what a test expects',
    quotes: nodeTestError,
  },
  {
    name: 'go-values',
    kind,
    pattern:
      /_test\.go:\d+: .{0,400}\b(?:[Gg]ot|[Ww]ant(?:ed)?|[Ee]xpect(?:ed|s)?|[Aa]ctual|[Hh]ave|should|[Uu]nexpected|[Mm]ismatch\w*|differs?)\b|_test\.go:\d+: .{0,400}(?: != |not equal)/,
    says: 'A value is not what a test expects',
  },
  {
    name: 'go-example',
    kind,
    pattern: /^--- FAIL: Example/,
    says: 'An example prints something else than it says',
  },
  {
    name: 'testify-values',
    kind,
    pattern:
      /^Error:\s+(?:Not (?:equal|same)|Should |Elements |Expected |Received unexpected|An error is expected|"?.{1,100} does not contain)/,
    says: 'A value is not what a test expects',
  },
  {
    name: 'rust-values',
    kind,
    pattern:
      /^assertion (?:`?.{1,200}`?) failed\b|^assertion failed: |\bpanicked at '?assertion failed/,
    says: 'A value is not what a test expects',
  },
  {
    name: 'other-values',
    kind,
    retold: true,
    pattern:
      /^Failed asserting that |\bexpected: ?<.{1,200} but was: ?<|\bAssertionFailedError\b|^Expected equality of these values|\bAssert\.\w+\(\) Failure|^with expansion:/,
    says: 'A value is not what a test expects',
  },
];

/** What code does when it runs into something its author did not think of, and what reads code finds in it. */
export const CODE_RULES: readonly LogRule[] = [
  {
    name: 'rust-panic',
    kind,
    pattern: /^thread '.{1,200}' (?:\(\d+\) )?panicked at|\btest did not panic as expected/,
    says: 'The code panicked',
  },
  {
    name: 'go-panic',
    kind,
    pattern: /^panic: |^fatal error: |^WARNING: DATA RACE|race detected during execution/,
    says: 'The code panicked',
  },
  {
    name: 'crash',
    kind,
    pattern:
      /\bSegmentation fault\b|\bcore dumped\b|^FATAL ERROR: |ERROR: (?:Address|Thread|Leak|Memory)Sanitizer|SUMMARY: \w+Sanitizer|was ended by SIG(?:SEGV|ABRT|BUS|ILL|FPE|TRAP)\b/,
    says: 'The program crashed',
  },
  {
    name: 'compile',
    kind,
    pattern:
      /\berror TS\d+: |^error\[E\d{4}\]: |^(?:vet: )?[^\s:]{1,300}\.go:\d+:\d+: \S|^[^\s:]{1,300}:\d+(?::\d+)?:? (?:- )?(?:fatal )?error: |\bundefined reference to |\bimport cycle not allowed|\berror CS\d{4}: /,
    says: 'The code does not compile, or its types do not fit',
  },
  {
    name: 'rust-message',
    kind,
    pattern:
      /^error: (?!could not compile|test failed|doctest failed|test run failed|\d+ targets? failed|process didn't)/,
    holds: ({ lines, at }) => lines[at + 1]?.text.startsWith('--> ') === true,
    says: 'The code does not compile, or breaks a rule of the linter',
  },
  {
    name: 'lint',
    kind,
    pattern:
      /^\d+:\d+ +(?:error|warning) +\S|^✖ \d+ problems?\b|^[^\s:]{1,300}:\d+:\d+: [A-Z]{1,4}\d{3,4}\b|^[A-Z]{1,4}\d{3,4} (?:\[\*\] )?\S|^[Ww]ould reformat:? |^\d+ files? would be reformatted\b|^unformatted: |\bCode style issues (?:found )?in |^Diff in \/?\S|^>> Issue: \[B\d|\bGHSA-\w{4}-/,
    says: 'A rule of the linter is broken',
  },
  {
    name: 'exception',
    kind,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - |Exception during run: |(?:Uncaught|Unhandled) |error: ['"]?|Exception in thread "[^"]{1,100}" |Caused by: )?(?:[\w$]+[.:]+)*[A-Za-z]*(?:Error|Exception)(?: \[\w+\])?(?:: \S|$)/,
    says: 'The code threw an exception',
  },
  {
    name: 'tap-exception',
    kind,
    pattern: /^error: ['"|]/,
    holds: ({ lines, at }) =>
      lines.slice(at + 1, at + 6).some(({ text }) => /^name: '\w*(?:Error|Exception)'$/.test(text)),
    says: 'The code threw an exception',
  },
  {
    name: 'python-exception-of-another-name',
    kind,
    // Exceptions need not be called errors (`StopIteration`, `DoesNotExist`); the end of a traceback says that it is one.
    pattern: /^(?:\w+\.)*[A-Z]\w+(?:: .{1,}|)$/,
    holds: ({ lines, at }) =>
      lines
        .slice(Math.max(0, at - 4), at)
        .some(({ text }) => /^File "[^"]{1,300}", line \d/.test(text)),
    says: 'The code threw an exception',
  },
  {
    name: 'pytest-fixture',
    kind,
    pattern: /^fixture '\w+' not found/,
    says: 'A test asks for a fixture that nobody gives',
  },
  {
    name: 'shell',
    kind,
    pattern: /: Permission denied$|: unbound variable$|: parameter not set$|: bad substitution$/,
    says: 'A script does not run',
  },
];

/** What is outside the copy and does not answer. */
export const SERVICE_RULES: readonly LogRule[] = [
  {
    name: 'service',
    kind: 'missing_dependency',
    pattern:
      /\bECONNREFUSED\b|\b[Cc]onnection refused\b|\bgetaddrinfo (?:ENOTFOUND|EAI_AGAIN)\b|\bName or service not known\b|\bTemporary failure in name resolution\b|: no such host\b|\bCould not resolve host\b|\bFailed to establish a new connection\b|\bCannot connect to the Docker daemon\b/,
    says: 'A service it needs does not answer',
  },
];

/** Of a test as TAP tells it, `code:` decides and `error:` some lines above says what it is. */
function nodeTestError({ lines, at }: Seen): string {
  const own = lines[at]?.text ?? '';
  if (!/^code: /.test(own)) {
    return own;
  }
  for (let above = at - 1; above >= Math.max(0, at - FURTHEST_ABOVE); above -= 1) {
    const text = lines[above]?.text ?? '';
    const [, said = ''] = /^error: (.{1,})$/.exec(text) ?? [];
    if (said !== '') {
      return /^[|>]-?$/.test(said) ? (lines[above + 1]?.text ?? own) : said;
    }
  }
  return own;
}

const FURTHEST_ABOVE = 40;
