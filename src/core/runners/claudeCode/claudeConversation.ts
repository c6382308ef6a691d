import { unreachable } from '../../base/exhaustive.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatDuration, thrownMessage } from '../../base/text.ts';
import type { CallFailure } from '../../domain/call.ts';
import { internalFailure, type Failure } from '../../domain/failure.ts';
import type { PermissionMode } from '../../domain/terms.ts';
import { callTrouble, failed } from '../codingAgent/callTrouble.ts';
import {
  brokenOff,
  outputProblems,
  repairDemand,
  unfenced,
  type CodingAttempt,
} from '../codingAgent/codingAttempt.ts';
import { jsonLines } from '../codingAgent/jsonLines.ts';
import { askLeave } from '../codingAgent/permissionDesk.ts';
import { askAboutBudget } from '../codingAgent/spentBudget.ts';
import { TurnWatch } from '../codingAgent/turnWatch.ts';
import { fulfilledWithin } from '../waiting.ts';
import { isServedAs } from '../../domain/servedModel.ts';
import { claudeMode, claudeModel } from './claudeArguments.ts';
import {
  claudeMessage,
  type ClaudeBlock,
  type ClaudeMessage,
  type ClaudeResult,
  type ControlRequest,
} from './claudeMessages.ts';
import { ClaudeSpending } from './claudeSpending.ts';
import { claudeDeed, claudePaths, claudeSummary } from './claudeTools.ts';

/** How long Claude Code may take until it says its first word, in milliseconds. */
const GREETING_MS = 60_000;
/** How long it may take to end its turn once it is asked to, in milliseconds. */
const INTERRUPT_MS = 2000;
/** Most lines outside of its protocol that are put into the log. */
const MOST_STRAY = 200;
/** The model of messages that Claude Code wrote itself. */
const NO_MODEL = '<synthetic>';

type TurnEnd =
  { readonly kind: 'done'; readonly output: string } | { readonly kind: 'interrupted' };

/**
 * A conversation with `claude -p` over its standard input and output: messages of ours, its answers as a stream, and
 * the control requests both sides send.
 *
 * L1. A turn begins with a message of ours and ends with one `result`.
 */
export class ClaudeConversation {
  readonly #attempt: CodingAttempt;
  readonly #provider: string;
  readonly #spending = new ClaudeSpending();
  readonly #controls = new Map<string, (error: string | undefined) => void>();
  readonly #greeted: Promise<void>;
  #greet: () => void = () => undefined;
  #ended: Promise<never>;
  #result: ((result: ClaudeResult) => void) | undefined;
  #requested: string;
  #served: string | undefined;
  #trouble: string | undefined;
  #hasStreamed = false;
  #asking = 0;
  #strayLines = 0;
  #controlCount = 0;
  #wishedModel: string | undefined;
  #wishedMode: PermissionMode;

  /** @param model that it was started with; `undefined`: its own choice */
  constructor(attempt: CodingAttempt, provider: string, model: string | undefined) {
    this.#attempt = attempt;
    this.#provider = provider;
    this.#requested = model ?? 'default';
    this.#wishedModel = attempt.request.wishes().model;
    this.#wishedMode = this.#mode();
    this.#greeted = new Promise((resolve) => (this.#greet = resolve));
    this.#ended = this.#listen();
    this.#ended.catch(() => undefined);
  }

  async run(prompt: string): Promise<Result<{ readonly output: string }, Failure>> {
    const { request, events, transcript, unheard, watch } = this.#attempt;
    let isRepaired = false;
    for (let text = prompt; ;) {
      const spent = request.wishes().spentBudget;
      if (spent !== undefined) {
        const word = await askAboutBudget(spent, events, watch);
        if (word.kind === 'cheaper') {
          await this.#changeModel(word.model);
        }
      }
      if (watch.failure !== undefined) {
        return err(watch.failure);
      }
      const turn = await this.#turn(text);
      if (!turn.ok) {
        return turn;
      }
      transcript.nextAnswer();
      const said = unheard.splice(0).join('\n\n');
      if (turn.value.kind === 'interrupted') {
        text = ['Go on where you stopped.', said].join('\n\n').trim();
      } else if (said !== '') {
        text = said;
      } else {
        const { output } = turn.value;
        const problems = await outputProblems(request, output);
        if (problems.length === 0) {
          return ok({ output });
        }
        if (isRepaired) {
          return err({ reason: 'bad-output', problems });
        }
        isRepaired = true;
        text = repairDemand(problems);
      }
    }
  }

  async #turn(text: string): Promise<Result<TurnEnd, Failure>> {
    const { ledger, watch, tools, clock, request } = this.#attempt;
    this.#trouble = undefined;
    const requested = this.#requested;
    ledger.begin(requested, text);
    const resulted = new Promise<ClaudeResult>((resolve) => (this.#result = resolve));
    this.#send({ type: 'user', message: { role: 'user', content: [{ type: 'text', text }] } });
    const turn = { isInterrupted: false };
    using _ = new TurnWatch(clock, () => {
      void this.#follow().catch((error: unknown) => watch.stop(internalFailure(error)));
      if (!turn.isInterrupted && this.#asking === 0 && request.wishes().spentBudget !== undefined) {
        turn.isInterrupted = true;
        void this.#control({ subtype: 'interrupt' });
      }
    });
    const answered = Promise.race([resulted, this.#ended, this.#silence()]);
    const answer = await watch.race(answered);
    if (answer.kind === 'stopped') {
      void this.#control({ subtype: 'interrupt' });
      const late = Promise.race([resulted, this.#ended]).catch(() => undefined);
      await fulfilledWithin(late, INTERRUPT_MS, clock);
    }
    this.#result = undefined;
    const result = answer.kind === 'done' ? answer.value : undefined;
    const trouble =
      answer.kind === 'broke'
        ? failed('network', 'Claude Code broke the conversation off')
        : result === undefined || turn.isInterrupted
          ? undefined
          : this.#troubleOf(result);
    const cost = result === undefined ? undefined : this.#spending.of(result);
    tools.endAll(
      result !== undefined && trouble === undefined && !turn.isInterrupted ? 'done' : 'lost',
    );
    const served = this.#served;
    ledger.end({ usage: cost?.usage, usd: cost?.usd, served }, trouble);
    if (answer.kind === 'broke') {
      return err(await brokenOff(this.#attempt, thrownMessage(answer.thrown)));
    }
    if (result === undefined) {
      return err(watch.failure ?? { reason: 'cancelled' });
    }
    if (turn.isInterrupted && result.subtype !== 'success') {
      return ok({ kind: 'interrupted' });
    }
    return this.#outcome(result, trouble, requested);
  }

  #outcome(
    result: ClaudeResult,
    trouble: CallFailure | undefined,
    requested: string,
  ): Result<TurnEnd, Failure> {
    const { request } = this.#attempt;
    const served = this.#served;
    if (result.subtype === 'error_max_turns') {
      return err({ reason: 'too-many-turns', turns: result.num_turns });
    }
    if (result.subtype === 'error_max_structured_output_retries') {
      return err({ reason: 'bad-output', problems: result.errors ?? [] });
    }
    if (trouble !== undefined) {
      const provider = this.#provider;
      return err({ reason: 'call-failed', provider, model: requested, failure: trouble, tries: 1 });
    }
    if (
      served !== undefined &&
      request.terms.calls?.onOtherModel === 'fail' &&
      !isServedAs(this.#requested, served)
    ) {
      return err({ reason: 'other-model', requested, served });
    }
    const output =
      request.outputSchema === undefined
        ? (result.result ?? '')
        : result.structured_output === undefined
          ? unfenced(result.result ?? '')
          : JSON.stringify(result.structured_output);
    return ok({ kind: 'done', output });
  }

  #troubleOf(result: ClaudeResult): CallFailure | undefined {
    const said = result.errors?.join('; ') ?? result.result ?? '';
    if (result.is_error || result.subtype !== 'success' || this.#trouble !== undefined) {
      return callTrouble(said === '' ? result.subtype : said, this.#trouble);
    }
    switch (result.stop_reason) {
      case 'refusal':
        return failed('content-refused', 'The model refuses to go on');
      case 'max_tokens':
        return failed('truncated', 'The answer was cut off at the longest the model may write');
      default:
        return undefined;
    }
  }

  /** Rejects when Claude Code says nothing at all. */
  async #silence(): Promise<never> {
    if (!(await fulfilledWithin(this.#greeted, GREETING_MS, this.#attempt.clock))) {
      throw new Error(`it said nothing for ${GREETING_MS / 1000} s`);
    }
    return await this.#ended;
  }

  /** Reads until there is no more; then, or when the pipe breaks, it rejects. */
  async #listen(): Promise<never> {
    const { program, watch, transcript } = this.#attempt;
    for await (const line of jsonLines(program.output, () => watch.heard())) {
      const message = line.kind === 'message' ? claudeMessage(line.message) : undefined;
      if (line.kind === 'stray') {
        this.#strayLines += 1;
        if (this.#strayLines <= MOST_STRAY) {
          transcript.note('printed', line.text);
        }
      } else {
        this.#greet();
      }
      if (message !== undefined) {
        try {
          this.#hear(message);
        } catch (error) {
          watch.stop(internalFailure(error));
        }
      }
    }
    throw new Error('it closed the conversation');
  }

  #hear(message: ClaudeMessage): void {
    switch (message.type) {
      case 'system':
        this.#hearSystem(message);
        return;
      case 'stream_event':
        if (message.parent_tool_use_id == null) {
          this.#hearDelta(message.event);
        }
        return;
      case 'assistant': {
        const { model, content } = message.message;
        const isMain = message.parent_tool_use_id == null;
        if (isMain) {
          this.#trouble = message.error;
          this.#served = model === NO_MODEL ? this.#served : (model ?? this.#served);
        }
        content.forEach((block) => this.#hearBlock(block, isMain));
        this.#hasStreamed = false;
        return;
      }
      case 'user':
        message.message.content.forEach((block) => this.#hearBlock(block, false));
        return;
      case 'result':
        this.#result?.(message);
        return;
      case 'control_request':
        void this.#answer(message);
        return;
      case 'control_response': {
        const { request_id: id, subtype, error } = message.response;
        this.#controls.get(id)?.(subtype === 'error' ? (error ?? 'it refused') : undefined);
        return;
      }
      default:
        unreachable(message);
    }
  }

  #hearSystem(message: Extract<ClaudeMessage, { readonly type: 'system' }>): void {
    const { transcript } = this.#attempt;
    if (message.subtype === 'init') {
      transcript.note('model', message.model ?? 'unknown');
    } else if (message.subtype === 'api_retry') {
      const { attempt = 0, max_retries: most = 0, retry_delay_ms: delay = 0, error } = message;
      transcript.note(
        'retry',
        `${attempt} of ${most} in ${formatDuration(delay)}: ${error ?? 'unknown'}`,
      );
    }
  }

  #hearDelta({ type, delta }: { readonly type: string; readonly delta?: Delta | undefined }): void {
    const { transcript, ledger } = this.#attempt;
    if (type === 'message_start') {
      transcript.nextAnswer();
    }
    const { text = '', thinking = '' } = delta ?? {};
    this.#hasStreamed ||= text !== '';
    ledger.wrote(text + thinking);
    transcript.think(thinking);
    transcript.say(text);
  }

  #hearBlock(block: ClaudeBlock, isMain: boolean): void {
    const { tools, transcript, ledger } = this.#attempt;
    switch (block.type) {
      case 'text':
        // It has come in pieces already, but for what Claude Code says itself.
        if (isMain && !this.#hasStreamed) {
          ledger.wrote(block.text);
          transcript.nextAnswer();
          transcript.say(block.text);
        }
        return;
      case 'tool_use':
        tools.begin(block.id, block.name, claudeSummary(block.name, block.input));
        return;
      case 'tool_result':
        tools.end(block.tool_use_id, block.is_error === true ? 'failed' : 'done');
        return;
      case 'other':
        return;
    }
  }

  /** What Claude Code asks of us. Never rejects. */
  async #answer({ request_id: id, request }: ControlRequest): Promise<void> {
    try {
      const response =
        request.subtype === 'can_use_tool' && request.tool_name !== undefined
          ? await this.#leaveFor(id, request.tool_name, request)
          : undefined;
      this.#send({
        type: 'control_response',
        response:
          response === undefined
            ? { subtype: 'error', request_id: id, error: `Sluice does not know ${request.subtype}` }
            : { subtype: 'success', request_id: id, response },
      });
    } catch (error) {
      this.#attempt.watch.stop(internalFailure(error));
    }
  }

  async #leaveFor(
    id: string,
    tool: string,
    { input = {}, tool_use_id: use = id }: ControlRequest['request'],
  ): Promise<Readonly<Record<string, unknown>>> {
    const { tools, request, events, watch } = this.#attempt;
    const summary = claudeSummary(tool, input);
    const wish = {
      use: tools.begin(use, tool, summary),
      tool,
      does: claudeDeed(tool),
      summary,
      detail: JSON.stringify(input, undefined, 2),
      paths: claudePaths(input),
    };
    this.#asking += 1;
    try {
      const leave = await askLeave(wish, request, events, watch);
      switch (leave.kind) {
        case 'allow':
          return { behavior: 'allow', updatedInput: input };
        case 'refuse':
          tools.end(use, 'refused', leave.why);
          return { behavior: 'deny', message: leave.note ?? `Not allowed: ${leave.why}.` };
        case 'stopped':
          return { behavior: 'deny', message: 'The work is being stopped.', interrupt: true };
      }
    } finally {
      this.#asking -= 1;
    }
  }

  #mode(): PermissionMode {
    const { request } = this.#attempt;
    return request.wishes().permissions ?? request.terms.permissions ?? 'default';
  }

  async #follow(): Promise<void> {
    const { request, transcript } = this.#attempt;
    const { model } = request.wishes();
    const mode = this.#mode();
    if (mode !== this.#wishedMode) {
      this.#wishedMode = mode;
      await this.#control({ subtype: 'set_permission_mode', mode: claudeMode(mode) });
      transcript.note('mode', mode);
    }
    if (model !== this.#wishedModel) {
      this.#wishedModel = model;
      if (model !== undefined) {
        await this.#changeModel(model);
      }
    }
  }

  async #changeModel(name: string): Promise<void> {
    const { events, transcript } = this.#attempt;
    const from = this.#requested;
    const to = claudeModel(name);
    const problem = await this.#control({ subtype: 'set_model', model: to });
    if (problem !== undefined) {
      transcript.note('model', `${to} was not taken: ${problem}`);
    } else if (to !== from) {
      this.#requested = to;
      events.did({ type: 'model-changed', from, to, why: 'chosen' });
      transcript.note('model', `changed from ${from} to ${to}`);
    }
  }

  /** @returns what Claude Code said against it */
  async #control(request: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    this.#controlCount += 1;
    const id = `sluice-${this.#controlCount}`;
    const answered = new Promise<string | undefined>((resolve) => this.#controls.set(id, resolve));
    this.#send({ type: 'control_request', request_id: id, request });
    const answer = await this.#attempt.watch.race(Promise.race([answered, this.#ended]));
    this.#controls.delete(id);
    return answer.kind === 'done' ? answer.value : 'the conversation is over';
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    const { input } = this.#attempt.program;
    // A pipe that broke is told by the end of what it prints.
    if (input.writable) {
      input.write(`${JSON.stringify(message)}\n`, () => undefined);
    }
  }
}

interface Delta {
  readonly text?: string | undefined;
  readonly thinking?: string | undefined;
}
