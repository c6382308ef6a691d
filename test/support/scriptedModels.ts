import {
  NO_USAGE,
  type CallFailure,
  type CallFailureKind,
  type Usage,
} from '../../src/core/domain/call.ts';
import type { AnswerPart, ToolCall } from '../../src/core/domain/chat.ts';
import type {
  CallEvents,
  CallOutcome,
  CallRequest,
  FailedCall,
  ModelPort,
  Remedy,
  RememberedWait,
  ResolvedModels,
  UsableModel,
} from '../../src/core/domain/modelPort.ts';

/** A call that the test answers. */
export class HeldCall {
  readonly request: CallRequest;
  readonly signal: AbortSignal;
  readonly #events: CallEvents;
  readonly #settle: (outcome: CallOutcome) => void;

  constructor(
    request: CallRequest,
    events: CallEvents,
    signal: AbortSignal,
    settle: (outcome: CallOutcome) => void,
  ) {
    // What the request says now; the conversation goes on.
    this.request = { ...request, messages: [...request.messages] };
    this.#events = events;
    this.signal = signal;
    this.#settle = settle;
  }

  say(text: string): void {
    this.#events.said(text);
  }

  answer(text: string, over: Partial<{ served: string; usage: Usage; usd: number }> = {}): void {
    this.#answered([{ kind: 'text', text, mark: undefined }], over);
  }

  /** The model wants tools used. */
  use(...calls: readonly (Pick<ToolCall, 'id' | 'name'> & Partial<ToolCall>)[]): void {
    this.#answered(
      calls.map((call) => ({
        kind: 'tool-call',
        input: {},
        invalid: undefined,
        mark: undefined,
        ...call,
      })),
    );
  }

  fail(kind: CallFailureKind, over: Partial<CallFailure> = {}): void {
    const failure = { kind, message: kind, status: undefined, notBefore: undefined, ...over };
    this.#settle({ kind: 'failed', failure, ...FACTS });
  }

  wait(until: number, because: CallFailureKind = 'rate-limit'): void {
    this.#settle({ kind: 'wait', until, because });
  }

  #answered(
    parts: readonly AnswerPart[],
    over: Partial<{ served: string; usage: Usage; usd: number }> = {},
  ): void {
    this.#settle({ kind: 'answered', message: { role: 'assistant', parts }, ...FACTS, ...over });
  }
}

const FACTS = { served: undefined, usage: NO_USAGE, usd: undefined, durationMs: 1 };

/** Language models that answer what the test says, when it says it. */
export class ScriptedModels implements ModelPort {
  /** Names of the models that can be asked. */
  readonly names: Set<string>;
  readonly recalled: RememberedWait[] = [];
  canStructure = false;
  remedy: (failed: FailedCall) => Remedy = () => ({ kind: 'give-up' });
  /** Calls that the governor does not let begin. */
  held = false;
  readonly #calls: HeldCall[] = [];
  readonly #waiting: ((call: HeldCall) => void)[] = [];

  constructor(...names: readonly string[]) {
    this.names = new Set(names);
  }

  resolve(names: readonly string[]): Promise<ResolvedModels> {
    const asked = names.length === 0 ? [...this.names].slice(0, 1) : names;
    return Promise.resolve({
      usable: asked.filter((name) => this.names.has(name)).map((name) => this.#usable(name)),
      problems: asked
        .filter((name) => !this.names.has(name))
        .map((name) => ({ name, why: 'it has no key.' })),
    });
  }

  call(request: CallRequest, events: CallEvents, signal: AbortSignal): Promise<CallOutcome> {
    return new Promise((resolve) => {
      let begun = false;
      const settle = (outcome: CallOutcome) => {
        if (!begun && outcome.kind !== 'wait') {
          events.began();
        }
        begun = true;
        resolve(outcome);
      };
      if (!this.held) {
        begun = true;
        events.began();
      }
      signal.addEventListener('abort', () => resolve({ kind: 'cancelled', began: begun }));
      const call = new HeldCall(request, events, signal, settle);
      const first = this.#waiting.shift();
      if (first === undefined) {
        this.#calls.push(call);
      } else {
        first(call);
      }
    });
  }

  afterFailure(failed: FailedCall): Remedy {
    return this.remedy(failed);
  }

  recall(wait: RememberedWait): void {
    this.recalled.push(wait);
  }

  /** The next call, once it is made. */
  next(): Promise<HeldCall> {
    const call = this.#calls.shift();
    return call === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(call);
  }

  #usable(name: string): UsableModel {
    const slash = name.indexOf('/');
    return {
      provider: name.slice(0, slash),
      model: name.slice(slash + 1),
      account: 'test',
      contextTokens: undefined,
      canUseTools: true,
      canStructure: this.canStructure,
    };
  }
}
