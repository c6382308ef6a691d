import type {
  LanguageModelV3,
  LanguageModelV3FinishReason,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import { Answer } from './answer.ts';
import { askedOfSdk } from './ask.ts';
import { classifyThrown } from '../failures/classify.ts';
import { countedUsage, estimatedUsage } from './usage.ts';
import {
  failureOfEnd,
  isEmptyStream,
  isUnreadable,
  tellsOfError,
  withoutMadeUpStatus,
} from './ending.ts';
import { LifeSigns, type Death } from './lifeSigns.ts';
import { NO_USAGE, type CallFailure, type CallFailureKind, type Usage } from '../../domain/call.ts';
import { toldLimits } from '../failures/limitHeaders.ts';
import { unreachable } from '../../base/exhaustive.ts';
import { watchWire } from './watchedFetch.ts';
import {
  DEFAULT_TURN_LIMITS,
  type TurnEvents,
  type TurnFacts,
  type TurnLimits,
  type TurnOptions,
  type TurnOutcome,
  type TurnRequest,
} from './turn.ts';
import * as problems from './turnProblems.ts';

type Ending =
  | { readonly kind: 'cancelled' }
  /** The stream was read to its end. */
  | { readonly kind: 'read' }
  | { readonly kind: 'threw'; readonly thrown: unknown }
  | { readonly kind: 'failed'; readonly failure: CallFailure };

/** Failures of a stream that had begun, after which the provider may have worked all the same. */
const MAY_BE_PAID: ReadonlySet<CallFailureKind> = new Set<CallFailureKind>([
  'network',
  'timeout',
  'truncated',
  'malformed-output',
]);

/** How long the SDK may take to tell what it has of a body that was ended here, in milliseconds. */
const LAST_WORDS_MS = 1000;

/**
 * Makes one call of a model and reads its answer as it comes.
 *
 * T1. It never rejects, and settles once: with an answer, a classified failure, or cancelled.
 * T2. An answer has an end that the provider gave it. What was cut off, stopped or filtered is a failure.
 * T3. Settled before the stream has ended, the request is aborted in the same moment: the socket closes.
 * T4. No event comes after it has settled, and no timer or listener of its own is left.
 *
 * Bytes are seen only if the model was made with `watchedFetch`; otherwise silence is all that can be told.
 */
export async function streamTurn(
  model: LanguageModelV3,
  request: TurnRequest,
  events: TurnEvents,
  signal: AbortSignal,
  options: TurnOptions,
): Promise<TurnOutcome> {
  return signal.aborted
    ? { kind: 'cancelled' }
    : await new Turn(model, request, events, options).run(signal);
}

class Turn {
  readonly #model: LanguageModelV3;
  readonly #request: TurnRequest;
  readonly #events: TurnEvents;
  readonly #clock: TurnOptions['clock'];
  readonly #limits: TurnLimits;
  readonly #startedAt: number;
  readonly #stop = new AbortController();
  readonly #answer: Answer;
  readonly #ended: Promise<Ending>;
  readonly #life: LifeSigns;
  #settle!: (ending: Ending) => void;
  #died: Death | undefined;
  #endBody: (() => void) | undefined;
  #status: number | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #isStreaming = false;
  #served: string | undefined;
  #finish: LanguageModelV3FinishReason | undefined;
  #usage: LanguageModelV3Usage | undefined;

  constructor(
    model: LanguageModelV3,
    request: TurnRequest,
    events: TurnEvents,
    { clock, ...limits }: TurnOptions,
  ) {
    this.#model = model;
    this.#request = request;
    this.#events = events;
    this.#clock = clock;
    this.#limits = { ...DEFAULT_TURN_LIMITS, ...limits };
    this.#startedAt = clock.monotonic();
    this.#answer = new Answer(request.tools.map(({ name }) => name));
    this.#ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#life = new LifeSigns(clock, this.#limits, (of) => this.#dies(of));
  }

  async run(signal: AbortSignal): Promise<TurnOutcome> {
    const cancel = (): void => this.#end({ kind: 'cancelled' });
    signal.addEventListener('abort', cancel, { once: true });
    this.#watchWire();
    this.#read().then(
      () => this.#settle({ kind: 'read' }),
      (thrown: unknown) => this.#end({ kind: 'threw', thrown }),
    );
    const ending = await this.#ended;
    signal.removeEventListener('abort', cancel);
    this.#life.dispose();
    return this.#outcome(ending);
  }

  /** Ends the call, also in the middle of its stream. */
  #end(ending: Ending): void {
    this.#settle(ending);
    this.#stop.abort();
  }

  #isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  #watchWire(): void {
    watchWire(this.#stop.signal, {
      opened: (status, headers) => {
        this.#status = status;
        this.#headers = Object.fromEntries(headers);
        this.#isStreaming =
          status < 300 && this.#headers['content-type']?.includes('event-stream') === true;
        this.#life.opened();
      },
      moved: () => this.#life.moved(),
      endsBy: (end) => {
        this.#endBody = end;
      },
      toldAtOnce: (body) => {
        if (tellsOfError(body)) {
          const thrown = { responseBody: body, responseHeaders: this.#headers };
          this.#end({ kind: 'threw', thrown });
        }
      },
      spoiled: (failure) => this.#end({ kind: 'failed', failure }),
    });
  }

  async #read(): Promise<void> {
    const { streamText, jsonSchema } = await import('ai');
    if (this.#isOver()) {
      return;
    }
    const heard = {
      began: (headers: Readonly<Record<string, string>>) => {
        this.#headers = headers;
      },
      served: (name: string) => {
        this.#served = name;
      },
      spoke: () => this.#life.spoke(),
      finished: (reason: LanguageModelV3FinishReason, usage: LanguageModelV3Usage) => {
        this.#finish = reason;
        this.#usage = usage;
      },
    };
    const { fullStream } = streamText(
      askedOfSdk(this.#model, this.#request, heard, this.#stop.signal, jsonSchema),
    );
    for await (const part of fullStream) {
      if (this.#isOver()) {
        return;
      }
      if (part.type === 'error') {
        if (isEmptyStream(part.error)) {
          return;
        }
        throw part.error;
      }
      const told = this.#answer.take(part);
      if (told?.kind === 'text') {
        this.#events.said(told.text);
      } else if (told?.kind === 'reasoning') {
        this.#events.thought(told.text);
      }
      if (this.#answer.chars > this.#limits.maxChars) {
        const failure = problems.answerTooLong(this.#limits.maxChars, this.#status);
        this.#end({ kind: 'failed', failure });
        return;
      }
    }
  }

  #dies(of: Death): void {
    this.#died = of;
    if (this.#endBody === undefined) {
      this.#failsOf(of);
      return;
    }
    // Perhaps all was said and only the line was not closed: the SDK tells what it has, and that may be an answer.
    const patience = this.#clock.timer(LAST_WORDS_MS, () => this.#failsOf(of));
    void this.#ended.then(() => patience.dispose());
    this.#endBody();
  }

  #failsOf(of: Death): void {
    this.#end({ kind: 'failed', failure: this.#failureOf(of) });
  }

  #failureOf(of: Death): CallFailure {
    // The status says more than that its explanation never came.
    if (this.#status !== undefined && this.#status >= 400) {
      return this.#classify({ statusCode: this.#status, responseHeaders: this.#headers });
    }
    switch (of) {
      case 'no-first-byte':
        return problems.noFirstByte(this.#limits.firstByteMs);
      case 'idle':
        return problems.stalled(this.#limits.idleMs, this.#status);
      case 'silent':
        return problems.silent(this.#limits.silentMs, this.#status);
      default:
        return unreachable(of);
    }
  }

  #outcome(ending: Ending): TurnOutcome {
    switch (ending.kind) {
      case 'cancelled':
        return { kind: 'cancelled' };
      case 'failed':
        return this.#failed(ending.failure);
      case 'threw':
        return this.#failed(this.#classify(ending.thrown));
      case 'read': {
        const failure = failureOfEnd(this.#finish, this.#answer, this.#status);
        if (failure === undefined) {
          const message = { role: 'assistant' as const, parts: this.#answer.parts() };
          return { kind: 'answered', message, ...this.#facts(undefined) };
        }
        return this.#failed(this.#died === undefined ? failure : this.#failureOf(this.#died));
      }
      default:
        return unreachable(ending);
    }
  }

  #classify(thrown: unknown): CallFailure {
    const told = withoutMadeUpStatus(thrown, this.#status);
    const at = { provider: this.#request.provider, now: this.#clock.now() };
    const failure = classifyThrown(told, at);
    return isUnreadable(told) ? problems.unreadableEvent(told.name, this.#status) : failure;
  }

  #failed(failure: CallFailure): TurnOutcome {
    return { kind: 'failed', failure, ...this.#facts(failure.kind) };
  }

  #facts(failed: CallFailureKind | undefined): TurnFacts {
    return {
      served: this.#served,
      usage: this.#tokens(failed),
      durationMs: this.#clock.monotonic() - this.#startedAt,
      limits: toldLimits(this.#headers, this.#clock.now()),
    };
  }

  #tokens(failed: CallFailureKind | undefined): Usage {
    const hasBegun = this.#answer.chars > 0 || this.#finish !== undefined;
    return (
      countedUsage(this.#usage) ??
      (hasBegun || (this.#isStreaming && failed !== undefined && MAY_BE_PAID.has(failed))
        ? estimatedUsage(this.#request, this.#answer.chars)
        : NO_USAGE)
    );
  }
}
