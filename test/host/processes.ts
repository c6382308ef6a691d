import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** Children, their children, and so on, of the process `pid`. */
export function descendantsOf(pid: number): number[] {
  const children = childrenByParent();
  const found: number[] = [];
  const visit = (parent: number): void => {
    for (const child of children.get(parent) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

/** The command line of a process, its arguments joined by spaces; empty when the process is gone. */
export function commandLineOf(pid: number): string {
  try {
    return process.platform === 'linux'
      ? fs.readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** Kills each process that is still there. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of process.platform === 'linux' ? readProc() : readPs()) {
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

/** Pairs of process and parent. Read from /proc, because a bare Debian has no `ps`. */
function* readProc(): Iterable<[number, number]> {
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) {
      continue;
    }
    try {
      // "pid (name) state parent …", where the name may hold anything.
      const stat = /\) \S (\d+)/.exec(fs.readFileSync(`/proc/${entry}/stat`, 'utf8'));
      yield [Number(entry), Number(stat?.[1])];
    } catch {
      // It ended while we were reading.
    }
  }
}

function* readPs(): Iterable<[number, number]> {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  for (const line of table.trim().split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid !== undefined && parent !== undefined) {
      yield [pid, parent];
    }
  }
}
