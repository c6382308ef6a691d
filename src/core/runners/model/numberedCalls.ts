import { oneLine } from '../../base/text.ts';
import { isServedAs } from '../../domain/servedModel.ts';
import { modelName } from '../../domain/call.ts';
import type { Failure } from '../../domain/failure.ts';
import type { CallOutcome, CallRequest, ModelPort } from '../../domain/modelPort.ts';
import type { RunnerEvents, RunnerRequest } from '../../domain/runner.ts';
import type { Session } from './session.ts';

/** What a call says while it is made. */
export interface Voice {
  said(text: string): void;
  thought(text: string): void;
  note(kind: string, text: string): void;
}

/** Calls of models for one task: each has its number, its intent and its outcome, in the session and in the journal. */
export class NumberedCalls {
  readonly #models: ModelPort;
  readonly #session: Session;
  readonly #events: RunnerEvents;
  #last: number;

  constructor(models: ModelPort, session: Session, request: RunnerRequest, events: RunnerEvents) {
    this.#models = models;
    this.#session = session;
    this.#events = events;
    this.#last = Math.max(request.counted.calls, ...session.calls.keys());
  }

  /** @param keep called with an answer before the journal is told: what is paid for is not lost by a crash in between */
  async make(
    request: CallRequest,
    voice: Voice,
    keep: (outcome: Extract<CallOutcome, { kind: 'answered' }>) => void,
    signal: AbortSignal,
  ): Promise<CallOutcome> {
    const { provider, model } = request.model;
    const begun: { call?: number } = {};
    const outcome = await this.#models.call(
      request,
      {
        began: () => {
          this.#last += 1;
          begun.call = this.#last;
          this.#session.add({ kind: 'call', call: this.#last, provider, model });
          this.#events.did({ type: 'call-started', call: this.#last, provider, model });
        },
        said: (text) => voice.said(text),
        thought: (text) => voice.thought(text),
        breakerMoved: (state, until) =>
          this.#events.did({
            type: 'breaker-moved',
            provider,
            model,
            state,
            until: until === undefined ? undefined : Math.round(until),
          }),
      },
      signal,
    );
    if (outcome.kind === 'answered') {
      keep(outcome);
    }
    if (begun.call !== undefined && (outcome.kind === 'answered' || outcome.kind === 'failed')) {
      const { served, usage, usd, durationMs } = outcome;
      const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
      const ended = { call: begun.call, served, usage, usd, durationMs, failure };
      this.#session.add({ kind: 'call-end', ...ended });
      this.#events.did({ type: 'call-ended', ...ended });
    }
    if (outcome.kind === 'failed') {
      voice.note(
        outcome.failure.kind,
        `${modelName(request.model)}: ${oneLine(outcome.failure.message)}`,
      );
    }
    return outcome;
  }
}

/** Whether another model answered than was asked, as a failure where the policy says that it is one. */
export function otherModel(
  { onOtherModel }: { readonly onOtherModel?: 'show' | 'fail' | undefined },
  requested: string,
  served: string | undefined,
): Failure | undefined {
  return onOtherModel === 'fail' && served !== undefined && !isServedAs(requested, served)
    ? { reason: 'other-model', requested, served }
    : undefined;
}
