import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { isAlive, type ProcessStamp } from '../../base/processes.ts';
import { err, ok } from '../../base/result.ts';
import type { SandboxRule } from '../../domain/sandbox.ts';
import { findProgram, notFound } from '../program.ts';
import { foldersBefore, type Dependencies } from './folders.ts';
import { pause } from '../waiting.ts';
import { MOST_PROCESSES, type Enclosure, type ShutInPlace } from './enclosure.ts';
import { exactMemory, namelessBytes, firstProcess, roughUse } from './processUse.ts';
import { seccompFilter } from './seccomp.ts';
import { amountsOf } from './sandboxText.ts';
import { viewOf, isWithin, type Shown } from './view.ts';
import { limitFailure, SandboxWatch, type ProcessLooks } from './watch.ts';

/** The home folder and the place for temporary files in there; nothing of either is left afterwards. */
const HOME = '/tmp/home';
const TEMPORARY = '/tmp';
const SHARED_MEMORY = '/dev/shm';
const IN_MEMORY = [TEMPORARY, SHARED_MEMORY];
/** Their size, as parts of the memory. */
const TEMPORARY_SHARE = 2;
const SHARED_MEMORY_SHARE = 4;
/**
 * One process may take this much more than all may together: so that it is the look at all that ends the attempt,
 * and says why, and not a failing allocation in the middle of nowhere.
 */
const ONE_PROCESS_FACTOR = 1.25;
/** The kernel's own limit is above the one that is looked for, for the same reason. */
const SPARE_PROCESSES = 100;
const LOOK_MS = 100;
/** From one look whether all have ended to the next, in milliseconds. */
const END_MS = 10;
/**
 * What of the kernel root may set through `/proc`, whatever its namespaces: bubblewrap covers it only from those who
 * have the privilege over it, and root does without. A file that shows secrets of the kernel is shown empty.
 */
const KERNEL_SETTINGS = ['/proc/sys', '/proc/sysrq-trigger', '/proc/irq', '/proc/bus', '/proc/fs'];
const KERNEL_SECRETS = ['/proc/kcore', '/proc/keys', '/proc/key-users', '/proc/kallsyms'];
/**
 * The command stands back behind everything else of the user's, and above all behind the process that ends it: among
 * a thousand others on one processor that one would wait for its turn for many seconds.
 */
const NICENESS = 10;
/** Descriptor of the filter in the started program. */
const FILTER_DESCRIPTOR = 3;

/** What bubblewrap of this machine consists of. Programs are absolute. */
export interface Bubblewrap {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly taskset: string;
  readonly nice: string;
  /** The options it says that it has. */
  readonly help: string;
  /** As `/proc/self/status` has it. */
  readonly processors: readonly number[];
}

export interface BubblewrapPlace extends ShutInPlace {
  readonly clock: Clock;
  readonly rule: SandboxRule;
  /** The user's home folder by each of its names, absolute. */
  readonly homes: readonly string[];
  readonly dependencies: Dependencies | undefined;
  /** Counts up, so that sandboxes do not all get the same processor. */
  readonly turn: number;
}

/**
 * Linux. The command gets namespaces of its own for everything the kernel has them for, so it has no network, sees no
 * process and no file but those it is shown, and dies with the first of its processes, which dies with ours.
 *
 * B1. What is not named is not there: the root is an empty file system in memory that cannot be written.
 * B2. It has no privilege and cannot get any: none are left, no new ones are given, and there is no further namespace.
 * B3. Guaranteed by the kernel: network, files, processes outside, its end, the size of one file and of `/tmp`, the
 *     memory of one process, the processors (where the filter is known), and the number of processes (but for root,
 *     and for kernels before 5.14). By looking every 100 ms, so passed by what is taken in that time: the memory of
 *     all processes together, and the sum of files.
 */
export function bubblewrapEnclosure(bubblewrap: Bubblewrap, place: BubblewrapPlace): Enclosure {
  const { rule, clock, folder, scratch } = place;
  const filter = seccompFilter(process.arch);
  return {
    kind: 'bubblewrap',
    rule,
    held: amountsOf(rule, {
      cpus: filter === undefined ? undefined : processorCount(bubblewrap, rule),
      memory: true,
    }),
    shutIn: async (command, environment) => {
      const found = await findProgram(command[0], folder, environment);
      if (found.kind !== 'found') {
        return err(notFound(command[0], found));
      }
      let first: ProcessStamp | undefined;
      const rootOf = () => first && `/proc/${first.pid}/root`;
      const folders = [folder, scratch] as const;
      const nameless = (device: number) => {
        const root = rootOf();
        return root === undefined ? 0 : namelessBytes(root, device);
      };
      const before = await foldersBefore(
        { folders, clock, most: rule.diskBytes, nameless },
        place.dependencies,
      );
      if (!before.ok) {
        return before;
      }
      const { disk, linked } = before.value;
      const isOutside = (at: string) => !folders.some((own) => isWithin(at, own));
      const shown = await viewOf({
        homes: place.homes,
        searchPath: (environment['PATH'] ?? '')
          .split(path.delimiter)
          .filter((entry) => path.isAbsolute(entry) && isOutside(entry)),
        programs: [bubblewrap.nice, bubblewrap.prlimit, ...[found.file].filter(isOutside)],
        linked,
      });
      const inside = [found.file, ...found.leading, ...command.slice(1)];
      return ok({
        argv: [
          ...processorsOf(bubblewrap, place),
          bubblewrap.bwrap,
          ...optionsOf(bubblewrap, place, shown, filter !== undefined),
          '--',
          ...[bubblewrap.nice, '-n', String(NICENESS)],
          ...limitsOf(bubblewrap, rule),
          ...inside,
        ] as readonly string[] as readonly [string, ...string[]],
        folder,
        environment: { ...environment, HOME, TMPDIR: TEMPORARY },
        handed: filter,
        watch: (monitor, reached) => {
          const looks: ProcessLooks = {
            everyMs: LOOK_MS,
            rough: () => {
              first ??= firstProcess(monitor);
              const root = rootOf();
              return Promise.resolve(root === undefined ? undefined : roughUse(root, IN_MEMORY));
            },
            exactMemory: async () => {
              const root = rootOf();
              return root === undefined ? 0 : await exactMemory(root, IN_MEMORY, rule.memoryBytes);
            },
          };
          return new SandboxWatch(place, looks, disk, reached);
        },
        endAll: async () => {
          if (first !== undefined) {
            await endFirst(first, clock);
          }
        },
        end: async () => ((await disk.isOverNow()) ? limitFailure('disk', rule) : undefined),
      });
    },
  };
}

/** The processors are told first: the filter forbids to take others. */
function processorsOf(bubblewrap: Bubblewrap, { rule, turn }: BubblewrapPlace): string[] {
  const { taskset, processors } = bubblewrap;
  const length = processorCount(bubblewrap, rule);
  const chosen = Array.from(
    { length },
    (_, index) => processors[(turn + index) % processors.length],
  );
  return [taskset, '-c', chosen.join(',')];
}

/** Whole ones: a part of one nobody here can be held to. */
function processorCount({ processors }: Bubblewrap, { cpus }: SandboxRule): number {
  return Math.min(Math.max(1, Math.ceil(cpus)), processors.length);
}

function optionsOf(
  { help }: Bubblewrap,
  { rule, folder, scratch }: BubblewrapPlace,
  shown: readonly Shown[],
  isFiltered: boolean,
): string[] {
  // Version 0.7 brought it. Without, the system's own limit holds, and the looks at the memory.
  const sized = (share: number) =>
    help.includes('--size') ? ['--size', String(Math.ceil(rule.memoryBytes / share))] : [];
  return [
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL'],
    // Version 0.8 brought it; the filter forbids the same.
    ...(help.includes('--disable-userns') ? ['--disable-userns'] : []),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...KERNEL_SETTINGS.flatMap((at) => ['--ro-bind-try', at, at]),
    ...KERNEL_SECRETS.filter((at) => existsSync(at)).flatMap((at) => [
      '--ro-bind',
      '/dev/null',
      at,
    ]),
    ...[...sized(SHARED_MEMORY_SHARE), '--tmpfs', SHARED_MEMORY, '--remount-ro', '/dev'],
    ...[...sized(TEMPORARY_SHARE), '--tmpfs', TEMPORARY, '--dir', HOME],
    ...shown.flatMap((one) =>
      one.kind === 'link'
        ? ['--symlink', one.target, one.path]
        : // It may go away meanwhile.
          ['--ro-bind-try', one.path, one.path],
    ),
    ...[folder, scratch].flatMap((own) => ['--bind', own, own]),
    ...['--remount-ro', '/', '--chdir', folder],
    ...(isFiltered ? ['--seccomp', String(FILTER_DESCRIPTOR)] : []),
  ];
}

/**
 * Set inside: there the kernel counts the sandbox's processes alone. What counts as memory is what a process can
 * write, not what it has reserved: of that, some runtimes take a thousand times what they need.
 */
function limitsOf({ prlimit }: Bubblewrap, rule: SandboxRule): string[] {
  const memory = Math.ceil(rule.memoryBytes * ONE_PROCESS_FACTOR);
  const most = MOST_PROCESSES + SPARE_PROCESSES;
  return [
    prlimit,
    `--data=${memory}:${memory}`,
    `--fsize=${rule.diskBytes}:${rule.diskBytes}`,
    '--core=0:0',
    ...(countsBySandbox(os.release()) ? [`--nproc=${most}:${most}`] : []),
    '--',
  ];
}

/** The kernel ends all others of a namespace before its first process is gone. */
async function endFirst({ pid, startedAt }: ProcessStamp, clock: Clock): Promise<void> {
  while (isAlive(pid, startedAt)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
    await pause(clock, END_MS);
  }
}

/** Older kernels count all processes of the user, of whom the desktop alone may have more. */
function countsBySandbox(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}
