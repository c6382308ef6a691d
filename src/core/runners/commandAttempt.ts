import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { startTimeOf } from '../base/processes.ts';
import type { Limits } from '../domain/agent.ts';
import { internalFailure, type Failure } from '../domain/failure.ts';
import type { ProcessIdentity, ProcessEvents } from '../domain/runner.ts';
import { AttemptProcesses } from './attemptProcesses.ts';
import { Deadlines } from './deadlines.ts';
import type { OutputSink } from './outputFiles.ts';
import type { ShutInCommand } from './sandbox/enclosure.ts';
import { fulfilledWithin } from './waiting.ts';

/** How long children may outlive a command that ended by itself before they are asked to end, in milliseconds. */
const LINGER_MS = 500;
/** From that request to the order, in milliseconds. */
const LINGER_GRACE_MS = 1000;
/** Silence, in milliseconds, after which a pipe that is still open when all have ended is given up. */
const DRAIN_MS = 1000;

/** How a command came to its end. */
export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  /** Sluice stopped it, or would have a moment later. */
  | { readonly kind: 'stopped'; readonly failure: Failure };

/** A child that was given a process number, with its output piped. */
export interface StartedChild {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Stands open for more; `null`: what it was to read is all there is. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * A started command until nothing of it is left. Owns the child; the files are the caller's.
 *
 * A1. `finish` resolves only when no process of the attempt is left (AttemptProcesses says what can
 *     be found) and both streams are read to their end or given up.
 * A2. The first reason to stop is the one told, but an abort goes before all others.
 * A3. Reading goes on while the attempt is being ended, so that no process hangs on a full pipe.
 * A4. An open standard input keeps nothing waiting: a command that waits for more is ended like any other.
 * A5. What is shut in is not asked to end but ended, all at once: it may be a thousand processes that start others, and
 *     its first one takes the rest along. Its sandbox is gone when `finish` resolves.
 */
export class CommandAttempt {
  readonly identity: ProcessIdentity;
  readonly #child: StartedChild;
  readonly #files: OutputSink;
  readonly #clock: Clock;
  readonly #processes: AttemptProcesses;
  readonly #shutIn: ShutInCommand | undefined;
  readonly #exited: Promise<Ending>;
  readonly #stopped: Promise<void>;
  #resolveStopped: () => void = () => undefined;
  #failure: Failure | undefined;
  #chunksRead = 0;

  /** To be called in the turn in which the child was started. */
  constructor(
    child: StartedChild,
    marker: string,
    files: OutputSink,
    clock: Clock,
    shutIn?: ShutInCommand,
  ) {
    this.identity = { pid: child.pid, startedAt: startTimeOf(child.pid), marker };
    this.#child = child;
    this.#files = files;
    this.#clock = clock;
    this.#shutIn = shutIn;
    this.#processes = new AttemptProcesses({
      first: this.identity,
      isOwnChild: true,
      isMarked: (environment) => environment.includes(`SLUICE_ATTEMPT=${marker}`),
    });
    this.#exited = new Promise((resolve) => {
      child.process.once('exit', (code, signal) => {
        this.#processes.firstExited();
        resolve(
          code === null
            ? { kind: 'signalled', signal: signal ?? 'an unknown signal' }
            : { kind: 'exited', code },
        );
      });
    });
    this.#stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
  }

  async finish(limits: Limits, events: ProcessEvents, signal: AbortSignal): Promise<Ending> {
    const cancel = () => this.#stop({ reason: 'cancelled' });
    signal.addEventListener('abort', cancel, { once: true });
    const deadlines = new Deadlines(this.#clock, limits, (limit, afterMs) =>
      this.#stop({ reason: 'timed-out', limit, afterMs }),
    );
    const watch = this.#shutIn?.watch(this.identity.pid, (failure) => this.#stop(failure));
    const told = () => {
      deadlines.heard();
      events.printed();
    };
    const streams = Promise.all([
      this.#read(this.#child.stdout, true, told),
      this.#read(this.#child.stderr, false, told),
    ]);
    try {
      try {
        events.started(this.identity, steering(this.#child.stdin));
      } catch (error) {
        this.#stop(internalFailure(error));
      }
      await Promise.race([this.#exited, this.#stopped]);
      deadlines.dispose();
      watch?.dispose();
      if (this.#failure !== undefined && this.#shutIn !== undefined) {
        this.#child.process.kill('SIGKILL');
        await this.#exited;
        // A look at all processes while they grow takes longer than they take to become more.
        await this.#shutIn.endAll();
        await this.#processes.end(0, this.#clock);
      } else if (this.#failure !== undefined) {
        await this.#processes.end(limits.graceMs, this.#clock);
      } else if (!(await this.#processes.leave(LINGER_MS, this.#clock))) {
        await this.#processes.end(LINGER_GRACE_MS, this.#clock);
      }
      await this.#drain(streams);
      const ending = await this.#exited;
      const passed = await this.#endSandbox();
      this.#failure ??= passed;
      return signal.aborted
        ? { kind: 'stopped', failure: { reason: 'cancelled' } }
        : this.#failure === undefined
          ? ending
          : { kind: 'stopped', failure: this.#failure };
    } finally {
      deadlines.dispose();
      watch?.dispose();
      signal.removeEventListener('abort', cancel);
    }
  }

  async #endSandbox(): Promise<Failure | undefined> {
    try {
      return await this.#shutIn?.end();
    } catch (error) {
      return internalFailure(error);
    }
  }

  #stop(failure: Failure): void {
    this.#failure ??= failure;
    this.#resolveStopped();
  }

  /** Never rejects: what goes wrong is a reason to stop. */
  async #read(stream: Readable, isOutput: boolean, told: () => void): Promise<void> {
    try {
      // One chunk at a time: while the disk is slow the pipe fills up and the command waits.
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        this.#chunksRead += 1;
        await this.#keep(chunk, isOutput, told);
      }
    } catch {
      // The pipe broke or was given up; how the command ended is told by the system.
    }
  }

  async #keep(chunk: Buffer, isOutput: boolean, told: () => void): Promise<void> {
    try {
      await this.#files.write(chunk, isOutput);
    } catch (error) {
      this.#stop(unwritable(error));
      return;
    }
    try {
      told();
    } catch (error) {
      this.#stop(internalFailure(error));
    }
    if (this.#files.overflowed) {
      this.#stop({ reason: 'output-cap', limitBytes: this.#files.capBytes });
    }
  }

  /** Waits for the streams, but not for a holder that escaped notice (A1). */
  async #drain(streams: Promise<unknown>): Promise<void> {
    for (let before = -1; !(await fulfilledWithin(streams, DRAIN_MS, this.#clock));) {
      if (before === this.#chunksRead) {
        this.#child.stdout.destroy();
        this.#child.stderr.destroy();
      }
      before = this.#chunksRead;
    }
  }
}

/** Every line end that some program takes for one. */
const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** Writes a text as one line. Does nothing once the process has ended or reads no more. */
function steering(stdin: Writable | null): ((text: string) => void) | undefined {
  return stdin === null
    ? undefined
    : (text) => {
        // Node destroys the stream when the process ends, and when the pipe broke.
        if (stdin.writable) {
          stdin.write(`${text.trimEnd().replace(LINE_ENDS, ' ')}\n`);
        }
      };
}

/** The attempt's files are a part of its workspace copy, and a full disk is the usual reason. */
export function unwritable(error: unknown): Failure {
  return {
    reason: 'workspace',
    message: `its output could not be written: ${error instanceof Error ? error.message : String(error)}`,
  };
}
