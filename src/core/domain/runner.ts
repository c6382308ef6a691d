import type { Result } from '../base/result.ts';
import type { Agent, Limits } from './agent.ts';
import type { Failure } from './failure.ts';
import type { RunId, TaskId } from './ids.ts';

/** One attempt of a task, ready to be executed. Paths are absolute. */
export interface RunnerRequest {
  readonly run: RunId;
  readonly task: TaskId;
  /** From 1. */
  readonly attempt: number;
  readonly agent: Agent;
  /** Rendered; may be empty. */
  readonly prompt: string;
  /** Rendered; over the runner's own allow-list. */
  readonly env: Readonly<Record<string, string>>;
  /** The workspace copy: the working directory. */
  readonly folder: string;
  /** The attempt's own folder: exists, empty but for `needs/`. */
  readonly scratch: string;
  /** Receives standard output byte for byte. */
  readonly outputFile: string;
  /** Receives standard output and standard error as they come, for people. */
  readonly logFile: string;
  readonly limits: Limits;
  /** The model a person chose for the task, over the agent's own. */
  readonly model: string | undefined;
}

export interface RunnerOutput {
  readonly exitCode: number;
}

/** What a runner tells while it works. */
export interface RunnerEvents {
  /**
   * Called once, before the process can have done much; the engine journals it.
   * @param steer passes on what a person says; `undefined`: the agent does not listen
   */
  started(process: ProcessIdentity, steer: ((text: string) => void) | undefined): void;
  /** More stands in the log file. */
  printed(): void;
}

export interface Runner {
  /**
   * Never rejects for anything the agent does. After `signal` aborts it resolves with `cancelled`
   * once every process of the attempt is gone.
   */
  run(
    request: RunnerRequest,
    events: RunnerEvents,
    signal: AbortSignal,
  ): Promise<Result<RunnerOutput, Failure>>;
}

/** Enough to find a process again after its parent died, and not to mistake another for it. */
export interface ProcessIdentity {
  /** Also its process group where the system has such. */
  readonly pid: number;
  /** When the system says it started, in the system's own words; empty where it cannot be read. */
  readonly startedAt: string;
  /** Value of `SLUICE_ATTEMPT` in its environment, unique to the attempt. */
  readonly marker: string;
}

/** A program that judges an attempt, or tells after a crash what one has done. Paths are absolute. */
export interface CheckRequest {
  readonly run: RunId;
  readonly task: TaskId;
  /** The attempt it belongs to, from 1: what is left of the check after a crash is found by it. */
  readonly attempt: number;
  readonly command: readonly [string, ...string[]];
  /** Wall time. */
  readonly timeoutMs: number;
  /** The working directory. */
  readonly folder: string;
  /** The attempt's own folder. */
  readonly scratch: string;
  /** Rendered; over the allow-list of the host's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** What the check prints is appended, below a line with its command. Need not exist. */
  readonly logFile: string;
}

export interface CheckOutcome {
  /** `undefined`: it could not be started, ran too long, was cancelled, or a signal ended it. */
  readonly code: number | undefined;
  /** The end of what it printed; without a code, its last line says why there is none. */
  readonly tail: string;
}
