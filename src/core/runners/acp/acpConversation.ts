import type * as Protocol from '@agentclientprotocol/sdk';
import type { ClientConnection, PromptResponse, StopReason } from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { oneLine, thrownMessage } from '../../base/text.ts';
import type { CallFailure } from '../../domain/call.ts';
import { internalFailure, type Failure } from '../../domain/failure.ts';
import { failed, callTrouble } from '../codingAgent/callTrouble.ts';
import {
  brokenOff,
  outputProblems,
  promptOf,
  repairDemand,
  unfenced,
  type CodingAttempt,
} from '../codingAgent/codingAttempt.ts';
import { askAboutBudget } from '../codingAgent/spentBudget.ts';
import { TurnWatch } from '../codingAgent/turnWatch.ts';
import { fulfilledWithin } from '../waiting.ts';
import { acpStream } from './acpStream.ts';
import { AcpTools } from './acpTools.ts';
import { AcpUpdates } from './acpUpdates.ts';
import { readCopyFile, writeCopyFile } from './copyFiles.ts';
import { SessionSettings } from './sessionSettings.ts';

/** How long an agent may take until it speaks the protocol, in milliseconds. */
const GREETING_MS = 30_000;
/** The same where `npx` or `uvx` may have to fetch it first. */
const FETCHED_GREETING_MS = 300_000;
/** How long an agent may take to end its turn once it is asked to, in milliseconds. */
const CANCEL_MS = 2000;
/** Most stray lines that are put into the log. */
const MOST_STRAY = 200;

/** Loaded with the first agent that needs it. */
type Sdk = typeof Protocol;

type TurnEnd = { readonly kind: 'done' } | { readonly kind: 'interrupted' };

/**
 * One session with an agent: a first prompt, then one for whatever people say meanwhile, until nothing is left to say.
 *
 * V1. What the agent sends before the answer to a prompt is heard before the turn ends.
 * V2. A handler that throws is a bug of ours and stops the attempt; the agent is told that something went wrong.
 */
export class AcpConversation {
  readonly #attempt: CodingAttempt;
  readonly #sdk: Sdk;
  readonly #provider: string;
  readonly #tools: AcpTools;
  readonly #connection: ClientConnection;
  #updates: AcpUpdates | undefined;
  #strayLines = 0;
  #lastStray = '';

  private constructor(attempt: CodingAttempt, sdk: Sdk, provider: string) {
    this.#attempt = attempt;
    this.#sdk = sdk;
    this.#provider = provider;
    this.#tools = new AcpTools(attempt);
    this.#connection = this.#connect();
  }

  static async open(attempt: CodingAttempt, provider: string): Promise<AcpConversation> {
    return new AcpConversation(attempt, await import('@agentclientprotocol/sdk'), provider);
  }

  async run(): Promise<Result<{ readonly output: string | undefined }, Failure>> {
    const { request, transcript, unheard, watch } = this.#attempt;
    const begun = await this.#begin();
    if (!begun.ok) {
      return begun;
    }
    const { session, settings } = begun.value;
    let isRepaired = false;
    for (let prompt = promptOf(request); ;) {
      await settings.follow();
      const spent = request.wishes().spentBudget;
      if (spent !== undefined) {
        const word = await askAboutBudget(spent, this.#attempt.events, watch);
        if (word.kind === 'cheaper') {
          await settings.change(word.model);
        }
      }
      if (watch.failure !== undefined) {
        return err(watch.failure);
      }
      const turn = await this.#turn(session, prompt, settings);
      if (!turn.ok) {
        return turn;
      }
      transcript.nextAnswer();
      const said = unheard.splice(0).join('\n\n');
      if (turn.value.kind === 'interrupted') {
        prompt = ['Go on where you stopped.', said].join('\n\n').trim();
      } else if (said !== '') {
        prompt = said;
      } else if (request.outputSchema === undefined) {
        return ok({ output: undefined });
      } else {
        const output = unfenced(transcript.lastAnswer);
        const problems = await outputProblems(request, output);
        if (problems.length === 0) {
          return ok({ output });
        }
        if (isRepaired) {
          return err({ reason: 'bad-output', problems });
        }
        isRepaired = true;
        prompt = repairDemand(problems);
      }
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #begin(): Promise<
    Result<{ readonly session: string; readonly settings: SessionSettings }, Failure>
  > {
    const { launch, clock, request } = this.#attempt;
    const { agent } = this.#connection;
    const fetches = ['npx', 'uvx'].includes(launch.command[0]);
    const greeting = await this.#ask(
      within(
        fetches ? FETCHED_GREETING_MS : GREETING_MS,
        clock,
        agent.request('initialize', {
          protocolVersion: this.#sdk.PROTOCOL_VERSION,
          clientInfo: { name: 'sluice', title: 'Sluice', version: '1' },
          clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: false },
        }),
      ),
    );
    if (!greeting.ok) {
      return greeting;
    }
    const { protocolVersion, authMethods = [] } = greeting.value;
    if (protocolVersion !== this.#sdk.PROTOCOL_VERSION) {
      return err(
        await this.#broke(
          `it speaks version ${protocolVersion} of the Agent Client Protocol, and Sluice version ${this.#sdk.PROTOCOL_VERSION}`,
        ),
      );
    }
    const opened = await this.#ask(
      agent.request('session/new', { cwd: request.folder, mcpServers: [] }),
      authMethods.map(({ name }) => name),
    );
    if (!opened.ok) {
      return opened;
    }
    const settings = new SessionSettings(this.#attempt, agent, opened.value);
    this.#updates = new AcpUpdates(this.#attempt, this.#tools, settings);
    const chosen = await settings.begin();
    return chosen.ok ? ok({ session: opened.value.sessionId, settings }) : chosen;
  }

  async #turn(
    sessionId: string,
    text: string,
    settings: SessionSettings,
  ): Promise<Result<TurnEnd, Failure>> {
    const { ledger, watch, tools, clock, request } = this.#attempt;
    const { agent } = this.#connection;
    const cancel = () => {
      agent.notify('session/cancel', { sessionId }).catch(() => undefined);
    };
    ledger.begin(settings.requested, text);
    const answered = agent.request('session/prompt', {
      sessionId,
      prompt: [{ type: 'text', text }],
    });
    let isInterrupted = false;
    using _ = new TurnWatch(clock, () => {
      void settings.follow().catch((error: unknown) => watch.stop(internalFailure(error)));
      if (!isInterrupted && !this.#tools.isAsking && request.wishes().spentBudget !== undefined) {
        isInterrupted = true;
        cancel();
      }
    });
    const answer = await watch.race(answered);
    if (answer.kind === 'stopped') {
      cancel();
      await fulfilledWithin(
        answered.catch(() => undefined),
        CANCEL_MS,
        clock,
      );
    }
    await heardOut();
    tools.endAll(
      answer.kind === 'done' && answer.value.stopReason === 'end_turn' ? 'done' : 'lost',
    );
    const trouble =
      answer.kind === 'done'
        ? troubleOf(answer.value.stopReason)
        : answer.kind === 'broke'
          ? this.#troubleOfCall(answer.thrown)
          : undefined;
    const requested = settings.requested;
    const served = settings.served;
    const cost = this.#updates?.spending.sinceLast();
    ledger.end({ usage: cost?.usage, usd: cost?.usd, served }, trouble);
    switch (answer.kind) {
      case 'stopped':
        return err(watch.failure ?? { reason: 'cancelled' });
      case 'broke':
        return err(await this.#failureOf(answer.thrown, requested, []));
      case 'done':
        break;
    }
    if (trouble !== undefined) {
      return err(this.#callFailed(trouble, requested));
    }
    if (
      served !== undefined &&
      served !== requested &&
      request.terms.calls?.onOtherModel === 'fail'
    ) {
      return err({ reason: 'other-model', requested, served });
    }
    return await this.#endOfTurn(answer.value, isInterrupted);
  }

  async #endOfTurn(
    { stopReason }: PromptResponse,
    isInterrupted: boolean,
  ): Promise<Result<TurnEnd, Failure>> {
    if (stopReason !== 'cancelled') {
      return ok({ kind: 'done' });
    }
    return isInterrupted
      ? ok({ kind: 'interrupted' })
      : err(await this.#broke('it cancelled its own turn'));
  }

  #connect(): ClientConnection {
    const { request, program, watch, transcript, clock } = this.#attempt;
    const guarded = async <T>(work: () => T | Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof this.#sdk.RequestError)) {
          watch.stop(internalFailure(error));
        }
        throw error;
      }
    };
    const refuse = (message: string) => new this.#sdk.RequestError(-32602, message);
    const stream = acpStream(program, {
      heard: () => watch.heard(),
      stray: (line) => {
        this.#lastStray = line;
        this.#strayLines += 1;
        if (this.#strayLines <= MOST_STRAY) {
          transcript.note('printed', line);
        }
      },
      passing: ({ result }) => {
        if (typeof result === 'object' && result !== null && 'stopReason' in result) {
          this.#updates?.spending.answered(result);
        }
      },
    });
    const connection = this.#sdk
      .client({ name: 'sluice' })
      // Not awaited by the SDK: it must come to its end in the turn it was called in.
      .onNotification('session/update', ({ params }) =>
        guarded(() => this.#updates?.take(params.update)),
      )
      .onRequest('session/request_permission', ({ params }) =>
        guarded(() => this.#tools.askedLeave(params)),
      )
      .onRequest('fs/read_text_file', ({ params }) =>
        guarded(async () => {
          const { path, line, limit } = params;
          const read = await readCopyFile(request, path, line ?? undefined, limit ?? undefined);
          if (!read.ok) {
            throw refuse(read.error);
          }
          return { content: read.value };
        }),
      )
      .onRequest('fs/write_text_file', ({ params }) =>
        guarded(async () => {
          const { path, content } = params;
          const why = await this.#tools.mayWrite(path, content);
          const written =
            why === undefined ? await writeCopyFile(request, path, content) : err(why);
          if (!written.ok) {
            throw refuse(written.error);
          }
          return {};
        }),
      )
      .connect(stream);
    // A child that holds the pipe must not keep the end of the agent itself from being noticed.
    void program.ended.then(async () => {
      await fulfilledWithin(connection.closed, CANCEL_MS, clock);
      connection.close();
    });
    return connection;
  }

  /** @param logins how the agent says that a person can log in */
  async #ask<T>(work: Promise<T>, logins: readonly string[] = []): Promise<Result<T, Failure>> {
    const { watch } = this.#attempt;
    const raced = await watch.race(work);
    switch (raced.kind) {
      case 'done':
        return ok(raced.value);
      case 'stopped':
        return err(watch.failure ?? { reason: 'cancelled' });
      case 'broke':
        return err(await this.#failureOf(raced.thrown, 'default', logins));
    }
  }

  async #failureOf(thrown: unknown, model: string, logins: readonly string[]): Promise<Failure> {
    const trouble = this.#troubleOfCall(thrown);
    if (trouble.kind === 'authentication') {
      const how = logins.length === 0 ? '' : ` It offers: ${logins.join(', ')}.`;
      return this.#callFailed({ ...trouble, message: `${trouble.message}.${how}` }, model);
    }
    if (thrown instanceof this.#sdk.RequestError && this.#updates !== undefined) {
      return this.#callFailed(trouble, model);
    }
    return await this.#broke(
      thrown instanceof this.#sdk.RequestError ? trouble.message : thrownMessage(thrown),
    );
  }

  #troubleOfCall(thrown: unknown): CallFailure {
    if (!(thrown instanceof this.#sdk.RequestError)) {
      return failed('network', 'The agent broke the conversation off');
    }
    const data = thrown.data === undefined ? '' : `: ${JSON.stringify(thrown.data)}`;
    const text = `${thrown.message}${data}`;
    return thrown.code === AUTHENTICATION_REQUIRED
      ? failed('authentication', text)
      : callTrouble(text);
  }

  #callFailed(failure: CallFailure, model: string): Failure {
    return { reason: 'call-failed', provider: this.#provider, model, failure, tries: 1 };
  }

  #broke(said: string): Promise<Failure> {
    const stray = this.#lastStray === '' ? '' : `; it printed "${oneLine(this.#lastStray, 100)}"`;
    return brokenOff(this.#attempt, `${said}${stray}`);
  }
}

/** The protocol's code for an agent that nobody has logged in to. */
const AUTHENTICATION_REQUIRED = -32_000;

function troubleOf(reason: StopReason): CallFailure | undefined {
  switch (reason) {
    case 'end_turn':
    case 'cancelled':
      return undefined;
    case 'max_tokens':
      return failed('truncated', 'The answer was cut off at the longest the model may write');
    case 'max_turn_requests':
      return failed('truncated', 'The agent asked its model as often as it may in one turn');
    case 'refusal':
      return failed('content-refused', 'The agent refuses to go on');
  }
}

/** Rejects when the work takes longer. */
async function within<T>(ms: number, clock: Clock, work: Promise<T>): Promise<T> {
  if (!(await fulfilledWithin(work, ms, clock))) {
    throw new Error(`it did not speak the Agent Client Protocol within ${ms / 1000} s`);
  }
  return await work;
}

/** Lets the handlers of all that has arrived run (V1). */
function heardOut(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
