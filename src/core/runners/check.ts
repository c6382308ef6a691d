import { unreachable } from '../base/exhaustive.ts';
import type { Result } from '../base/result.ts';
import { oneLine } from '../base/text.ts';
import { DEFAULT_GRACE_MS } from '../domain/agent.ts';
import type { Failure } from '../domain/failure.ts';
import { failureText } from '../domain/failureText.ts';
import type { CheckOutcome, CheckRequest, ProcessEvents } from '../domain/runner.ts';
import type { SandboxRule } from '../domain/sandbox.ts';
import { unwritable, type Ending } from './commandAttempt.ts';
import { ContinuedLog, tailOf } from './outputFiles.ts';
import type { Enclosure } from './sandbox/enclosure.ts';
import { ruleFor, Sandboxes, type SandboxAnswer } from './sandbox/sandboxes.ts';
import { OUTPUT_CAP_BYTES, startCommand, type CommandOptions } from './startCommand.ts';

/** Nobody is told before a check has ended. */
const UNHEARD: ProcessEvents = { started: () => undefined, printed: () => undefined };

/** Runs programs that judge what an attempt did: like a command, and with as little left behind. */
export class CheckRunner {
  readonly #options: CommandOptions;
  readonly #sandboxes: Sandboxes;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.#sandboxes = options.sandboxes ?? new Sandboxes(options);
  }

  /**
   * Never rejects for anything the check does. After `signal` aborts it resolves without a code once
   * every process of the check is gone.
   */
  async run(request: CheckRequest, signal: AbortSignal): Promise<CheckOutcome> {
    const { command, logFile } = request;
    const rule = ruleFor(request.sandbox, request.timeoutMs);
    const answer = rule && (await this.#answer(rule, request));
    let log: ContinuedLog;
    try {
      const cap = this.#options.outputCapBytes ?? OUTPUT_CAP_BYTES;
      const heading = [`$ ${lineOf(command)}`, ...(answer?.ok ? [answer.value.line] : [])];
      log = await ContinuedLog.open(logFile, heading.join('\n'), cap);
    } catch (error) {
      return { code: undefined, tail: sentence(unwritable(error)) };
    }
    try {
      const ending =
        answer?.ok === false
          ? answer.error
          : await this.#finish(request, answer?.value.enclosure, log, signal);
      const tail = await tailOf(logFile, log.begin);
      if (typeof ending === 'number') {
        return { code: ending, tail };
      }
      const why = sentence(ending);
      // The outcome says it too, so a log that takes no more is no further failure.
      await log.conclude(why).catch(() => undefined);
      return { code: undefined, tail: tail === '' ? why : `${tail}\n${why}`, failure: ending };
    } finally {
      await log.close();
    }
  }

  /** Resolves with the exit code, or with why there is none. */
  async #finish(
    request: CheckRequest,
    enclosure: Enclosure | undefined,
    log: ContinuedLog,
    signal: AbortSignal,
  ): Promise<number | Failure> {
    const stdin = { text: '', staysOpen: false };
    const launch = { ...request, install: undefined, stdin, enclosure };
    const attempt = await startCommand(launch, log, this.#options, signal);
    if (!attempt.ok) {
      return attempt.error;
    }
    const limits = {
      timeoutMs: ruleFor(request.sandbox, request.timeoutMs)?.timeoutMs ?? request.timeoutMs,
      idleTimeoutMs: undefined,
      graceMs: DEFAULT_GRACE_MS,
    };
    return codeOf(await attempt.value.finish(limits, UNHEARD, signal), request.command[0]);
  }

  /** Nobody is asked: where the attempt was allowed outside, so are its checks. */
  #answer(rule: SandboxRule, request: CheckRequest): Promise<Result<SandboxAnswer, Failure>> {
    const { run, task, attempt, command } = request;
    return this.#sandboxes.answer({
      rule,
      place: request,
      command,
      attempt: `${run}:${task}.${attempt}`,
      isAllowedOutside: false,
    });
  }
}

function codeOf(ending: Ending, command: string): number | Failure {
  switch (ending.kind) {
    case 'exited':
      return ending.code;
    case 'signalled':
      return { reason: 'signalled', command, signal: ending.signal, tail: '' };
    case 'stopped':
      return ending.failure;
    default:
      return unreachable(ending);
  }
}

function sentence(failure: Failure): string {
  // Its title speaks of making the copy; here it is about the log.
  const { title, fix } =
    failure.reason === 'workspace'
      ? { title: failure.message, fix: undefined }
      : failureText(failure);
  return failure.reason === 'no-sandbox' && fix !== undefined
    ? `${oneLine(title)}. ${oneLine(fix)}`
    : `${oneLine(title)}.`;
}

/** The command as one line; words that are not plain are quoted. */
function lineOf(command: readonly string[]): string {
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ');
}
