import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Clock } from '../../base/clock.ts';
import type { McpServer } from '../../domain/agent.ts';
import { failureText } from '../../domain/failureText.ts';
import type { StartProgram } from '../../domain/runner.ts';
import type { ToolboxRequest } from '../../domain/tool.ts';
import type { ReadyServer } from './declared.ts';
import { AnswerWatch } from './httpTransport.ts';
import { ProgramTransport } from './programTransport.ts';

/** From the request to end to the order to, in milliseconds. */
const GRACE_MS = 1000;
/** How long a server may take to hear that its session is over, in milliseconds. */
const FAREWELL_MS = 1000;

/** A client that speaks with its server, and what is to be done when it no longer does. */
export interface Link {
  readonly client: Client;
  /** Why the server will not answer any more, as the end of a sentence; `undefined`: it may. */
  broken(): string | undefined;
  /** Resolves once nothing of it is left. */
  end(): Promise<void>;
}

export interface LinkParts {
  readonly start: StartProgram;
  readonly clock: Clock;
  /** New and not connected. */
  readonly client: () => Promise<Client>;
}

/** A server cannot be spoken with: the message is why, as the end of a sentence. */
export class Unreachable extends Error {}

/**
 * Starts or reaches a server and gets acquainted with it. Rejects with `Unreachable`, or with what the SDK throws; by
 * then nothing of it is left. After `signal` aborts it rejects once nothing of it is left.
 */
export async function linkTo(
  server: ReadyServer,
  request: ToolboxRequest,
  parts: LinkParts,
  signal: AbortSignal,
): Promise<Link> {
  switch (server.server.kind) {
    case 'stdio':
      return await linkToProgram(server, server.server, request, parts, signal);
    case 'sse':
      return await linkToEvents(server.server, parts, signal);
    case 'http':
      try {
        return await linkToHttp(server.server, parts, signal);
      } catch (error) {
        if (!isOlder(error)) {
          throw error;
        }
        // As the protocol says: a server that does not take the first message speaks the older transport.
        return await linkToEvents(server.server, parts, signal).catch(() => {
          throw error;
        });
      }
  }
}

async function linkToProgram(
  { folder }: ReadyServer,
  { command, env }: Extract<McpServer, { kind: 'stdio' }>,
  request: ToolboxRequest,
  { start, clock, client: newClient }: LinkParts,
  signal: AbortSignal,
): Promise<Link> {
  const { marker, scratch } = request;
  const client = await newClient();
  const launch = {
    command,
    install: undefined,
    folder,
    scratch,
    marker,
    env: { ...request.env, ...env },
  };
  const started = await start(launch, signal);
  if (!started.ok) {
    signal.throwIfAborted();
    const { title, fix } = failureText(started.error);
    throw new Unreachable(
      [title, fix]
        .flatMap((text) => text ?? [])
        .map(asEnd)
        .join('; '),
    );
  }
  const transport = new ProgramTransport(started.value, clock);
  const link: Link = {
    client,
    broken: () => transport.broken,
    end: async () => {
      await transport.close();
      await started.value.end(GRACE_MS);
    },
  };
  return await connected(link, transport, signal, (error) => {
    const { broken, chatter } = transport;
    if (broken !== undefined) {
      return new Unreachable(broken);
    }
    return chatter === undefined || !signal.aborted
      ? error
      : new Unreachable(`it does not answer, and prints what is no message: "${chatter}"`);
  });
}

async function linkToHttp(
  { url, headers }: Extract<McpServer, { kind: 'http' | 'sse' }>,
  { clock, client: newClient }: LinkParts,
  signal: AbortSignal,
): Promise<Link> {
  const { StreamableHTTPClientTransport } =
    await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const client = await newClient();
  const watch = new AnswerWatch(clock);
  const { fetch } = watch;
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch,
  });
  watch.transport = transport;
  transport.onerror = ({ message }) => {
    if (message.startsWith('Maximum reconnection attempts')) {
      watch.gaveUp();
    }
  };
  const link: Link = {
    client,
    broken: () => undefined,
    end: async () => {
      await settledWithin(transport.terminateSession(), FAREWELL_MS, clock);
      watch.dispose();
      await client.close();
    },
  };
  return await connected(link, transport, signal);
}

async function linkToEvents(
  { url, headers }: Extract<McpServer, { kind: 'http' | 'sse' }>,
  { client: newClient }: LinkParts,
  signal: AbortSignal,
): Promise<Link> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- servers that know no other are why it is here
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  const client = await newClient();

  const transport = new SSEClientTransport(new URL(url), { requestInit: { headers } });
  let broken: string | undefined;
  const link: Link = {
    client,
    broken: () => broken,
    end: () => transport.close(),
  };
  await connected(link, transport, signal);
  client.onerror = (error) => {
    // Every answer comes over the one stream; a new one would be a new session, which knows nothing of this one.
    if (error.name === 'SseError' || 'event' in error) {
      broken ??= 'the connection to it was lost';
      void transport.close();
    }
  };
  return link;
}

async function connected(
  link: Link,
  transport: Transport,
  signal: AbortSignal,
  explained: (error: unknown) => unknown = (error) => error,
): Promise<Link> {
  let stop: (() => void) | undefined;
  try {
    await Promise.race([
      link.client.connect(transport, { signal, timeout: NO_TIMEOUT }),
      // Opening a stream of events heeds no signal.
      new Promise<never>((_resolve, reject) => {
        stop = () => reject(signal.reason as Error);
        signal.addEventListener('abort', stop, { once: true });
      }),
    ]);
    return link;
  } catch (error) {
    const why = explained(error);
    await link.end();
    throw why;
  } finally {
    signal.removeEventListener('abort', stop ?? (() => undefined));
  }
}

/** A sentence as the end of another. */
function asEnd(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/** The SDK's timeouts are not used: they know no clock. The longest a timer takes, in milliseconds. */
export const NO_TIMEOUT = 2 ** 31 - 1;

/** True for what a server answers that knows only the older transport. */
function isOlder(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 400 || code === 404 || code === 405;
}

/** Resolves when the promise is settled, or after `ms` milliseconds. */
async function settledWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.timer(ms, resolve);
    const settle = () => {
      timer.dispose();
      resolve();
    };
    promise.then(settle, settle);
  });
}
