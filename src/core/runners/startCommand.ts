import { spawn } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import { unreachable } from '../base/exhaustive.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Failure } from '../domain/failure.ts';
import { CommandAttempt, type StartedChild } from './commandAttempt.ts';
import { commandEnvironment, type AttemptPlace } from './environment.ts';
import type { OutputSink } from './outputFiles.ts';
import { findProgram, notFound } from './program.ts';
import type { Enclosure } from './sandbox/enclosure.ts';
import { hand } from './sandbox/quickProgram.ts';
import type { Sandboxes } from './sandbox/sandboxes.ts';

/** Most bytes kept of what a command prints, in each file it goes to. */
export const OUTPUT_CAP_BYTES = 64 * 1024 * 1024;

export interface CommandOptions {
  readonly clock: Clock;
  /** The host's variables, of which a few are passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A word that no other attempt of any run gets, without spaces. */
  readonly nonce: () => string;
  /** @default OUTPUT_CAP_BYTES */
  readonly outputCapBytes?: number;
  /** Those of the folder; left out: each runner finds its own. */
  readonly sandboxes?: Sandboxes;
}

/** A program to start, and where. */
export interface Launch extends AttemptPlace {
  readonly command: readonly [string, ...string[]];
  /** What a person does when the program is not there. */
  readonly install: string | undefined;
  readonly stdin: Stdin;
  /** Left out: it runs as any other program. */
  readonly enclosure?: Enclosure | undefined;
}

export interface Stdin {
  readonly text: string;
  /** More may follow the text. */
  readonly staysOpen: boolean;
}

/**
 * Finds the program and starts it in a process group of its own, never through a shell, with the
 * attempt's marker in its environment. Nothing has been started when it resolves with a failure.
 */
export async function startCommand(
  launch: Launch,
  files: OutputSink,
  { clock, environment: host, nonce }: CommandOptions,
  signal: AbortSignal,
): Promise<Result<CommandAttempt, Failure>> {
  const marker = `${launch.run}:${launch.task}.${launch.attempt}:${nonce()}`;
  const environment = commandEnvironment(launch, host, marker);
  if (launch.enclosure !== undefined) {
    return await startShutIn(launch, launch.enclosure, environment, marker, files, clock, signal);
  }
  const child = await startChild(launch, environment, signal);
  return child.ok ? ok(new CommandAttempt(child.value, marker, files, clock)) : child;
}

async function startShutIn(
  { command: [command, ...args], install, stdin }: Launch,
  enclosure: Enclosure,
  environment: Record<string, string>,
  marker: string,
  files: OutputSink,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<CommandAttempt, Failure>> {
  const made = await enclosure.shutIn([command, ...args], environment, marker);
  if (!made.ok) {
    return made.error.reason === 'command-not-found' ? err({ ...made.error, install }) : made;
  }
  const shutIn = made.value;
  if (signal.aborted) {
    await shutIn.end();
    return err({ reason: 'cancelled' });
  }
  const child = await spawnChild(
    shutIn.argv,
    shutIn.folder,
    shutIn.environment,
    stdin,
    shutIn.handed,
  );
  if (!child.ok) {
    await shutIn.end();
    return err({ reason: 'spawn-failed', command, message: child.error });
  }
  return ok(new CommandAttempt(child.value, marker, files, clock, shutIn));
}

/**
 * Finds the program and starts it in a process group of its own, never through a shell. Nothing has
 * been started when it resolves with a failure; once it is started it resolves in the same turn.
 */
export async function startChild(
  launch: Pick<Launch, 'command' | 'install' | 'folder' | 'stdin'>,
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<Result<StartedChild, Failure>> {
  const { folder, install, stdin } = launch;
  const [command, ...args] = launch.command;
  const program = await findProgram(command, folder, environment);
  if (signal.aborted) {
    return err({ reason: 'cancelled' });
  }
  switch (program.kind) {
    case 'missing':
    case 'unusable':
      return err(notFound(command, program, install));
    case 'found': {
      const argv = [program.file, ...program.leading, ...args] as const;
      const child = await spawnChild(argv, folder, environment, stdin);
      return child.ok ? child : err({ reason: 'spawn-failed', command, message: child.error });
    }
    default:
      return unreachable(program);
  }
}

/** The error is the system's message. */
async function spawnChild(
  [file, ...args]: readonly [string, ...string[]],
  folder: string,
  environment: Record<string, string>,
  { text, staysOpen }: Stdin,
  handed?: Uint8Array,
): Promise<Result<StartedChild, string>> {
  try {
    const child = spawn(file, args, {
      cwd: folder,
      env: environment,
      shell: false,
      // A process group and a session of its own. Windows has neither, and would open a console.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: [
        text === '' && !staysOpen ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(handed === undefined ? [] : ['pipe' as const]),
      ],
    });
    hand(child.stdio[3], handed);
    const failed = new Promise<Error>((resolve) => child.on('error', resolve));
    // A command that does not read its standard input breaks the pipe; that is its own affair.
    child.stdin?.on('error', () => undefined);
    if (staysOpen) {
      child.stdin?.write(text);
    } else {
      child.stdin?.end(text);
    }
    const { pid, stdin, stdout, stderr } = child;
    return pid === undefined || stdout === null || stderr === null
      ? err((await failed).message)
      : ok({ pid, process: child, stdin: staysOpen ? stdin : null, stdout, stderr });
  } catch (error) {
    // Thrown for what can be seen before trying, such as a NUL in an argument.
    return err(error instanceof Error ? error.message : String(error));
  }
}
