import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock, type Clock } from '../../src/core/base/clock.ts';
import {
  errorBody,
  shapedBody,
  type LoopbackAnswer,
  type Phase,
  type Shape,
} from './loopbackShapes.ts';
import { LoopbackWindow, type LoopbackLimit } from './loopbackLimits.ts';

// A provider on a real socket of this machine that speaks four protocols and misbehaves as it is told.

/** What becomes of one request; all left out: an answer, at once. */
export interface Reply {
  /** Before the headers, in milliseconds. */
  readonly waitMs?: number;
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: Partial<LoopbackAnswer>;
  /** Instead of an answer. */
  readonly body?: string | Buffer;
  /** Put into the stream there. */
  readonly inject?: { readonly at: Exclude<Phase, 'head'>; readonly bytes: string | Buffer };
  /** What the socket does there, instead of what should follow. */
  readonly breaks?: { readonly at: Phase; readonly how: Break };
  /** Bytes a write. @default all at once */
  readonly writeBytes?: number;
  /** Between two writes, in milliseconds. @default 0, but each write is its own */
  readonly gapMs?: number;
}

/** `hang`: nothing comes any more. `close`: ended as if all was said. `half-close`: the connection ends. `reset`: RST. */
export type Break = 'hang' | 'close' | 'half-close' | 'reset';

export interface SeenRequest {
  readonly shape: Shape;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: unknown;
  /** The last thing a user said. */
  readonly prompt: string;
  /** Milliseconds, as `performance.now()`. */
  readonly at: number;
}

export interface LoopbackOptions {
  readonly limit?: LoopbackLimit;
  /** The provider's time: what it waits, and what it says of waiting, are in it. @default the system's */
  readonly clock?: Clock;
  /** @default always answers */
  readonly reply?: (request: SeenRequest, n: number) => Reply;
}

const ANSWER: LoopbackAnswer = {
  text: 'The answer is forty-two, and it took a while to find.',
  served: 'served-model',
  usage: { input: 11, output: 7 },
  end: 'stop',
};

export class LoopbackProvider {
  readonly requests: SeenRequest[] = [];
  /** Whole answers by the prompt they were for: more than 1 is an answer that was paid for twice. */
  readonly answered = new Map<string, number>();
  readonly #options: LoopbackOptions;
  readonly #clock: Clock;
  readonly #window: LoopbackWindow | undefined;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  #replies: Reply[] = [];
  #waiting: { readonly isSo: () => boolean; readonly resolve: () => void }[] = [];
  #closedAt: number[] = [];
  #refused = 0;
  #open = 0;
  #mostOpen = 0;
  #hung = 0;

  private constructor(options: LoopbackOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#window =
      options.limit === undefined ? undefined : new LoopbackWindow(options.limit, this.#clock);
    this.#server = http.createServer((request, response) => {
      void this.#receive(request, response);
    });
    this.#server.keepAliveTimeout = 5_000;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#closedAt.push(performance.now());
        this.#tell();
      });
    });
  }

  static async start(options: LoopbackOptions = {}): Promise<LoopbackProvider> {
    const provider = new LoopbackProvider(options);
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the adapter of a shape takes as its address. */
  baseURL(shape: Shape): string {
    return `${this.origin}/${shape === 'google' ? 'v1beta' : 'v1'}`;
  }

  /** The next requests get these, one each; later ones as the options say. */
  next(...replies: readonly Reply[]): void {
    this.#replies.push(...replies);
  }

  /** Requests refused for the limit. */
  get refused(): number {
    return this.#refused;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Requests under way. */
  get busy(): number {
    return this.#open;
  }

  /** Requests under way at once, at most. */
  get mostAtOnce(): number {
    return this.#mostOpen;
  }

  /** Responses of which nothing more comes. */
  get hung(): number {
    return this.#hung;
  }

  /** When sockets closed, in milliseconds as `performance.now()`. */
  get closedAt(): readonly number[] {
    return this.#closedAt;
  }

  /** Resolves once `isSo` holds; asked again whenever a request or a socket comes or goes. */
  async until(isSo: () => boolean): Promise<void> {
    if (!isSo()) {
      await new Promise<void>((resolve) => this.#waiting.push({ isSo, resolve }));
    }
  }

  /** Forgets what it has seen. */
  reset(): void {
    this.requests.length = 0;
    this.answered.clear();
    this.#replies = [];
    this.#closedAt = [];
    this.#mostOpen = 0;
    this.#refused = 0;
    this.#hung = 0;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed;
  }

  #tell(): void {
    const due = this.#waiting.filter(({ isSo }) => isSo());
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { resolve } of due) {
      resolve();
    }
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const seen = await this.#see(request);
    if (seen === undefined) {
      response.writeHead(404).end();
      return;
    }
    this.#open += 1;
    this.#mostOpen = Math.max(this.#mostOpen, this.#open);
    response.on('close', () => {
      this.#open -= 1;
      this.#tell();
    });
    this.requests.push(seen);
    this.#tell();
    const admitted = this.#window?.admit() ?? 'admitted';
    if (admitted !== 'admitted') {
      this.#refused += 1;
      const reply = { status: 429, headers: admitted.refused };
      await this.#send(seen, reply, request.socket, response);
      return;
    }
    const reply =
      this.#replies.shift() ?? this.#options.reply?.(seen, this.requests.length - 1) ?? {};
    await this.#send(seen, reply, request.socket, response);
  }

  async #see(request: http.IncomingMessage): Promise<SeenRequest | undefined> {
    const at = performance.now();
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
    } catch {
      return undefined;
    }
    const path = request.url ?? '';
    const shape = shapeOf(path);
    if (shape === undefined) {
      return undefined;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    return { shape, path, headers: request.headers, body, prompt: promptOf(shape, body), at };
  }

  async #send(
    seen: SeenRequest,
    reply: Reply,
    socket: Socket,
    response: http.ServerResponse,
  ): Promise<void> {
    await this.#pause(reply.waitMs ?? 0);
    const status = reply.status ?? 200;
    const { breaks } = reply;
    if (isGone(response) || (breaks?.at === 'head' && this.#break(breaks.how, socket, response))) {
      return;
    }
    const body = bodyOf(seen.shape, reply, status);
    response.writeHead(status, {
      'content-type': status < 300 ? 'text/event-stream; charset=utf-8' : 'application/json',
      ...reply.headers,
    });
    response.flushHeaders();
    const bytes =
      breaks === undefined || breaks.at === 'head'
        ? body.bytes
        : body.bytes.subarray(0, body.at[breaks.at]);
    const step = reply.writeBytes ?? Math.max(1, bytes.length);
    for (let from = 0; from < bytes.length && !isGone(response); from += step) {
      if (!response.write(bytes.subarray(from, from + step))) {
        await drained(response);
      }
      if (from + step < bytes.length) {
        await this.#pause(reply.gapMs ?? 0);
      }
    }
    if (breaks !== undefined && breaks.at !== 'head') {
      // What was written must have left: RST takes back what has not.
      await turnsOfTheLoop(breaks.how === 'reset' ? 20 : 1);
      this.#break(breaks.how, socket, response);
      return;
    }
    if (status < 300 && reply.body === undefined && !isGone(response)) {
      this.answered.set(seen.prompt, (this.answered.get(seen.prompt) ?? 0) + 1);
    }
    response.end();
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) {
      await turnsOfTheLoop(1);
      return;
    }
    await new Promise<void>((resolve) => this.#clock.timer(ms, resolve));
  }

  #break(how: Break, socket: Socket, response: http.ServerResponse): boolean {
    switch (how) {
      case 'hang':
        this.#hung += 1;
        this.#tell();
        return true;
      case 'close':
        response.end();
        return true;
      case 'half-close':
        socket.end();
        return true;
      case 'reset':
        socket.resetAndDestroy();
        return true;
    }
  }
}

function bodyOf(
  shape: Shape,
  reply: Reply,
  status: number,
): { readonly bytes: Buffer; readonly at: Readonly<Record<Exclude<Phase, 'head'>, number>> } {
  const instead =
    reply.body ?? (status < 300 ? undefined : JSON.stringify(errorBody(shape, status)));
  if (instead !== undefined) {
    const bytes = Buffer.from(instead);
    const half = bytes.length >> 1;
    return {
      bytes,
      at: { start: 0, torn: half, middle: half, finish: bytes.length, end: bytes.length },
    };
  }
  const shaped = shapedBody(shape, { ...ANSWER, ...reply.answer });
  const { inject } = reply;
  if (inject === undefined) {
    return shaped;
  }
  const at = shaped.at[inject.at];
  const injected = Buffer.from(inject.bytes);
  const bytes = Buffer.concat([shaped.bytes.subarray(0, at), injected, shaped.bytes.subarray(at)]);
  const moved = Object.fromEntries(
    Object.entries(shaped.at).map(([phase, place]) => [
      phase,
      place >= at ? place + injected.length : place,
    ]),
  ) as typeof shaped.at;
  return { bytes, at: moved };
}

function shapeOf(path: string): Shape | undefined {
  if (path.includes('/messages')) {
    return 'anthropic';
  }
  if (path.includes('/chat/completions')) {
    return 'openai-chat';
  }
  if (path.includes('/responses')) {
    return 'openai-responses';
  }
  if (path.includes('/embeddings')) {
    return 'openai-chat';
  }
  return /:(?:streamGenerate|embed)Content/.test(path) ? 'google' : undefined;
}

type Said = { readonly role?: string; readonly content?: Content; readonly parts?: Content };
type Content = string | readonly { readonly text?: string }[];

function promptOf(shape: Shape, body: unknown): string {
  const { messages, input, contents } = body as Readonly<Record<string, readonly Said[]>>;
  const said = {
    anthropic: messages,
    'openai-chat': messages,
    'openai-responses': input,
    google: contents,
  }[shape];
  const last = said?.findLast(({ role }) => role === 'user');
  const content = last?.content ?? last?.parts ?? '';
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('');
}

function isGone(response: http.ServerResponse): boolean {
  return response.destroyed;
}

/** What an embedding model answers: a vector, and what it counted. */
export function vectorReply(shape: Shape, values: unknown, tokens?: number): Reply {
  const usage = tokens === undefined ? {} : { usage: { prompt_tokens: tokens } };
  const body =
    shape === 'google'
      ? { embedding: { values } }
      : { object: 'list', data: [{ object: 'embedding', index: 0, embedding: values }], ...usage };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** Lets what is under way on sockets of this process arrive. */
export async function turnsOfTheLoop(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Also when nobody reads any more. */
async function drained(response: http.ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
