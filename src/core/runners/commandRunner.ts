import { spawn } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import { unreachable } from '../base/exhaustive.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CommandSpec } from '../domain/agent.ts';
import type { Failure } from '../domain/failure.ts';
import type { Runner, RunnerEvents, RunnerOutput, RunnerRequest } from '../domain/runner.ts';
import { CommandAttempt, unwritable, type Ending, type StartedChild } from './commandAttempt.ts';
import { commandEnvironment } from './environment.ts';
import { OutputFiles, tailOf } from './outputFiles.ts';
import { findProgram } from './program.ts';

/** Most bytes kept of what a command prints, in each of its two files. */
export const OUTPUT_CAP_BYTES = 64 * 1024 * 1024;

export interface CommandRunnerOptions {
  readonly clock: Clock;
  /** The host's variables, of which a few are passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A word that no other attempt of any run gets, without spaces. */
  readonly nonce: () => string;
  /** @default OUTPUT_CAP_BYTES */
  readonly outputCapBytes?: number;
}

/**
 * Runs the command of a command agent in a process group of its own, never through a shell.
 * Both files of a request exist when `run` has resolved, whatever with.
 */
export class CommandRunner implements Runner {
  readonly #options: CommandRunnerOptions;

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  async run(
    request: RunnerRequest,
    events: RunnerEvents,
    signal: AbortSignal,
  ): Promise<Result<RunnerOutput, Failure>> {
    const { agent } = request;
    if (agent.runner.kind !== 'command') {
      return err({ reason: 'no-runner', agent: agent.name, kind: agent.runner.kind });
    }
    let files: OutputFiles;
    try {
      files = await OutputFiles.open(
        request.outputFile,
        request.logFile,
        this.#options.outputCapBytes ?? OUTPUT_CAP_BYTES,
      );
    } catch (error) {
      return err(unwritable(error));
    }
    try {
      const attempt = await this.#start(agent.runner, request, files, signal);
      if (!attempt.ok) {
        return attempt;
      }
      const { timeoutMs: wallMs, idleTimeoutMs: idleMs } = request;
      const ending = await attempt.value.finish({ wallMs, idleMs }, events, signal);
      return await outcome(ending, agent.runner, request.logFile);
    } finally {
      await files.close();
    }
  }

  async #start(
    spec: CommandSpec,
    request: RunnerRequest,
    files: OutputFiles,
    signal: AbortSignal,
  ): Promise<Result<CommandAttempt, Failure>> {
    const { clock, environment: host, nonce } = this.#options;
    const [command, ...args] = spec.command;
    const marker = `${request.run}:${request.task}.${request.attempt}:${nonce()}`;
    const environment = commandEnvironment(request, host, marker);
    const program = await findProgram(command, request.folder, environment);
    if (signal.aborted) {
      return err({ reason: 'cancelled' });
    }
    switch (program.kind) {
      case 'missing':
        return err({ reason: 'command-not-found', command, install: spec.install });
      case 'unusable':
        return err({ reason: 'spawn-failed', command, message: program.message });
      case 'found': {
        const argv = [program.file, ...program.leading, ...args] as const;
        const child = await startChild(argv, request, environment);
        return child.ok
          ? ok(new CommandAttempt(child.value, marker, files, clock))
          : err({ reason: 'spawn-failed', command, message: child.error });
      }
      default:
        return unreachable(program);
    }
  }
}

/** The error is the system's message. */
async function startChild(
  [file, ...args]: readonly [string, ...string[]],
  { folder, prompt }: RunnerRequest,
  environment: Record<string, string>,
): Promise<Result<StartedChild, string>> {
  try {
    const child = spawn(file, args, {
      cwd: folder,
      env: environment,
      shell: false,
      // A process group and a session of its own. Windows has neither, and would open a console.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: [prompt === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const failed = new Promise<Error>((resolve) => child.on('error', resolve));
    // A command that does not read its standard input breaks the pipe; that is its own affair.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(prompt);
    const { pid, stdout, stderr } = child;
    return pid === undefined || stdout === null || stderr === null
      ? err((await failed).message)
      : ok({ pid, process: child, stdout, stderr });
  } catch (error) {
    // Thrown for what can be seen before trying, such as a NUL in an argument.
    return err(error instanceof Error ? error.message : String(error));
  }
}

async function outcome(
  ending: Ending,
  { command: [command], successCodes }: CommandSpec,
  logFile: string,
): Promise<Result<RunnerOutput, Failure>> {
  switch (ending.kind) {
    case 'stopped':
      return err(ending.failure);
    case 'signalled':
      return err({
        reason: 'signalled',
        command,
        signal: ending.signal,
        tail: await tailOf(logFile),
      });
    case 'exited':
      return successCodes.includes(ending.code)
        ? ok({ exitCode: ending.code })
        : err({ reason: 'exited', command, code: ending.code, tail: await tailOf(logFile) });
    default:
      return unreachable(ending);
  }
}
