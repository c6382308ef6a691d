import type { BigIntStats } from 'node:fs';

/**
 * Milliseconds a file must have been left alone before its identity tells its content: what is written to it within
 * the tick of the disk's clock leaves all of it as it was. The coarsest tick of a disk, FAT's, is this long.
 */
const RACY_MS = 2000;

/** What the disk says of a file without its bytes. One that was written to has another; the same does not come back. */
export function identityOf({ size, mtimeNs, ctimeNs, ino, mode }: FileStatus): string {
  return [size, mtimeNs, ctimeNs, ino, mode].map((part) => part.toString(36)).join('.');
}

/** True where a write just after the look could go unseen. @param now milliseconds since 1970, before it was looked at */
export function isRacy({ mtimeNs, ctimeNs }: FileStatus, now: number): boolean {
  const latest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return latest > BigInt(Math.floor(now - RACY_MS)) * 1_000_000n;
}

export type FileStatus = Pick<BigIntStats, 'size' | 'mtimeNs' | 'ctimeNs' | 'ino' | 'mode'>;

/** Notes what files were while they were copied. */
export interface IdentityNotes {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** By path; only of files whose copy has the content of that identity. */
  readonly identities: Map<string, string>;
}
