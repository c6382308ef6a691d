import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import * as vscode from 'vscode';
import { hostedRequest, type HostedRequest } from './hostedMessages.ts';
import type { TokenCounter } from './tokenCounter.ts';

type Send = LanguageModelV3StreamPart;

/**
 * A model of VS Code, as the AI SDK asks models.
 *
 * H1  An aborted call rejects with the signal's reason, at once. VS Code just ends the stream of a cancelled
 *     request, and what came until then would look like the whole answer.
 * H2  What VS Code throws goes on as it is: the code of a `LanguageModelError` says what kind of failure it is.
 * H3  Tokens are counted here, for VS Code does not tell what a call took: an estimate, marked so in `usage.raw`.
 */
export class HostedModel implements LanguageModelV3 {
  readonly specificationVersion = 'v3';
  readonly provider = 'vscode';
  readonly modelId: string;
  readonly supportedUrls = {};
  readonly #chat: vscode.LanguageModelChat;
  readonly #counter: TokenCounter;
  readonly #mayBeAsked: () => boolean;

  /**
   * @param modelId as Sluice names it
   * @param mayBeAsked false: VS Code would have to ask its user first, who is not there
   */
  constructor(
    modelId: string,
    chat: vscode.LanguageModelChat,
    counter: TokenCounter,
    mayBeAsked: () => boolean,
  ) {
    this.modelId = modelId;
    this.#chat = chat;
    this.#counter = counter;
    this.#mayBeAsked = mayBeAsked;
  }

  async doStream(options: LanguageModelV3CallOptions): Promise<LanguageModelV3StreamResult> {
    if (!this.#mayBeAsked()) {
      throw vscode.LanguageModelError.NoPermissions(
        `You have not allowed Sluice to use ${this.#chat.name} yet. Run the task again and allow it when VS Code asks.`,
      );
    }
    const request = hostedRequest(options);
    const call = new HostedCall(options.abortSignal);
    try {
      const response = await call.unlessAborted(
        this.#chat.sendRequest(request.messages, request.options, call.token),
      );
      // Beside the answer, not before it.
      const input = this.#counter.ofRequest(this.#chat, request);
      return { stream: this.#stream(call, request, response, input) };
    } catch (thrown) {
      call.end();
      throw thrown;
    }
  }

  async doGenerate(options: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> {
    const { stream } = await this.doStream(options);
    const content: LanguageModelV3Content[] = [];
    const reader = stream.getReader();
    let text = '';
    const flush = () => {
      if (text !== '') {
        content.push({ type: 'text', text });
        text = '';
      }
    };
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const part = next.value;
      switch (part.type) {
        case 'text-delta':
          text += part.delta;
          break;
        case 'tool-call':
          flush();
          content.push(part);
          break;
        case 'error':
          throw part.error;
        case 'finish':
          flush();
          return {
            content,
            finishReason: part.finishReason,
            usage: part.usage,
            warnings: hostedRequest(options).warnings,
          };
        default:
      }
    }
    throw new Error('Internal error: the stream of a model ended without its last part');
  }

  #stream(
    call: HostedCall,
    { warnings }: HostedRequest,
    response: vscode.LanguageModelChatResponse,
    input: Promise<number>,
  ): ReadableStream<Send> {
    return new ReadableStream<Send>({
      start: async (controller) => {
        const send = (part: Send) => controller.enqueue(part);
        try {
          send({ type: 'stream-start', warnings });
          const answer = new AnswerParts(send);
          const parts = response.stream[Symbol.asyncIterator]();
          for (;;) {
            const next = await call.unlessAborted(parts.next());
            if (next.done === true) {
              break;
            }
            answer.take(next.value);
          }
          answer.close();
          const output = this.#counter.ofText(this.#chat, answer.said);
          const usage = usageOf(await call.unlessAborted(input), await call.unlessAborted(output));
          const unified = answer.hasCalls ? 'tool-calls' : 'stop';
          send({ type: 'finish', finishReason: { unified, raw: undefined }, usage });
          controller.close();
        } catch (thrown) {
          controller.error(thrown);
        } finally {
          call.end();
        }
      },
      cancel: () => call.cancel(),
    });
  }
}

/** What the model says, part by part. */
class AnswerParts {
  readonly #send: (part: Send) => void;
  #open: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined;
  #count = 0;
  /** All of it, for counting. */
  said = '';
  hasCalls = false;

  constructor(send: (part: Send) => void) {
    this.#send = send;
  }

  take(part: unknown): void {
    if (part instanceof vscode.LanguageModelTextPart) {
      this.#say('text', part.value);
    } else if (part instanceof vscode.LanguageModelToolCallPart) {
      this.#call(part);
    } else {
      // Thoughts have no class of their own yet; what else there may be is not for Sluice.
      const thought = thoughtOf(part);
      if (thought !== undefined) {
        this.#say('reasoning', thought);
      }
    }
  }

  close(): void {
    if (this.#open !== undefined) {
      this.#send({ type: `${this.#open.kind}-end`, id: this.#open.id });
      this.#open = undefined;
    }
  }

  #say(kind: 'text' | 'reasoning', delta: string): void {
    if (this.#open?.kind !== kind) {
      this.close();
      this.#count += 1;
      this.#open = { kind, id: String(this.#count) };
      this.#send({ type: `${kind}-start`, id: this.#open.id });
    }
    this.said += delta;
    this.#send({ type: `${kind}-delta`, id: this.#open.id, delta });
  }

  #call({ callId, name, input }: vscode.LanguageModelToolCallPart): void {
    this.close();
    this.hasCalls = true;
    // A provider may leave out what has no arguments.
    const text = JSON.stringify((input as object | undefined) ?? {});
    this.said += `${name} ${text}`;
    this.#send({ type: 'tool-input-start', id: callId, toolName: name });
    this.#send({ type: 'tool-input-delta', id: callId, delta: text });
    this.#send({ type: 'tool-input-end', id: callId });
    this.#send({ type: 'tool-call', toolCallId: callId, toolName: name, input: text });
  }
}

function thoughtOf(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('value' in part)) {
    return undefined;
  }
  const { value } = part;
  const pieces = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
}

function usageOf(input: number, output: number): LanguageModelV3Usage {
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
    raw: { counted: 'estimate' },
  };
}

/** The signal of one call as VS Code's token. Nothing listens to the signal after `end`. */
class HostedCall {
  readonly #source = new vscode.CancellationTokenSource();
  readonly #aborted: Promise<never>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    let reject: (reason: unknown) => void = () => undefined;
    this.#aborted = new Promise<never>((_resolve, rejectIt) => {
      reject = rejectIt;
    });
    this.#aborted.catch(() => undefined);
    this.#onAbort = () => {
      this.#source.cancel();
      reject(signal?.reason);
    };
    if (signal?.aborted === true) {
      this.#onAbort();
    } else {
      signal?.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  get token(): vscode.CancellationToken {
    return this.#source.token;
  }

  unlessAborted<T>(work: PromiseLike<T>): Promise<T> {
    return Promise.race([this.#aborted, work]);
  }

  /** Lets go of the signal. */
  end(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#source.dispose();
  }

  cancel(): void {
    this.#source.cancel();
    this.end();
  }
}
