import { unreachable } from '../base/exhaustive.ts';
import { count, formatBytes } from '../base/text.ts';

/** Why a journal could not be read to its end. `segment` counts from 1, `offset` is in bytes within it. */
export type JournalDamage = TornTail | CorruptRecord | NewerVersion | Rewound;

/** The end was not written whole, and nothing readable stands behind it: what a crash leaves. */
export interface TornTail {
  readonly kind: 'torn-tail';
  readonly segment: number;
  readonly offset: number;
  /** From the offset to the end. */
  readonly bytes: number;
  /** How many lines they hold. 0: a record without its end, which a writer may be about to finish. */
  readonly lines: number;
}

/** A record is unreadable or cannot follow the one before it. No crash does that; nothing behind it is taken. */
export interface CorruptRecord {
  readonly kind: 'corrupt';
  readonly segment: number;
  readonly offset: number;
  readonly reason: string;
  /** Records behind it that are whole by themselves. */
  readonly recordsAfter: number;
}

/** The record was written by a newer Sluice. */
export interface NewerVersion {
  readonly kind: 'newer-version';
  readonly segment: number;
  readonly offset: number;
  readonly version: number;
}

/** Only when reading on from a position: what was read there does not stand in the journal any more. */
export interface Rewound {
  readonly kind: 'rewound';
  readonly segment: number;
  readonly offset: number;
}

/** One sentence for people. */
export function describeDamage(damage: JournalDamage): string {
  const where = `segment ${damage.segment}, byte ${damage.offset}`;
  switch (damage.kind) {
    case 'torn-tail':
      return `The last ${formatBytes(damage.bytes)} of the journal were not written whole (${where}).`;
    case 'corrupt':
      return `The journal is damaged at ${where}: ${damage.reason}; ${count(damage.recordsAfter, 'record')} behind it cannot be trusted.`;
    case 'newer-version':
      return `The journal was made by a newer Sluice (format ${damage.version}, ${where}); update to read on.`;
    case 'rewound':
      return `The journal was taken back behind ${where}; read it again from its start.`;
    default:
      return unreachable(damage);
  }
}
