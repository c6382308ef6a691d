import type { ShownStatus } from '../core/projections/taskRows.ts';

/** The contract of `docs/cli.md`. */
export const EXIT = {
  succeeded: 0,
  failed: 1,
  /** Wrong usage, or a definition that cannot run. */
  usage: 2,
  /** Only people can move the run on: a gate, a pause, a task that needs a look. */
  waiting: 3,
  degraded: 4,
  cancelled: 130,
} as const;

/** One of `EXIT`, but for `exec`, which ends with the code of its command. */
export type ExitCode = number;

/** Of a command that has followed a run until this program let it go. */
export function exitCodeOf(status: ShownStatus): ExitCode {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'waiting':
    case 'degraded':
    case 'cancelled':
      return EXIT[status];
    case 'paused':
    case 'pausing':
      return EXIT.waiting;
    case 'running':
    case 'cancelling':
    case 'interrupted':
      return EXIT.failed;
  }
}
