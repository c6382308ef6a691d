import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { formatBytes } from '../../base/text.ts';
import { MAX_MESSAGE_BYTES } from './programTransport.ts';

/** How long what came before an answer's end may take to be read, in milliseconds. */
const READING_MS = 500;

/**
 * Watches the answers of a server over HTTP for the SDK's transport, which waits for ever for one that broke off.
 *
 * H1. A request whose answer has ended is failed; one that is answered takes no notice. Where the server gave a mark
 *     to go on from, the transport tries that first.
 * H2. No line of an answer is longer than a message may be.
 */
export class AnswerWatch {
  readonly fetch: FetchLike = (url, init) => this.#fetch(url, init);
  readonly #clock: Clock;
  readonly #timers = new Set<Disposable>();
  readonly #mayGoOn = new Set<RequestId>();
  /** To be set to the transport that fetches with this. */
  transport: Transport | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The transport tries no more to go on with what broke off. */
  gaveUp(): void {
    this.#mayGoOn.forEach((id) => this.#fail(id));
    this.#mayGoOn.clear();
  }

  dispose(): void {
    this.#timers.forEach((timer) => timer.dispose());
    this.#timers.clear();
    this.#mayGoOn.clear();
  }

  async #fetch(...[url, init]: Parameters<FetchLike>): Promise<Response> {
    const response = await fetch(url, init);
    const id = init?.method === 'POST' ? requestIdOf(init.body) : undefined;
    if (response.body === null) {
      return response;
    }
    const body = watched(response.body, (end) => {
      if (id !== undefined) {
        this.#ended(id, end);
      }
    });
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  }

  #ended(id: RequestId, { tooLong, hasMark }: AnswerEnd): void {
    if (tooLong !== undefined) {
      this.#fail(id, tooLong);
    } else if (hasMark) {
      this.#mayGoOn.add(id);
    } else {
      const timer = this.#clock.timer(READING_MS, () => {
        this.#timers.delete(timer);
        this.#fail(id);
      });
      this.#timers.add(timer);
    }
  }

  #fail(id: RequestId, message = 'its answer broke off'): void {
    this.transport?.onmessage?.({
      jsonrpc: '2.0',
      id,
      error: { code: CONNECTION_CLOSED, message },
    } satisfies JSONRPCMessage);
  }
}

/** As the SDK's `ErrorCode.ConnectionClosed`. */
const CONNECTION_CLOSED = -32000;

function requestIdOf(body: unknown): RequestId | undefined {
  const message =
    typeof body === 'string' ? (JSON.parse(body) as { id?: RequestId; method?: string }) : {};
  return message.method === undefined ? undefined : message.id;
}

const LINE_FEED = 10;

interface AnswerEnd {
  /** Why it was cut off. */
  readonly tooLong: string | undefined;
  /** An event of it had an id, from which the server can go on. */
  readonly hasMark: boolean;
}

function watched(
  body: ReadableStream<Uint8Array>,
  ended: (end: AnswerEnd) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let lineBytes = 0;
  let hasMark = false;
  let lastBytes = '\n';
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          ended({ tooLong: undefined, hasMark });
          controller.close();
          return;
        }
        const text = lastBytes + Buffer.from(value).toString('latin1');
        hasMark ||= /[\r\n]id:/.test(text);
        lastBytes = text.slice(-3);
        const lastEnd = value.lastIndexOf(LINE_FEED);
        lineBytes = lastEnd < 0 ? lineBytes + value.length : value.length - lastEnd - 1;
        if (lineBytes <= MAX_MESSAGE_BYTES) {
          controller.enqueue(value);
          return;
        }
        const tooLong = `it sent a line of more than ${formatBytes(MAX_MESSAGE_BYTES)}`;
        ended({ tooLong, hasMark });
        controller.error(new Error(tooLong));
        await reader.cancel();
      } catch (error) {
        ended({ tooLong: undefined, hasMark });
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
