import { ok, type Result } from '../../base/result.ts';
import type { Agent, McpServerRef } from '../../domain/agent.ts';
import { toolsMeant, type McpToolName } from '../names/toolsMeant.ts';
import { MCP_FILES, readMcpConfiguration, type McpConfiguration } from './configuration.ts';
import { declaredServer, type DeclaredServer } from './declared.ts';
import { noSuchServer } from './problems.ts';
import { referencesOf, type ToolReference } from './references.ts';

/** A server that an agent gets. */
export interface WantedServer {
  readonly name: string;
  /** Tools of it; empty: all. */
  readonly references: readonly ToolReference[];
  /** Where it is declared, for people. */
  readonly file: string;
  /** The error is the end of a sentence. */
  readonly declared: Result<DeclaredServer, string>;
}

export interface ServerWishes {
  readonly wanted: readonly WantedServer[];
  /** Files that cannot be read, servers that there are not: a sentence each. */
  readonly problems: readonly string[];
}

export interface WishesOptions {
  /** Absolute; trusted. Its files say which servers there are. */
  readonly folder: string;
  /** Absolute; `undefined`: the user's own servers are not looked for. */
  readonly home: string | undefined;
}

/** The servers that the agent's file declares or names, and those whose tools it names. */
export async function wishesOf(agent: Agent, options: WishesOptions): Promise<ServerWishes> {
  const refs = agent.runner.kind === 'model' ? agent.runner.mcpServers : [];
  const { mcp, hosted } = toolsMeant(agent.tools);
  const mayBe = hosted.filter((name) => name !== '*').map(asServers);
  if (refs.length === 0 && mcp.length === 0 && mayBe.length === 0) {
    return { wanted: [], problems: [] };
  }
  const configuration = await readMcpConfiguration(options.folder, options.home);
  const { wanted, missing } = wantedOf(refs, mcp, mayBe, configuration);
  return {
    wanted: wanted.map(([name, references]) => ({
      name,
      references,
      ...declarationOf(name, refs, configuration, agent.file),
    })),
    problems: [...configuration.problems, ...missing.map((name) => noSuchServer(name, MCP_FILES))],
  };
}

/** An extension's tool, `publisher.extension/tool`, may as well be one of a server with a dot in its name. */
function asServers(name: string): McpToolName {
  const slash = name.lastIndexOf('/');
  return { server: name.slice(0, slash), tool: name.slice(slash + 1) };
}

/** @param mayBe tools that are a server's only where there is one of the name */
function wantedOf(
  refs: readonly McpServerRef[],
  named: readonly McpToolName[],
  mayBe: readonly McpToolName[],
  { servers }: McpConfiguration,
) {
  const own = refs.flatMap((ref) => (typeof ref === 'string' ? [] : [ref.name]));
  const known = [...new Set([...own, ...servers.keys()])];
  const missing = new Set<string>();
  const wanted = new Map<string, readonly ToolReference[]>();
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
  return { wanted: [...wanted], missing: [...missing] };
}

function declarationOf(
  name: string,
  refs: readonly McpServerRef[],
  { servers }: McpConfiguration,
  agentFile: string,
): Pick<WantedServer, 'file' | 'declared'> {
  const own = refs.findLast((ref) => typeof ref !== 'string' && ref.name === name);
  if (typeof own === 'object') {
    return { file: agentFile, declared: ok({ name, file: agentFile, server: own.server }) };
  }
  const { file, settings } = servers.get(name) ?? { file: agentFile, settings: null };
  return { file, declared: declaredServer(name, file, settings) };
}
