import {
  opendirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  statfsSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { startTimeOf, statOf, type ProcessStamp } from '../../base/processes.ts';
import { bytesOf } from './diskUse.ts';
import { MOST_PROCESSES } from './enclosure.ts';

/** What the processes of a sandbox take. */
export interface ProcessUse {
  /** Processes and their threads. */
  readonly tasks: number;
  readonly memoryBytes: number;
}

/** An inode of a file system in memory, at least, in bytes. */
const INODE_BYTES = 1024;

/**
 * The first process in a sandbox, whose `/proc/<pid>/root/proc` shows the processes of the sandbox and no others, as seen
 * from outside: what is in there can neither hide from it nor change it. `undefined`: the sandbox is not made yet, or is
 * gone.
 * @param monitor the bubblewrap process that was started
 */
export function firstProcess(monitor: number): ProcessStamp | undefined {
  for (const pid of childrenOf(monitor)) {
    const startedAt = startTimeOf(pid);
    const own = `/proc/${pid}/root/proc`;
    try {
      // Until it has its own it is still the machine's, in which the reader finds itself.
      readlinkSync(`${own}/self`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && isThere(`${own}/1`)) {
        return { pid, startedAt };
      }
    }
  }
  return undefined;
}

/**
 * What processes hold in memory, and files in the sandbox's own file systems there. Pages that processes share are
 * counted for each, so it may be too much, never too little; `exactMemory` is slower and fair. Where there are more
 * processes than allowed, nothing else is looked at.
 */
export function roughUse(root: string, memoryFolders: readonly string[]): ProcessUse {
  const pids = processesIn(root);
  if (pids.length > MOST_PROCESSES) {
    return { tasks: pids.length, memoryBytes: 0 };
  }
  let tasks = 0;
  let memoryBytes = heldIn(root, memoryFolders);
  for (const pid of pids) {
    const status = read(`${root}/proc/${pid}/status`);
    tasks += numberIn(status, /^Threads:\s*(\d+)/m);
    for (const field of [/^RssAnon:\s*(\d+)/m, /^RssShmem:\s*(\d+)/m, /^VmSwap:\s*(\d+)/m]) {
      memoryBytes += numberIn(status, field) * 1024;
    }
  }
  return { tasks, memoryBytes };
}

/**
 * The same memory, each shared page counted once, where the system tells. A process that is just being forked keeps the
 * reader waiting, and on a crowded processor for seconds: so one after the other, and not on the program's own thread.
 * @param enough bytes from which on it does not matter how many more there are
 */
export async function exactMemory(
  root: string,
  memoryFolders: readonly string[],
  enough: number,
): Promise<number> {
  let sum = heldIn(root, memoryFolders);
  for (const pid of processesIn(root)) {
    if (sum > enough) {
      break;
    }
    const smaps = await readFile(`${root}/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '');
    const status = smaps === '' ? read(`${root}/proc/${pid}/status`) : '';
    const kilobytes =
      smaps === ''
        ? numberIn(status, /^VmRSS:\s*(\d+)/m)
        : /^Pss_Anon:/m.test(smaps)
          ? numberIn(smaps, /^Pss_Anon:\s*(\d+)/m) + numberIn(smaps, /^Pss_Shmem:\s*(\d+)/m)
          : numberIn(smaps, /^Pss:\s*(\d+)/m);
    sum += (kilobytes + numberIn(smaps, /^SwapPss:\s*(\d+)/m)) * 1024;
  }
  return sum;
}

/** Bytes on one device of files that have no name any more and are still open: no look at folders shows them. */
export function namelessBytes(root: string, device: number): number {
  const seen = new Map<number, number>();
  for (const pid of processesIn(root)) {
    for (const descriptor of namesIn(`${root}/proc/${pid}/fd`)) {
      try {
        const status = statSync(`${root}/proc/${pid}/fd/${descriptor}`);
        if (status.isFile() && status.nlink === 0 && status.dev === device) {
          seen.set(status.ino, bytesOf(status));
        }
      } catch {
        // Closed, or ended, meanwhile.
      }
    }
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function heldIn(root: string, folders: readonly string[]): number {
  let sum = 0;
  for (const folder of folders) {
    try {
      const { blocks, bfree, bsize, files, ffree } = statfsSync(root + folder);
      sum += (blocks - bfree) * bsize + (files - ffree) * INODE_BYTES;
    } catch {
      // The sandbox is gone.
    }
  }
  return sum;
}

/**
 * At most a few more than a sandbox may have. Whoever reads the list to its end while it grows may never come to it:
 * what is new stands behind what was read.
 */
function processesIn(root: string): string[] {
  const found: string[] = [];
  try {
    const folder = opendirSync(`${root}/proc`);
    try {
      for (
        let entry = folder.readSync();
        entry !== null && found.length <= MOST_PROCESSES;
        entry = folder.readSync()
      ) {
        if (/^\d+$/.test(entry.name)) {
          found.push(entry.name);
        }
      }
    } finally {
      folder.closeSync();
    }
  } catch {
    // The sandbox is gone.
  }
  return found;
}

function childrenOf(pid: number): readonly number[] {
  const line = read(`/proc/${pid}/task/${pid}/children`);
  return line === '' && !isThere(`/proc/${pid}/task/${pid}/children`)
    ? // A kernel that was built without the list.
      namesIn('/proc')
        .map(Number)
        .filter((other) => Number.isInteger(other) && statOf(other)?.parent === pid)
    : line.split(' ').filter(Boolean).map(Number);
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
