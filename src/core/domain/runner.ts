import type { Readable, Writable } from 'node:stream';
import type { Result } from '../base/result.ts';
import type { Agent, Limits } from './agent.ts';
import type { AttemptDeed, ParkReason } from './deed.ts';
import type { Failure } from './failure.ts';
import type { AgentName, RunId, TaskId } from './ids.ts';
import type { Counted } from './ledger.ts';
import type { BudgetReached, Question, Reply } from './question.ts';
import type { SandboxRule } from './sandbox.ts';
import type { PermissionMode, Terms } from './terms.ts';
import type { Trace } from './trace.ts';
import type { JsonValue } from './workflow.ts';

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
  /** The step's over the agent's. */
  readonly terms: Terms;
  /** What the output must satisfy as JSON; `undefined`: any text. */
  readonly outputSchema: JsonValue | undefined;
  /** What keeps a text from satisfying a schema as JSON, as sentences; none when it does. */
  readonly schemaProblems: (schema: JsonValue, text: string) => Promise<readonly string[]>;
  /** Agents that other agents can ask, by name: those the run's plan has. */
  readonly agents: Readonly<Record<AgentName, Agent>>;
  /** Why a path of the copy, relative with `/`, may not be changed, as the end of a sentence; `undefined`: it may. */
  readonly whyNotWrite: (path: string) => string | undefined;
  /** Globs that grant a protected path where they name it without a wildcard. */
  readonly named: readonly string[];
  /** Absolute; outlives the attempt's pauses. What a runner needs to go on with the attempt, in its own form. */
  readonly sessionFile: string;
  /** The attempt was parked and goes on: copy, files and session are as it left them. */
  readonly continues: boolean;
  /** What the journal has of the task already. */
  readonly counted: Counted;
  /** False: nothing that is kept answers the attempt, and nothing of it is kept. */
  readonly useCache: boolean;
  /** What people want of the task by now; asked again at each turn. */
  readonly wishes: () => Wishes;
}

export interface Wishes {
  /** The model a person chose, over the agent's own. */
  readonly model: string | undefined;
  readonly permissions: PermissionMode | undefined;
  /** Tools that a person allowed for good. */
  readonly allowed: ReadonlySet<string>;
  /** A budget that is spent; `undefined`: there is something left of each. */
  readonly spentBudget: BudgetReached | undefined;
}

export type RunnerOutput =
  | {
      readonly kind: 'done';
      readonly exitCode: number;
      /** Left out: nobody followed what it looked at. */
      readonly trace?: Trace;
    }
  /** It goes on later with what stands in its copy and its session file; `until` as in the event `task-parked`. */
  | { readonly kind: 'parked'; readonly until: number | undefined; readonly why: ParkReason };

/** What the process of an attempt comes to while it works. */
export interface ProcessEvents {
  /**
   * Called once, before the attempt can have done much; the engine journals the process.
   * @param process `undefined`: it has none of its own
   * @param steer passes on what a person says; `undefined`: the agent does not listen
   */
  started(process: ProcessIdentity | undefined, steer: ((text: string) => void) | undefined): void;
  /** More stands in the log file. */
  printed(): void;
}

/** What a runner tells while it works, and asks. */
export interface RunnerEvents extends ProcessEvents {
  /** Journalled, in this order. */
  did(deed: AttemptDeed): void;
  /**
   * Asks a person. The same key gets the same answer, also after a crash: in the attempt, or for a budget of the run,
   * in the run. Rejects with the signal's reason.
   */
  ask(key: string, question: Question): Promise<Reply>;
}

export interface Runner {
  /** An attempt that is stopped can be gone on with: it ends `parked` where it was to end `cancelled`. */
  readonly canPark: boolean;
  /**
   * Never rejects for anything the agent does. After `signal` aborts it resolves with `cancelled`, or as parked,
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
  /** How it is shut in; left out: not at all. */
  readonly sandbox: SandboxRule | undefined;
}

export interface CheckOutcome {
  /** `undefined`: it could not be started, ran too long, was cancelled, or a signal ended it. */
  readonly code: number | undefined;
  /** The end of what it printed; without a code, its last line says why there is none. */
  readonly tail: string;
  /** Why there is no code. Left out: there is one. */
  readonly failure?: Failure;
}

/** A program that is talked with over its standard input and output. */
export interface ProgramLaunch {
  readonly command: readonly [string, ...string[]];
  /** What a person does when the program is not there. */
  readonly install: string | undefined;
  /** Absolute: the working directory. */
  readonly folder: string;
  /** Absolute: the attempt's own folder. What a crash left is known by it. */
  readonly scratch: string;
  /** Over the allow-list of the host's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** As `ProcessIdentity.marker`, but for the nonce, which is added. */
  readonly marker: string;
}

export interface TalkingProgram {
  readonly identity: ProcessIdentity;
  readonly input: Writable;
  readonly output: Readable;
  /** The end of what it printed to standard error, safe to show; at most 4,000 characters. */
  tail(): string;
  /** How it ended by itself or was ended. Never rejects. */
  readonly ended: Promise<{
    readonly code: number | undefined;
    readonly signal: string | undefined;
  }>;
  /** Closes its input, asks its process group to end, orders it to after `graceMs`; resolves once the group is gone. */
  end(graceMs: number): Promise<void>;
}

/** Aborting the signal ends a program that is not yet there; one that is, `end` ends. */
export type StartProgram = (
  launch: ProgramLaunch,
  signal: AbortSignal,
) => Promise<Result<TalkingProgram, Failure>>;
