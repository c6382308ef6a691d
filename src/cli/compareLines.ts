import { formatDuration, oneLine } from '../core/base/text.ts';
import type { Comparison } from '../core/compare/compare.ts';
import type { ComparedRun } from '../core/compare/comparedRun.ts';
import {
  figureRows,
  ITERATIONS_LEGEND,
  RUN_HEADINGS,
  runCells,
  sentencesOf,
  STATUS_WORDS,
} from '../core/compare/words.ts';
import { paint, table, type Terminal } from './terminal.ts';

/** Names of workflows are cut after so much: they stand over columns. */
const WIDEST_NAME = 24;

/** A comparison as people read it in a terminal. @param notes what they have to know of it, as sentences */
export function comparisonText(
  terminal: Terminal,
  comparison: Comparison,
  notes: readonly string[],
): string {
  const { ways, runs } = comparison;
  const bold = (text: string) => paint(terminal, 'bold', text);
  const nameOf = (way: 'A' | 'B') => `${way} ${oneLine(ways[way].workflow, WIDEST_NAME)}`;
  const figures = table([
    ['', nameOf('A'), nameOf('B'), 'B - A (95 %)', 'p', 'corrected'],
    ...figureRows(comparison),
  ]);
  return [
    `${bold('Runs')}\n`,
    table([RUN_HEADINGS, ...runs.map(runCells)]),
    paint(terminal, 'dim', ITERATIONS_LEGEND),
    `\n\n${bold('Figures')}\n`,
    figures,
    paint(
      terminal,
      'dim',
      `success: with 95 % intervals · the others: median (quartiles) · corrected: p for ${comparison.tested} measures at once`,
    ),
    `\n\n${bold('In words')}\n`,
    ...lines(sentencesOf(comparison)),
    ...(notes.length === 0 ? [] : [`\n${bold('To know')}\n`, ...lines(notes)]),
  ].join('');
}

/** Of a run that has just ended. */
export function endedLine(
  { way, run, status, wallMs }: ComparedRun,
  place: number,
  all: number,
): string {
  const waits = status === 'waits' || status === 'unfinished';
  return `${place} of ${all}: ${run} (${way}) ${STATUS_WORDS[status]}${waits ? '' : ` after ${formatDuration(wallMs)}`}\n`;
}

function lines(sentences: readonly string[]): readonly string[] {
  return sentences.map((sentence) => `${oneLine(sentence, Infinity)}\n`);
}
