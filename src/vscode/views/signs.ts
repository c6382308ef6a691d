import type { TaskState } from '../../core/domain/runState.ts';
import type { Tally } from '../../core/projections/census.ts';
import type { DetailAttempt } from '../../core/projections/detailPicture.ts';
import type { ShownStatus, TaskRow } from '../../core/projections/taskRows.ts';

// What the icon of a row is to say; `icons.ts` has the shapes and colours.

export type TaskSign =
  TaskState['kind'] | 'held' | 'delayed' | 'parked' | 'asking' | 'reused' | 'cut-off';

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
  { state, verbs, asks, reused, triesAgainAt, goesOnAt }: TaskRow,
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
    return triesAgainAt !== undefined ? 'delayed' : goesOnAt !== undefined ? 'parked' : 'pending';
  }
  if (asks !== undefined) {
    return 'asking';
  }
  if (state === 'running' && !isDriven) {
    return 'cut-off';
  }
  return reused === undefined ? state : 'reused';
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
