import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { AttemptDeed } from '../../domain/deed.ts';
import { internalFailure, type Failure } from '../../domain/failure.ts';
import type {
  RunnerEvents,
  RunnerOutput,
  RunnerRequest,
  StartProgram,
  TalkingProgram,
} from '../../domain/runner.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { unwritable } from '../commandAttempt.ts';
import { OutputFiles } from '../outputFiles.ts';
import { OUTPUT_CAP_BYTES } from '../startCommand.ts';
import { fulfilledWithin } from '../waiting.ts';
import { AttemptWatch } from './attemptWatch.ts';
import { ToolUses } from './toolUses.ts';
import { Transcript } from './transcript.ts';
import { TurnLedger } from './turnLedger.ts';

/** How long the end of a program may come after the end of what it prints, in milliseconds. */
const ENDING_MS = 500;

export interface CodingAgentOptions {
  readonly clock: Clock;
  readonly start: StartProgram;
  /** The host's variables: `PATH` says which agents are there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @default OUTPUT_CAP_BYTES */
  readonly outputCapBytes?: number;
}

/** How a coding agent is started. */
export interface AgentLaunch {
  readonly command: readonly [string, ...string[]];
  /** Over the allow-list of the host's variables, under what agent and step declare. */
  readonly env: Readonly<Record<string, string>>;
  readonly install: string | undefined;
  /** The program as failures name it. */
  readonly shown: string;
}

/** One attempt of a coding agent under way: all that a conversation with it needs. */
export interface CodingAttempt {
  readonly request: RunnerRequest;
  /** What it is told stops the attempt where whoever hears it fails. */
  readonly events: Pick<RunnerEvents, 'did' | 'ask'>;
  readonly clock: Clock;
  readonly launch: AgentLaunch;
  readonly program: TalkingProgram;
  readonly watch: AttemptWatch;
  readonly transcript: Transcript;
  readonly tools: ToolUses;
  readonly ledger: TurnLedger;
  /** What people said and the agent has not heard. */
  readonly unheard: string[];
}

/**
 * What the agent came to. `output`: what the output file is to hold; `undefined`: it has been written as it came.
 */
export type Conversation = (
  attempt: CodingAttempt,
) => Promise<Result<{ readonly output: string | undefined }, Failure>>;

/**
 * Starts a coding agent, lets the conversation be had, and resolves once nothing of the agent is left. Both files of
 * the request exist then.
 *
 * C1. The program is ended whatever the conversation comes to, also when it throws.
 */
export async function codingAttempt(
  request: RunnerRequest,
  events: RunnerEvents,
  signal: AbortSignal,
  options: CodingAgentOptions,
  how: {
    readonly launch: () => Promise<Result<AgentLaunch, Failure>>;
    /** As the ledger names it. */
    readonly provider: string;
    /** What the agent answers goes to the output file as it comes. */
    readonly streams: boolean;
    readonly converse: Conversation;
  },
): Promise<Result<RunnerOutput, Failure>> {
  let files: OutputFiles;
  try {
    const cap = options.outputCapBytes ?? OUTPUT_CAP_BYTES;
    files = await OutputFiles.open(request.outputFile, request.logFile, cap);
  } catch (error) {
    return err(unwritable(error));
  }
  using watch = new AttemptWatch(request.limits, options.clock, signal);
  const stop = (failure: Failure) => watch.stop(failure);
  const guarded = guard(events, stop);
  const transcript = new Transcript(files, how.streams, () => guarded.printed(), stop);
  let output: string | undefined;
  try {
    const launch = await how.launch();
    if (!launch.ok) {
      return launch;
    }
    const program = await start(launch.value, request, options, watch);
    if (!program.ok) {
      return watch.failure === undefined ? program : err(watch.failure);
    }
    const unheard: string[] = [];
    const { clock } = options;
    const did = (deed: AttemptDeed) => guarded.did(deed);
    const attempt: CodingAttempt = {
      request,
      events: guarded,
      clock,
      launch: launch.value,
      program: program.value,
      watch,
      transcript,
      tools: new ToolUses(request.counted.uses, clock, did, transcript),
      ledger: new TurnLedger(how.provider, request.counted.calls, clock, did),
      unheard,
    };
    guarded.started(program.value.identity, (text) => {
      transcript.note('you', text);
      unheard.push(text);
    });
    let result: Awaited<ReturnType<Conversation>>;
    try {
      result = await how.converse(attempt);
    } catch (error) {
      result = err(internalFailure(error));
    }
    await program.value.end(request.limits.graceMs);
    await transcript.flushed();
    if (watch.failure !== undefined) {
      return err(watch.failure);
    }
    if (!result.ok) {
      return result;
    }
    output = result.value.output;
  } catch (error) {
    return err(internalFailure(error));
  } finally {
    await files.close();
  }
  try {
    if (output !== undefined) {
      await writeFile(request.outputFile, output);
    }
    return ok({ kind: 'done', exitCode: 0 });
  } catch (error) {
    return err(unwritable(error));
  }
}

/** How a program that broke the conversation off ended, as a failure. @param said what was wrong, where it is known */
export async function brokenOff(
  { program, launch, clock }: Pick<CodingAttempt, 'program' | 'launch' | 'clock'>,
  said: string,
): Promise<Failure> {
  const hasEnded = await fulfilledWithin(program.ended, ENDING_MS, clock);
  const ending = hasEnded ? await program.ended : undefined;
  return {
    reason: 'agent-broke',
    command: launch.shown,
    message: ending === undefined ? said : endingWords(ending),
    tail: program.tail(),
  };
}

function endingWords({ code, signal }: Awaited<TalkingProgram['ended']>): string {
  // A program that catches the request to end says so by its code, as shells do.
  const caught = Object.entries(constants.signals).find(([, number]) => code === 128 + number);
  const name = signal ?? caught?.[0];
  return name === undefined
    ? `it ended with code ${code ?? 'unknown'} in the middle`
    : `it was ended by ${name} in the middle`;
}

/** The prompt of an attempt, with what its output must be. */
export function promptOf({ prompt, outputSchema }: RunnerRequest): string {
  const task = prompt === '' ? 'Begin.' : prompt;
  return outputSchema === undefined ? task : `${task}\n\n${schemaDemand(outputSchema)}`;
}

/** What an agent is told whose output does not satisfy its schema. */
export function repairDemand(problems: readonly string[]): string {
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  return (
    `Your last message does not satisfy the JSON Schema it must satisfy:\n${list}\n` +
    'Answer again with JSON only, without a word before or after it.'
  );
}

/** What keeps an output from satisfying the schema of the step; none where there is no schema. */
export async function outputProblems(
  { outputSchema, schemaProblems }: RunnerRequest,
  output: string,
): Promise<readonly string[]> {
  return outputSchema === undefined ? [] : await schemaProblems(outputSchema, output);
}

function schemaDemand(schema: JsonValue): string {
  return (
    'Your last message must be JSON only that satisfies this JSON Schema, ' +
    `without a word before or after it:\n${JSON.stringify(schema)}`
  );
}

/** JSON without the fence that models like to put around it; any other text as it is. */
export function unfenced(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/i.exec(text)?.[1] ?? text;
}

function start(
  launch: AgentLaunch,
  request: RunnerRequest,
  options: CodingAgentOptions,
  watch: AttemptWatch,
): Promise<Result<TalkingProgram, Failure>> {
  const { run, task, attempt, folder, scratch } = request;
  return options.start(
    {
      command: launch.command,
      install: launch.install,
      folder,
      scratch,
      env: { ...launch.env, ...request.env, SLUICE_RUN: run, SLUICE_TASK: task },
      marker: `${run}:${task}.${attempt}`,
    },
    watch.signal,
  );
}

function guard(events: RunnerEvents, stop: (failure: Failure) => void): RunnerEvents {
  const guarded =
    <Args extends readonly unknown[]>(tell: (...args: Args) => void) =>
    (...args: Args) => {
      try {
        tell(...args);
      } catch (error) {
        stop(internalFailure(error));
      }
    };
  return {
    started: guarded((process, steer) => events.started(process, steer)),
    printed: guarded(() => events.printed()),
    did: guarded((deed) => events.did(deed)),
    ask: (key, question) => events.ask(key, question),
  };
}
