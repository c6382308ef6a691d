import { basename, isAbsolute } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { oneLine } from '../../base/text.ts';
import type { AcpLaunch, AcpSpec } from '../../domain/agent.ts';
import type { Failure } from '../../domain/failure.ts';
import type { RunnerRequest } from '../../domain/runner.ts';
import type { AgentLaunch } from '../codingAgent/codingAttempt.ts';
import { searchEnvironment } from '../environment.ts';
import { findProgram } from '../program.ts';

/** Where something runs, as ACP registries name it: `linux-x86_64`, `darwin-aarch64`, `windows-x86_64`. */
export function platformName(platform: string, architecture: string): string {
  const systems: Readonly<Record<string, string>> = { win32: 'windows' };
  const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
  return `${systems[platform] ?? platform}-${machines[architecture] ?? architecture}`;
}

/**
 * The first of the agent's launches that can be started here. Nothing is downloaded but by `npx` and `uvx`, whose
 * affair that is; a binary must have been put on `PATH` by a person.
 */
export async function chooseLaunch(
  { launches }: AcpSpec,
  request: Pick<RunnerRequest, 'folder' | 'env'>,
  host: Readonly<Record<string, string | undefined>>,
  platform: string,
): Promise<Result<AgentLaunch, Failure>> {
  const here = launches.filter((launch) => (launch.platform ?? platform) === platform);
  for (const launch of here) {
    const [program, ...args] = launch.command;
    const name = programName(launch);
    const environment = searchEnvironment(
      { ...request, env: { ...launch.env, ...request.env } },
      host,
    );
    if ((await findProgram(name, request.folder, environment)).kind === 'found') {
      const command = [name, ...args] as const;
      return ok({
        command,
        env: launch.env,
        install: installOf(launch, program),
        shown: oneLine(command.join(' ')),
      });
    }
  }
  const [first] = here;
  return err({
    reason: 'command-not-found',
    command: first === undefined ? (launches[0]?.command[0] ?? 'acp') : programName(first),
    install:
      first === undefined
        ? `its registry entry has no way to start it on ${platform}; add one, or use another agent.`
        : here.map((launch) => installOf(launch, launch.command[0])).join('; or '),
  });
}

/** A path in an archive is a name here: the archive was unpacked by a person, somewhere on `PATH`. */
function programName({ kind, command: [program] }: AcpLaunch): string {
  return kind !== 'binary' || isAbsolute(program)
    ? program
    : basename(program.replaceAll('\\', '/'));
}

function installOf({ kind, archive }: AcpLaunch, program: string): string {
  switch (kind) {
    case 'npx':
      return 'Node.js, which brings npx';
    case 'uvx':
      return 'uv, which brings uvx';
    case 'binary':
      return archive === undefined
        ? `put ${program} on PATH`
        : `download ${archive}, unpack it, and put ${basename(program)} on PATH`;
  }
}
