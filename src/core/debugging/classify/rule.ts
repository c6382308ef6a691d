import type { FaultKind } from '../../domain/debugging.ts';
import type { LogLine } from './logLines.ts';
import type { AutoFix } from './packages.ts';

/** A line of a log that decides. */
export interface LogRule {
  /** Unique; for tests and for who reads them. */
  readonly name: string;
  readonly kind: FaultKind;
  /** On one line of at most 500 characters; takes time in proportion to it, or to its square at the very worst. */
  readonly pattern: RegExp;
  /** Holds also for lines that only tell what others said; left out: not for them. */
  readonly retold?: true;
  /** What the pattern cannot see; left out: it decides alone. */
  readonly holds?: (seen: Seen) => boolean;
  /** What it means, in words that the line follows. */
  readonly says: string;
  /** The line that says it best; left out: the one the pattern fits. */
  readonly quotes?: (seen: Seen) => string;
  readonly autoFix?: (seen: Seen) => AutoFix | undefined;
}

/** A line a pattern fits. */
export interface Seen {
  readonly lines: readonly LogLine[];
  readonly at: number;
  /** The pattern's first group that took part, or an empty text. */
  readonly group: string;
}

/** Rules that stand on one step: of the lines they fit, the first in the log decides. */
export interface Step {
  readonly name: string;
  readonly rules: readonly LogRule[];
}
