import type { Clock } from '../base/clock.ts';
import { Disposables, type Disposable } from '../base/disposables.ts';
import { Emitter } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import { redactor, streamRedactor, type StreamRedactor } from '../base/redact.ts';
import { err, type Result } from '../base/result.ts';
import { thrownMessage } from '../base/text.ts';
import {
  modelName,
  NO_USAGE,
  type CallFailure,
  type Usage,
  type ModelRef,
} from '../domain/call.ts';
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
} from '../domain/modelPort.ts';
import { isServedAs } from '../domain/servedModel.ts';
import { Catalogue, type CatalogueGroup } from './catalogue.ts';
import { Connections, type Connected } from './connections.ts';
import { Embeddings } from './embedding/embeddings.ts';
import { classifyThrown } from './failures/classify.ts';
import { remedyFor } from './failures/remedy.ts';
import { Governor, type Standing } from './governor/governor.ts';
import type { Permit } from './governor/permit.ts';
import type { ModelHost } from './modelHost.ts';
import * as problems from './modelProblems.ts';
import { costOf, priceOf, type Price } from './prices.ts';
import { LocalServers } from './providers/localServers.ts';
import { providersOf } from './providers/providers.ts';
import { checkKeyAt } from './providers/remoteModels.ts';
import { Resolver } from './resolver.ts';
import { streamTurn } from './turn/streamTurn.ts';
import type { TurnOutcome } from './turn/turn.ts';
import { estimatedUsage } from './turn/usage.ts';

export interface ModelsParts {
  readonly host: ModelHost;
  readonly clock: Clock;
  /** From 0 up to 1, for the spread of waits. */
  readonly random: () => number;
  readonly log: Log;
}

/** A provider or address, for a person who puts in a key. */
export interface ProviderState {
  readonly id: string;
  readonly title: string;
  readonly baseURL: string;
  /** What its key is kept under; `undefined`: it needs none. */
  readonly keyName: string | undefined;
  /** The variables its key is read from in the terminal. */
  readonly keyVariables: readonly string[];
  readonly hasKey: boolean;
  readonly isLocal: boolean;
}

export type KeyCheck =
  | { readonly kind: 'accepted' }
  /** `why`: a sentence. */
  | { readonly kind: 'refused' | 'no-key' | 'no-answer'; readonly why: string };

/** Tokens of an answer, as long as nobody knows. */
const EXPECTED_OUTPUT = 1000;

/**
 * The models of one program: all its runs share the governor.
 *
 * L1. A call is made only with a permit, and every permit ends.
 * L2. Keys and settings are those of the moment of the call.
 * L3. No key is in anything that leaves here.
 */
export class Models implements ModelPort, Disposable {
  readonly #host: ModelHost;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #governor: Governor;
  readonly #local: LocalServers;
  readonly #catalogue: Catalogue;
  readonly #changed: Emitter<undefined>;
  readonly #disposables = new Disposables();
  /** Calls at once of one account: as the settings had it last. */
  #ceiling: number;
  readonly #connections: Connections;
  readonly #embeddings: Embeddings;

  constructor({ host, clock, random, log }: ModelsParts) {
    this.#host = host;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    const onListenerError = (error: unknown): void =>
      log.error('A listener of the models threw.', error);
    this.#changed = new Emitter(onListenerError);
    this.onDidChange = this.#changed.on;
    this.#ceiling = host.settings().concurrency;
    this.#governor = new Governor({
      clock,
      random,
      ceiling: () => this.#ceiling,
      onListenerError,
    });
    this.#local = new LocalServers(clock, () => host.fetch ?? fetch);
    this.#connections = new Connections(host, clock);
    this.#embeddings = new Embeddings({
      host,
      clock,
      connections: this.#connections,
      governor: this.#governor,
    });
    this.#catalogue = new Catalogue(host, this.#local, clock);
    const renew = (): void => {
      this.#ceiling = host.settings().concurrency;
      this.#local.forget();
      this.#catalogue.forget();
      this.#connections.forget();
      this.#embeddings.forget();
      this.#changed.fire(undefined);
    };
    this.#disposables.add(this.#governor.onDidChange(() => this.#changed.fire(undefined)));
    for (const on of [host.onDidChange, host.hosted?.onDidChange]) {
      if (on !== undefined) {
        this.#disposables.add(on(renew));
      }
    }
  }

  /** Models, keys or settings, or how calls go, are other than they were. May fire often. */
  readonly onDidChange: Emitter<undefined>['on'];

  async resolve(names: readonly string[], signal: AbortSignal): Promise<ResolvedModels> {
    return await new Resolver(this.#host, this.#local, signal).resolve(names);
  }

  async call(request: CallRequest, events: CallEvents, signal: AbortSignal): Promise<CallOutcome> {
    let began = false;
    const told: CallEvents = {
      ...bound(events),
      began: () => {
        began = true;
        events.began();
      },
    };
    try {
      return await this.#call(request, told, signal);
    } catch (thrown) {
      if (signal.aborted) {
        return { kind: 'cancelled', began };
      }
      this.#log.error(`A call of ${modelName(request.model)} broke off.`, thrown);
      return this.#failed(request, this.#classify(request, thrown));
    }
  }

  afterFailure(failed: FailedCall): Remedy {
    return remedyFor(failed, this.#clock.now(), this.#random());
  }

  recall(wait: RememberedWait): void {
    this.#governor.recall(wait);
  }

  /**
   * The text as a vector of length 1, by an embedding model; the error is a sentence with what to do. One call, made
   * once. Rejects only with the signal's reason.
   * @param model as `provider/model`
   */
  async embed(
    model: string,
    text: string,
    signal: AbortSignal,
  ): Promise<Result<Float32Array, string>> {
    this.#ceiling = this.#host.settings().concurrency;
    try {
      const vector = await this.#embeddings.embed(model, text, signal);
      return vector.ok ? vector : err(this.redact(vector.error));
    } catch (thrown) {
      signal.throwIfAborted();
      this.#log.error(`A vector of ${model} broke off.`, thrown);
      return err(this.redact(thrownMessage(thrown)));
    }
  }

  /**
   * Why the model turns no text into vectors: a sentence; `undefined`: it does, as far as can be told without asking
   * it, which costs nothing. Rejects only with the signal's reason.
   * @param model as `provider/model`
   */
  async embeddingProblem(model: string, signal: AbortSignal): Promise<string | undefined> {
    const problem = await this.#embeddings.problem(model, signal);
    return problem === undefined ? undefined : this.redact(problem);
  }

  /** How calls go, by account and model. */
  standing(): readonly Standing[] {
    return this.#governor.standing();
  }

  /** All a person can choose from now, by provider. Rejects only with the signal's reason. */
  async catalogue(signal: AbortSignal): Promise<readonly CatalogueGroup[]> {
    return await this.#catalogue.groups(signal);
  }

  async providers(): Promise<readonly ProviderState[]> {
    const providers = [...providersOf(this.#host.settings()).values()];
    return await Promise.all(
      providers.map(async ({ id, title, baseURL, keyName, keyVariables, local }) => ({
        id,
        title,
        baseURL,
        keyName,
        keyVariables,
        hasKey: keyName !== undefined && (await this.#host.secret(keyName)) !== undefined,
        isLocal: local !== undefined,
      })),
    );
  }

  /**
   * Asks a provider whether it takes the key, which costs nothing. Rejects only with the signal's reason.
   * @param key left out: the one that is kept
   */
  async checkKey(id: string, signal: AbortSignal, key?: string): Promise<KeyCheck> {
    const provider = providersOf(this.#host.settings()).get(id);
    if (provider === undefined) {
      return { kind: 'no-answer', why: problems.noSuchProvider(id) };
    }
    const used = key ?? (await this.#connections.keyOf(provider));
    if (used === undefined && provider.keyName !== undefined) {
      return { kind: 'no-key', why: problems.noKey(provider, this.#host.keysFrom) };
    }
    const answer = await checkKeyAt(
      { provider, key: used, fetch: this.#host.fetch },
      this.#clock,
      signal,
    );
    switch (answer.kind) {
      case 'listed':
        return { kind: 'accepted' };
      case 'refused':
        return { kind: 'refused', why: problems.keyRefused(provider, answer.status) };
      case 'no-answer':
        return { kind: 'no-answer', why: problems.noAnswer(provider, answer.why) };
    }
  }

  /** Without keys that were used, and without what looks like one. */
  readonly redact = redactor(() => this.#connections.keys);

  redactStream(): StreamRedactor {
    return streamRedactor(() => this.#connections.keys);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #call(request: CallRequest, events: CallEvents, signal: AbortSignal): Promise<CallOutcome> {
    signal.throwIfAborted();
    this.#ceiling = this.#host.settings().concurrency;
    const connected = await this.#connections.connect(request.model);
    if (!connected.ok) {
      return this.#failed(request, connected.error);
    }
    const { provider, model: requested } = request.model;
    const admission = await this.#governor.admit(
      {
        account: connected.value.account,
        provider,
        model: requested,
        tokens: tokensOf(request),
        criticality: request.criticality,
      },
      (state, until) => events.breakerMoved(state, until),
      signal,
    );
    if (admission.kind === 'wait') {
      return admission;
    }
    const { permit } = admission;
    try {
      events.began();
      const outcome = await streamTurn(
        connected.value.model,
        { ...request, canStructure: request.model.canStructure, provider, requested },
        events,
        signal,
        { clock: this.#clock },
      );
      endPermit(permit, outcome);
      return this.#settled(request, outcome, connected.value);
    } finally {
      permit.end({ kind: 'cancelled' });
    }
  }

  /** What the model costs now, for whoever plans; `undefined`: it has no price. */
  price({ provider, model }: ModelRef): Price | undefined {
    const settings = this.#host.settings();
    const isFree = providersOf(settings).get(provider)?.isFree ?? false;
    const terms = { at: this.#clock.now(), isFree, overrides: settings.prices };
    return priceOf({ provider, model }, terms);
  }

  #settled(request: CallRequest, outcome: TurnOutcome, { isFree }: Connected): CallOutcome {
    if (outcome.kind === 'cancelled') {
      return { kind: 'cancelled', began: true };
    }
    const { served, usage, durationMs } = outcome;
    const facts = {
      served,
      usage,
      usd: this.#usd(request.model, served, usage, isFree),
      durationMs,
    };
    return outcome.kind === 'answered'
      ? { kind: 'answered', message: outcome.message, ...facts }
      : { kind: 'failed', failure: this.#without(outcome.failure), ...facts };
  }

  /** Of a call that was not made, or broke off by a bug. */
  #failed(request: CallRequest, failure: CallFailure): CallOutcome {
    const usd = this.#usd(request.model, undefined, NO_USAGE, false);
    return {
      kind: 'failed',
      failure: this.#without(failure),
      served: undefined,
      usage: NO_USAGE,
      usd,
      durationMs: 0,
    };
  }

  #without(failure: CallFailure): CallFailure {
    return { ...failure, message: this.redact(failure.message) };
  }

  #usd(
    { provider, model }: UsableModel,
    served: string | undefined,
    usage: Usage,
    isFree: boolean,
  ): number | undefined {
    const terms = { at: this.#clock.now(), isFree, overrides: this.#host.settings().prices };
    const names =
      served === undefined ? [model] : isServedAs(model, served) ? [served, model] : [served];
    for (const name of names) {
      const price = priceOf({ provider, model: name }, terms);
      if (price !== undefined) {
        return costOf(price, usage);
      }
    }
    return undefined;
  }

  #classify(request: CallRequest, thrown: unknown): CallFailure {
    return classifyThrown(thrown, { provider: request.model.provider, now: this.#clock.now() });
  }
}

/** A listener that is a method keeps its `this`. */
function bound(events: CallEvents): CallEvents {
  return {
    began: () => events.began(),
    said: (text) => events.said(text),
    thought: (text) => events.thought(text),
    breakerMoved: (state, until) => events.breakerMoved(state, until),
  };
}

function tokensOf(request: CallRequest): number {
  const { provider, model: requested, canStructure } = request.model;
  const { input } = estimatedUsage({ ...request, provider, requested, canStructure }, 0);
  return input + EXPECTED_OUTPUT;
}

function endPermit(permit: Permit, outcome: TurnOutcome): void {
  switch (outcome.kind) {
    case 'answered':
      permit.end({
        kind: 'answered',
        tokens: outcome.usage.input + outcome.usage.output,
        limits: outcome.limits,
      });
      return;
    case 'failed':
      permit.end({ kind: 'failed', failure: outcome.failure, limits: outcome.limits });
      return;
    case 'cancelled':
      permit.end({ kind: 'cancelled' });
  }
}
