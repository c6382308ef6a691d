import { oneLine } from '../../base/text.ts';
import type { McpServerRef } from '../../domain/agent.ts';
import type { Tool, ToolboxRequest } from '../../domain/tool.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { toolsMeant, type McpToolName } from '../names/toolsMeant.ts';
import type { McpTools, OpenMcpTools } from '../parts.ts';
import { MCP_FILES, readMcpConfiguration, type McpConfiguration } from './configuration.ts';
import { McpConnection, type ConnectionParts } from './connection.ts';
import { declaredServer, readyServer, type DeclaredServer } from './declared.ts';
import { listedTool, type ListedTool } from './listedTool.ts';
import { noSuchServer, noSuchTool, notStarted, toolLeftOut } from './problems.ts';
import { namesTool, referencesOf, type ToolReference } from './references.ts';
import { ToolNames } from './toolNames.ts';

export interface McpOptions extends ConnectionParts {
  /** The host's variables: what `${NAME}` in a configuration stands for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; trusted. Its files say which servers there are. */
  readonly folder: string;
  /** Absolute; `undefined`: the user's own servers are not looked for. */
  readonly home: string | undefined;
}

interface Wanted {
  readonly name: string;
  /** Empty: all of its tools. */
  readonly references: readonly ToolReference[];
}

/**
 * The servers an agent gets: those its file declares or names, and those whose tools it names. They are started when
 * its attempt's tools are opened, each for this attempt alone.
 */
export function mcpTools(options: McpOptions): McpTools {
  return {
    open: async (agent, request, signal) => {
      signal.throwIfAborted();
      const refs = agent.runner.kind === 'model' ? agent.runner.mcpServers : [];
      const { mcp, hosted } = toolsMeant(agent.tools);
      const mayBe = hosted.filter((name) => name !== '*').map(asServers);
      if (refs.length === 0 && mcp.length === 0 && mayBe.length === 0) {
        return new Servers([], []);
      }
      const configuration = await readMcpConfiguration(options.folder, options.home);
      const wishes = wishesOf(refs, mcp, mayBe, configuration);
      const sources = { configuration, refs, file: agent.file };
      const opened = await openAll(wishes.wanted, sources, options, request, signal);
      const problems = [...configuration.problems, ...wishes.problems, ...opened.problems];
      const servers = new Servers(opened.servers, problems);
      await servers.learn();
      return servers;
    },
  };
}

/** An extension's tool, `publisher.extension/tool`, may as well be one of a server with a dot in its name. */
function asServers(name: string): McpToolName {
  const slash = name.lastIndexOf('/');
  return { server: name.slice(0, slash), tool: name.slice(slash + 1) };
}

/** @param mayBe tools that are a server's only where there is one of the name */
function wishesOf(
  refs: readonly McpServerRef[],
  named: readonly McpToolName[],
  mayBe: readonly McpToolName[],
  { servers }: McpConfiguration,
) {
  const own = refs.flatMap((ref) => (typeof ref === 'string' ? [] : [ref.name]));
  const known = [...new Set([...own, ...servers.keys()])];
  const missing = new Set<string>();
  const wanted = new Map<string, ToolReference[]>();
  for (const ref of refs) {
    const name = typeof ref === 'string' ? ref : ref.name;
    if (known.includes(name)) {
      wanted.set(name, []);
    } else {
      missing.add(name);
    }
  }
  for (const one of [...named, ...mayBe]) {
    const references = referencesOf(one, known);
    for (const reference of references) {
      wanted.set(reference.server, [...(wanted.get(reference.server) ?? []), reference]);
    }
    if (references.length === 0 && one.server !== '*' && !mayBe.includes(one)) {
      missing.add(one.server);
    }
  }
  return {
    wanted: [...wanted].map(([name, references]): Wanted => ({ name, references })),
    problems: [...missing].map((name) => noSuchServer(name, MCP_FILES)),
  };
}

interface Sources {
  readonly configuration: McpConfiguration;
  readonly refs: readonly McpServerRef[];
  /** The agent's. */
  readonly file: string;
}

interface OpenServer {
  readonly wanted: Wanted;
  readonly connection: McpConnection;
}

async function openAll(
  wanted: readonly Wanted[],
  sources: Sources,
  options: McpOptions,
  request: ToolboxRequest,
  signal: AbortSignal,
): Promise<{ readonly servers: readonly OpenServer[]; readonly problems: readonly string[] }> {
  const settled = await Promise.allSettled(
    wanted.map((each) => open(each, sources, options, request, signal)),
  );
  const outcomes = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const servers = outcomes.filter((each) => typeof each !== 'string');
  const rejected = settled.find((each) => each.status === 'rejected');
  if (rejected !== undefined || signal.aborted) {
    await Promise.all(servers.map(({ connection }) => connection.close()));
    signal.throwIfAborted();
    throw rejected?.reason;
  }
  return { servers, problems: outcomes.filter((each) => typeof each === 'string') };
}

/** Resolves with a sentence where it cannot be opened. */
async function open(
  wanted: Wanted,
  { configuration, refs, file: agentFile }: Sources,
  options: McpOptions,
  request: ToolboxRequest,
  signal: AbortSignal,
): Promise<OpenServer | string> {
  const { name } = wanted;
  const own = refs.findLast((ref) => typeof ref !== 'string' && ref.name === name);
  const written = configuration.servers.get(name);
  const file = own === undefined ? (written?.file ?? agentFile) : agentFile;
  const declared =
    typeof own === 'object'
      ? { ok: true as const, value: { name, file, server: own.server } satisfies DeclaredServer }
      : declaredServer(name, file, written?.settings ?? null);
  if (!declared.ok) {
    return notStarted(name, file, declared.error);
  }
  const variables = {
    workspaceFolder: request.folder,
    home: options.home,
    env: { ...options.environment, ...request.env },
  };
  const ready = await readyServer(declared.value, variables, options.folder);
  if (!ready.ok) {
    return notStarted(name, file, ready.error);
  }
  const connection = await McpConnection.open(ready.value, request, options, signal);
  return connection.ok
    ? { wanted, connection: connection.value }
    : notStarted(name, file, connection.error);
}

/** `tools` changes when a server says that its own have. */
class Servers implements OpenMcpTools {
  readonly #servers: readonly OpenServer[];
  readonly #problems: string[];
  readonly #names = new ToolNames();
  readonly #tools = new Map<OpenServer, readonly Tool[]>();

  constructor(servers: readonly OpenServer[], problems: readonly string[]) {
    this.#servers = servers;
    this.#problems = [...problems];
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

  #tool({ wanted, connection }: OpenServer, listed: ListedTool): Tool {
    const { name, description, inputSchema, does } = listed;
    return {
      name: this.#names.nameOf(wanted.name, name),
      description,
      inputSchema,
      does,
      summary: (input: JsonValue) => oneLine(`${wanted.name}: ${name} ${JSON.stringify(input)}`),
      call: (input, signal) => connection.call(name, input, signal),
    };
  }
}
