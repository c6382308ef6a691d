import fc from 'fast-check';
import { printTable } from '../table.ts';
import { runSequence, type SchedulerCounts } from './model.ts';
import { runShape, steps } from './shapes.ts';

const SEQUENCES = 20_000;

/** Random runs, step by step beside the reference. Returns false at the first difference. */
export function scheduler(seed: number): boolean {
  const counts: SchedulerCounts = { sequences: 0, events: 0, starts: 0, crashes: 0 };
  const begun = performance.now();
  const checked = checkScheduler(SEQUENCES, seed, counts);
  const seconds = Math.round((performance.now() - begun) / 1000);
  printTable(
    `The scheduler beside the reference (seed ${seed})`,
    ['sequences', 'events', 'starts', 'crashes', 'different', 'seconds'],
    [
      [
        counts.sequences.toLocaleString('en-US'),
        ...[counts.events, counts.starts, counts.crashes, checked.failed ? 1 : 0, seconds],
      ],
    ],
  );
  if (checked.failed) {
    console.error(fc.defaultReportMessage(checked));
  }
  return !checked.failed;
}

/** @param seed `undefined`: another one each time */
export function checkScheduler(
  sequences: number,
  seed: number | undefined,
  counts: SchedulerCounts,
) {
  return fc.check(
    fc.property(runShape, steps, (shape, sequence) => runSequence(shape, sequence, counts)),
    { numRuns: sequences, ...(seed === undefined ? {} : { seed }) },
  );
}
