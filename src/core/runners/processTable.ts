import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { bootId, isAlive, isDead, statOf } from '../base/processes.ts';

/** One process of the machine that has not ended. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** 0 where the system does not tell. */
  readonly session: number;
  /** As `startTimeOf` gives it. */
  readonly startedAt: string;
  /** Its variables as `NAME=value`; none where they cannot be read, or when it is older than was asked for. */
  readonly environment: readonly string[];
  /** Its program is just being loaded, so that its variables cannot be read yet. */
  readonly isStarting: boolean;
}

/**
 * Every process of the machine but zombies and this one.
 * @param since as `startTimeOf` gives it, or empty; the variables of older processes are not asked for
 */
export async function processTable(since: string): Promise<readonly ListedProcess[]> {
  return process.platform === 'linux' ? linuxTable(since) : await psTable();
}

/** The same process as it is now, which may have moved to another group; `undefined` when it has ended. */
export function lookAgain(listed: ListedProcess): ListedProcess | undefined {
  if (!isAlive(listed.pid, listed.startedAt)) {
    return undefined;
  }
  const stat = process.platform === 'linux' ? statOf(listed.pid) : undefined;
  return stat === undefined ? listed : { ...listed, group: stat.group, session: stat.session };
}

// Read synchronously: a thousand of these files take a few milliseconds, and nothing is gained by
// letting processes move on between the first and the last.
function linuxTable(since: string): ListedProcess[] {
  const boot = bootId();
  const sinceTicks = Number(since.slice(since.indexOf('/') + 1));
  const found: ListedProcess[] = [];
  const seen = new Set<number>([process.pid]);
  // A process may start another and end before its own entry is read. The other was then there
  // before that, so a list without a new name proves that none was missed.
  for (let fresh = pidsBut(seen); fresh.length > 0; fresh = pidsBut(seen)) {
    for (const pid of fresh) {
      seen.add(pid);
      const stat = statOf(pid);
      if (stat !== undefined && !isDead(stat)) {
        const { parent, group, session, startTicks } = stat;
        const environment = startTicks < sinceTicks ? [] : environmentOf(pid);
        const isStarting = environment === '' && parent !== KERNEL_THREADS;
        found.push({
          pid,
          parent,
          group,
          session,
          startedAt: `${boot}/${startTicks}`,
          environment: environment === '' ? [] : environment,
          isStarting,
        });
      }
    }
  }
  return found;
}

/** Parent of all threads of the kernel; these never have variables. */
const KERNEL_THREADS = 2;

function pidsBut(seen: ReadonlySet<number>): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && !seen.has(pid));
}

/** `''`: it has none, or none yet. */
function environmentOf(pid: number): readonly string[] | '' {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return environment === '' ? '' : environment.split('\0');
  } catch {
    // Another user's, or gone meanwhile.
    return [];
  }
}

/** The same from `ps`, as macOS and the BSDs have it; they do not tell environments or sessions. */
export async function psTable(): Promise<ListedProcess[]> {
  const { stdout } = await promisify(execFile)(
    'ps',
    ['-axo', 'pid=,ppid=,pgid=,state=,lstart='],
    // The date's form follows the language and the time zone; it must be that of `startTimeOf`.
    { env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' }, maxBuffer: 16 * 1024 * 1024 },
  );
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') || Number(pid) === process.pid
      ? []
      : [
          {
            pid: Number(pid),
            parent: Number(parent),
            group: Number(group),
            session: 0,
            startedAt: started.join(' '),
            environment: [],
            isStarting: false,
          },
        ];
  });
}
