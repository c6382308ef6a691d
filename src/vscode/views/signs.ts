import type { TaskState } from '../../core/domain/runState.ts';
import type { Tally } from '../../core/projections/census.ts';
import type { DetailAttempt } from '../../core/projections/detailPicture.ts';
import type { ShownStatus, TaskRow } from '../../core/projections/taskRows.ts';

// What the icon of a row is to say; `icons.ts` has the shapes and colours.

export type TaskSign =
  | TaskState['kind']
  | 'held'
  | 'delayed'
  | 'parked'
  | 'asking'
  | 'reused'
  | 'cut-off'
  /** A fix that is to begin, one that has done its work, and what waits for one. */
  | 'fix'
  | 'fixed'
  | 'mended';

export type Sign =
  | TaskSign
  | `run.${ShownStatus}`
  | 'past'
  | 'problem'
  | 'file'
  | 'expected'
  | 'branch'
  | 'attempts'
  | 'wanted'
  | 'lapsed';

/** @param isDriven some program moves the run on */
export function taskSign(
  { state, verbs, asks, reused, triesAgainAt, goesOnAt, mends, mending }: TaskRow,
  isHeld: boolean,
  isDriven: boolean,
): TaskSign {
  if (state === 'pending') {
    if (isHeld || verbs.includes('release')) {
      return 'held';
    }
    if (asks !== undefined) {
      return 'asking';
    }
    const waits = mending !== undefined ? 'mended' : mends !== undefined ? 'fix' : 'pending';
    return triesAgainAt !== undefined ? 'delayed' : goesOnAt !== undefined ? 'parked' : waits;
  }
  if (asks !== undefined) {
    return 'asking';
  }
  if (state === 'running' && !isDriven) {
    return 'cut-off';
  }
  if (reused !== undefined) {
    return 'reused';
  }
  return state === 'succeeded' && mends !== undefined ? 'fixed' : state;
}

/** What one of its tasks is in first tells how a fold stands; else it is done. */
export function tallySign(tally: Tally, isDriven: boolean): TaskSign {
  if (tally.forPeople > 0) {
    return 'waiting';
  }
  if (tally.running > 0) {
    return isDriven ? 'running' : 'cut-off';
  }
  if (tally.failed > 0) {
    return 'failed';
  }
  if (tally.pending > 0) {
    return 'pending';
  }
  if (tally.cancelled > 0) {
    return 'cancelled';
  }
  return tally.skipped === tally.total ? 'skipped' : 'succeeded';
}

export function attemptSign(outcome: DetailAttempt['outcome']): TaskSign {
  return outcome === 'cut off' ? 'cut-off' : outcome;
}
