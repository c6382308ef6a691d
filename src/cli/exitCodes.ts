import type { ShownStatus } from '../core/projections/taskRows.ts';

/** The contract of `docs/cli.md`. */
export const EXIT = {
  succeeded: 0,
  failed: 1,
  /** Wrong usage, or a definition that cannot run. */
  usage: 2,
  waiting: 3,
  degraded: 4,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of a command that has followed a run until this program let it go. */
export function exitCodeOf(status: ShownStatus): ExitCode {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'waiting':
    case 'degraded':
    case 'cancelled':
      return EXIT[status];
    case 'running':
    case 'cancelling':
    case 'interrupted':
      return EXIT.failed;
  }
}
