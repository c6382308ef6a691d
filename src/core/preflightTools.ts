import { placeOfTool } from './definitions/agents/placeOfTool.ts';
import type { Agent } from './domain/agent.ts';
import type { RunPlan } from './domain/workflow.ts';
import type { ToolFault } from './preflight/facts.ts';
import { readMcpConfiguration, type McpConfiguration } from './tools/mcp/configuration.ts';
import { referencesOf } from './tools/mcp/references.ts';
import { toolsMeant, type ToolsMeant } from './tools/names/toolsMeant.ts';
import type { HostedTool } from './tools/parts.ts';

export interface ToolSources {
  /** Absolute. */
  readonly folder: string;
  /** Absolute; `undefined`: what the user has for all folders is not looked for. */
  readonly home: string | undefined;
  /** Tools that the host has itself. */
  readonly hosted: readonly Pick<HostedTool, 'name' | 'alsoKnownAs'>[];
}

/** What is wrong with the tools of the plan's agents, as far as it can be told without starting a server. */
export async function toolFaults(
  { agents }: Pick<RunPlan, 'agents'>,
  { folder, home, hosted }: ToolSources,
): Promise<readonly ToolFault[]> {
  const uses = Object.values(agents).flatMap(useOf);
  const declared = uses.some(mayUseServers) ? await readMcpConfiguration(folder, home) : undefined;
  const known = new Set([
    ...Object.values(agents).flatMap(({ asTool }) => asTool?.name ?? []),
    ...hosted.flatMap(({ name, alsoKnownAs = [] }) => [name, ...alsoKnownAs]),
  ]);
  return uses.flatMap((use) => {
    const { agent, meant } = use;
    const fault =
      (kind: 'unknown' | 'server' | 'unkept') =>
      (name: string): ToolFault => {
        return { kind, agent: agent.name, name, at: placeOfTool(folder, agent.file, name) };
      };
    const strangers = meant.agents.filter((name) => !known.has(name));
    return [
      ...[...meant.unknown, ...strangers].map(fault('unknown')),
      ...(mayUseServers(use) && declared !== undefined
        ? serverFaults(use, declared, known, fault('server'))
        : []),
      ...meant.unkept.map(fault('unkept')),
    ];
  });
}

interface Use {
  readonly agent: Agent;
  readonly meant: ToolsMeant;
  /** Servers that its file names. */
  readonly named: readonly string[];
  /** Servers that its file writes out. */
  readonly own: readonly string[];
}

/** Other runners have tools of their own. */
function useOf(agent: Agent): Use[] {
  const { runner } = agent;
  if (runner.kind !== 'model') {
    return [];
  }
  const servers = runner.mcpServers;
  return [
    {
      agent,
      meant: toolsMeant(agent.tools),
      named: servers.filter((one) => typeof one === 'string'),
      own: servers.flatMap((one) => (typeof one === 'string' ? [] : [one.name])),
    },
  ];
}

function mayUseServers({ named, meant }: Use): boolean {
  return (
    named.length > 0 || meant.hosted.length > 0 || meant.mcp.some(({ server }) => server !== '*')
  );
}

function serverFaults(
  { agent, meant, named, own }: Use,
  { servers, problems }: McpConfiguration,
  known: ReadonlySet<string>,
  missing: (name: string) => ToolFault,
): readonly ToolFault[] {
  if (problems.length > 0) {
    // What a file that cannot be read declares is not known to be missing.
    return problems.map((message) => ({ kind: 'file', agent: agent.name, at: undefined, message }));
  }
  const there = [...own, ...servers.keys()];
  const isThere = (server: string, tool: string) =>
    referencesOf({ server, tool }, there).length > 0;
  const lost = [
    ...named.filter((name) => !there.includes(name)),
    ...meant.mcp
      .filter(({ server, tool }) => server !== '*' && !isThere(server, tool))
      .map(({ server }) => server),
    // An extension of the host, or a server that is called like one.
    ...meant.hosted.filter((name) => {
      const slash = name.lastIndexOf('/');
      return (
        name !== '*' && !known.has(name) && !isThere(name.slice(0, slash), name.slice(slash + 1))
      );
    }),
  ];
  return [...new Set(lost)].map(missing);
}
