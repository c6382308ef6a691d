import type { RunStatus } from '../core/domain/event.ts';
import type { DriveEnd } from '../core/engine/driver.ts';

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

export function exitCodeOf(end: DriveEnd): ExitCode {
  switch (end.kind) {
    case 'finished':
      return exitCodeOfStatus(end.status);
    case 'waiting':
      return EXIT.waiting;
    case 'detached':
    case 'broken':
      return EXIT.failed;
  }
}

export function exitCodeOfStatus(status: RunStatus): ExitCode {
  return EXIT[status];
}
