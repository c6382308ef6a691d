import { countOf, Tally } from './tally.ts';
import { indentOf, message, until } from './textLines.ts';

/** `2 passing (12ms)`, `1 pending`, `1 failing`, and the failures by number. */
export function readMocha(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  let isTold = false;
  for (const [index, line] of lines.entries()) {
    const [, count, word = ''] =
      /^ {2}(\d+) (passing|pending|failing)(?: \(.{1,20}\))?$/.exec(line) ?? [];
    if (word === 'passing') {
      tally.passed += countOf(count);
      [isFound, isTold] = [true, false];
    } else if (isFound && word === 'pending') {
      tally.skipped += countOf(count);
    } else if (isFound && word === 'failing') {
      tally.failed += countOf(count);
      isTold = true;
    } else if (isTold && MOCHA_FAILURE.test(line)) {
      tellMocha(lines, index, tally);
    }
  }
  return isFound ? tally : undefined;
}

const MOCHA_FAILURE = /^ {2}\d{1,6}\) \S/;
/** Suites in each other, at most. */
const MOST_TITLES = 30;

function tellMocha(lines: readonly string[], from: number, tally: Tally): void {
  const first = (lines[from] ?? '').replace(/^ {2}\d{1,6}\) /, '');
  const titles = [first];
  let at = from + 1;
  while (!titles.at(-1)?.endsWith(':') && titles.length < MOST_TITLES) {
    const line = lines[at] ?? '';
    if (line === '' || indentOf(line) < 5) {
      break;
    }
    titles.push(line.trim());
    at += 1;
  }
  const path = titles.map((title, index) =>
    index === titles.length - 1 ? title.replace(/:$/, '') : title,
  );
  const body = until(lines, at, (line) => MOCHA_FAILURE.test(line));
  tally.tell(path, body.map((line) => line.trim()).join('\n'));
}

/** The spec reporter of `node --test`: `ℹ pass 3`. */
export function readNodeSpec(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  let isTold = false;
  const tree = new NodeTree();
  for (const [index, line] of lines.entries()) {
    const [, word = '', count] = /^ℹ (pass|fail|cancelled|skipped|todo) (\d+)$/.exec(line) ?? [];
    if (word === 'pass') {
      tally.passed += countOf(count);
      isFound = true;
    } else if (word === 'fail' || word === 'cancelled') {
      tally.failed += countOf(count);
    } else if (word === 'skipped' || word === 'todo') {
      tally.skipped += countOf(count);
    } else if (line === '✖ failing tests:') {
      isTold = true;
    } else if (!isTold) {
      tree.read(line);
    } else {
      const name = NODE_END.exec(line)?.[2];
      if (name !== undefined && line.startsWith('✖')) {
        const body = until(lines, index + 1, (one) => one === '' || indentOf(one) === 0);
        tally.tell(tree.pathOf(name), message(body));
      }
    }
  }
  return isFound ? tally : undefined;
}

const NODE_END = /^([✔✖﹣]) (.{1,500}?) \(\d[\d.]{0,20}ms\)(?: #.*)?$/;

/** Where tests stand, which Node tells as they run and not where it sums up. */
class NodeTree {
  readonly #open: { readonly indent: number; readonly name: string }[] = [];
  readonly #failed = new Map<string, (readonly string[])[]>();

  read(line: string): void {
    const written = line.trimStart();
    const indent = line.length - written.length;
    if (written.startsWith('▶ ')) {
      this.#closeFrom(indent);
      this.#open.push({ indent, name: written.slice(2) });
      return;
    }
    const [, sign, name] = NODE_END.exec(written) ?? [];
    if (name === undefined) {
      return;
    }
    const last = this.#open.findLast((one) => one.indent <= indent);
    this.#closeFrom(indent);
    if (last?.indent === indent && last.name === name) {
      return;
    }
    if (sign === '✖') {
      const path = [...this.#open.slice(0, MOST_TITLES).map((one) => one.name), name];
      this.#failed.set(name, [...(this.#failed.get(name) ?? []).slice(0, MOST_TITLES), path]);
    }
  }

  /** Of the first with the name that was not asked for yet. */
  pathOf(name: string): readonly string[] {
    return this.#failed.get(name)?.shift() ?? [name];
  }

  #closeFrom(indent: number): void {
    while ((this.#open.at(-1)?.indent ?? -1) >= indent) {
      this.#open.pop();
    }
  }
}

/** `Tests:       1 failed, 2 passed, 3 total` */
export function readJest(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  let suites = 0;
  for (const [index, line] of lines.entries()) {
    const [, what, counts = ''] = /^(Test Suites|Tests):\s{1,20}(\d.{0,300})$/.exec(line) ?? [];
    if (what === 'Test Suites') {
      suites = wordCount(counts, 'failed');
    } else if (what === 'Tests') {
      const failed = wordCount(counts, 'failed');
      // A file that cannot be loaded has no tests that could fail.
      tally.failed += failed === 0 ? suites : failed;
      tally.passed += wordCount(counts, 'passed');
      tally.skipped += wordCount(counts, 'skipped') + wordCount(counts, 'todo');
      isFound = true;
      suites = 0;
    }
    const name = /^ {2}● (.{1,500})$/.exec(line)?.[1];
    if (name !== undefined && name !== 'Console') {
      const body = until(lines, index + 1, (one) =>
        /^ {2}● |^(?:PASS|FAIL) |^Test Suites:/.test(one),
      );
      tally.tell(name.split(' › '), message(body));
    }
  }
  return isFound ? withoutRepeats(tally) : undefined;
}

/** ` Tests  1 failed | 2 passed (3)` */
export function readVitest(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  let files = 0;
  for (const [index, line] of lines.entries()) {
    const [, what, counts = ''] =
      /^ {1,10}(Test Files|Tests) {1,10}(\d.{0,300}|no tests)$/.exec(line) ?? [];
    if (what === 'Test Files') {
      files = wordCount(counts, 'failed');
    } else if (what === 'Tests') {
      const failed = wordCount(counts, 'failed');
      tally.failed += failed === 0 ? files : failed;
      tally.passed += wordCount(counts, 'passed');
      tally.skipped += wordCount(counts, 'skipped') + wordCount(counts, 'todo');
      isFound = true;
      files = 0;
    }
    const name = /^ FAIL {2}(\S.{0,500})$/.exec(line)?.[1];
    if (name !== undefined) {
      const body = until(lines, index + 1, (one) => /^ FAIL {2}|^⎯/.test(one));
      tally.tell(name.replace(/ \[ .{1,500} \]$/, '').split(' > '), message(body));
    }
  }
  return isFound ? withoutRepeats(tally) : undefined;
}

/** Runners tell a failure where it happens, and some once more at their end. */
function withoutRepeats(tally: Tally): Tally {
  const names = new Set<string>();
  const once = new Tally();
  once.add(tally);
  const kept = once.failures.filter(({ name }) => {
    const isNew = !names.has(name);
    names.add(name);
    return isNew;
  });
  once.failures.splice(0, once.failures.length, ...kept);
  return once;
}

function wordCount(counts: string, word: string): number {
  return countOf(new RegExp(`(\\d{1,9}) ${word}\\b`).exec(counts)?.[1]);
}
