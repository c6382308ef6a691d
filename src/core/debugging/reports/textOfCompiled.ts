import { countOf, Tally } from './tally.ts';
import { indentOf, message, MOST_LINES, until } from './textLines.ts';

/** `--- FAIL: TestX (0.00s)`; without `-v` packages that passed count as one test each. */
export function readGo(lines: readonly string[]): Tally | undefined {
  const results = new Map<string, GoResult>();
  const packages: GoPackages = { passed: 0, broken: [] };
  /** What tests print with `-v`, which stands before their verdicts. */
  const printed = new Map<string, string[]>();
  let running: string[] = [];
  let isFound = false;
  for (const [index, line] of lines.entries()) {
    const started = /^=== (?:RUN|CONT|NAME) {1,5}(\S{1,500})$/.exec(line)?.[1];
    if (started !== undefined) {
      running = printed.get(started) ?? [];
      printed.set(started, running);
      continue;
    }
    const [, verdict, name] =
      /^ {0,40}--- (PASS|FAIL|SKIP): (\S{1,500}) \(\d[\d.]*s\)$/.exec(line) ?? [];
    if (verdict !== undefined && name !== undefined) {
      const behind = until(lines, index + 1, (one) => isGoOver(one, indentOf(line)));
      const said = message(behind.length > 0 ? behind : (printed.get(name) ?? []));
      results.set(name, { verdict, said });
      running = [];
      continue;
    }
    const [, word, path = '', rest = ''] =
      /^(ok {2}|FAIL)\t(\S{1,500})(?:[ \t](.{1,200}))?$/.exec(line) ?? [];
    if (word !== undefined) {
      isFound = true;
      packages.passed += word === 'FAIL' ? 0 : 1;
      if (/^\[.* failed\]$/.test(rest)) {
        packages.broken.push([path, rest]);
      }
    } else if (/^(?:PASS|FAIL)$/.test(line)) {
      // A package ends so; without a test's verdict before it this may be anybody's word.
      isFound ||= results.size > 0;
    } else if (running.length < MOST_LINES) {
      running.push(line);
    }
  }
  return isFound ? goTally(results, packages) : undefined;
}

function isGoOver(line: string, indent: number): boolean {
  return indentOf(line) <= indent || /^ *--- /.test(line);
}

interface GoPackages {
  passed: number;
  readonly broken: (readonly [name: string, why: string])[];
}

interface GoResult {
  readonly verdict: string;
  readonly said: string;
}

function goTally(results: ReadonlyMap<string, GoResult>, packages: GoPackages): Tally {
  const suites = new Set<string>();
  for (const name of results.keys()) {
    const parts = name.split('/').slice(0, MOST_PARTS);
    parts.slice(1).forEach((_, at) => suites.add(parts.slice(0, at + 1).join('/')));
  }
  const tally = new Tally();
  let passed = 0;
  for (const [name, { verdict, said }] of results) {
    if (suites.has(name)) {
      continue;
    }
    if (verdict === 'FAIL') {
      tally.fail(name.split('/'), said);
    } else if (verdict === 'SKIP') {
      tally.skipped += 1;
    } else {
      passed += 1;
    }
  }
  tally.passed = passed > 0 ? passed : packages.passed;
  for (const [name, why] of packages.broken) {
    tally.fail([name], why);
  }
  return tally;
}

const MOST_PARTS = 30;

/** `test result: FAILED. 3 passed; 1 failed; 0 ignored; …`, one for each target. */
export function readCargo(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  for (const [index, line] of lines.entries()) {
    const result =
      /^test result: \w{1,20}\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored;/.exec(line);
    if (result !== null) {
      tally.passed += countOf(result[1]);
      tally.failed += countOf(result[2]);
      tally.skipped += countOf(result[3]);
      isFound = true;
    }
    const name = /^---- (\S.{0,500}?) (?:stdout|stderr) ----$/.exec(line)?.[1];
    if (name !== undefined) {
      const body = until(lines, index + 1, (one) =>
        /^(?:---- |failures:$|stack backtrace:$)/.test(one),
      );
      tally.tell(name.split('::'), message(body));
    }
  }
  return isFound ? tally : undefined;
}
