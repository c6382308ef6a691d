import type { PastRun } from '../../core/projections/gateCost.ts';
import type { ReadableRun } from '../offers.ts';
import type { Project } from '../project.ts';

/** Runs that tell what a task usually costs; older ones know other models and prices. */
const MOST_RUNS = 5;

/** Earlier runs of the same workflow, the newest first. */
export function pastRuns({ sluice }: Project, { run, state }: ReadableRun): PastRun[] {
  const found: PastRun[] = [];
  for (const entry of sluice.runs()) {
    if (found.length === MOST_RUNS) {
      break;
    }
    if (entry.kind === 'readable' && entry.run !== run && entry.state.workflow === state.workflow) {
      found.push(entry);
    }
  }
  return found;
}
