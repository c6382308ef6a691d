import type * as vscode from 'vscode';
import { digestOf } from '../../core/base/digest.ts';
import type { HostedRequest } from './hostedMessages.ts';

/** Characters of a token, where the provider does not count: of English prose and of code about so many. */
const CHARACTERS_PER_TOKEN = 4;
/** Milliseconds a provider may take to count: the answer waits for its usage. */
const PATIENCE_MS = 2000;
/** Counts that are remembered. Each turn of a conversation sends all messages before it again. */
const REMEMBERED = 2000;

/** Counts tokens by the provider's own measure, each text once. Never rejects. */
export class TokenCounter {
  readonly #counts = new Map<string, Promise<number>>();

  async ofRequest(
    chat: vscode.LanguageModelChat,
    { messages, options }: HostedRequest,
  ): Promise<number> {
    const { tools } = options;
    const counts = await Promise.all([
      ...messages.map((message) => this.#count(chat, message)),
      ...(tools === undefined ? [] : [this.ofText(chat, JSON.stringify(tools))]),
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  ofText(chat: vscode.LanguageModelChat, text: string): Promise<number> {
    return text === '' ? Promise.resolve(0) : this.#count(chat, text);
  }

  #count(
    chat: vscode.LanguageModelChat,
    what: string | vscode.LanguageModelChatMessage,
  ): Promise<number> {
    const text = typeof what === 'string' ? what : JSON.stringify([what.role, what.content]);
    const key = `${chat.vendor}/${chat.id} ${digestOf(text)}`;
    const known = this.#counts.get(key);
    if (known !== undefined) {
      return known;
    }
    const counting = countOrGuess(chat, what, text);
    this.#counts.set(key, counting);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > REMEMBERED && oldest !== undefined) {
      this.#counts.delete(oldest);
    }
    return counting;
  }
}

async function countOrGuess(
  chat: vscode.LanguageModelChat,
  what: string | vscode.LanguageModelChatMessage,
  text: string,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  try {
    const counted = await Promise.race([chat.countTokens(what), late]);
    if (counted !== undefined && Number.isFinite(counted) && counted >= 0) {
      return Math.round(counted);
    }
  } catch {
    // A provider that cannot count must not lose an answer that is there.
  } finally {
    clearTimeout(timer);
  }
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
