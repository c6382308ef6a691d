import type { LogLine } from './logLines.ts';

// Where a fault lies decides what it is: a call that does not fit, made by a test, breaks what was agreed; the same
// call inside the work is a mistake of its author.

/** Lines that are looked at around the one that says what is wrong. */
const NEAR = 30;

/** A path with a place in it at the beginning of a line: `src/a.ts(3,5)`, `a_test.go:6:2`, `vet: a.go:1:1`. */
const AT_START = /^(?:vet: |file:\/\/)?((?:[A-Za-z]:)?[^\s:()"'`]+\.[A-Za-z]{1,5})[:(]\d/;
/** `at slugify (file:///p/src/slug.js:3:16)`, `❯ src/a.test.ts:5:22`; in TAP without the `at`. */
const FRAME =
  /^(?:(?:at|❯) (?:[^(]{0,200}\()?|[^(]{1,200} \()(?:file:\/\/)?((?:[A-Za-z]:)?[^\s:()]+):\d+(?::\d+)?/;
/** rustc's and ruff's `--> tests/slug.rs:3:5`. */
const ARROW = /^--> ([^\s:]+):\d/;
/** pytest's last line of a traceback: `shop.py:5: TypeError`. */
const RAISED_AT = /^([^\s:]+\.py):\d+: \w+$/;
/** Python's `File "/p/test_slug.py", line 5`, and pytest's `tests/test_slug.py:8: in test_dots`. */
const CALLED_AT = /^(?:File "([^"]{1,300})", line \d|([^\s:]+\.py):\d+: in )/;
/** Another failure begins. */
const NEXT_FAILURE = /^(?:\d+\) |_{3,}|={3,}|●|not ok |FAIL |FAILED |error\[|error: )/;
/** Code that was installed or comes with the language. */
const INSTALLED =
  /(?:^|[/\\])(?:node_modules|site-packages|dist-packages|\.cargo|rustc|lib\/python\d)|^node:|^internal\//;

/** The file the fault on that line lies in, as the log names it. */
export function placeOf(lines: readonly LogLine[], at: number): string | undefined {
  const own = AT_START.exec(lines[at]?.text ?? '')?.[1];
  return own ?? placeBehind(lines, at) ?? placeBefore(lines, at);
}

function placeBehind(lines: readonly LogLine[], at: number): string | undefined {
  for (const { text } of lines.slice(at + 1, at + 1 + NEAR)) {
    const file = (FRAME.exec(text) ?? ARROW.exec(text) ?? RAISED_AT.exec(text))?.[1];
    if (file !== undefined && !INSTALLED.test(file)) {
      return file;
    }
    if (NEXT_FAILURE.test(text)) {
      return undefined;
    }
  }
  return undefined;
}

function placeBefore(lines: readonly LogLine[], at: number): string | undefined {
  for (const { text } of lines.slice(Math.max(0, at - NEAR), at).reverse()) {
    const match = CALLED_AT.exec(text);
    const file = match?.[1] ?? match?.[2];
    if (file !== undefined) {
      return file;
    }
  }
  return undefined;
}

/** Folders and names by which projects tell their tests, as the usual runners find them. */
const TEST_FOLDERS: ReadonlySet<string> = new Set([
  'test',
  'tests',
  'spec',
  'specs',
  '__tests__',
  'e2e',
]);
const TEST_NAME =
  /^(?:test_.*|conftest\.py|.*[._-](?:test|tests|spec)\.\w+|.*(?:Test|Tests|Spec)\.\w+)$/;
/** Folders above a file that count: above them is where the project happens to lie. */
const COUNTED_FOLDERS = 4;

export function isTestFile(file: string): boolean {
  const parts = file.split(/[/\\]/);
  const name = parts.pop() ?? '';
  return (
    TEST_NAME.test(name) || parts.slice(-COUNTED_FOLDERS).some((part) => TEST_FOLDERS.has(part))
  );
}

export function isInTests(lines: readonly LogLine[], at: number): boolean {
  const place = placeOf(lines, at);
  return place !== undefined && isTestFile(place);
}

/** True where the log shows a file or folder of the project by that name, or a test of it. */
export function isShownAsOwn(lines: readonly LogLine[], name: string): boolean {
  let names = ownNames.get(lines);
  if (names === undefined) {
    names = new Set(lines.flatMap(({ text }) => text.split(BETWEEN_WORDS).flatMap(namesIn)));
    ownNames.set(lines, names);
  }
  return names.has(name);
}

/** Found once for a log, however many of its lines ask. */
const ownNames = new WeakMap<readonly LogLine[], ReadonlySet<string>>();

const BETWEEN_WORDS = /[\s"'`():,<>[\]]+/;
const SOURCE = /\.(?:py|rs|go|[cm]?[jt]sx?)$/;

/** `app/tests/test_cart.py`: app, tests, test_cart, cart. */
function namesIn(word: string): string[] {
  if (!SOURCE.test(word) || INSTALLED.test(word)) {
    return [];
  }
  const parts = word.replace(SOURCE, '').split(/[/\\]/);
  return [...parts, (parts.at(-1) ?? '').replace(/^test_|_test$/g, '')];
}
