import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatDuration } from '../../base/text.ts';
import type { StartProgram } from '../../domain/runner.ts';
import type { ToolAnswer, ToolboxRequest } from '../../domain/tool.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { bounded, Overdue } from './bounded.ts';
import type { ReadyServer } from './declared.ts';
import { linkTo, NO_TIMEOUT, Unreachable, type Link } from './link.ts';
import { callFailed, quoted } from './problems.ts';
import { answerOf, CALL_RESULT } from './results.ts';

/** How long a server may take until its tools are known, in milliseconds. */
const START_MS = 30_000;
/** How long a server may be silent while it answers a call, in milliseconds; progress is not silence. */
const CALL_MS = 120_000;
/** Pages of tools that are read: more than any server has. */
const MAX_PAGES = 100;

export interface ConnectionParts {
  readonly start: StartProgram;
  readonly clock: Clock;
  /** Of Sluice; servers are told. */
  readonly version: string;
}

const PAGE = z.looseObject({
  tools: z.array(z.unknown()),
  nextCursor: z.string().optional(),
});

/**
 * One server, for one attempt. Owns its program or its connection.
 *
 * C1. No call rejects, and none outlives its signal, the silence that is allowed, or its server.
 * C2. What is secret of its configuration is in no text that it gives.
 */
export class McpConnection {
  readonly #server: ReadyServer;
  readonly #link: Link;
  readonly #clock: Clock;
  /** As the server gives them. */
  #listed: readonly unknown[] = [];
  #onListed: (listed: readonly unknown[]) => Promise<void> = () => Promise.resolve();

  private constructor(server: ReadyServer, link: Link, clock: Clock) {
    this.#server = server;
    this.#link = link;
    this.#clock = clock;
  }

  /** The error is why not, as the end of a sentence. Rejects only for an aborted signal. */
  static async open(
    server: ReadyServer,
    request: ToolboxRequest,
    { start, clock, version }: ConnectionParts,
    signal: AbortSignal,
  ): Promise<Result<McpConnection, string>> {
    const client = () => newClient(request, version);
    // Ends what is under way; waited for, so that nothing is left of a server that did not start.
    let opening: Promise<Link> | undefined;
    try {
      return await bounded(clock, START_MS, signal, async (signal) => {
        opening = linkTo(server, request, { start, clock, client }, signal);
        const connection = new McpConnection(server, await opening, clock);
        await connection.#begin(signal);
        return ok(connection);
      });
    } catch (error) {
      const link = await opening?.catch((why: unknown) =>
        why instanceof Unreachable ? why : undefined,
      );
      const broken = link instanceof Unreachable ? link.message : link?.broken();
      if (link !== undefined && !(link instanceof Unreachable)) {
        await link.end();
      }
      signal.throwIfAborted();
      return err(shown(server, broken ?? whyOf(error)));
    }
  }

  get listed(): readonly unknown[] {
    return this.#listed;
  }

  /** Called when the server says that its tools have changed, once they are known. */
  onListed(listener: (listed: readonly unknown[]) => Promise<void>): void {
    this.#onListed = listener;
  }

  async call(tool: string, input: JsonValue, signal: AbortSignal): Promise<ToolAnswer> {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return { text: 'The input of this tool is to be an object.', isError: true };
    }
    const { name, timeoutMs = CALL_MS } = this.#server;
    try {
      const { client } = this.#link;
      const params = { name: tool, arguments: input as Record<string, unknown> };
      const result = await bounded(this.#clock, timeoutMs, signal, (signal, heard) =>
        client.request({ method: 'tools/call', params }, CALL_RESULT, {
          signal,
          timeout: NO_TIMEOUT,
          onprogress: heard,
        }),
      );
      const answer = answerOf(result);
      return { ...answer, text: shown(this.#server, answer.text) };
    } catch (error) {
      const why = signal.aborted ? 'it was cancelled' : (this.#link.broken() ?? whyOf(error));
      return { text: callFailed(name, shown(this.#server, why)), isError: true };
    }
  }

  /** Resolves once nothing of it is left. */
  async close(): Promise<void> {
    this.#onListed = () => Promise.resolve();
    await this.#link.end();
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { client } = this.#link;
    if (client.getServerCapabilities()?.tools === undefined) {
      throw new Unreachable('it has no tools');
    }
    this.#listed = await listedBy(client, this.#clock, signal);
    const { ToolListChangedNotificationSchema } =
      await import('@modelcontextprotocol/sdk/types.js');
    client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
      this.#listed = await listedBy(client, this.#clock, new AbortController().signal);
      await this.#onListed(this.#listed);
    });
  }
}

async function newClient(request: ToolboxRequest, version: string): Promise<Client> {
  const [{ Client }, { ListRootsRequestSchema }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  const client = new Client({ name: 'sluice', version }, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: pathToFileURL(request.folder).href, name: 'workspace copy' }],
  }));
  return client;
}

async function listedBy(client: Client, clock: Clock, signal: AbortSignal): Promise<unknown[]> {
  const tools: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    // The SDK listens to a signal for good, so each request gets one of its own.
    const read = await bounded(clock, START_MS, signal, (signal) =>
      client.request({ method: 'tools/list', params }, PAGE, { signal, timeout: NO_TIMEOUT }),
    );
    tools.push(...read.tools);
    if (read.nextCursor === undefined || read.nextCursor === cursor) {
      return tools;
    }
    cursor = read.nextCursor;
  }
  return tools;
}

/** What went wrong, as the end of a sentence. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof Overdue) {
    return `it has not answered for ${formatDuration(thrown.ms)}`;
  }
  if (!(thrown instanceof Error)) {
    return quoted(String(thrown));
  }
  const status = 'code' in thrown ? thrown.code : undefined;
  if (status === 401 || status === 403) {
    return `it does not let Sluice in (HTTP ${status}); put a token into its "headers"`;
  }
  if (Array.isArray((thrown as { issues?: unknown }).issues)) {
    return 'its answer does not have the shape that the protocol asks for';
  }
  const { cause } = thrown;
  const reason =
    cause instanceof Error ? `: ${(cause as NodeJS.ErrnoException).code ?? cause.message}` : '';
  const message = thrown.message.replace(/^MCP error -?\d+: /, '') + reason;
  return quoted(message).replace(/\.$/, '');
}

function shown({ secrets }: ReadyServer, text: string): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text);
}
