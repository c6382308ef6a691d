import type { Clock } from '../../base/clock.ts';
import type { ModelSpec } from '../../domain/agent.ts';
import { clearBudget } from '../../domain/budget.ts';
import { DEFAULT_MAX_TURNS, modelName } from '../../domain/call.ts';
import { textOf, type ToolResult } from '../../domain/chat.ts';
import type { Failure } from '../../domain/failure.ts';
import type { CallOutcome, ModelPort, UsableModel } from '../../domain/modelPort.ts';
import type { RunnerEvents, RunnerRequest } from '../../domain/runner.ts';
import type { Tool } from '../../domain/tool.ts';
import type { AttemptWatch } from '../codingAgent/attemptWatch.ts';
import { pause } from '../waiting.ts';
import { repairText } from './askedAgent.ts';
import { jsonIn } from './jsonAnswer.ts';
import { ModelChoice } from './modelChoice.ts';
import { otherModel, type NumberedCalls, type Voice } from './numberedCalls.ts';
import { IN_PLACE_MS, parkedFor, type Parked } from './parking.ts';
import { askedFor } from './prompts.ts';
import type { Session } from './session.ts';
import { ToolTurn } from './toolTurn.ts';

export interface ConversationParts {
  readonly request: RunnerRequest;
  readonly spec: ModelSpec;
  readonly events: RunnerEvents;
  readonly models: ModelPort;
  readonly calls: NumberedCalls;
  readonly session: Session;
  /** Those of this turn. */
  readonly tools: () => readonly Tool[];
  readonly watch: AttemptWatch;
  readonly voice: Voice;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  /** What people said meanwhile; each is taken once. */
  readonly heard: () => readonly string[];
}

export type ConversationEnd =
  | { readonly kind: 'done'; readonly output: string }
  | Parked
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The watch knows why. */
  | { readonly kind: 'stopped' };

/** A step of the conversation that does not end it. */
const ON = { kind: 'on' } as const;
type Step = ConversationEnd | typeof ON;

/**
 * An agent's conversation with its model, to its end. Each turn looks at what the session says is next, so it goes on
 * after a pause, a park or a crash as it would have gone on without.
 *
 * M1  What a model answered stands in the session before the journal, and so before anybody, is told of it.
 * M2  Wishes of people (another model, a mode, a word) count from the next turn on.
 * M3  Before each call the budgets are looked at.
 */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #choice: ModelChoice;
  readonly #toolTurn: ToolTurn;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#choice = new ModelChoice(parts.models);
    this.#toolTurn = new ToolTurn(parts);
  }

  /** Rejects for bugs and for a disk that takes no more. */
  async run(): Promise<ConversationEnd> {
    const { session, request, watch } = this.#parts;
    if (session.messages.length === 0) {
      // No provider takes an empty message; then the instructions say all there is to do.
      const text = request.prompt.trim() === '' ? 'Begin.' : request.prompt;
      session.add({ kind: 'message', message: { role: 'user', text } });
    }
    for (;;) {
      if (watch.signal.aborted) {
        return { kind: 'stopped' };
      }
      const step = await this.#step();
      if (step.kind !== 'on') {
        return step;
      }
    }
  }

  async #step(): Promise<Step> {
    const { session } = this.#parts;
    const last = session.messages.at(-1);
    if (last?.role !== 'assistant') {
      return await this.#ask();
    }
    const open = session.openCalls();
    if (open.length > 0) {
      await this.#toolTurn.answer(open);
    }
    if (session.results.size > 0) {
      if (session.openCalls().length === 0) {
        const results: ToolResult[] = [...session.results.values()];
        session.add({ kind: 'message', message: { role: 'tool', results } });
      }
      return ON;
    }
    return open.length > 0 ? ON : await this.#conclude(textOf(last));
  }

  /** The model has nothing more to do: is its answer what was asked for? */
  async #conclude(text: string): Promise<Step> {
    const { request, session, voice } = this.#parts;
    const words = this.#takeWords();
    if (words.length > 0) {
      // Said while it gave its last answer: it is heard all the same.
      this.#hear(words);
      return ON;
    }
    const schema = request.outputSchema;
    if (schema === undefined) {
      return { kind: 'done', output: text };
    }
    const output = jsonIn(text);
    const problems = await request.schemaProblems(schema, output);
    if (problems.length === 0) {
      return { kind: 'done', output };
    }
    if (session.repairs > 0) {
      return { kind: 'failed', failure: { reason: 'bad-output', problems } };
    }
    voice.note('schema', problems.join(' '));
    session.add({ kind: 'repair' });
    session.add({ kind: 'message', message: { role: 'user', text: repairText(problems) } });
    return ON;
  }

  async #ask(): Promise<Step> {
    const { session, request, watch, events } = this.#parts;
    const maxTurns = request.terms.calls?.maxTurns ?? DEFAULT_MAX_TURNS;
    if (session.turns >= maxTurns) {
      return { kind: 'failed', failure: { reason: 'too-many-turns', turns: session.turns } };
    }
    const spent = await watch.waitForPerson(clearBudget(request.wishes, events));
    if (spent.kind !== 'done') {
      return this.#settled(spent);
    }
    if (spent.value !== undefined) {
      return { kind: 'failed', failure: { reason: 'budget-spent', ...spent.value } };
    }
    this.#hear(this.#takeWords());
    const model = await watch.race(this.#pick());
    if (model.kind !== 'done') {
      return this.#settled(model);
    }
    return 'reason' in model.value
      ? { kind: 'failed', failure: model.value }
      : await this.#call(model.value);
  }

  /** The model to ask now: the one a person chose, or the first of the agent's that can be asked. */
  async #pick(): Promise<UsableModel | Failure> {
    const { session, request, spec, watch, voice } = this.#parts;
    const own = request.terms.models ?? spec.models;
    const wished = request.wishes().model;
    let picked = await this.#choice.pick(
      wished === undefined ? own : [wished],
      session.model,
      watch.signal,
    );
    if (!picked.ok && wished !== undefined && session.model !== undefined) {
      voice.note('model', `${wished} cannot be asked; ${session.model} goes on`);
      picked = await this.#choice.pick([session.model], session.model, watch.signal);
    }
    if (!picked.ok) {
      return picked.error;
    }
    this.#charge(picked.value, 'chosen');
    return picked.value;
  }

  /** Puts a model in charge of what comes next. */
  #charge(
    model: UsableModel,
    why: Extract<Parameters<RunnerEvents['did']>[0], { type: 'model-changed' }>['why'],
  ): void {
    const { session, events, voice } = this.#parts;
    const name = modelName(model);
    if (session.model === name) {
      return;
    }
    if (session.model !== undefined) {
      events.did({ type: 'model-changed', from: session.model, to: name, why });
      voice.note('model', `${name} takes over from ${session.model}: ${why}`);
    }
    session.add({ kind: 'model', name });
  }

  async #call(model: UsableModel): Promise<Step> {
    const { session, request, spec, calls, voice, watch } = this.#parts;
    const tools = model.canUseTools ? this.#parts.tools() : [];
    const outcome = await calls.make(
      {
        model,
        messages: session.messages,
        tools: tools.map(({ name, description, inputSchema }) => ({
          name,
          description,
          inputSchema,
        })),
        criticality: request.agent.criticality,
        ...askedFor(spec.instructions, request.outputSchema, model, tools.length > 0),
      },
      voice,
      ({ message, served }) => {
        const from = { kind: 'model', asked: modelName(model), served } as const;
        session.add({ kind: 'message', message, from });
      },
      watch.signal,
    );
    switch (outcome.kind) {
      case 'cancelled':
        return { kind: 'stopped' };
      case 'wait':
        return await this.#wait(model, outcome.because, outcome.until);
      case 'failed':
        return await this.#failed(model, outcome);
      case 'answered': {
        const failure = otherModel(request.terms.calls ?? {}, model.model, outcome.served);
        return failure === undefined ? ON : { kind: 'failed', failure };
      }
    }
  }

  async #failed(
    model: UsableModel,
    { failure }: Extract<CallOutcome, { kind: 'failed' }>,
  ): Promise<Step> {
    const { session, request, models, clock } = this.#parts;
    session.add({ kind: 'failed', because: failure.kind });
    const tries = session.tries(failure.kind);
    const remedy = models.afterFailure({
      model,
      failure,
      tries,
      waitedMs: session.waitedMs,
      policy: request.terms.calls,
      criticality: request.agent.criticality,
      hasFallback: this.#choice.hasFallback,
    });
    if (remedy.kind === 'again') {
      // Only what a failure costs counts: a wait for one's turn is no reason to give up.
      session.add({ kind: 'waited', ms: Math.max(0, Math.ceil(remedy.at - clock.now())) });
      return await this.#wait(model, failure.kind, remedy.at);
    }
    const next = remedy.kind === 'fallback' ? this.#choice.fallBack() : undefined;
    if (next !== undefined) {
      this.#charge(next, failure.kind);
      return ON;
    }
    const { provider, model: name } = model;
    return {
      kind: 'failed',
      failure: { reason: 'call-failed', provider, model: name, failure, tries },
    };
  }

  /** A short wait happens here; for a longer one the attempt lets go of its slot. */
  async #wait(
    model: UsableModel,
    because: Parameters<typeof parkedFor>[1],
    until: number,
  ): Promise<Step> {
    const { clock, watch } = this.#parts;
    const ms = Math.max(0, Math.ceil(until - clock.now()));
    if (ms > IN_PLACE_MS) {
      return parkedFor(model, because, until);
    }
    const waited = await watch.race(pause(clock, ms, watch.signal));
    return waited.kind === 'done' ? ON : this.#settled(waited);
  }

  #settled(raced: { kind: 'stopped' } | { kind: 'broke'; thrown: unknown }): ConversationEnd {
    if (raced.kind === 'broke') {
      throw raced.thrown;
    }
    return raced;
  }

  #hear(words: readonly string[]): void {
    words.forEach((text) =>
      this.#parts.session.add({
        kind: 'message',
        message: { role: 'user', text },
        from: { kind: 'person' },
      }),
    );
  }

  #takeWords(): readonly string[] {
    return this.#parts.heard();
  }
}
