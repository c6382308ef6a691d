import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import type { FileStatus } from '../../base/fileStatus.ts';
import { Slices } from '../../base/slices.ts';
import type { CacheSettings } from '../../domain/cache.ts';
import { censusOf, SLICE_MS, type CountedEntry } from './census.ts';
import type { Entries } from './entries.ts';
import { stands, type Kept } from './entry.ts';
import type { Ledger } from './ledger.ts';
import type { StoreFiles } from './storeFiles.ts';
import type { Values } from './values.ts';

/** Milliseconds for which nobody may need a value that no answer has, or bytes without a name: they are being put. */
const UNDER_WAY_MS = 60 * 60 * 1000;
/** Milliseconds for which a note stays that nobody writes anew. */
const NOTES_STAY_MS = 90 * 24 * 60 * 60 * 1000;
/** Of the limit: what is left when it had been passed, so that there is room for a while. */
const LEFT_OF_LIMIT = 0.9;
/** Of the limit: what notes may take. */
const NOTES_OF_LIMIT = 0.1;

export interface SweepParts {
  readonly files: StoreFiles;
  readonly entries: Entries;
  readonly values: Values;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly settings: () => CacheSettings;
}

/**
 * Removes what has stood its time, what nobody needs any more, and, when all of it is more than the limit, the answers
 * that were not used for the longest time. @throws the signal's reason
 */
export async function sweepAll(parts: SweepParts, signal: AbortSignal): Promise<void> {
  const { files, entries, values, ledger, clock, settings } = parts;
  const slices = new Slices(clock, signal, SLICE_MS);
  const now = clock.now();
  const isOld = ({ modified }: FileStatus, ms: number): boolean => Math.abs(now - modified) > ms;

  const found = await censusOf(files, entries, slices);
  for (const { name, answers } of found.entries) {
    if (!answers.every((one) => stands(one, now))) {
      const gone = await giveUp(entries, name, ({ answer }) => stands(answer, now));
      count(ledger, gone, 'expirations');
    }
    if (slices.isOver) {
      await slices.next();
    }
  }
  const standing = found.entries
    .map((entry) => ({ ...entry, answers: entry.answers.filter((one) => stands(one, now)) }))
    .filter(({ answers }) => answers.length > 0);

  const uses = usesOf(standing);
  let bytes = 0;
  for (const [digest, seen] of found.values) {
    const isNeedless = !uses.has(digest) && isOld(seen, UNDER_WAY_MS);
    if (!isNeedless || !values.remove(digest, seen)) {
      bytes += seen.size;
    }
    if (slices.isOver) {
      await slices.next();
    }
  }
  for (const name of files.list(files.temporaryFolder)) {
    const file = path.join(files.temporaryFolder, name);
    const seen = files.look(file);
    if (seen !== undefined && isOld(seen, UNDER_WAY_MS)) {
      files.remove(file, seen);
    }
  }

  const { maxBytes } = settings();
  let ofNotes = 0;
  for (const { name, seen } of [...found.notes].sort((a, b) => b.seen.modified - a.seen.modified)) {
    ofNotes += seen.size;
    if (isOld(seen, NOTES_STAY_MS) || ofNotes > maxBytes * NOTES_OF_LIMIT) {
      files.remove(files.path('notes', name), seen);
      ofNotes -= seen.size;
    }
  }

  bytes += ofNotes + standing.reduce((sum, { seen }) => sum + seen.size, 0);
  if (bytes <= maxBytes) {
    return;
  }
  const usedAt = ({ seen }: CountedEntry): number => Math.min(seen.modified, now);
  for (const entry of standing.sort((a, b) => usedAt(a) - usedAt(b))) {
    if (bytes <= maxBytes * LEFT_OF_LIMIT) {
      return;
    }
    count(ledger, await giveUp(entries, entry.name, () => false), 'evictions');
    bytes -= entry.seen.size;
    for (const digest of entry.answers.flatMap((answer) => answer.values)) {
      const left = (uses.get(digest) ?? 0) - 1;
      uses.set(digest, left);
      // It may have been put after the values were looked at.
      const seen = found.values.get(digest) ?? files.look(files.path('values', digest));
      if (left === 0 && seen !== undefined && values.remove(digest, seen)) {
        bytes -= seen.size;
      }
    }
    if (slices.isOver) {
      await slices.next();
    }
  }
}

/** How many answers have each value. */
export function usesOf(entries: readonly CountedEntry[]): Map<Digest, number> {
  const uses = new Map<Digest, number>();
  for (const digest of entries.flatMap(({ answers }) => answers.flatMap(({ values }) => values))) {
    uses.set(digest, (uses.get(digest) ?? 0) + 1);
  }
  return uses;
}

/** Returns the answers that are gone; none where the disk does not let them go. */
export async function giveUp(
  entries: Entries,
  key: Digest,
  stays: (kept: Kept) => boolean,
): Promise<readonly Kept[]> {
  try {
    return (await entries.change(key, (kept) => kept.filter(stays))).gone;
  } catch {
    return [];
  }
}

function count(ledger: Ledger, gone: readonly Kept[], as: 'evictions' | 'expirations'): void {
  for (const { answer } of gone) {
    ledger.count(answer, { [as]: 1 });
  }
}
