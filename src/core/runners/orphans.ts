import { sep } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import { AttemptProcesses } from './attemptProcesses.ts';

/** An orphan's work is thrown away whatever it still does, so it gets little time to tidy up, in milliseconds. */
const GRACE_MS = 1000;

/** An attempt whose driver died, its checks and its probe among it: each has a word of its own in its marker. */
export interface OrphanedAttempt {
  /** `<run>:<task>.<attempt>`: what its `SLUICE_ATTEMPT` begins with. */
  readonly marker: string;
  /** `undefined`: the driver died before it could record it. */
  readonly process: ProcessIdentity | undefined;
}

/**
 * Ends what is left of an attempt whose driver died, and resolves with how many processes that were
 * once none is left. A stranger that was given the old process number is never touched. What does not
 * belong to the recorded process, such as a check, is found on Linux only; on Windows, where start
 * times are not told, nothing is.
 * Rejects with the signal's reason when it aborts before.
 *
 * @param copies absolute folder of the repository's workspace copies. Runs of two repositories may
 *   bear the same name; what only bears the attempt's name is told apart by its scratch folder.
 */
export async function endOrphans(
  attempt: OrphanedAttempt,
  copies: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  const { marker, process } = attempt;
  const processes = new AttemptProcesses({
    first: process,
    isOwnChild: false,
    isMarked: (environment) =>
      (process !== undefined && environment.includes(`SLUICE_ATTEMPT=${process.marker}`)) ||
      (environment.some((entry) => entry.startsWith(`SLUICE_ATTEMPT=${marker}:`)) &&
        environment.some((entry) => entry.startsWith(`SLUICE_SCRATCH=${copies}${sep}`))),
  });
  return await processes.end(GRACE_MS, clock, signal);
}
