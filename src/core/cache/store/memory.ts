import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import type { FileStatus } from '../../base/fileStatus.ts';
import type { Kept } from './entry.ts';

/** What was read and verified, so that it need not be again. */
type Held =
  | { readonly kind: 'entry'; readonly seen: FileStatus; readonly kept: readonly Kept[] }
  | { readonly kind: 'value'; readonly bytes: Uint8Array };

const MOST_HELD = 1_000;
/** Bytes. */
const MOST_HELD_BYTES = 100 * 1024 * 1024;
/** Bytes: a larger one would drive too many others out. */
const LARGEST_HELD_BYTES = 16 * 1024 * 1024;
/** Milliseconds: what nobody has read anew for that long is let go. */
const HELD_MS = 60 * 60 * 1000;
/** Of an object and its key, roughly. */
const OVERHEAD_BYTES = 512;

/**
 * The tier in front of the disk. An entry is given only while its file is the one it was read from; a value is what its
 * digest says for ever.
 */
export class Memory {
  readonly #held: LRUCache<string, Held>;

  constructor(clock: Clock) {
    this.#held = new LRUCache<string, Held>({
      max: MOST_HELD,
      maxSize: MOST_HELD_BYTES,
      maxEntrySize: LARGEST_HELD_BYTES,
      sizeCalculation: sizeOf,
      ttl: HELD_MS,
      ttlResolution: 0,
      // The package takes 0 for "never".
      perf: { now: () => clock.monotonic() + 1 },
    });
  }

  entry(key: Digest): Extract<Held, { kind: 'entry' }> | undefined {
    const held = this.#held.get(key);
    return held?.kind === 'entry' ? held : undefined;
  }

  holdEntry(key: Digest, seen: FileStatus, kept: readonly Kept[]): void {
    this.#held.set(key, { kind: 'entry', seen, kept });
  }

  value(digest: Digest): Uint8Array | undefined {
    const held = this.#held.get(valueName(digest));
    return held?.kind === 'value' ? held.bytes : undefined;
  }

  holdValue(digest: Digest, bytes: Uint8Array): void {
    this.#held.set(valueName(digest), { kind: 'value', bytes });
  }

  letEntryGo(key: Digest): void {
    this.#held.delete(key);
  }

  letValueGo(digest: Digest): void {
    this.#held.delete(valueName(digest));
  }

  letAllGo(): void {
    this.#held.clear();
  }
}

function valueName(digest: Digest): string {
  return `value ${digest}`;
}

function sizeOf(held: Held): number {
  switch (held.kind) {
    case 'entry':
      // The bytes and what they were parsed to.
      return OVERHEAD_BYTES + 3 * held.seen.size;
    case 'value':
      return OVERHEAD_BYTES + held.bytes.length;
  }
}
