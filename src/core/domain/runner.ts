import type { Result } from '../base/result.ts';
import type { Agent } from './agent.ts';
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
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number | undefined;
}

export interface RunnerOutput {
  readonly exitCode: number;
}

/** What a runner tells while it works. */
export interface RunnerEvents {
  /** Called once, before the process can have done much; the engine journals it. */
  started(process: ProcessIdentity): void;
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
