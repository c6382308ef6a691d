import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../base/clock.ts';
import { startTimeOf } from '../base/processes.ts';
import { err, ok } from '../base/result.ts';
import { plainText } from '../base/text.ts';
import type {
  ProcessIdentity,
  ProgramLaunch,
  StartProgram,
  TalkingProgram,
} from '../domain/runner.ts';
import { AttemptProcesses } from './attemptProcesses.ts';
import type { StartedChild } from './commandAttempt.ts';
import { searchEnvironment } from './environment.ts';
import { startChild, type CommandOptions } from './startCommand.ts';
import { fulfilledWithin } from './waiting.ts';

/** How long a program may take to end by itself once its input is closed, in milliseconds. */
const LEAVE_MS = 100;
/** How long the end of a program waits to be told until its standard error is read, in milliseconds. */
const LAST_WORDS_MS = 200;
/** Most characters of standard error that are told, and that are held for it. */
const TAIL_LENGTH = 4000;
const HELD_LENGTH = 4 * TAIL_LENGTH;

type Ending = Awaited<TalkingProgram['ended']>;

/** Starts programs that are talked with, as an attempt's own processes. */
export function talkingPrograms({ clock, environment, nonce }: CommandOptions): StartProgram {
  return async (launch, signal) => {
    if (signal.aborted) {
      return err({ reason: 'cancelled' });
    }
    const marker = `${launch.marker}:${nonce()}`;
    const variables = programEnvironment(launch, environment, marker);
    const stdin = { text: '', staysOpen: true };
    const child = await startChild({ ...launch, stdin }, variables, signal);
    return child.ok ? ok(new Talking(child.value, marker, clock)) : child;
  };
}

/** As a command's, without what only a task's own command is told. */
function programEnvironment(
  launch: ProgramLaunch,
  host: CommandOptions['environment'],
  marker: string,
): Record<string, string> {
  return Object.assign(searchEnvironment(launch, host), {
    SLUICE_ATTEMPT: marker,
    SLUICE_SCRATCH: launch.scratch,
    SLUICE_NEEDS: join(launch.scratch, 'needs'),
    GIT_CEILING_DIRECTORIES: dirname(launch.folder),
  });
}

/**
 * Owns the child, its pipes and whatever it starts.
 *
 * T1. Standard error is always read, so a program never hangs on it; only its end is held.
 * T2. No broken pipe is an error here: how the program ended is told by `ended`.
 * T3. After `end` no process of it is left (AttemptProcesses says what can be found), and no pipe.
 */
class Talking implements TalkingProgram {
  readonly identity: ProcessIdentity;
  readonly input: Writable;
  readonly output: Readable;
  readonly ended: Promise<Ending>;
  readonly #stderr: Readable;
  readonly #clock: Clock;
  readonly #processes: AttemptProcesses;
  #held = '';
  #gone: Promise<void> | undefined;

  /** To be called in the turn in which the child was started. */
  constructor(child: StartedChild, marker: string, clock: Clock) {
    if (child.stdin === null) {
      throw new Error('Internal error: a program to talk with has no standard input');
    }
    this.identity = { pid: child.pid, startedAt: startTimeOf(child.pid), marker };
    this.input = child.stdin;
    this.output = child.stdout;
    this.#stderr = child.stderr;
    this.#clock = clock;
    this.#processes = new AttemptProcesses({
      first: this.identity,
      isOwnChild: true,
      isMarked: (environment) => environment.includes(`SLUICE_ATTEMPT=${marker}`),
    });
    this.output.on('error', () => undefined);
    const decoder = new StringDecoder('utf8');
    this.#stderr.on('error', () => undefined);
    this.#stderr.on('data', (chunk: Buffer) => {
      this.#held = (this.#held + decoder.write(chunk)).slice(-HELD_LENGTH);
    });
    const read = new Promise<void>((resolve) => this.#stderr.once('close', resolve));
    const ending = new Promise<Ending>((resolve) => {
      child.process.once('exit', (code, signal) => {
        this.#processes.firstExited();
        resolve({ code: code ?? undefined, signal: signal ?? undefined });
      });
    });
    this.ended = this.#lastWords(ending, read);
  }

  tail(): string {
    return plainText(this.#held).trim().slice(-TAIL_LENGTH);
  }

  end(graceMs: number): Promise<void> {
    this.#gone ??= this.#end(graceMs);
    return this.#gone;
  }

  async #lastWords(ending: Promise<Ending>, read: Promise<void>): Promise<Ending> {
    const ended = await ending;
    // A child that outlives it may hold the pipe.
    await fulfilledWithin(read, LAST_WORDS_MS, this.#clock);
    return ended;
  }

  async #end(graceMs: number): Promise<void> {
    this.input.end();
    const leaveMs = Math.min(LEAVE_MS, graceMs);
    if (!(await this.#processes.leave(leaveMs, this.#clock))) {
      await this.#processes.end(graceMs - leaveMs, this.#clock);
    }
    await this.ended;
    for (const stream of [this.input, this.output, this.#stderr]) {
      stream.destroy();
    }
  }
}
