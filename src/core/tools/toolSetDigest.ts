import { digestOfJson, type Digest } from '../base/digest.ts';
import type { Agent } from '../domain/agent.ts';
import type { AgentName } from '../domain/ids.ts';
import type { ToolSpec } from '../domain/modelPort.ts';
import type { ToolDeed } from '../domain/tool.ts';

/** What a tool is to the model that uses it. */
export function specOf({
  name,
  description,
  inputSchema,
  does,
}: ToolSpec & { readonly does: ToolDeed }) {
  return { name, description, inputSchema, does };
}

/** Agents that the agent can ask as tools, and what decides their answers. */
export function askedAgentsDigest(
  agent: Agent,
  agents: Readonly<Record<AgentName, Agent>>,
): { readonly names: ReadonlySet<string>; readonly digest: Digest } {
  const named = new Set(agent.tools ?? []);
  const asked = Object.values(agents).filter(
    ({ asTool, runner }) =>
      asTool !== undefined && runner.kind === 'model' && named.has(asTool.name),
  );
  const facts = asked.map(({ description, asTool, runner, outputSchema, terms }) => ({
    description,
    asTool,
    runner,
    outputSchema,
    models: terms.models,
    calls: terms.calls,
  }));
  return {
    names: new Set(asked.map(({ asTool }) => asTool?.name ?? '')),
    digest: digestOfJson(facts),
  };
}
