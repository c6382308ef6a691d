import { formatDuration, oneLine } from '../core/base/text.ts';
import type { Comparison, Tested } from '../core/compare/compare.ts';
import type { ComparedRun } from '../core/compare/comparedRun.ts';
import {
  figure,
  ITERATIONS_LEGEND,
  RUN_HEADINGS,
  runCells,
  sentencesOf,
  shiftCell,
  spreadCell,
  STATUS_WORDS,
  successCell,
  successDifference,
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
  const { ways, runs, success, amounts } = comparison;
  const bold = (text: string) => paint(terminal, 'bold', text);
  const nameOf = (way: 'A' | 'B') => `${way} ${oneLine(ways[way].workflow, WIDEST_NAME)}`;
  const figures = table([
    ['', nameOf('A'), nameOf('B'), 'B - A (95 %)', 'p', 'corrected'],
    [
      'success',
      successCell(success.a),
      successCell(success.b),
      successDifference(success),
      ...pCells(success.test),
    ],
    ...amounts.map((amount) => [
      amount.measure,
      spreadCell(amount, amount.a),
      spreadCell(amount, amount.b),
      shiftCell(amount),
      ...pCells(amount.test),
    ]),
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

function pCells(test: Tested | undefined): readonly string[] {
  return test === undefined ? ['-', '-'] : [figure(test.p), figure(test.adjusted)];
}

function lines(sentences: readonly string[]): readonly string[] {
  return sentences.map((sentence) => `${oneLine(sentence, Infinity)}\n`);
}
