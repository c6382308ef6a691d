import { readlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { createFileDurablySync, hasCode, writeFileDurablySync, type Disk } from '../base/disk.ts';
import { bootId, isAlive, ownProcess } from '../base/processes.ts';
import { err, ok, type Result } from '../base/result.ts';

// Who may write to a run. A run's owner is whoever stands in the highest `owner-<epoch>.json` of its
// folder. The files are made whole or not at all, so a claim needs no lock to wait for, and nobody has
// to tell a stale lock from a fresh one:
//
// C1  An epoch is given once: `owner-<n>.json` is made with a name that must not exist, content and all.
// C2  An epoch is claimed only while the one before it is released or its owner is dead.
// C3  After making its file a claimant looks again: the claim counts only if its epoch is the highest
//     and nobody holds the one before. So a claimant withdraws that was held up between looking and
//     making while others came and went, and one that read a file while it was written: where there
//     are no hard links, those come into being piece by piece.
// C4  Lower files are removed only by the owner of a higher one, and the highest only by a claimant that
//     withdraws. So an owner's epoch is above that of every owner before it.
// C5  An owner that cannot be judged from here (another machine, another container) counts as alive,
//     unless a person says that it is gone.
//
// SQLite's exclusive transaction would do the same, but the terminal may run on a Node without it, and
// window and terminal must share one lock.

/** Who holds a run. */
export interface Holder {
  readonly pid: number;
  /** It runs where this program runs, so its process number means something here. */
  readonly isLocal: boolean;
}

/** This program may write to the run until `release`. */
export interface Claim {
  readonly epoch: number;
  /** False once somebody else has claimed the run; cheap enough to be asked at every flush. */
  stillOwner(): boolean;
  release(): void;
}

const ownerSchema = z.object({
  epoch: z.number().int().min(1),
  pid: z.number().int().min(1),
  /** As `startTimeOf` gives it. */
  startedAt: z.string(),
  /** Where the process number means something. */
  world: z.string(),
  released: z.boolean(),
});
type Owner = z.infer<typeof ownerSchema>;

/**
 * @param folder the run's, absolute; it exists
 * @param evenFromElsewhere an owner that cannot be judged from here (C5) counts as dead: a person says so.
 *   If it lives after all, it stops at its next flush, when it finds the higher epoch
 * @throws what the disk throws; the run is not claimed then
 */
export function claimRun(
  disk: Disk,
  folder: string,
  evenFromElsewhere = false,
): Result<Claim, Holder> {
  const heldAt = (epoch: number) => {
    const holder = holderAt(disk, folder, epoch);
    return holder?.isLocal === false && evenFromElsewhere ? undefined : holder;
  };
  for (;;) {
    const highest = highestEpoch(disk, folder);
    const holder = heldAt(highest);
    if (holder !== undefined) {
      return err(holder);
    }
    const epoch = highest + 1;
    const own: Owner = { epoch, ...ownProcess(), world: world(), released: false };
    if (!makeOwnerFile(disk, folder, own)) {
      // C1: somebody else was given this epoch; look who.
      continue;
    }
    if (highestEpoch(disk, folder) !== epoch || heldAt(highest) !== undefined) {
      // C3
      removeIfThere(disk, ownerFile(folder, epoch));
      continue;
    }
    removeBelow(disk, folder, epoch);
    return ok({
      epoch,
      stillOwner: () => highestEpoch(disk, folder) === epoch,
      release: () => {
        if (highestEpoch(disk, folder) === epoch) {
          writeFileDurablySync(disk, ownerFile(folder, epoch), text({ ...own, released: true }));
        }
      },
    });
  }
}

/** Who holds the run now, or nobody. Reads only. */
export function holderOf(disk: Disk, folder: string): Holder | undefined {
  try {
    return holderAt(disk, folder, highestEpoch(disk, folder));
  } catch (error) {
    // Nobody holds a run whose folder somebody has removed.
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/** True when the last owner died without releasing the run. Reads only. */
export function wasAbandoned(disk: Disk, folder: string): boolean {
  const epoch = highestEpoch(disk, folder);
  const owner = epoch === 0 ? undefined : readOwner(disk, folder, epoch);
  return owner !== undefined && !owner.released && !isHeld(owner);
}

function holderAt(disk: Disk, folder: string, epoch: number): Holder | undefined {
  const owner = epoch === 0 ? undefined : readOwner(disk, folder, epoch);
  return owner !== undefined && isHeld(owner)
    ? { pid: owner.pid, isLocal: owner.world === world() }
    : undefined;
}

function isHeld(owner: Owner): boolean {
  if (owner.released) {
    return false;
  }
  return owner.world !== world() || isAlive(owner.pid, owner.startedAt);
}

let ownWorld: string | undefined;

/**
 * The machine, and on Linux the process namespace in it. A machine that was started anew is the same
 * world: its processes are told apart by their start times.
 */
function world(): string {
  ownWorld ??= [os.hostname(), processNamespace()].join(' ');
  return ownWorld;
}

function processNamespace(): string {
  try {
    // Numbers of namespaces repeat after a boot, those of the first one always.
    return process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '';
  } catch {
    return bootId();
  }
}

function readOwner(disk: Disk, folder: string, epoch: number): Owner | undefined {
  let bytes: Buffer;
  try {
    bytes = disk.sync.readFile(ownerFile(folder, epoch));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
  const parsed = ownerSchema.safeParse(parseJson(bytes.toString('utf8')));
  // Not written by us, so nobody is known to write the journal; C3 still gives each epoch once.
  return parsed.success ? parsed.data : undefined;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function epochs(disk: Disk, folder: string): number[] {
  return disk.sync.readdir(folder).flatMap((name) => {
    const epoch = /^owner-([1-9][0-9]{0,14})\.json$/.exec(name)?.[1];
    return epoch === undefined ? [] : [Number(epoch)];
  });
}

function highestEpoch(disk: Disk, folder: string): number {
  return Math.max(0, ...epochs(disk, folder));
}

function ownerFile(folder: string, epoch: number): string {
  return path.join(folder, `owner-${epoch}.json`);
}

/** Returns false when the epoch is given already. */
function makeOwnerFile(disk: Disk, folder: string, own: Owner): boolean {
  const file = ownerFile(folder, own.epoch);
  try {
    return createFileDurablySync(disk, file, text(own));
  } catch (error) {
    // It may stand there all the same, not flushed, and would keep the run held while this program lives.
    const made = readOwner(disk, folder, own.epoch);
    if (made?.pid === own.pid && made.startedAt === own.startedAt) {
      disk.sync.unlink(file);
    }
    throw error;
  }
}

/** C4. Best effort: what stays is below the highest, and nobody reads it. */
function removeBelow(disk: Disk, folder: string, epoch: number): void {
  for (const lower of epochs(disk, folder).filter((one) => one < epoch)) {
    try {
      disk.sync.unlink(ownerFile(folder, lower));
    } catch {
      // The owner of the next epoch tries again.
    }
  }
}

function text(owner: Owner): string {
  return `${JSON.stringify(owner)}\n`;
}

function removeIfThere(disk: Disk, file: string): void {
  try {
    disk.sync.unlink(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      throw error;
    }
  }
}
