import type { Clock } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Failure } from '../../domain/failure.ts';
import type { SandboxFound, SandboxRule } from '../../domain/sandbox.ts';
import { foldersBefore, type Dependencies } from './folders.ts';
import { MOST_PROCESSES, type Enclosure, type ShutInPlace } from './enclosure.ts';
import { quickProgram } from './quickProgram.ts';
import { amountsOf } from './sandboxText.ts';
import { limitFailure, SandboxWatch } from './watch.ts';

/** The user's Docker. */
export interface Docker {
  /** Absolute. */
  readonly program: string;
  /** Variables the client is reached with: the host's, as the user has set them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

export interface DockerPlace extends ShutInPlace {
  readonly clock: Clock;
  readonly rule: SandboxRule;
  readonly dependencies: Dependencies | undefined;
}

/** Variables that tell the client where Docker is. They do not reach the container. */
export const DOCKER_VARIABLES = [
  'HOME',
  'PATH',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'DOCKER_API_VERSION',
  'SSH_AUTH_SOCK',
  'XDG_RUNTIME_DIR',
  'SYSTEMROOT',
  'USERPROFILE',
];

/** The host's own, of what a command is told: inside they mean other places, or nothing. */
const LEFT_OUT: ReadonlySet<string> = new Set([...DOCKER_VARIABLES, 'TMPDIR', 'USER', 'LOGNAME']);

/** The whole of `SLUICE_ATTEMPT`; and the attempt's scratch folder, which no other repository has. */
const ATTEMPT_LABEL = 'sluice.attempt';
const SCRATCH_LABEL = 'sluice.scratch';
const TEMPORARY = '/tmp';
/** Their size, as parts of the memory. */
const TEMPORARY_SHARE = 2;
const SHARED_MEMORY_SHARE = 4;
/** Ends a container that is given up, in milliseconds. */
const REMOVE_MS = 60_000;

/** Whether Docker answers and has the image. Nothing is fetched: that needs the network, and the user's word. */
export async function findDocker(docker: Docker, image: string): Promise<SandboxFound> {
  const version = await quickProgram(
    [docker.program, 'version', '--format', '{{.Server.Version}}'],
    docker,
  );
  if (version.code !== 0) {
    return {
      kind: 'none',
      why: `Docker does not answer: ${lastLine(version.error)}`,
      cure: 'Start Docker.',
    };
  }
  const inspected = await quickProgram(
    [docker.program, 'image', 'inspect', '--format', '{{.Id}}', image],
    docker,
  );
  return inspected.code === 0
    ? { kind: 'docker' }
    : {
        kind: 'none',
        why: `Docker does not have the image ${image}`,
        cure: `Fetch it with \`docker pull ${image}\`.`,
      };
}

/**
 * A container of the image the rule names. The command is one of the image's; the copy and the scratch folder stand in
 * it where they stand outside.
 *
 * K1. Its name follows from the attempt's marker, so it can be removed by whoever knows that, in whatever state.
 * K2. Docker guarantees network, CPU, memory, processes and the size of one file; the sum of files is looked at.
 */
export function dockerEnclosure(docker: Docker, image: string, place: DockerPlace): Enclosure {
  const { rule, clock, folder, scratch } = place;
  return {
    kind: 'docker',
    rule,
    held: amountsOf(rule, { cpus: rule.cpus, memory: true }),
    shutIn: async (command, environment, marker) => {
      const before = await foldersBefore(
        { folders: [folder, scratch], clock, most: rule.diskBytes, nameless: () => 0 },
        place.dependencies,
      );
      if (!before.ok) {
        return before;
      }
      const { disk, linked } = before.value;
      const name = containerName(marker);
      const inside = variablesInside(environment);
      return ok({
        argv: [
          docker.program,
          ...optionsOf({ ...place, linked, name, marker }),
          ...Object.keys(inside).flatMap((variable) => ['--env', variable]),
          ...['--env', `HOME=${TEMPORARY}`, '--env', `TMPDIR=${TEMPORARY}`],
          ...['--entrypoint', command[0], image, ...command.slice(1)],
        ] as readonly [string, ...string[]],
        folder,
        // The client takes the values from its own variables, so that none stands in a list of processes.
        environment: { ...inside, ...docker.environment },
        handed: undefined,
        watch: (_, reached) => new SandboxWatch(place, undefined, disk, reached),
        endAll: () => Promise.resolve(),
        end: async () => {
          const removed = await removeContainer(docker, name);
          return removed.ok
            ? (await disk.isOverNow())
              ? limitFailure('disk', rule)
              : undefined
            : removed.error;
        },
      });
    },
  };
}

/**
 * Removes the containers of an attempt whose driver died, and resolves with how many there were.
 * @param attempt `<run>:<task>.<attempt>` @param copies absolute: the folder of the repository's workspace copies
 */
export async function removeOrphans(
  docker: Docker,
  attempt: string,
  copies: string,
): Promise<number> {
  const listed = await quickProgram(
    [
      ...[docker.program, 'ps', '--all', '--filter', `label=${ATTEMPT_LABEL}`],
      ...['--format', `{{.Names}}\t{{.Label "${ATTEMPT_LABEL}"}}\t{{.Label "${SCRATCH_LABEL}"}}`],
    ] as readonly string[] as readonly [string, ...string[]],
    docker,
  );
  const names = listed.out.split('\n').flatMap((line) => {
    const [name = '', marker = '', scratch = ''] = line.split('\t');
    return marker.startsWith(`${attempt}:`) && scratch.startsWith(`${copies}/`) ? [name] : [];
  });
  for (const name of names) {
    await removeContainer(docker, name);
  }
  return names.length;
}

/** The marker holds characters that a name must not. */
export function containerName(marker: string): string {
  return `sluice-${digestOf(marker).slice(0, 32)}`;
}

/** One that is not there any more is well removed. */
async function removeContainer(docker: Docker, name: string): Promise<Result<void, Failure>> {
  const { code, error } = await quickProgram([docker.program, 'rm', '--force', '--volumes', name], {
    ...docker,
    timeoutMs: REMOVE_MS,
  });
  return code === 0 || /no such container/i.test(error)
    ? ok(undefined)
    : err({
        reason: 'spawn-failed',
        command: 'docker rm',
        message: `the container ${name} may still be there: ${lastLine(error)}`,
      });
}

function optionsOf({
  rule,
  folder,
  scratch,
  linked,
  name,
  marker,
}: DockerPlace & { linked: readonly string[]; name: string; marker: string }): string[] {
  const { uid, gid } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const share = (part: number) => Math.ceil(rule.memoryBytes / part);
  return [
    ...['run', '--rm', '--interactive', '--init', '--pull', 'never', '--log-driver', 'none'],
    ...['--name', name, '--label', `${ATTEMPT_LABEL}=${marker}`],
    ...['--label', `${SCRATCH_LABEL}=${scratch}`],
    ...['--network', 'none', '--cpus', String(rule.cpus)],
    // Without room to swap, the memory is all there is.
    ...['--memory', String(rule.memoryBytes), '--memory-swap', String(rule.memoryBytes)],
    ...['--pids-limit', String(MOST_PROCESSES), '--ulimit', `fsize=${rule.diskBytes}`],
    ...['--ulimit', 'core=0', '--read-only', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--ipc', 'private'],
    ...['--tmpfs', `${TEMPORARY}:rw,nosuid,nodev,mode=1777,size=${share(TEMPORARY_SHARE)}`],
    ...['--shm-size', String(share(SHARED_MEMORY_SHARE))],
    ...(uid === undefined || gid === undefined ? [] : ['--user', `${uid}:${gid}`]),
    ...linked.flatMap((at) => ['--mount', mountOf(at, true)]),
    ...[folder, scratch].flatMap((at) => ['--mount', mountOf(at, false)]),
    ...['--workdir', folder],
  ];
}

/** Its fields are one line of CSV, in which a path may hold commas and quotes. */
function mountOf(at: string, isReadOnly: boolean): string {
  const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [
    'type=bind',
    field(`source=${at}`),
    field(`target=${at}`),
    ...(isReadOnly ? ['readonly'] : []),
  ].join(',');
}

function variablesInside(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !LEFT_OUT.has(name.toUpperCase())),
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
