import {
  figureRows,
  ITERATIONS_LEGEND,
  RUN_HEADINGS,
  runCells,
  sentencesOf,
} from '../core/compare/words.ts';
import type { Comparison } from '../core/compare/compare.ts';
import { shown } from '../core/preflight/markdown.ts';

/** Rows of a table; beyond, the page is slow and nobody reads it. */
const MOST_ROWS = 200;

/**
 * A comparison of two ways of doing the same work, as a Markdown page. Names from files are shown and do nothing.
 * @param notes what readers have to know of it, as sentences
 */
export function comparePage(comparison: Comparison, notes: readonly string[]): string {
  const { ways, runs, tested } = comparison;
  const more = runs.length - MOST_ROWS;
  return [
    `# ${shown(ways.A.workflow)} (A) and ${shown(ways.B.workflow)} (B)`,
    list(sentencesOf(comparison)),
    ...(notes.length === 0 ? [] : ['## To know', list(notes)]),
    '## Figures',
    table(['', 'A', 'B', 'B − A (95 %)', 'p', 'corrected'], figureRows(comparison)),
    shown(
      `success: with 95 % intervals. The others: median and quartiles. Corrected: p for ${tested} measures at once, which is what counts.`,
    ),
    '## Runs',
    table(RUN_HEADINGS, runs.slice(0, MOST_ROWS).map(runCells)),
    ...(more > 0
      ? [`And ${more.toLocaleString('en')} more: *sluice compare* in a terminal tells them all.`]
      : []),
    shown(`${ITERATIONS_LEGEND}.`),
    '## To do',
    [
      '- *Sluice: Compare Two Workflows…* makes more runs, or compares those that are kept.',
      '- The setting `sluice.compare.share` has a share of the runs that people start be of the other workflow.',
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map(shown).join(' | ')} |`;
  return [row(headings), `| ${headings.map(() => '---').join(' | ')} |`, ...rows.map(row)].join(
    '\n',
  );
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${shown(sentence)}`).join('\n');
}
