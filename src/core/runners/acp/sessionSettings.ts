import type {
  ClientContext,
  NewSessionResponse,
  SessionConfigOption,
  SessionModeState,
  SetSessionConfigOptionResponse,
} from '@agentclientprotocol/sdk';
import { err, ok, type Result } from '../../base/result.ts';
import { thrownMessage } from '../../base/text.ts';
import type { Failure } from '../../domain/failure.ts';
import type { PermissionMode } from '../../domain/terms.ts';
import type { CodingAttempt } from '../codingAgent/codingAttempt.ts';
import { choiceNamed, choiceOfMode, selectionOf } from './sessionOptions.ts';

/** The model of an agent that does not say which it has. */
const OWN_CHOICE = 'default';

/**
 * Model and mode of one session.
 *
 * S1. A wish is acted on once: what the agent does not offer, or refuses, is noted and not asked again.
 */
export class SessionSettings {
  readonly #attempt: CodingAttempt;
  readonly #agent: ClientContext;
  readonly #session: string;
  readonly #modes: SessionModeState | undefined;
  #options: readonly SessionConfigOption[];
  /** What was asked for last; `undefined`: nothing, the agent has its own choice. */
  #requested: string | undefined;
  #wishedModel: string | undefined;
  #wishedMode: PermissionMode | undefined;
  #work: Promise<unknown> = Promise.resolve();

  constructor(attempt: CodingAttempt, agent: ClientContext, session: NewSessionResponse) {
    this.#attempt = attempt;
    this.#agent = agent;
    this.#session = session.sessionId;
    this.#modes = session.modes ?? undefined;
    this.#options = session.configOptions ?? [];
  }

  /** The model that is asked, for the ledger. */
  get requested(): string {
    return this.#requested ?? this.served ?? OWN_CHOICE;
  }

  /** The model the agent says it has. */
  get served(): string | undefined {
    return selectionOf(this.#options, 'model')?.current;
  }

  told(options: readonly SessionConfigOption[]): void {
    this.#options = options;
    if (
      this.#requested !== undefined &&
      this.served !== undefined &&
      this.served !== this.#requested
    ) {
      this.#attempt.transcript.note('model', `${this.served} has taken over`);
    }
  }

  /** Before the first turn. Fails where the policy of the calls demands the model. */
  async begin(): Promise<Result<undefined, Failure>> {
    const { request, transcript } = this.#attempt;
    const wishes = request.wishes();
    this.#wishedModel = wishes.model;
    const wanted = wishes.model === undefined ? (request.terms.models ?? []) : [wishes.model];
    const problems: string[] = [];
    for (const model of wanted) {
      const problem = await this.#choose(model);
      if (problem === undefined) {
        problems.length = 0;
        break;
      }
      problems.push(problem);
    }
    for (const problem of problems) {
      transcript.note('model', problem);
    }
    await this.#applyMode(wishes.permissions ?? request.terms.permissions ?? 'default');
    return problems.length > 0 && request.terms.calls?.onOtherModel === 'fail'
      ? err({ reason: 'no-model', problems })
      : ok(undefined);
  }

  /** Acts on what people want by now. One at a time, in the order they are asked. */
  follow(): Promise<void> {
    return this.#queue(async () => {
      const { request } = this.#attempt;
      const { model, permissions } = request.wishes();
      if (model !== this.#wishedModel) {
        this.#wishedModel = model;
        if (model !== undefined) {
          await this.#change(model);
        }
      }
      await this.#applyMode(permissions ?? request.terms.permissions ?? 'default');
    });
  }

  /** A person chose the model in answer to a question. */
  change(model: string): Promise<void> {
    return this.#queue(() => this.#change(model));
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #change(model: string): Promise<void> {
    const { events, transcript } = this.#attempt;
    const from = this.requested;
    const problem = await this.#choose(model);
    if (problem !== undefined) {
      transcript.note('model', problem);
    } else if (this.requested !== from) {
      events.did({ type: 'model-changed', from, to: this.requested, why: 'chosen' });
      transcript.note('model', `changed from ${from} to ${this.requested}`);
    }
  }

  /** @returns why it cannot be, as a sentence */
  async #choose(model: string): Promise<string | undefined> {
    const selection = selectionOf(this.#options, 'model');
    if (selection === undefined) {
      return `The agent lets nobody choose its model, so ${model} is not asked.`;
    }
    const choice = choiceNamed(selection.choices, model);
    if (choice === undefined) {
      const offered = selection.choices.map(({ value }) => value).join(', ');
      return `The agent does not offer the model ${model}; it has ${offered}.`;
    }
    if (choice.value !== selection.current) {
      const problem = await this.#set(selection.id, choice.value);
      if (problem !== undefined) {
        return `The agent did not take the model ${model}: ${problem}.`;
      }
    }
    this.#requested = choice.value;
    return undefined;
  }

  async #applyMode(mode: PermissionMode): Promise<void> {
    if (mode === this.#wishedMode) {
      return;
    }
    this.#wishedMode = mode;
    const { transcript, watch } = this.#attempt;
    const selection = selectionOf(this.#options, 'mode');
    if (selection !== undefined) {
      const choice = choiceOfMode(selection.choices, mode);
      if (choice !== undefined && choice.value !== selection.current) {
        const problem = await this.#set(selection.id, choice.value);
        transcript.note('mode', problem ?? choice.name);
      }
      return;
    }
    // Agents of before the options: the protocol will drop this.
    const modes = (this.#modes?.availableModes ?? []).map(({ id, name }) => ({ value: id, name }));
    const choice = choiceOfMode(modes, mode);
    if (choice !== undefined && choice.value !== this.#modes?.currentModeId) {
      const request = { sessionId: this.#session, modeId: choice.value };
      const set = await watch.race(this.#agent.request('session/set_mode', request));
      transcript.note('mode', set.kind === 'broke' ? thrownMessage(set.thrown) : choice.name);
    }
  }

  /** @returns what the agent said against it */
  async #set(configId: string, value: string): Promise<string | undefined> {
    const request = { sessionId: this.#session, configId, value };
    const set = await this.#attempt.watch.race(
      this.#agent.request<SetSessionConfigOptionResponse>('session/set_config_option', request),
    );
    switch (set.kind) {
      case 'done':
        this.#options = set.value.configOptions;
        return undefined;
      case 'broke':
        return thrownMessage(set.thrown);
      case 'stopped':
        return 'the work is being stopped';
    }
  }
}
