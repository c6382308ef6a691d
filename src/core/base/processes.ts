import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessStamp {
  readonly pid: number;
  /** As `startTimeOf` gives it. */
  readonly startedAt: string;
}

/** What Linux tells of a process in `/proc/<pid>/stat`. */
export interface ProcessStat {
  /** One letter; see `isDead`. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks between the boot and the start of the process. */
  readonly startTicks: number;
}

export function ownProcess(): ProcessStamp {
  return { pid: process.pid, startedAt: startTimeOf(process.pid) };
}

/**
 * When the system says the process started, in a form only good for comparing: boot and tick on
 * Linux, date and time elsewhere. Empty when there is no such process, and always on Windows.
 */
export function startTimeOf(pid: number): string {
  switch (process.platform) {
    case 'linux': {
      const stat = statOf(pid);
      // Ticks count from the boot, so a process of another boot may have the same number of them.
      return stat === undefined ? '' : `${bootId()}/${stat.startTicks}`;
    }
    case 'win32':
      return '';
    default:
      return listed(pid)?.startedAt ?? '';
  }
}

/**
 * True while the process runs; a zombie does not. With an empty `startedAt` its number alone
 * decides, so a stranger that was given the number is taken for it.
 */
export function isAlive(pid: number, startedAt: string): boolean {
  switch (process.platform) {
    case 'linux': {
      const stat = statOf(pid);
      return (
        stat !== undefined &&
        !isDead(stat) &&
        (startedAt === '' || startedAt === `${bootId()}/${stat.startTicks}`)
      );
    }
    case 'win32':
      return acceptsSignals(pid);
    default: {
      const found = listed(pid);
      return (
        found !== undefined &&
        !found.state.startsWith('Z') &&
        (startedAt === '' || startedAt === found.startedAt)
      );
    }
  }
}

/** Differs after every boot of the machine; empty where the system has no such thing. */
export function bootId(): string {
  try {
    switch (process.platform) {
      case 'linux':
        return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      case 'darwin':
        return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], QUIET).trim();
      default:
        return '';
    }
  } catch {
    return '';
  }
}

/** Linux only. `undefined` when there is no such process. */
export function statOf(pid: number): ProcessStat | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}

/** True for a zombie: it has ended and only waits for its parent to ask how. */
export function isDead(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X' || stat.state === 'x';
}

const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
};

/** What `ps` of macOS and the BSDs says of one process. */
function listed(pid: number): { readonly state: string; readonly startedAt: string } | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      ...QUIET,
      // The date's form follows the language and the time zone, which may differ between two readers.
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
    }).trim();
    const space = line.indexOf(' ');
    return space < 0
      ? undefined
      : { state: line.slice(0, space), startedAt: line.slice(space).trim().replace(/\s+/g, ' ') };
  } catch {
    return undefined;
  }
}

function acceptsSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process: it is there, and not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
