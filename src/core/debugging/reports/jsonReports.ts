import type { TestReportFormat } from '../../domain/testReport.ts';
import { Tally } from './tally.ts';

// The JSON of mocha's own reporter and of pytest-json-report, alone or among other output.

export interface JsonReport {
  readonly format: TestReportFormat;
  readonly tally: Tally;
}

/** The first field of either, by which one is found in what else was printed. */
const START = /\{\s{0,20}"(?:stats|created)"\s{0,5}:/g;
/** Beginnings that are tried, from the last on. */
const MOST_STARTS = 8;

/** `undefined`: there is none. */
export function readJsonReport(text: string): JsonReport | undefined {
  const trimmed = text.trim();
  const whole = trimmed.startsWith('{') ? reportIn(trimmed) : undefined;
  if (whole !== undefined) {
    return whole;
  }
  const starts = [...text.matchAll(START)].slice(-MOST_STARTS).reverse();
  for (const { index } of starts) {
    const end = endOfObject(text, index);
    const report = end === undefined ? undefined : reportIn(text.slice(index, end));
    if (report !== undefined) {
      return report;
    }
  }
  return undefined;
}

/** Behind the brace that closes the one there; `undefined`: none does. */
function endOfObject(text: string, from: number): number | undefined {
  const signs = /["{}]/g;
  const quoteEnd = /["\\]/g;
  signs.lastIndex = from;
  let depth = 0;
  for (let found = signs.exec(text); found !== null; found = signs.exec(text)) {
    if (found[0] === '"') {
      quoteEnd.lastIndex = signs.lastIndex;
      let quote = quoteEnd.exec(text);
      while (quote?.[0] === '\\') {
        quoteEnd.lastIndex += 1;
        quote = quoteEnd.exec(text);
      }
      if (quote === null) {
        return undefined;
      }
      signs.lastIndex = quoteEnd.lastIndex;
    } else {
      depth += found[0] === '{' ? 1 : -1;
      if (depth === 0) {
        return signs.lastIndex;
      }
    }
  }
  return undefined;
}

function reportIn(text: string): JsonReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return mochaReport(value) ?? pytestReport(value);
}

function mochaReport(value: unknown): JsonReport | undefined {
  const stats = field(value, 'stats');
  const [passes, failures] = [field(value, 'passes'), field(value, 'failures')];
  if (!isFields(stats) || !Array.isArray(passes) || !Array.isArray(failures)) {
    return undefined;
  }
  const tally = new Tally();
  tally.passed = numberOf(stats, 'passes');
  tally.failed = numberOf(stats, 'failures');
  tally.skipped = numberOf(stats, 'pending');
  for (const test of failures as readonly unknown[]) {
    const [title, full] = [textOf(test, 'title'), textOf(test, 'fullTitle')];
    const suites = full.endsWith(` ${title}`) ? full.slice(0, -title.length - 1) : '';
    const error = field(test, 'err');
    tally.tell([suites, title], textOf(error, 'message') || textOf(error, 'stack'));
  }
  return { format: 'mocha-json', tally };
}

function pytestReport(value: unknown): JsonReport | undefined {
  const summary = field(value, 'summary');
  const tests = listOf(value, 'tests');
  if (!isFields(summary) || (tests === undefined && field(value, 'exitcode') === undefined)) {
    return undefined;
  }
  const tally = new Tally();
  tally.passed = numberOf(summary, 'passed') + numberOf(summary, 'xpassed');
  tally.failed = numberOf(summary, 'failed') + numberOf(summary, 'error');
  tally.skipped = numberOf(summary, 'skipped') + numberOf(summary, 'xfailed');
  for (const test of tests ?? []) {
    const outcome = textOf(test, 'outcome');
    if (outcome === 'failed' || outcome === 'error') {
      const stage = ['setup', 'call', 'teardown']
        .map((name) => field(test, name))
        .find((one) => ['failed', 'error'].includes(textOf(one, 'outcome')));
      tally.tell(textOf(test, 'nodeid').split('::'), messageOf(stage));
    }
  }
  // What cannot be imported is no test, and is counted nowhere.
  for (const collector of listOf(value, 'collectors') ?? []) {
    if (textOf(collector, 'outcome') === 'failed') {
      tally.fail(textOf(collector, 'nodeid').split('::'), textOf(collector, 'longrepr'));
    }
  }
  return { format: 'pytest-json', tally };
}

function messageOf(stage: unknown): string {
  const [crash, trace] = [textOf(field(stage, 'crash'), 'message'), textOf(stage, 'longrepr')];
  return [crash, trace].filter((text) => text !== '').join('\n');
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function listOf(value: unknown, name: string): readonly unknown[] | undefined {
  const list = field(value, name);
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

function textOf(value: unknown, name: string): string {
  const text = field(value, name);
  return typeof text === 'string' ? text : '';
}

function numberOf(value: unknown, name: string): number {
  const count = field(value, name);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0
    ? Math.min(count, MOST_COUNT)
    : 0;
}

const MOST_COUNT = 999_999_999;
