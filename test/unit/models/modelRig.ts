import type { LanguageModelV3 } from '@ai-sdk/provider';
import { systemClock, type Clock } from '../../../src/core/base/clock.ts';
import { Emitter } from '../../../src/core/base/emitter.ts';
import type { CallEvents, CallRequest, UsableModel } from '../../../src/core/domain/modelPort.ts';
import {
  DEFAULT_MODEL_SETTINGS,
  type HostedModel,
  type ModelHost,
  type ModelSettings,
} from '../../../src/core/models/modelHost.ts';
import { Models } from '../../../src/core/models/models.ts';

/** A host whose keys, settings and hosted models a test changes as it likes. */
export class TestHost implements ModelHost {
  readonly keys = new Map<string, string>();
  given: ModelSettings = { ...DEFAULT_MODEL_SETTINGS, lookForLocal: false };
  readonly logged: string[] = [];
  /** Headers of every request. */
  readonly sent: Headers[] = [];
  readonly changed = new Emitter<void>(() => undefined);
  keysFrom: 'store' | 'environment' = 'environment';
  hostedModels: readonly HostedModel[] | undefined;
  asHosted: (id: string) => Promise<LanguageModelV3> = (id) =>
    Promise.reject(new Error(`no model ${id}`));

  secret(provider: string): Promise<string | undefined> {
    return Promise.resolve(this.keys.get(provider));
  }

  settings(): ModelSettings {
    return this.given;
  }

  set(change: Partial<ModelSettings>): void {
    this.given = { ...this.given, ...change };
  }

  readonly fetch: typeof fetch = (input, init) => {
    this.sent.push(new Headers(init?.headers));
    return fetch(input, init);
  };

  readonly onDidChange = (listener: () => void) => this.changed.on(listener);

  get hosted(): ModelHost['hosted'] {
    const models = this.hostedModels;
    return models === undefined
      ? undefined
      : {
          list: () => Promise.resolve(models),
          model: (id) => this.asHosted(id),
          onDidChange: () => ({ dispose: () => undefined }),
        };
  }

  models(clock: Clock = systemClock): Models {
    const note = (message: string, thrown?: unknown): void =>
      void this.logged.push(`${message} ${thrown instanceof Error ? thrown.message : ''}`);
    return new Models({
      host: this,
      clock,
      random: () => 0.5,
      log: { debug: note, info: note, warn: note, error: note },
    });
  }
}

export function hostedModel(
  vendor: string,
  name: string,
  more: Partial<HostedModel> = {},
): HostedModel {
  const id = name.toLowerCase().replaceAll(' ', '-');
  return {
    id,
    name,
    vendor,
    family: id,
    version: '1',
    maxInputTokens: 100_000,
    canUseTools: true,
    allowed: true,
    ...more,
  };
}

export function callOf(model: UsableModel, more: Partial<CallRequest> = {}): CallRequest {
  return {
    model,
    system: 'Be short.',
    messages: [{ role: 'user', text: 'What is the answer?' }],
    tools: [],
    outputSchema: undefined,
    criticality: 5,
    ...more,
  };
}

export class Heard implements CallEvents {
  began_ = 0;
  text = '';
  onBegan: () => void = () => undefined;

  began(): void {
    this.began_ += 1;
    this.onBegan();
  }

  said(text: string): void {
    this.text += text;
  }

  thought(): void {
    // Nobody asks.
  }

  breakerMoved(): void {
    // Nobody asks.
  }
}
