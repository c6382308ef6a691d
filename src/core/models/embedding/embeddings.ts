import type { Clock } from '../../base/clock.ts';
import { unreachable } from '../../base/exhaustive.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { DEFAULT_CRITICALITY } from '../../domain/agent.ts';
import type { Connections } from '../connections.ts';
import type { Governor } from '../governor/governor.ts';
import type { ModelHost } from '../modelHost.ts';
import { HOSTED_PROVIDER, readModelName } from '../modelNames.ts';
import * as modelProblems from '../modelProblems.ts';
import { listedModel } from '../prices.ts';
import { connectEmbedding } from '../providers/connect.ts';
import { localEmbedder } from '../providers/localEmbedders.ts';
import { isEmbedding } from '../providers/localServers.ts';
import { providersOf, type Provider } from '../providers/providers.ts';
import { askVector, heardFetch, type Heard, type VectorOutcome } from './askVector.ts';
import * as problems from './embeddingProblems.ts';
import { isCut, knownRoom, whyTooLong } from './textRoom.ts';
import { unitVector } from './unitVector.ts';

/** How long a local server's word of a model is believed, in milliseconds. */
const FRESH_MS = 60_000;
const CHARS_PER_TOKEN = 4;

export interface EmbeddingsParts {
  readonly host: ModelHost;
  readonly clock: Clock;
  readonly connections: Connections;
  readonly governor: Governor;
}

interface Embedder {
  readonly provider: Provider;
  /** As its provider names it. */
  readonly model: string;
  /** Tokens it takes in; `undefined`: not known. */
  readonly room: number | undefined;
}

/**
 * Turns texts into vectors with models that are for it.
 *
 * E1. Only a model that its provider is known to have for it, or that the provider takes for it, is asked.
 * E2. What comes is a vector of length 1 of the whole text, and as long as the last one of that model; else an error.
 * E3. A call is made with a permit of its account's governor, once: whoever asks goes on without a vector.
 * Errors are sentences, with what to do; keys may be in them. Nothing rejects but for an aborted signal.
 */
export class Embeddings {
  readonly #parts: EmbeddingsParts;
  readonly #found = new Map<string, { readonly embedder: Embedder; readonly at: number }>();
  /** Numbers of the last vector, by account and model. */
  readonly #lengths = new Map<string, number>();

  constructor(parts: EmbeddingsParts) {
    this.#parts = parts;
  }

  /** Settings or keys have changed. */
  forget(): void {
    this.#found.clear();
    this.#lengths.clear();
  }

  /** Why the model cannot be asked; `undefined`: it can, as far as can be told without asking it. */
  async problem(name: string, signal: AbortSignal): Promise<string | undefined> {
    const found = await this.#find(name, signal);
    if (!found.ok) {
      return found.error;
    }
    const reached = await this.#parts.connections.reach(found.value.provider);
    return reached.ok ? undefined : reached.error.message;
  }

  async embed(
    name: string,
    text: string,
    signal: AbortSignal,
  ): Promise<Result<Float32Array, string>> {
    signal.throwIfAborted();
    const found = await this.#find(name, signal);
    if (!found.ok) {
      return found;
    }
    const { model, room } = found.value;
    const tooLong = whyTooLong(text, model, room);
    return tooLong === undefined ? await this.#call(found.value, text, signal) : err(tooLong);
  }

  async #call(
    { provider, model, room }: Embedder,
    text: string,
    signal: AbortSignal,
  ): Promise<Result<Float32Array, string>> {
    const { host, clock, connections, governor } = this.#parts;
    const reached = await connections.reach(provider);
    if (!reached.ok) {
      return err(reached.error.message);
    }
    const { key, account } = reached.value;
    const heard: Heard = { status: undefined, headers: {} };
    const connection = { provider, key, fetch: heardFetch(host.fetch ?? fetch, heard) };
    const connected = await connectEmbedding(connection, model);
    if (connected === undefined) {
      return err(problems.providerEmbedsNothing(provider));
    }
    const admission = await governor.admit(
      {
        account,
        provider: provider.id,
        model,
        tokens: Math.ceil(text.length / CHARS_PER_TOKEN),
        criticality: DEFAULT_CRITICALITY,
      },
      () => undefined,
      signal,
    );
    if (admission.kind === 'wait') {
      return err(problems.mustWait(provider, admission.until - clock.now()));
    }
    const { permit } = admission;
    try {
      const asked = { provider: provider.id, text };
      const outcome = await askVector(connected, asked, heard, clock, signal);
      if (outcome.kind === 'failed') {
        permit.end(outcome);
        return err(problems.embeddingFailed(provider, model, outcome.failure));
      }
      permit.end({ kind: 'answered', tokens: outcome.tokens ?? 0, limits: outcome.limits });
      return this.#vector(outcome, { account, model, room, text });
    } finally {
      permit.end({ kind: 'cancelled' });
    }
  }

  #vector(
    { values, tokens }: Extract<VectorOutcome, { kind: 'answered' }>,
    asked: {
      readonly account: string;
      readonly model: string;
      readonly room: number | undefined;
      readonly text: string;
    },
  ): Result<Float32Array, string> {
    const { account, model, room, text } = asked;
    const vector = unitVector(values);
    if (vector === undefined) {
      return err(problems.noVector(model));
    }
    if (tokens !== undefined && isCut(text, tokens, room)) {
      return err(problems.textCut(model));
    }
    // The one after next counts again: a server may have got another model under the name.
    const key = `${account} ${model}`;
    const before = this.#lengths.get(key);
    this.#lengths.set(key, vector.length);
    return before !== undefined && before !== vector.length
      ? err(problems.otherLength(model, before, vector.length))
      : ok(vector);
  }

  async #find(name: string, signal: AbortSignal): Promise<Result<Embedder, string>> {
    const settings = this.#parts.host.settings();
    const providers = providersOf(settings);
    const read = readModelName(name, new Set(providers.keys()));
    if (read.kind === 'no-model') {
      return err(
        providers.has(read.provider) || read.provider === HOSTED_PROVIDER
          ? modelProblems.noModelNamed(read.provider)
          : modelProblems.noSuchProvider(read.provider),
      );
    }
    const only =
      read.kind === 'candidates' && read.candidates.length === 1 ? read.candidates[0] : undefined;
    if (only?.at !== 'provider') {
      return err(
        only?.at === 'hosted'
          ? problems.hostedEmbedNothing(name)
          : (strangersProblem(name) ?? problems.noProviderNamed(name)),
      );
    }
    const { model } = only;
    const provider = providers.get(only.provider);
    if (provider === undefined) {
      return err(modelProblems.noSuchProvider(only.provider));
    }
    if (
      !/^https?:$/.test(URL.canParse(provider.baseURL) ? new URL(provider.baseURL).protocol : '')
    ) {
      return err(modelProblems.badAddress(provider));
    }
    if (provider.speaks === 'anthropic') {
      return err(problems.providerEmbedsNothing(provider));
    }
    if (isForTalk(provider, model)) {
      return err(problems.notEmbedding(provider, model));
    }
    if (provider.local === undefined) {
      return ok({ provider, model, room: knownRoom(model) });
    }
    return settings.lookForLocal || settings.baseURLs[provider.id] !== undefined
      ? await this.#local(provider, model, signal)
      : err(modelProblems.notLookedFor(provider));
  }

  async #local(
    provider: Provider,
    model: string,
    signal: AbortSignal,
  ): Promise<Result<Embedder, string>> {
    const { host, clock } = this.#parts;
    const key = `${provider.baseURL} ${model}`;
    const before = this.#found.get(key);
    if (before !== undefined && clock.monotonic() - before.at < FRESH_MS) {
      return ok(before.embedder);
    }
    const told = await localEmbedder(provider, model, host.fetch ?? fetch, clock, signal);
    switch (told.kind) {
      case 'embeds': {
        const room = told.room ?? knownRoom(told.model);
        const embedder = { provider, model: told.model, room };
        this.#found.set(key, { embedder, at: clock.monotonic() });
        return ok(embedder);
      }
      case 'other':
        return err(problems.notEmbedding(provider, model));
      case 'absent':
        return err(modelProblems.localWithout(provider, model, told.has));
      case 'no-answer':
        return err(modelProblems.localNotThere(provider));
      default:
        return unreachable(told);
    }
  }
}

/** Models of conversations, as far as their names are known: some servers would make vectors with them, and bad ones. */
function isForTalk(provider: Provider, model: string): boolean {
  if (isEmbedding(model)) {
    return /rerank/i.test(model);
  }
  const own = model.slice(model.lastIndexOf('/') + 1);
  return (
    listedModel({ provider: provider.id, model }) !== undefined ||
    /^(?:claude|chatgpt|codex|gemini|gpt|grok|llama|mistral|o[1-9]|qwen)(?:[-.:\d]|$)/i.test(own)
  );
}

/** Of `first/rest` where nobody is called `first`. */
function strangersProblem(name: string): string | undefined {
  const slash = name.trim().indexOf('/');
  return slash > 0 ? modelProblems.noSuchProvider(name.trim().slice(0, slash)) : undefined;
}
