import { setImmediate } from 'node:timers/promises';
import type { FileVersion } from '../domain/event.ts';
import type { ConflictKind } from '../domain/merge.ts';

/** The bytes of a version. */
export type ReadVersion = (version: FileVersion) => Promise<Uint8Array>;

export type MergedVersion =
  | {
      readonly kind: 'clean';
      readonly version: FileVersion | undefined;
      /** Of a version that nobody has kept. */
      readonly bytes: Uint8Array | undefined;
    }
  | { readonly kind: 'conflict'; readonly conflict: ConflictKind };

/** Three-way merge of one file. It reads nothing where that is not needed. */
export type MergeVersions = (
  was: FileVersion | undefined,
  ours: FileVersion | undefined,
  theirs: FileVersion | undefined,
  read: ReadVersion,
) => Promise<MergedVersion>;

/** Merges of a forecast that read what they merge. */
export const MOST_MERGES = 5_000;
/** Bytes that those merges are given, all together. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** Bytes of one path's versions that are held in memory, so that each is read once. */
const MOST_HELD = 32 * 1024 * 1024;

/** The merges of one forecast, and how much of them there may be. */
export class Comparing {
  readonly #parts: {
    readonly merge: MergeVersions;
    readonly read: ReadVersion;
    readonly signal: AbortSignal;
  };
  #merges = 0;
  #bytes = 0;

  constructor(parts: {
    readonly merge: MergeVersions;
    readonly read: ReadVersion;
    readonly signal: AbortSignal;
  }) {
    this.#parts = parts;
  }

  /** Merges of one path; what was made there is forgotten with it. */
  atNewPath(): PathMerges {
    const { merge, read, signal } = this.#parts;
    const held = new Map<string, Uint8Array>();
    const made = new Map<string, Uint8Array>();
    const before = new Map<string, MergedVersion>();
    let heldBytes = 0;
    return async (was, ours, theirs) => {
      const key = [was, ours, theirs].map(nameOf).join(' ');
      const known = before.get(key);
      if (known !== undefined) {
        return known;
      }
      if (this.#merges >= MOST_MERGES || this.#bytes >= MOST_BYTES) {
        return undefined;
      }
      let reads = 0;
      const merged = await merge(was, ours, theirs, async (version) => {
        reads += 1;
        this.#bytes += version.bytes;
        const there = made.get(version.digest) ?? held.get(version.digest);
        if (there !== undefined) {
          return there;
        }
        const bytes = await read(version);
        if (heldBytes + bytes.length <= MOST_HELD) {
          heldBytes += bytes.length;
          held.set(version.digest, bytes);
        }
        return bytes;
      });
      before.set(key, merged);
      if (reads > 0) {
        this.#merges += 1;
        if (merged.kind === 'clean' && merged.version !== undefined && merged.bytes !== undefined) {
          made.set(merged.version.digest, merged.bytes);
        }
        // A merge of large files takes a while; whoever else has work gets their turn.
        await setImmediate();
        signal.throwIfAborted();
      }
      return merged;
    };
  }
}

/** `undefined`: it was not merged, because there have been too many. */
export type PathMerges = (
  was: FileVersion | undefined,
  ours: FileVersion | undefined,
  theirs: FileVersion | undefined,
) => Promise<MergedVersion | undefined>;

function nameOf(version: FileVersion | undefined): string {
  return version === undefined ? '-' : `${version.digest}${version.executable ? 'x' : ''}`;
}
