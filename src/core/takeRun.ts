import { err, ok, type Result } from './base/result.ts';
import type { RunEvent } from './domain/event.ts';
import type { RunId } from './domain/ids.ts';
import type { RunRequest } from './domain/request.ts';
import { claimRun, type Claim } from './journal/claim.ts';
import { describeDamage } from './journal/damage.ts';
import { JournalWriter } from './journal/writer.ts';
import type { Ports } from './ports.ts';

/** What a run is claimed for. */
export type TakeReason = 'start' | 'resume' | 'take-over' | RunRequest['kind'];

/** A finished run is claimed for these alone. */
export const TAKE_WHEN_OVER: ReadonlySet<TakeReason> = new Set<TakeReason>([
  'rerun',
  'command',
  'undo',
  'merge',
]);

/** A run that is this program's to write. */
export interface Taken {
  readonly writer: JournalWriter;
  readonly claim: Claim;
  readonly events: readonly RunEvent[];
}

/** Claims the run and opens its journal. @param at `folder`: absolute, of the run @throws what the disk throws */
export async function takeRun(
  at: { readonly run: RunId; readonly folder: string; readonly why: TakeReason },
  { disk, clock, log }: Pick<Ports, 'disk' | 'clock' | 'log'>,
): Promise<Result<Taken, string>> {
  const { run, folder, why } = at;
  const claimed = claimRun(disk, folder, why === 'take-over');
  if (!claimed.ok) {
    const where = claimed.error.isLocal
      ? ''
      : ' on another machine or in a container; if that is gone, take the run over by hand';
    return err(`${run} is driven by process ${claimed.error.pid}${where}`);
  }
  const claim = claimed.value;
  try {
    const opened = await JournalWriter.open({
      disk,
      clock,
      folder,
      run,
      claim,
    });
    if (!opened.ok) {
      claim.release();
      return err(
        'damage' in opened.error
          ? `the journal of ${run} cannot be written: ${describeDamage(opened.error.damage)}`
          : `the journal of ${run} is not its own or was taken over`,
      );
    }
    const { writer, events, repaired } = opened.value;
    if (isOver(events) && !TAKE_WHEN_OVER.has(why)) {
      await writer.close();
      claim.release();
      return err(`${run} has finished`);
    }
    if (repaired !== undefined) {
      log.warn(`The journal ended in the middle of a record, which is kept in ${repaired.kept}`, {
        run,
      });
    }
    return ok({ writer, events, claim });
  } catch (thrown) {
    claim.release();
    throw thrown;
  }
}

function isOver(events: readonly RunEvent[]): boolean {
  const last = events.findLast(({ type }) => type === 'run-finished' || type === 'tasks-reset');
  return last?.type === 'run-finished';
}
