import { unreachable } from '../base/exhaustive.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CommandSpec } from '../domain/agent.ts';
import type { Failure } from '../domain/failure.ts';
import type {
  ProcessEvents,
  Runner,
  RunnerEvents,
  RunnerOutput,
  RunnerRequest,
} from '../domain/runner.ts';
import type { SandboxRule } from '../domain/sandbox.ts';
import { unwritable, type Ending } from './commandAttempt.ts';
import { OutputFiles, tailOf } from './outputFiles.ts';
import { ruleFor, SANDBOX_TOOL, Sandboxes, type SandboxAnswer } from './sandbox/sandboxes.ts';
import { OUTPUT_CAP_BYTES, startCommand, type CommandOptions, type Stdin } from './startCommand.ts';

/**
 * Runs the command of a command agent in a process group of its own, never through a shell.
 * Both files of a request exist when `run` has resolved, whatever with.
 */
export class CommandRunner implements Runner {
  readonly canPark = false;
  readonly #options: CommandOptions;
  readonly #sandboxes: Sandboxes;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.#sandboxes = options.sandboxes ?? new Sandboxes(options);
  }

  async run(
    request: RunnerRequest,
    events: CommandEvents,
    signal: AbortSignal,
  ): Promise<Result<RunnerOutput, Failure>> {
    const { agent, limits, logFile } = request;
    if (agent.runner.kind !== 'command') {
      return err({ reason: 'no-runner', agent: agent.name, kind: agent.runner.kind });
    }
    let files: OutputFiles;
    try {
      files = await OutputFiles.open(
        request.outputFile,
        logFile,
        this.#options.outputCapBytes ?? OUTPUT_CAP_BYTES,
      );
    } catch (error) {
      return err(unwritable(error));
    }
    try {
      const { command, install } = agent.runner;
      const rule = ruleFor(request.terms.sandbox, limits.timeoutMs);
      const answer = rule && (await this.#answer(rule, command, request, events, signal));
      if (answer?.ok === false) {
        return answer;
      }
      const line = answer?.value.line;
      if (line !== undefined) {
        try {
          await files.write(Buffer.from(`${line}\n`), false);
        } catch (error) {
          return err(unwritable(error));
        }
      }
      const launch = {
        ...request,
        command,
        install,
        stdin: stdinOf(agent.runner, request.prompt),
        enclosure: answer?.value.enclosure,
      };
      const attempt = await startCommand(launch, files, this.#options, signal);
      if (!attempt.ok) {
        return attempt;
      }
      const timeoutMs = rule?.timeoutMs ?? limits.timeoutMs;
      const ending = await attempt.value.finish({ ...limits, timeoutMs }, events, signal);
      return await outcome(ending, agent.runner, logFile);
    } finally {
      await files.close();
    }
  }

  async #answer(
    rule: SandboxRule,
    command: readonly [string, ...string[]],
    request: RunnerRequest,
    events: CommandEvents,
    signal: AbortSignal,
  ): Promise<Result<SandboxAnswer, Failure>> {
    try {
      return await this.#sandboxes.answer({
        rule,
        place: request,
        command,
        attempt: `${request.run}:${request.task}.${request.attempt}`,
        isAllowedOutside: request.wishes().allowed.has(SANDBOX_TOOL),
        ask: events.ask?.bind(events),
      });
    } catch (error) {
      if (signal.aborted) {
        return err({ reason: 'cancelled' });
      }
      throw error;
    }
  }
}

/** Whoever does not answer questions has answered no. */
type CommandEvents = ProcessEvents & Partial<Pick<RunnerEvents, 'ask'>>;

function stdinOf({ stdin }: CommandSpec, prompt: string): Stdin {
  switch (stdin) {
    case 'prompt':
      return { text: prompt, staysOpen: false };
    case 'messages':
      // Without its line end a reader of lines would wait for the rest of the prompt.
      return {
        text: prompt === '' || prompt.endsWith('\n') ? prompt : `${prompt}\n`,
        staysOpen: true,
      };
    default:
      return unreachable(stdin);
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
        ? ok({ kind: 'done', exitCode: ending.code })
        : err({ reason: 'exited', command, code: ending.code, tail: await tailOf(logFile) });
    default:
      return unreachable(ending);
  }
}
