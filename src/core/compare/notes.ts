import { count, formatDuration } from '../base/text.ts';
import type { Comparison } from './compare.ts';
import { isCounted, isMeasured, type ComparedRun } from './comparedRun.ts';

/** How the runs were made that were made for the comparison. */
export interface Making {
  readonly atOnce: number;
  /** Milliseconds; `undefined`: each had the time it took. */
  readonly timeoutMs: number | undefined;
}

/**
 * What whoever reads the figures has to know of them, as sentences.
 * @param making left out: all runs were there before
 */
export function notesOf({ runs, ways }: Comparison, making?: Making): readonly string[] {
  const measured = runs.filter(isMeasured);
  const statusOf = (status: ComparedRun['status']) =>
    runs.filter((run) => run.status === status).length;
  const [waits, stopped, leftOut] = [
    statusOf('waits'),
    statusOf('timed-out'),
    ways.A.leftOut + ways.B.leftOut,
  ];
  const failed = measured.filter(({ status }) => status === 'failed' || status === 'degraded');
  const kept = runs.filter((run) => run.isKept && isCounted(run));
  const drawn = kept.filter(({ isDrawn }) => isDrawn).length;
  const reusing = measured.filter(({ reused }) => reused > 0).length;
  const differing = SETUPS.filter(([part]) => kindsOf(runs, part) > 1);
  return [
    ...(waits === 0
      ? []
      : [
          `${count(waits, 'run')} ${waits === 1 ? 'waits' : 'wait'} for a person: no success, and no time or cost that could be compared.`,
        ]),
    ...(stopped === 0
      ? []
      : [
          `${count(stopped, 'run')} took longer than ${making?.timeoutMs === undefined ? 'it was given' : formatDuration(making.timeoutMs)} and ${stopped === 1 ? 'was' : 'were'} stopped: no success, and the time until then counts.`,
        ]),
    ...(leftOut === 0
      ? []
      : [
          `${count(leftOut, 'run')} ${leftOut === 1 ? 'was' : 'were'} cancelled by a person or cut off, and ${leftOut === 1 ? 'counts' : 'count'} for nothing.`,
        ]),
    ...(failed.length === 0
      ? []
      : [
          'Time, iterations and cost are of all runs that ended, also of those that did not succeed: what fails early is quick.',
        ]),
    ...(reusing === 0
      ? []
      : [
          `${count(reusing, 'run')} reused what was made before, and ${reusing === 1 ? 'was' : 'were'} quicker and cheaper by that.`,
        ]),
    ...(making !== undefined && making.atOnce > 1
      ? ['Runs were made at the same time, so each may have slowed the others down.']
      : []),
    ...(kept.length > drawn && kept.length > 0
      ? [
          `${drawn === 0 ? 'Which way was taken' : `Which way ${kept.length - drawn} of the kept runs took`} was chosen by people: they may have chosen by how hard the work was.`,
        ]
      : []),
    ...(differing.length === 0
      ? []
      : [`Runs of one way differ in ${listed(differing.map(([, words]) => words))}.`]),
  ];
}

const SETUPS = [
  ['inputs', 'their inputs'],
  ['commit', 'the commit they began with'],
  ['workflow', "their workflow's file"],
] as const;

/** How many there are of it among runs of one way, at the most: two workflows have two files anyhow. */
function kindsOf(runs: readonly ComparedRun[], part: keyof ComparedRun['setup']): number {
  const kinds = (way: ComparedRun['way']) =>
    new Set(runs.filter((run) => run.way === way && isCounted(run)).map(({ setup }) => setup[part]))
      .size;
  return Math.max(kinds('A'), kinds('B'));
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
