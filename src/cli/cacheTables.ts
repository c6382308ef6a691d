import { count, formatBytes, oneLine } from '../core/base/text.ts';
import { moneyText, roundTimeText } from '../core/domain/amounts.ts';
import type { CacheCounts, CacheStatistics } from '../core/domain/cache.ts';
import { savedText } from '../core/domain/cacheText.ts';

// What the cache has done, as people read it in a terminal.

/** Columns of a name that are shown at least, however narrow the screen is. */
const NARROWEST_NAME = 10;

/** Of the questions, those that needed no work: from 0 to 1; `undefined`: none was asked. */
export function cacheRate({ hits, coalesced, misses }: CacheCounts): number | undefined {
  const questions = hits + coalesced + misses;
  return questions === 0 ? undefined : (hits + coalesced) / questions;
}

/** @param width columns of the screen */
export function cacheTables(statistics: CacheStatistics, width: number): string {
  const { total } = statistics;
  if (cacheRate(total) === undefined && total.entries === 0) {
    return 'Nothing has been asked of the cache yet.\n';
  }
  const rows = rowsOf(statistics);
  return [
    ...summary(total),
    '',
    ...columns('questions', ASKED, rows, width),
    '',
    ...columns('answers', KEPT, rows, width),
    '',
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function summary(total: CacheCounts): string[] {
  const { hits, coalesced, misses, saved, entries, bytes } = total;
  const questions = hits + coalesced + misses;
  const spared = savedText(saved);
  const calls = saved.calls === 0 ? '' : count(saved.calls, 'call');
  return [
    `${figure(hits + coalesced)} of ${count(questions, 'question')} answered without work${rateText(total) === '' ? '' : ` (${rateText(total)})`}`,
    `Saved: ${[spared, calls].filter((text) => text !== '').join(', ') || 'nothing yet'}`,
    `Kept: ${count(entries, 'answer')}, ${formatBytes(bytes)}`,
  ];
}

interface Row {
  readonly name: string;
  /** `undefined`: a heading. */
  readonly counts: CacheCounts | undefined;
}

function rowsOf({ total, namespaces, agents }: CacheStatistics): readonly Row[] {
  return [
    { name: 'in all', counts: total },
    ...groupOf('by namespace', namespaces),
    ...groupOf('by agent', agents),
  ];
}

/** Those that were asked most first. */
function groupOf(title: string, counts: Readonly<Record<string, CacheCounts>>): readonly Row[] {
  const asked = ({ hits, coalesced, misses }: CacheCounts) => hits + coalesced + misses;
  const sorted = Object.entries(counts).sort(
    ([a, one], [b, other]) => asked(other) - asked(one) || (a < b ? -1 : 1),
  );
  return sorted.length === 0
    ? []
    : [
        { name: title, counts: undefined },
        ...sorted.map(([name, each]) => ({ name: `  ${oneLine(name, Infinity)}`, counts: each })),
      ];
}

type Column = readonly [string, (counts: CacheCounts) => string];

const ASKED: readonly Column[] = [
  ['hits', ({ hits }) => figure(hits)],
  ['shared', ({ coalesced }) => figure(coalesced)],
  ['misses', ({ misses }) => figure(misses)],
  ['rate', rateText],
  ['time', ({ saved }) => (saved.ms === 0 ? '' : roundTimeText(saved.ms))],
  ['tokens', ({ saved }) => (saved.tokens === 0 ? '' : figure(saved.tokens))],
  ['money', ({ saved }) => (saved.usd === 0 ? '' : moneyText(saved.usd))],
];

const KEPT: readonly Column[] = [
  ['kept', ({ entries }) => figure(entries)],
  ['size', ({ bytes }) => formatBytes(bytes)],
  ['evicted', ({ evictions }) => figure(evictions)],
  ['expired', ({ expirations }) => figure(expirations)],
  ['damaged', ({ damaged }) => figure(damaged)],
];

/** Names to the left, cut where the screen ends, and figures to the right. */
function columns(
  title: string,
  shown: readonly Column[],
  rows: readonly Row[],
  width: number,
): string[] {
  const cells = [
    shown.map(([head]) => head),
    ...rows.map(({ counts }) =>
      shown.map(([, cell]) => (counts === undefined ? '' : cell(counts))),
    ),
  ];
  const widths = shown.map((_column, index) =>
    Math.max(...cells.map((row) => row[index]?.length ?? 0)),
  );
  const names = [title, ...rows.map(({ name }) => name)];
  const room = width - widths.reduce((sum, each) => sum + each + 2, 0);
  const longest = Math.max(...names.map((name) => name.length));
  const nameWidth = Math.max(NARROWEST_NAME, Math.min(longest, room));
  return names.map((name, index) => {
    const figures = (cells[index] ?? []).map((cell, at) => cell.padStart(widths[at] ?? 0));
    return [cutName(name, nameWidth).padEnd(nameWidth), ...figures].join('  ').trimEnd();
  });
}

/** Its indent stays. */
function cutName(name: string, width: number): string {
  const indent = name.startsWith('  ') ? '  ' : '';
  return `${indent}${oneLine(name, width - indent.length)}`;
}

/** From a million on nobody counts the last ones: `1.2M`. */
function figure(n: number): string {
  return n < 1_000_000
    ? n.toLocaleString('en')
    : n.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
}

/** `100 %` only when it is all. Empty where nothing was asked. */
function rateText(counts: CacheCounts): string {
  const rate = cacheRate(counts);
  return rate === undefined ? '' : `${Math.floor(rate * 100)} %`;
}
