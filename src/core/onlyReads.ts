import type { Agent } from './domain/agent.ts';
import type { PermissionMode } from './domain/terms.ts';
import type { OwnTool } from './tools/names/toolNames.ts';
import { toolsMeant } from './tools/names/toolsMeant.ts';

const LOOKING: ReadonlySet<OwnTool> = new Set<OwnTool>(['read', 'list', 'search', 'fetch']);

/**
 * True when all the agent can do is look and answer. A server of tools may do anything in the folder it is started in,
 * and so may an agent that is asked; whoever only plans is refused all that changes something.
 */
export function onlyReads({ runner, tools }: Agent, mode: PermissionMode | undefined): boolean {
  if (runner.kind !== 'model' || runner.mcpServers.length > 0) {
    return false;
  }
  const { own, mcp, hosted, agents, anyAgent } = toolsMeant(tools);
  if (mcp.length + hosted.length + agents.length > 0 || anyAgent) {
    return false;
  }
  return mode === 'plan' || [...own].every((tool) => LOOKING.has(tool));
}
