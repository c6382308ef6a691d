import fs from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { unreachable } from '../../base/exhaustive.ts';
import type { StreamRedactor } from '../../base/redact.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ModelSpec } from '../../domain/agent.ts';
import type { Failure } from '../../domain/failure.ts';
import type { ModelPort } from '../../domain/modelPort.ts';
import type { Runner, RunnerEvents, RunnerOutput, RunnerRequest } from '../../domain/runner.ts';
import type { SharedAnswers } from '../../domain/sharing.ts';
import type { Toolbox, ToolPort } from '../../domain/tool.ts';
import { AttemptWatch } from '../codingAgent/attemptWatch.ts';
import { Transcript } from '../codingAgent/transcript.ts';
import { unwritable } from '../commandAttempt.ts';
import { ContinuedLog } from '../outputFiles.ts';
import { OUTPUT_CAP_BYTES } from '../startCommand.ts';
import { askedAgents } from './askedAgent.ts';
import { Conversation, type ConversationEnd } from './conversation.ts';
import { NumberedCalls, type Voice } from './numberedCalls.ts';
import { tellRemembered } from './remembered.ts';
import { Session } from './session.ts';

export interface ModelRunnerOptions {
  readonly models: ModelPort;
  readonly tools: ToolPort;
  readonly clock: Clock;
  readonly hiding: Hiding;
  /** Answers of agents that are asked as tools, for all who ask the same. @default each is asked anew */
  readonly shared?: SharedAnswers | undefined;
}

/** Takes secrets out of what is shown and kept. */
export interface Hiding {
  redact(text: string): string;
  redactStream(): StreamRedactor;
}

const NO_TOOLS: Toolbox = { tools: [], problems: [], close: () => Promise.resolve() };

/** Runs agents that are a language model with tools. What it prints and says is without secrets. */
export class ModelRunner implements Runner {
  readonly canPark = true;
  readonly #options: ModelRunnerOptions;

  constructor(options: ModelRunnerOptions) {
    this.#options = options;
  }

  async run(
    request: RunnerRequest,
    events: RunnerEvents,
    signal: AbortSignal,
  ): Promise<Result<RunnerOutput, Failure>> {
    const { agent, continues, logFile, sessionFile, limits } = request;
    const spec = agent.runner;
    if (spec.kind !== 'model') {
      return err({ reason: 'no-runner', agent: agent.name, kind: spec.kind });
    }
    const heading = continues ? '[attempt] goes on' : `[agent] ${agent.name}`;
    let session: Session;
    let log: ContinuedLog;
    try {
      session = Session.open(sessionFile, continues);
      log = await ContinuedLog.open(logFile, heading, OUTPUT_CAP_BYTES);
    } catch (thrown) {
      return err(unwritable(thrown));
    }
    const watch = new AttemptWatch(limits, this.#options.clock, signal);
    try {
      const end = await this.#converse(request, spec, session, log, events, watch);
      return await resultOf(end, request, session, watch, (text) =>
        this.#options.hiding.redact(text),
      );
    } finally {
      watch.dispose();
      session.close();
      await log.close();
    }
  }

  async #converse(
    request: RunnerRequest,
    spec: ModelSpec,
    session: Session,
    log: ContinuedLog,
    events: RunnerEvents,
    watch: AttemptWatch,
  ): Promise<ConversationEnd> {
    const { models, clock, hiding, shared } = this.#options;
    const transcript = new Transcript(
      log,
      false,
      () => events.printed(),
      (why) => watch.stop(why),
    );
    const voice = new SafeVoice(transcript, hiding, watch);
    const redact = (text: string) => hiding.redact(text);
    const words: string[] = [];
    events.started(undefined, (text) => void words.push(text));
    tellRemembered(session, request.counted, events);
    const calls = new NumberedCalls(models, session, request, events);
    let box = NO_TOOLS;
    try {
      box = await this.#open(request, watch.signal);
      box.problems.forEach((problem) => voice.note('tools', problem));
      if (box.isPartial === true) {
        session.add({ kind: 'untraced' });
      }
      const asked = askedAgents({
        request,
        models,
        calls,
        voice,
        clock,
        shared: sharesAnswers(request) ? shared : undefined,
        redact,
      });
      // Servers may have other tools from one turn to the next.
      const tools = () => [...box.tools, ...asked];
      return await new Conversation({
        request,
        spec,
        events,
        models,
        calls,
        session,
        tools,
        watch,
        voice,
        clock,
        redact,
        heard: () => words.splice(0),
      }).run();
    } catch (thrown) {
      if (watch.signal.aborted) {
        return { kind: 'stopped' };
      }
      throw thrown;
    } finally {
      await box.close();
      voice.end();
      await transcript.flushed();
    }
  }

  /** An agent that names no tools beside other agents needs no box. */
  #open(request: RunnerRequest, signal: AbortSignal): Promise<Toolbox> {
    const { agent, run, task, attempt } = request;
    const asked = new Set(Object.values(request.agents).map(({ asTool }) => asTool?.name));
    const tools = agent.tools?.filter((name) => !asked.has(name));
    const marker = `${run}:${task}.${attempt}`;
    return this.#options.tools.open(
      {
        ...request,
        marker,
        agent: tools === undefined ? agent : { ...agent, tools },
        shares: sharesAnswers(request),
      },
      signal,
    );
  }
}

/** Whoever wants everything made anew wants it asked anew. */
function sharesAnswers({ useCache, terms }: RunnerRequest): boolean {
  return useCache && terms.cache?.use !== false;
}

/** What goes into the log is without secrets, also those that come in parts. */
class SafeVoice implements Voice {
  readonly #transcript: Transcript;
  readonly #watch: AttemptWatch;
  readonly #hiding: Hiding;
  #speaking: { readonly of: 'said' | 'thought'; readonly safe: StreamRedactor } | undefined;

  constructor(transcript: Transcript, hiding: Hiding, watch: AttemptWatch) {
    this.#transcript = transcript;
    this.#hiding = hiding;
    this.#watch = watch;
  }

  said(text: string): void {
    this.#speak('said', text);
  }

  thought(text: string): void {
    this.#speak('thought', text);
  }

  note(kind: string, text: string): void {
    this.end();
    this.#transcript.note(kind, this.#hiding.redact(text));
  }

  /** What was held back is said. */
  end(): void {
    const rest = this.#speaking?.safe.end() ?? '';
    const of = this.#speaking?.of;
    this.#speaking = undefined;
    this.#write(of, rest);
  }

  #speak(of: 'said' | 'thought', text: string): void {
    this.#watch.heard();
    if (this.#speaking?.of !== of) {
      this.end();
      this.#speaking = { of, safe: this.#hiding.redactStream() };
    }
    this.#write(of, this.#speaking.safe.push(text));
  }

  #write(of: 'said' | 'thought' | undefined, text: string): void {
    if (of === 'said') {
      this.#transcript.say(text);
    } else if (of === 'thought') {
      this.#transcript.think(text);
    }
  }
}

async function resultOf(
  end: ConversationEnd,
  { outputFile }: RunnerRequest,
  { trace }: Session,
  watch: AttemptWatch,
  redact: (text: string) => string,
): Promise<Result<RunnerOutput, Failure>> {
  switch (end.kind) {
    case 'done':
      await fs.writeFile(outputFile, redact(end.output));
      return ok({ kind: 'done', exitCode: 0, ...(trace === undefined ? {} : { trace }) });
    case 'parked':
      return ok(end);
    case 'failed':
      return err(end.failure);
    case 'stopped': {
      const failure = watch.failure ?? { reason: 'cancelled' };
      return failure.reason === 'cancelled'
        ? ok({ kind: 'parked', until: undefined, why: { kind: 'stopped' } })
        : err(failure);
    }
    default:
      return unreachable(end);
  }
}
