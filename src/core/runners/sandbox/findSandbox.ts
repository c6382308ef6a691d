import { existsSync, readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { DEFAULT_SANDBOX, type SandboxFound, type SandboxRule } from '../../domain/sandbox.ts';
import { findProgram } from '../program.ts';
import { bubblewrapEnclosure, type Bubblewrap } from './bubblewrap.ts';
import { tryToBreakOut } from './canary.ts';
import { DOCKER_VARIABLES, dockerEnclosure, findDocker, type Docker } from './docker.ts';
import type { Enclosure, ShutInPlace } from './enclosure.ts';
import type { Dependencies } from './folders.ts';
import { quickProgram } from './quickProgram.ts';
import { SANDBOX_EXEC, seatbeltEnclosure } from './seatbelt.ts';

export interface FindOptions {
  readonly clock: Clock;
  /** The host's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dependencies: Dependencies | undefined;
}

/** What a search came to: `enclosureFor` is there when something was found. */
export interface Search {
  readonly found: SandboxFound;
  readonly enclosureFor: ((rule: SandboxRule, place: ShutInPlace) => Enclosure) | undefined;
}

/**
 * Looks for what shuts a command in on this machine, and lets a command try to break out of it.
 * @param image of Docker; `undefined`: the system's own sandbox is meant
 * @param system as `process.platform` names it
 */
export async function findSandbox(
  options: FindOptions,
  image: string | undefined,
  system: string,
): Promise<Search> {
  const candidate =
    image !== undefined ? await dockerHere(options, image) : await ownSandbox(options, system);
  const { enclosureFor } = candidate;
  if (enclosureFor === undefined) {
    return candidate;
  }
  const { clock, environment } = options;
  const home = environment['HOME'];
  const temporary = environment['TMPDIR'] ?? '/tmp';
  const why = await tryToBreakOut((place) => enclosureFor(DEFAULT_SANDBOX, place), {
    clock,
    environment,
    temporary,
    home,
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  return why === undefined
    ? candidate
    : candidate.found.kind === 'bubblewrap'
      ? none(`bubblewrap does not work here: ${why}`, cureOfNamespaces())
      : none(
          `${candidate.found.kind} does not work here: ${why}`,
          'See whether the system or an administrator forbids it.',
        );
}

function none(why: string, cure: string): Search {
  return { found: { kind: 'none', why, cure }, enclosureFor: undefined };
}

async function ownSandbox(options: FindOptions, system: string): Promise<Search> {
  switch (system) {
    case 'linux':
      return await bubblewrapHere(options);
    case 'darwin':
      return await seatbeltHere(options);
    case 'win32':
      return none(
        'Windows has no sandbox for commands',
        'Open the folder in WSL, or name a Docker image under sandbox.',
      );
    default:
      return none(
        `there is no sandbox for commands on ${system}`,
        'Name a Docker image under sandbox.',
      );
  }
}

async function bubblewrapHere(options: FindOptions): Promise<Search> {
  const { clock, dependencies, environment } = options;
  const programs = await Promise.all(
    ['bwrap', 'prlimit', 'taskset', 'nice'].map((name) => programOf(name, environment)),
  );
  const [bwrap, prlimit, taskset, nice] = programs;
  if (bwrap === undefined) {
    return none('bubblewrap is not installed', `Install it: ${installing('bubblewrap')}.`);
  }
  if (prlimit === undefined || taskset === undefined || nice === undefined) {
    return none(
      'prlimit, taskset or nice is not installed',
      `Install them: ${installing('util-linux coreutils')}.`,
    );
  }
  const help = await quickProgram([bwrap, '--help'], { environment: {}, clock });
  const bubblewrap: Bubblewrap = {
    bwrap,
    prlimit,
    taskset,
    nice,
    help: help.out + help.error,
    processors: ownProcessors(),
  };
  const homes = await homesOf(environment);
  let turn = 0;
  return {
    found: { kind: 'bubblewrap' },
    enclosureFor: (rule, place) => {
      turn += 1;
      return bubblewrapEnclosure(bubblewrap, { ...place, clock, rule, homes, dependencies, turn });
    },
  };
}

async function seatbeltHere({ clock, dependencies, environment }: FindOptions): Promise<Search> {
  if (!existsSync(SANDBOX_EXEC)) {
    return none(`this macOS has no ${SANDBOX_EXEC}`, 'Name a Docker image under sandbox.');
  }
  const homes = await homesOf(environment);
  const temporary = environment['TMPDIR'] ?? '/tmp';
  return {
    found: { kind: 'seatbelt' },
    enclosureFor: (rule, place) =>
      seatbeltEnclosure({ ...place, clock, rule, homes, temporary, dependencies }),
  };
}

async function dockerHere(options: FindOptions, image: string): Promise<Search> {
  const docker = await dockerOf(options);
  if (docker === undefined) {
    return none(`Docker is not installed, and it names the image ${image}`, 'Install Docker.');
  }
  const found = await findDocker(docker, image);
  const { clock, dependencies } = options;
  return found.kind === 'none'
    ? { found, enclosureFor: undefined }
    : {
        found,
        enclosureFor: (rule, place) =>
          dockerEnclosure(docker, image, { ...place, clock, rule, dependencies }),
      };
}

/** The user's Docker, whether or not it answers. */
export async function dockerOf({
  clock,
  environment,
}: Pick<FindOptions, 'clock' | 'environment'>): Promise<Docker | undefined> {
  const program = await programOf('docker', environment);
  return program === undefined
    ? undefined
    : { program, clock, environment: variables(environment, DOCKER_VARIABLES) };
}

/** Where the search path has it, absolute. */
async function programOf(
  name: string,
  environment: FindOptions['environment'],
): Promise<string | undefined> {
  const found = await findProgram(name, '/', variables(environment, ['PATH', 'PATHEXT']));
  return found.kind === 'found' && found.leading.length === 0 ? found.file : undefined;
}

function variables(
  environment: FindOptions['environment'],
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The home folder may be reached through a link. */
async function homesOf(environment: FindOptions['environment']): Promise<string[]> {
  const home = environment['HOME'];
  if (home === undefined || home === '') {
    return [];
  }
  const real = await fs.realpath(home).catch(() => home);
  return [...new Set([home.replace(/(.)\/+$/, '$1'), real])];
}

/** Those this program may run on, from `Cpus_allowed_list: 0-3,6`. */
function ownProcessors(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(textOf('/proc/self/status'))?.[1] ?? '0';
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function installing(what: string): string {
  const system = textOf('/etc/os-release');
  return /^ID(?:_LIKE)?=.*(?:fedora|rhel|centos)/m.test(system)
    ? `sudo dnf install ${what}`
    : /^ID(?:_LIKE)?=.*arch/m.test(system)
      ? `sudo pacman -S ${what}`
      : /^ID=.*alpine/m.test(system)
        ? `apk add ${what.replace('util-linux', 'util-linux-misc')}`
        : /^ID(?:_LIKE)?=.*suse/m.test(system)
          ? `sudo zypper install ${what}`
          : `sudo apt install ${what}`;
}

/** What keeps bubblewrap from making namespaces, and what to do about it. */
function cureOfNamespaces(): string {
  if (textOf('/proc/sys/kernel/apparmor_restrict_unprivileged_userns').trim() === '1') {
    return (
      'AppArmor forbids user namespaces here, as Ubuntu has it since 23.10. Allow them to bubblewrap: ' +
      'sudo apt install apparmor-profiles, ' +
      'sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/, ' +
      'sudo systemctl reload apparmor.'
    );
  }
  if (
    textOf('/proc/sys/kernel/unprivileged_userns_clone').trim() === '0' ||
    textOf('/proc/sys/user/max_user_namespaces').trim() === '0'
  ) {
    return (
      'The system forbids user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1 ' +
      'user.max_user_namespaces=15000.'
    );
  }
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv')
    ? 'This is a container that may not make namespaces: start it with --security-opt seccomp=unconfined ' +
        '--security-opt systempaths=unconfined, or do without a sandbox, since it is one itself.'
    : 'Try `bwrap --unshare-all --ro-bind / / true` in a terminal.';
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
