import { execFile } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import { isAlive, startTimeOf, type ProcessStamp } from '../base/processes.ts';
import { lookAgain, processTable, type ListedProcess } from './processTable.ts';
import { pause } from './waiting.ts';

/** Waits between two looks at what still lives, in milliseconds: doubling from the first to the last. */
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 100;
/** Looks at a table in which nothing is found while programs are just being loaded. */
const MOST_LOOKS = 4;

/** How the processes of an attempt are told from all others. */
export interface AttemptTraits {
  /** The process it began with, which is also its group; `undefined`: not known. */
  readonly first: ProcessStamp | undefined;
  /** The first process is a child of this program and has not been waited for. */
  readonly isOwnChild: boolean;
  /** Variables, as `NAME=value`, that only a process of the attempt has. */
  readonly isMarked: (environment: readonly string[]) => boolean;
}

/**
 * All processes of one attempt: its first one, that one's group and session, whatever descends from
 * these, and (on Linux) whatever carries the attempt's marker. The last is how a child is found that
 * made a session of its own and whose parents are gone.
 *
 * P1. "None is left" is always the answer of a look at the whole process table, never an assumption.
 * P2. A stranger is never signalled. The group's number alone proves nothing once its first process
 *     is gone: it counts while that process runs with the recorded start time, while a member
 *     carries the marker, or while it has not been empty since one of the two was seen.
 * P3. A process that the system does not let this user signal (one started by sudo) is not waited for.
 * P4. On Windows only the first process is known; ending it ends its tree.
 */
export class AttemptProcesses {
  readonly #traits: AttemptTraits;
  #groupIsOurs: boolean;
  #firstHasExited = false;
  #known: readonly ListedProcess[] = [];
  readonly #outOfReach = new Set<number>();

  constructor(traits: AttemptTraits) {
    this.#traits = traits;
    this.#groupIsOurs = traits.isOwnChild;
  }

  /** The first process has been waited for: its number may be given to another at any time. */
  firstExited(): void {
    this.#firstHasExited = true;
  }

  /** True when none is left within `ms` milliseconds, without doing anything to them. */
  async leave(ms: number, clock: Clock): Promise<boolean> {
    const until = clock.monotonic() + ms;
    for (let wait = FIRST_LOOK_MS; (await this.#living(clock)).length > 0; wait = longer(wait)) {
      if (clock.monotonic() >= until) {
        return false;
      }
      await pause(clock, wait);
    }
    return true;
  }

  /**
   * Asks all to end, kills those that have not after `graceMs` milliseconds, and resolves with how
   * many there were once none is left. Rejects with the signal's reason when it aborts before.
   */
  async end(graceMs: number, clock: Clock, signal?: AbortSignal): Promise<number> {
    const killFrom = clock.monotonic() + graceMs;
    const asked = new Set<number>();
    for (let wait = FIRST_LOOK_MS; ; wait = longer(wait)) {
      const living = await this.#living(clock);
      if (living.length === 0) {
        return asked.size;
      }
      if (clock.monotonic() >= killFrom) {
        this.#signal(living, 'SIGKILL');
      } else {
        // Once each: some programs take a second SIGTERM for "at once, without tidying up".
        this.#signal(
          living.filter(({ pid }) => !asked.has(pid)),
          'SIGTERM',
        );
      }
      for (const { pid } of living) {
        asked.add(pid);
      }
      await pause(clock, wait, signal);
    }
  }

  async #living(clock: Clock): Promise<readonly ListedProcess[]> {
    const { first } = this.#traits;
    if (process.platform === 'win32') {
      const lives = this.#groupIsOurs && !this.#firstHasExited;
      return first !== undefined && lives && isAlive(first.pid, '') ? [lone(first)] : [];
    }
    // The whole table is read only when none of those found in it lives any more (P1).
    this.#known = this.#known.flatMap((listed) => lookAgain(listed) ?? []);
    for (let look = 1; this.#known.length === 0; look += 1) {
      const table = await processTable(first?.startedAt ?? '');
      this.#known = this.#find(table);
      if (look === MOST_LOOKS || !table.some(({ isStarting }) => isStarting)) {
        break;
      }
      await pause(clock, FIRST_LOOK_MS);
    }
    this.#known = this.#known.filter(({ pid }) => !this.#outOfReach.has(pid));
    return this.#known;
  }

  #find(table: readonly ListedProcess[]): ListedProcess[] {
    const { first, isMarked } = this.#traits;
    const isMember = ({ group, session }: ListedProcess) =>
      group === first?.pid || session === first?.pid;
    const found = new Set(table.filter((listed) => isMarked(listed.environment)));
    this.#groupIsOurs ||= (first !== undefined && isStill(first)) || [...found].some(isMember);
    if (this.#groupIsOurs) {
      const members = table.filter(isMember);
      members.forEach((member) => found.add(member));
      this.#groupIsOurs = members.length > 0;
    }
    const pids = new Set([...found].map(({ pid }) => pid));
    for (let before = -1; before < found.size;) {
      before = found.size;
      for (const listed of table) {
        if (pids.has(listed.parent)) {
          found.add(listed);
          pids.add(listed.pid);
        }
      }
    }
    return [...found];
  }

  #signal(living: readonly ListedProcess[], name: 'SIGTERM' | 'SIGKILL'): void {
    if (living.length === 0) {
      return;
    }
    const { first } = this.#traits;
    if (process.platform === 'win32') {
      // Without /f only programs with a window would hear it. How it went shows in the next look.
      execFile('taskkill', ['/pid', String(first?.pid), '/t', '/f'], () => undefined);
      return;
    }
    const isMember = ({ group }: ListedProcess) => this.#groupIsOurs && group === first?.pid;
    if (first !== undefined && living.some(isMember)) {
      // In one call, so that a member cannot start another between two of them.
      send(-first.pid, name);
    }
    for (const each of living) {
      const now = lookAgain(each);
      if (now !== undefined) {
        // Whoever is still a member has heard the request through the group; who left it a moment
        // ago may not have. The order goes to each by its own number all the same.
        const own = isMember(now) && name === 'SIGTERM' ? 0 : name;
        if (!send(each.pid, own)) {
          this.#outOfReach.add(each.pid);
        }
      }
    }
  }
}

function lone({ pid, startedAt }: ProcessStamp): ListedProcess {
  return { pid, startedAt, parent: 0, group: 0, session: 0, environment: [], isStarting: false };
}

/** True for a zombie too: until it is waited for, its number is not given to another. */
function isStill({ pid, startedAt }: ProcessStamp): boolean {
  return startedAt !== '' && startTimeOf(pid) === startedAt;
}

/** False when the system forbids it. A process that ended meanwhile shows in the next look. */
function send(target: number, name: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(target, name);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

function longer(wait: number): number {
  return Math.min(wait * 2, LAST_LOOK_MS);
}
