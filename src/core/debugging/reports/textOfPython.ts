import { countOf, Tally } from './tally.ts';
import { message } from './textLines.ts';

const PYTEST_WORDS: Readonly<Record<string, 'passed' | 'failed' | 'skipped' | undefined>> = {
  passed: 'passed',
  xpassed: 'passed',
  failed: 'failed',
  error: 'failed',
  errors: 'failed',
  skipped: 'skipped',
  xfailed: 'skipped',
};

/** `3 failed, 2 passed in 0.12s`, between signs or alone. */
const PYTEST_END =
  /^(?:=+ )?(no tests ran|\d[\w ,]{0,300}) in \d{1,9}\.\d\ds(?: \([\d:]+\))?(?: =+)?$/;

export function readPytest(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  const said = new Map<string, string>();
  const told: { readonly path: readonly string[]; readonly reason: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const end = PYTEST_END.exec(line);
    if (end !== null) {
      isFound = countPytest(end[1] ?? '', tally) || isFound;
      continue;
    }
    const section = /^_{3,} (?:ERROR (?:at \w+ of|collecting) )?(.{1,400}?) _{3,}$/.exec(line)?.[1];
    if (section !== undefined) {
      const body = lines.slice(index + 1, index + MOST_SECTION);
      const stop = body.findIndex((one) => /^(?:_{3,} .* _{3,}|={3,} .* ={3,})$/.test(one));
      const errors = body
        .slice(0, stop === -1 ? body.length : stop)
        .filter((one) => /^E(?: {3}|$)/.test(one))
        .map((one) => one.slice(4));
      said.set(section, said.get(section) ?? message(errors));
      continue;
    }
    const [, node, reason = ''] = /^(?:FAILED|ERROR) (\S.*?)(?: - (.*))?$/.exec(line) ?? [];
    if (node !== undefined && /(?:::|\.py$)/.test(node)) {
      told.push({ path: node.split('::'), reason });
    }
  }
  if (!isFound) {
    return undefined;
  }
  for (const { path, reason } of told) {
    const section = path.length === 1 ? path[0] : path.slice(1).join('.');
    tally.tell(path, said.get(section ?? '') ?? reason);
  }
  return tally;
}

/** Lines of one failure that are looked at. */
const MOST_SECTION = 200;

/** False for a line that counts no tests. */
function countPytest(written: string, tally: Tally): boolean {
  let isFound = written === 'no tests ran';
  for (const part of written.split(', ')) {
    const [, count, word = ''] = /^(\d+) (\w+)/.exec(part) ?? [];
    const kind = Object.hasOwn(PYTEST_WORDS, word) ? PYTEST_WORDS[word] : undefined;
    if (kind !== undefined) {
      tally[kind] += countOf(count);
      isFound = true;
    }
  }
  return isFound;
}

/** `Ran 5 tests in 0.001s`, and below it `OK` or `FAILED (failures=1)`. */
export function readUnittest(lines: readonly string[]): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  let ran: number | undefined;
  for (const [index, line] of lines.entries()) {
    ran = countIn(/^Ran (\d+) tests? in /, line) ?? ran;
    const end = /^(?:OK|FAILED|NO TESTS RAN)(?: \(([\w =,]{1,300})\))?$/.exec(line);
    if (ran !== undefined && end !== null) {
      countUnittest(ran, end[1] ?? '', tally);
      ran = undefined;
      isFound = true;
    }
    const failed = /^(?:FAIL|ERROR): (\S+) \(([^()]{1,400})\)(.{0,400})$/.exec(line);
    if (failed !== null && /^={10,}$/.test(lines[index - 1] ?? '')) {
      const [, name = '', place = '', values = ''] = failed;
      const suite = place.endsWith(`.${name}`) ? place.slice(0, -name.length - 1) : place;
      tally.tell([suite, `${name}${values}`], traceback(lines, index + 1));
    }
  }
  return isFound ? tally : undefined;
}

/** What was raised, before where: only the first lines of a message are kept. */
function traceback(lines: readonly string[], from: number): string {
  const section = lines.slice(from, from + MOST_SECTION);
  const rule = section.findIndex((line) => /^-{10,}$/.test(line));
  const stop = section.findIndex((line, at) => at > rule && /^(?:={10,}|-{10,})$/.test(line));
  const all = section.slice(rule + 1, stop === -1 ? section.length : stop);
  const raised = all.findLastIndex((line) => /^[A-Za-z_][\w.]*(?::|$)/.test(line));
  return [...all.slice(Math.max(0, raised)), ...all.slice(0, Math.max(0, raised))].join('\n');
}

function countUnittest(ran: number, written: string, tally: Tally): void {
  const counts = new Map(
    written.split(', ').map((part): [string, number] => {
      const [word = '', count] = part.split('=');
      return [word, countOf(count)];
    }),
  );
  const count = (word: string) => counts.get(word) ?? 0;
  const failed = count('failures') + count('errors') + count('unexpected successes');
  const skipped = count('skipped') + count('expected failures');
  tally.failed += failed;
  tally.skipped += skipped;
  // A test with subtests fails once for each of them.
  tally.passed += Math.max(0, ran - failed - skipped);
}

function countIn(pattern: RegExp, line: string): number | undefined {
  const written = pattern.exec(line)?.[1];
  return written === undefined ? undefined : countOf(written);
}
