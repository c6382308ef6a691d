import type { LanguageModelV3 } from '@ai-sdk/provider';
import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import type {
  HostedModel as HostedModelFacts,
  HostedModels as HostedModelsPort,
} from '../../core/models/modelHost.ts';
import { HostedModel } from './hostedModel.ts';
import { TokenCounter } from './tokenCounter.ts';

/**
 * The models of VS Code, whoever provides them there.
 *
 * V1  VS Code is asked for models when somebody looks for one or a run needs one, never when it starts.
 * V2  VS Code asks its user before the first use of a model. A run that goes on by itself after a restart must not
 *     bring that question up: until somebody has asked Sluice for something in this window, such a call is refused.
 */
export class HostedModels implements HostedModelsPort, Disposable {
  readonly #access: vscode.LanguageModelAccessInformation;
  readonly #somebodyIsHere: () => boolean;
  readonly #counter = new TokenCounter();
  readonly #disposables = new Disposables();

  /** @param somebodyIsHere whether a person has asked for something in this window */
  constructor(access: vscode.LanguageModelAccessInformation, somebodyIsHere: () => boolean) {
    this.#access = access;
    this.#somebodyIsHere = somebodyIsHere;
  }

  async list(signal: AbortSignal): Promise<readonly HostedModelFacts[]> {
    const chats = await unlessAborted(vscode.lm.selectChatModels(), signal);
    return [...named(chats)].map(([id, chat]) => ({
      id,
      name: chat.name,
      vendor: chat.vendor,
      family: chat.family,
      version: chat.version,
      maxInputTokens: chat.maxInputTokens,
      // VS Code does not say which of them can; those that cannot refuse.
      canUseTools: true,
      allowed: this.#access.canSendRequest(chat),
    }));
  }

  async model(id: string): Promise<LanguageModelV3> {
    const chat = named(await vscode.lm.selectChatModels()).get(id);
    if (chat === undefined) {
      throw vscode.LanguageModelError.NotFound(`VS Code has no model ${id} any more.`);
    }
    return new HostedModel(id, chat, this.#counter, () => this.#mayBeAsked(chat));
  }

  readonly onDidChange = (listener: () => void): Disposable => {
    const one = this.#disposables.add(vscode.lm.onDidChangeChatModels(listener));
    const other = this.#disposables.add(this.#access.onDidChange(listener));
    return vscode.Disposable.from(one, other);
  };

  dispose(): void {
    this.#disposables.dispose();
  }

  #mayBeAsked(chat: vscode.LanguageModelChat): boolean {
    return this.#somebodyIsHere() || this.#access.canSendRequest(chat) === true;
  }
}

/** By `vendor/id`: two vendors may give the same id. */
function named(
  chats: readonly vscode.LanguageModelChat[],
): ReadonlyMap<string, vscode.LanguageModelChat> {
  return new Map(chats.map((chat) => [`${chat.vendor}/${chat.id}`, chat]));
}

async function unlessAborted<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
