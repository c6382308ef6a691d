import type { Digest } from '../../base/digest.ts';
import { hasCode } from '../../base/disk.ts';
import type { FileStatus } from '../../base/fileStatus.ts';
import type { Log } from '../../base/log.ts';
import { thrownMessage } from '../../base/text.ts';
import type { KeptAnswer } from '../parts.ts';
import { decodeEntry, encodeEntry, MOST_ANSWERS, MOST_ENTRY_BYTES, type Kept } from './entry.ts';
import { FIRST_BYTE, unframed, unframedNow } from './frame.ts';
import { KeyLocks } from './keyLocks.ts';
import type { Memory } from './memory.ts';
import { AT_ONCE_BYTES, isSame, type StoreFiles } from './storeFiles.ts';

/** Where an answer that was given away was read from. */
interface Origin {
  readonly kept: Kept;
  readonly seen: FileStatus | undefined;
}

export interface Loaded {
  /** The newest first. */
  readonly kept: readonly Kept[];
  /** The file they are from; `undefined`: there is none. */
  readonly seen: FileStatus | undefined;
  readonly wasDamaged: boolean;
}

export interface Changed {
  /** What is kept now. */
  readonly left: readonly Kept[];
  /** What was, and is not any more. */
  readonly gone: readonly Kept[];
}

const NOTHING: Loaded = { kept: [], seen: undefined, wasDamaged: false };

/** Before another program's answers are written over. */
const MOST_TRIES = 3;
/** Milliseconds for which a use is not marked again. */
const MARKED_MS = 60 * 60 * 1000;

/**
 * The entries of the cache, in memory and on the disk.
 *
 * E1. An entry is one file under its question. It is read at once, and is believed by its digest.
 * E2. What is in memory is given only while the file is the one it was read from. So every program sees at once what
 *     another one has put, given up or cleared. The file is known by its inode, date and size: only one of the same
 *     size, written within the same tick of the disk's clock as the one that was cleared, is taken for that.
 */
export class Entries {
  readonly #files: StoreFiles;
  readonly #memory: Memory;
  readonly #log: Log;
  readonly #onDamaged: () => void;
  readonly #locks = new KeyLocks();
  readonly #origins = new WeakMap<KeptAnswer, Origin>();

  /** @param onDamaged an entry was dropped: nobody knows what was in it */
  constructor(files: StoreFiles, memory: Memory, log: Log, onDamaged: () => void) {
    this.#files = files;
    this.#memory = memory;
    this.#log = log;
    this.#onDamaged = onDamaged;
  }

  /** @param isPassing it is not held in memory @returns `undefined`: it is too large to be read at once */
  loadNow(key: Digest, isPassing = false): Loaded | undefined {
    const file = this.#files.path('answers', key);
    const seen = this.#files.look(file);
    const known = this.#known(key, seen);
    if (known !== undefined || seen === undefined || seen.size > AT_ONCE_BYTES) {
      return known;
    }
    try {
      const bytes = this.#files.readNow(file);
      return this.#take(key, seen, unframedNow(bytes), isPassing);
    } catch (error) {
      return this.#unread(file, error);
    }
  }

  async load(key: Digest, isPassing = false): Promise<Loaded> {
    const now = this.loadNow(key, isPassing);
    if (now !== undefined) {
      return now;
    }
    const file = this.#files.path('answers', key);
    const seen = this.#files.look(file);
    if (seen === undefined) {
      return NOTHING;
    }
    if (seen.size > MOST_ENTRY_BYTES) {
      return this.#take(key, seen, undefined, isPassing);
    }
    try {
      const bytes = await this.#files.read(file);
      return this.#take(key, seen, await unframed(bytes), isPassing);
    } catch (error) {
      return this.#unread(file, error);
    }
  }

  /**
   * Replaces the answers of a question; with none left its file is removed. The newest are kept, as many as fit.
   * @param edit takes and gives the newest first
   * @throws what the disk throws
   */
  async change(key: Digest, edit: (kept: readonly Kept[]) => readonly Kept[]): Promise<Changed> {
    return await this.#locks.hold(key, async () => {
      for (let tries = 1; ; tries += 1) {
        const { kept, seen } = await this.load(key);
        const wanted = edit(kept);
        if (wanted.length === kept.length && wanted.every((one, at) => one === kept[at])) {
          return { left: kept, gone: [] };
        }
        const left = await this.#write(key, wanted, tries < MOST_TRIES ? seen : 'any');
        if (left !== undefined) {
          return { left, gone: kept.filter((one) => !left.includes(one)) };
        }
      }
    });
  }

  /** Where an answer was read from, while somebody has it. */
  originOf(answer: KeptAnswer): Kept | undefined {
    return this.#origins.get(answer)?.kept;
  }

  /** An answer that somebody has, and that may never come onto the disk. */
  know(kept: Kept): void {
    this.#origins.set(kept.answer, { kept, seen: undefined });
  }

  /** Notes that the answer was used. */
  mark(answer: KeptAnswer, now: number): void {
    const seen = this.#origins.get(answer)?.seen;
    if (seen === undefined || Math.abs(now - seen.modified) > MARKED_MS) {
      this.#files.touch(this.#files.path('answers', answer.key), FIRST_BYTE);
    }
  }

  /** Returns the answers as they are kept now; `undefined`: another program was faster. */
  async #write(
    key: Digest,
    wanted: readonly Kept[],
    before: FileStatus | 'any' | undefined,
  ): Promise<readonly Kept[] | undefined> {
    const file = this.#files.path('answers', key);
    if (wanted.length === 0) {
      const isGone = this.#files.remove(file, before === 'any' ? undefined : before);
      if (!isGone && this.#files.look(file) !== undefined) {
        if (before !== 'any') {
          return undefined;
        }
        throw new Error(`${file} could not be removed`);
      }
      this.#memory.letEntryGo(key);
      return [];
    }
    const { left, bytes } = fitting(key, wanted);
    const seen = await this.#files.replace(file, bytes, before);
    if (seen === undefined) {
      return undefined;
    }
    this.#hold(key, seen, left);
    return left;
  }

  /** E2 */
  #known(key: Digest, seen: FileStatus | undefined): Loaded | undefined {
    const held = this.#memory.entry(key);
    if (held !== undefined && isSame(held.seen, seen)) {
      return { kept: held.kept, seen, wasDamaged: false };
    }
    if (held !== undefined) {
      this.#memory.letEntryGo(key);
    }
    return seen === undefined ? NOTHING : undefined;
  }

  #take(key: Digest, seen: FileStatus, rest: Buffer | undefined, isPassing: boolean): Loaded {
    const kept = rest === undefined ? undefined : decodeEntry(rest, key);
    if (kept === undefined) {
      this.#files.remove(this.#files.path('answers', key), seen);
      this.#onDamaged();
      return { kept: [], seen: undefined, wasDamaged: true };
    }
    if (!isPassing) {
      this.#hold(key, seen, kept);
    }
    return { kept, seen, wasDamaged: false };
  }

  #hold(key: Digest, seen: FileStatus, kept: readonly Kept[]): void {
    this.#memory.holdEntry(key, seen, kept);
    for (const one of kept) {
      this.#origins.set(one.answer, { kept: one, seen });
    }
  }

  #unread(file: string, error: unknown): Loaded {
    if (!hasCode(error, 'ENOENT')) {
      this.#log.debug(`Cache: ${file} was not read: ${thrownMessage(error)}`);
    }
    return NOTHING;
  }
}

/** @throws `RangeError` when not even the newest fits */
function fitting(
  key: Digest,
  wanted: readonly Kept[],
): { readonly left: readonly Kept[]; readonly bytes: Buffer } {
  for (let left = wanted.slice(0, MOST_ANSWERS); left.length > 0; left = left.slice(0, -1)) {
    const bytes = encodeEntry(key, left);
    if (bytes.length <= MOST_ENTRY_BYTES) {
      return { left, bytes };
    }
  }
  throw new RangeError('An answer has too many values to be kept');
}
