import { digestOfJson } from '../../base/digest.ts';
import { oneLine } from '../../base/text.ts';
import type { Tool, ToolboxRequest } from '../../domain/tool.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { LookUp } from '../lookups.ts';
import type { McpTools, OpenMcpTools } from '../parts.ts';
import { McpConnection, type ConnectionParts } from './connection.ts';
import { readyServer } from './declared.ts';
import { listedTool, type ListedTool } from './listedTool.ts';
import { noSuchTool, notStarted, toolLeftOut } from './problems.ts';
import { namesTool } from './references.ts';
import { seesCopy, ServerAnswers } from './serverAnswers.ts';
import { serversDigest, type ServersDigestOptions } from './serversDigest.ts';
import { ToolNames } from './toolNames.ts';
import { wishesOf, type ServerWishes, type WantedServer } from './wishes.ts';

/** `environment` is also what `${NAME}` in a configuration stands for. */
export interface McpOptions extends ConnectionParts, ServersDigestOptions {}

/**
 * The servers an agent gets: those its file declares or names, and those whose tools it names. They are started when
 * its attempt's tools are opened, each for this attempt alone.
 */
export function mcpTools(options: McpOptions): McpTools {
  return {
    open: async (agent, request, lookUp, signal) => {
      signal.throwIfAborted();
      const wishes = await wishesOf(agent, options);
      const opened = await openAll(wishes, { ...options, lookUp }, request, signal);
      const problems = [...wishes.problems, ...opened.problems];
      const servers = new Servers(opened.servers, problems, opened.hasFailed);
      await servers.learn();
      return servers;
    },
    digestFor: (agent) => serversDigest(agent, options),
  };
}

interface OpenServer {
  readonly wanted: WantedServer;
  readonly connection: McpConnection;
  readonly answers: ServerAnswers;
}

type OpenOptions = McpOptions & { readonly lookUp: LookUp };

async function openAll(
  { wanted }: ServerWishes,
  options: OpenOptions,
  request: ToolboxRequest,
  signal: AbortSignal,
): Promise<{
  readonly servers: readonly OpenServer[];
  readonly problems: readonly string[];
  readonly hasFailed: boolean;
}> {
  const settled = await Promise.allSettled(
    wanted.map((each) => open(each, options, request, signal)),
  );
  const outcomes = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const servers = outcomes.filter((each) => 'connection' in each);
  const rejected = settled.find((each) => each.status === 'rejected');
  if (rejected !== undefined || signal.aborted) {
    await Promise.all(servers.map(({ connection }) => connection.close()));
    signal.throwIfAborted();
    throw rejected?.reason;
  }
  const unopened = outcomes.filter((each) => 'problem' in each);
  return {
    servers,
    problems: unopened.map(({ problem }) => problem),
    hasFailed: unopened.some(({ isForNow }) => isForNow),
  };
}

interface Unopened {
  /** A sentence. */
  readonly problem: string;
  /** Another time it may open, with nothing in its declaration changed. */
  readonly isForNow: boolean;
}

async function open(
  wanted: WantedServer,
  options: OpenOptions,
  request: ToolboxRequest,
  signal: AbortSignal,
): Promise<OpenServer | Unopened> {
  const { name, file, declared } = wanted;
  if (!declared.ok) {
    return { problem: notStarted(name, file, declared.error), isForNow: false };
  }
  const variables = {
    workspaceFolder: request.folder,
    home: options.home,
    env: { ...options.environment, ...request.env },
  };
  const ready = await readyServer(declared.value, variables, options.folder);
  if (!ready.ok) {
    return { problem: notStarted(name, file, ready.error), isForNow: false };
  }
  const opened = await McpConnection.open(ready.value, request, options, signal);
  if (!opened.ok) {
    return { problem: notStarted(name, file, opened.error), isForNow: true };
  }
  const { server } = ready.value;
  const connection = opened.value;
  const asked = {
    connection,
    // As whom it is asked, too: keys are part of it, as a digest.
    identity: digestOfJson({ server, env: server.kind === 'stdio' ? request.env : undefined }),
    seesCopy: seesCopy(server),
  };
  return { wanted, connection, answers: new ServerAnswers(asked, options.lookUp) };
}

/** `tools` changes when a server says that its own have. */
class Servers implements OpenMcpTools {
  readonly #servers: readonly OpenServer[];
  readonly #problems: string[];
  readonly #names = new ToolNames();
  readonly #tools = new Map<OpenServer, readonly Tool[]>();

  readonly hasFailed: boolean;

  constructor(servers: readonly OpenServer[], problems: readonly string[], hasFailed: boolean) {
    this.#servers = servers;
    this.#problems = [...problems];
    this.hasFailed = hasFailed;
  }

  get tools(): readonly Tool[] {
    return this.#servers.flatMap((server) => this.#tools.get(server) ?? []);
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  async learn(): Promise<void> {
    for (const server of this.#servers) {
      const { connection } = server;
      this.#problems.push(...(await this.#take(server, connection.listed)));
      connection.onListed(async (listed) => {
        await this.#take(server, listed);
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map(({ connection }) => connection.close()));
  }

  /** Resolves with what is wrong. */
  async #take(server: OpenServer, listed: readonly unknown[]): Promise<readonly string[]> {
    const { name, references } = server.wanted;
    const read = await Promise.all(listed.map(listedTool));
    const usable = read.flatMap((each) => (each.ok ? [each.value] : []));
    const unusable = read.flatMap((each) => (each.ok ? [] : [each.error]));
    const isWanted = (tool: string) =>
      references.length === 0 || references.some((reference) => namesTool(reference, tool));
    this.#tools.set(
      server,
      usable.filter((tool) => isWanted(tool.name)).map((tool) => this.#tool(server, tool)),
    );
    const all = [...usable, ...unusable];
    return [
      ...unusable
        .filter((tool) => isWanted(tool.name))
        .map((tool) => toolLeftOut(name, tool.name, tool.why)),
      ...references
        .filter((reference) => !all.some((tool) => namesTool(reference, tool.name)))
        .filter(({ tool }) => tool !== '*')
        .map(({ tool }) =>
          noSuchTool(
            tool,
            name,
            usable.map((tool) => tool.name),
          ),
        ),
    ];
  }

  #tool({ wanted, answers }: OpenServer, listed: ListedTool): Tool {
    const { name, description, inputSchema, does } = listed;
    return {
      name: this.#names.nameOf(wanted.name, name),
      description,
      inputSchema,
      does,
      summary: (input: JsonValue) => oneLine(`${wanted.name}: ${name} ${JSON.stringify(input)}`),
      call: (input, signal) => answers.call(listed, input, signal),
    };
  }
}
