import type { FaultKind } from '../../domain/debugging.ts';
import type { Failure } from '../../domain/failure.ts';
import type { TestReport } from '../../domain/testReport.ts';

/** What is known of a failure that may be mended. */
export interface FaultEvidence {
  readonly failure: Failure;
  /** The end of what it printed, at most 64 KB. */
  readonly log: string;
  readonly tests: readonly TestReport[];
  /** Exit codes of the failed check, run again at once in the same copy; `undefined`: it gave none. */
  readonly again: readonly (number | undefined)[];
}

export interface FaultFinding {
  readonly kind: FaultKind;
  /** What shows it: one sentence, quoting the line that decided. */
  readonly why: string;
  /** There where mending it needs no understanding. */
  readonly autoFix?: {
    /** The name of what is missing. */
    readonly missing: string;
    /** What would bring it. */
    readonly command: string;
  };
}

export function classifyFault(_evidence: FaultEvidence): FaultFinding {
  return { kind: 'test_failure', why: 'No rule says more.' };
}
