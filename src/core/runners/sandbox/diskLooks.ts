import fs from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { diskUse, LEAST_BYTES } from './diskUse.ts';

/** The folders are gone through at least this often, in milliseconds, and at most for this part of the time. */
const WALK_MS = 2000;
const WALK_SHARE = 20;
/** The folders are gone through at once when the disk has lost this part of the limit since the last time. */
const LOSS_SHARE = 4;

/**
 * What a command adds to its folders. Going through them takes long, so it is done when the whole disk has lost much
 * since the last time, and now and then for the case that somebody else has freed as much meanwhile.
 */
export class DiskLooks {
  readonly #options: DiskLooksOptions;
  /** Bytes that may stand there. */
  readonly #most: number;
  readonly #device: number;
  #left: Left;
  #walkedAt: number;
  #walkMs: number;

  private constructor(options: DiskLooksOptions, before: number, device: number, left: Left) {
    this.#options = options;
    this.#most = before + options.most;
    this.#device = device;
    this.#left = left;
    this.#walkedAt = options.clock.monotonic();
    this.#walkMs = 0;
  }

  /**
   * To be awaited before the command is started. Rejects with the system's error.
   * @param onLink told of each link in the folders, by its absolute path
   */
  static async begin(
    options: DiskLooksOptions,
    onLink: (link: string) => void,
  ): Promise<DiskLooks> {
    const [folder] = options.folders;
    const before = await diskUse(options.folders, Infinity, onLink);
    return new DiskLooks(options, before, (await fs.stat(folder)).dev, await leftOn(folder));
  }

  async isOver(): Promise<boolean> {
    const { folders, clock, most } = this.#options;
    const left = await leftOn(folders[0]);
    const much = most / LOSS_SHARE;
    const hasLost = this.#left.bytes - left.bytes >= much || this.#left.files - left.files >= much;
    const passed = clock.monotonic() - this.#walkedAt;
    if (!hasLost && passed < Math.max(WALK_MS, this.#walkMs * WALK_SHARE)) {
      return false;
    }
    this.#left = left;
    return await this.isOverNow();
  }

  async isOverNow(): Promise<boolean> {
    const { folders, clock, nameless } = this.#options;
    const began = clock.monotonic();
    const named = await diskUse(folders, this.#most);
    this.#walkedAt = clock.monotonic();
    this.#walkMs = this.#walkedAt - began;
    return named + nameless(this.#device) >= this.#most;
  }
}

export interface DiskLooksOptions {
  /** Absolute; the first is the copy. */
  readonly folders: readonly [string, ...string[]];
  readonly clock: Clock;
  /** Bytes that may be added to what is there. */
  readonly most: number;
  /** Bytes of files on the device that have lost their name and are still open. */
  readonly nameless: (device: number) => number;
}

/** What a disk has left, in bytes; an empty file takes some too. */
interface Left {
  readonly bytes: number;
  readonly files: number;
}

async function leftOn(folder: string): Promise<Left> {
  const { bfree, bsize, ffree } = await fs.statfs(folder);
  return { bytes: bfree * bsize, files: ffree * LEAST_BYTES };
}
