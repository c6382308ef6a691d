import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { workspaceFailure, type Failure } from '../../domain/failure.ts';
import type { SandboxRule } from '../../domain/sandbox.ts';
import { findProgram, notFound } from '../program.ts';
import type { Enclosure, ShutInPlace } from './enclosure.ts';
import { foldersBefore, type Dependencies } from './folders.ts';
import type { ProcessUse } from './processUse.ts';
import { amountsOf } from './sandboxText.ts';
import { isTooMuch, isWithin, neededBy } from './view.ts';
import { limitFailure, SandboxWatch, type ProcessLooks } from './watch.ts';

export const SANDBOX_EXEC = '/usr/bin/sandbox-exec';
/** A look starts a program, so there are fewer than on Linux. */
const LOOK_MS = 500;
/** In which `ulimit -f` counts. */
const BLOCK_BYTES = 512;

/** Where macOS and its package managers keep programs and their libraries. */
const SYSTEM = [
  '/Applications/Xcode.app/Contents/Developer',
  '/Library/Developer',
  '/Library/Frameworks',
  '/Library/Java',
  '/Library/Ruby',
  '/System',
  '/bin',
  '/nix/store',
  '/opt/homebrew',
  '/opt/local',
  '/private/etc/hosts',
  '/private/etc/localtime',
  '/private/etc/passwd',
  '/private/etc/group',
  '/private/etc/services',
  '/private/etc/protocols',
  '/private/etc/shells',
  '/private/etc/ssl/cert.pem',
  '/private/etc/ssl/certs',
  '/private/etc/ssl/openssl.cnf',
  '/private/var/db/dyld',
  '/private/var/db/timezone',
  '/private/var/db/xcode_select_link',
  '/private/var/select',
  '/sbin',
  '/usr',
];

/** Services that libraries of the system ask for names of users, time and text; none of them has a network. */
const SERVICES = [
  'com.apple.bsd.dirhelper',
  'com.apple.logd',
  'com.apple.system.logger',
  'com.apple.system.notification_center',
  'com.apple.system.opendirectoryd.libinfo',
  'com.apple.system.opendirectoryd.membership',
];

export interface SeatbeltPlace extends ShutInPlace {
  readonly clock: Clock;
  readonly rule: SandboxRule;
  /** The user's home folder by each of its names, absolute. */
  readonly homes: readonly string[];
  /** Absolute: where folders for temporary files are made. */
  readonly temporary: string;
  readonly dependencies: Dependencies | undefined;
}

/**
 * macOS. The system's own sandbox, with a profile that forbids all it does not name.
 *
 * M1. Guaranteed by the kernel: no network, no writing outside, no reading outside, no signals to processes outside,
 *     the size of one file. Names and sizes of files outside can be told, not what is in them.
 * M2. By looking twice a second, so passed by what is taken in that time: memory, processes, the sum of files.
 * M3. Not held at all: the processors. A process that made a session of its own and lost its parents is not found.
 */
export function seatbeltEnclosure(place: SeatbeltPlace): Enclosure {
  const { rule, clock, folder, scratch, homes } = place;
  return {
    kind: 'seatbelt',
    rule,
    held: amountsOf(rule, { cpus: undefined, memory: true }),
    shutIn: async (command, environment) => {
      const found = await findProgram(command[0], folder, environment);
      if (found.kind !== 'found') {
        return err(notFound(command[0], found));
      }
      const temporary = await temporaryFolder(place.temporary);
      if (!temporary.ok) {
        return temporary;
      }
      const own = [folder, scratch, temporary.value] as const;
      const remove = () => fs.rm(temporary.value, { recursive: true, force: true, maxRetries: 5 });
      const before = await foldersBefore(
        { folders: own, clock, most: rule.diskBytes, nameless: () => 0 },
        place.dependencies,
      );
      if (!before.ok) {
        await remove();
        return before;
      }
      const { disk, linked } = before.value;
      const readable = [...SYSTEM, ...linked];
      const isOutside = (at: string) => !own.some((outer) => isWithin(at, outer));
      const entries = (environment['PATH'] ?? '')
        .split(path.delimiter)
        .filter((entry) => path.isAbsolute(entry));
      for (const entry of entries.filter(isOutside)) {
        readable.push(...(await neededBy(entry, homes)));
      }
      if (isOutside(found.file)) {
        readable.push(found.file, await fs.realpath(found.file));
      }
      const real = await Promise.all(own.map((at) => fs.realpath(at)));
      const blocks = Math.ceil(rule.diskBytes / BLOCK_BYTES);
      return ok({
        argv: [
          ...[SANDBOX_EXEC, '-p', profileOf([...own, ...real], readable, homes)],
          ...['/bin/sh', '-c', `ulimit -c 0; ulimit -f ${blocks}; exec "$@"`, 'sh'],
          ...[found.file, ...found.leading, ...command.slice(1)],
        ] as readonly string[] as readonly [string, ...string[]],
        folder,
        environment: { ...environment, HOME: temporary.value, TMPDIR: temporary.value },
        handed: undefined,
        watch: (pid, reached) => {
          const looks: ProcessLooks = {
            everyMs: LOOK_MS,
            rough: async () => useOf(pid, await processLines()),
            exactMemory: async () => useOf(pid, await processLines()).memoryBytes,
          };
          return new SandboxWatch(place, looks, disk, reached);
        },
        endAll: () => Promise.resolve(),
        end: async () => {
          const isOver = await disk.isOverNow();
          await remove();
          return isOver ? limitFailure('disk', rule) : undefined;
        },
      });
    },
  };
}

async function temporaryFolder(inside: string): Promise<Result<string, Failure>> {
  try {
    return ok(await fs.mkdtemp(path.join(await fs.realpath(inside), 'sluice-')));
  } catch (error) {
    return err(workspaceFailure(error));
  }
}

/** What the system's sandbox reads: the last rule that fits decides, and the first is that nothing is allowed. */
export function profileOf(
  writable: readonly string[],
  readable: readonly string[],
  homes: readonly string[],
): string {
  const subpaths = (folders: readonly string[]) =>
    [...new Set(folders)].map((at) => `(subpath ${quoted(at)})`).join(' ');
  const shown = readable.filter((at) => !isTooMuch(at, homes));
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-exec process-fork)',
    '(allow process-info* (target same-sandbox))',
    '(allow signal (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow ipc-posix-sem)',
    '(allow mach-priv-task-port (target same-sandbox))',
    `(allow mach-lookup ${SERVICES.map((name) => `(global-name "${name}")`).join(' ')})`,
    // Every path is found through the folders above it.
    '(allow file-read-metadata)',
    '(allow file-read* (literal "/"))',
    `(allow file-read* ${subpaths(shown)})`,
    '(allow file-read* file-write-data (literal "/dev/null") (literal "/dev/zero"))',
    '(allow file-read* (literal "/dev/random") (literal "/dev/urandom") (subpath "/dev/fd"))',
    '(allow file-ioctl (literal "/dev/null") (literal "/dev/dtracehelper"))',
    `(allow file-read* file-write* ${subpaths(writable)})`,
    '(deny network*)',
  ].join('\n');
}

/** A string as the profile's language writes it. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly memoryBytes: number;
}

async function processLines(): Promise<readonly ProcessLine[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,rss='], {
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0, group = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, group, memoryBytes: kilobytes * 1024 };
    });
}

/** Of a process, its group and all that descends from them. */
export function useOf(first: number, lines: readonly ProcessLine[]): ProcessUse {
  const own = new Set([first]);
  for (let before = 0; before < own.size;) {
    before = own.size;
    for (const { pid, parent, group } of lines) {
      if (own.has(parent) || group === first) {
        own.add(pid);
      }
    }
  }
  const listed = lines.filter(({ pid }) => own.has(pid));
  return {
    tasks: listed.length,
    memoryBytes: listed.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}
