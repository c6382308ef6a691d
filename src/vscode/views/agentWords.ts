import { count, formatDuration } from '../../core/base/text.ts';
import { CRITICAL_FROM, type Agent, type RunnerSpec } from '../../core/domain/agent.ts';
import type { Terms } from '../../core/domain/terms.ts';
import type { AgentEntry, AgentOrigin } from '../../core/definitions/entries.ts';

// What the Agents view says of agents.

/** The entries of one place. */
export interface AgentGroup {
  readonly origin: AgentOrigin;
  readonly entries: readonly AgentEntry[];
}

/** In order of precedence. @param criticalOnly leaves out all others, and what cannot be read */
export function groupAgents(
  entries: readonly AgentEntry[],
  criticalOnly: boolean,
): readonly AgentGroup[] {
  const groups = new Map<string, { origin: AgentOrigin; entries: AgentEntry[] }>();
  for (const entry of entries) {
    const isShown =
      !criticalOnly || (entry.kind === 'valid' && entry.agent.criticality >= CRITICAL_FROM);
    if (isShown) {
      const group = groups.get(entry.origin.label);
      if (group === undefined) {
        groups.set(entry.origin.label, { origin: entry.origin, entries: [entry] });
      } else {
        group.entries.push(entry);
      }
    }
  }
  return [...groups.values()];
}

/** Beside the name of a place. */
export function groupDescription({ origin, entries }: AgentGroup): string {
  const agents = count(entries.length, 'agent');
  return origin.scope === 'user' ? `${agents} · yours in every folder` : agents;
}

/** All there is to know of an agent, a line each. */
export function agentLines(
  entry: Extract<AgentEntry, { kind: 'valid' }>,
): readonly (string | undefined)[] {
  const { agent, shadowedBy, overlay, priority } = entry;
  return [
    agent.version === undefined ? agent.name : `${agent.name} ${agent.version}`,
    agent.description,
    ...runnerLines(agent.runner),
    overlay?.replaced?.kind === 'model'
      ? `Its own text, ${overlay.replaced.instructions.length.toLocaleString('en')} characters, is for a model; .sluice/agents.yaml runs this command instead`
      : undefined,
    `Criticality ${agent.criticality}${agent.criticality >= CRITICAL_FROM ? ' (critical)' : ''}`,
    priority === undefined ? undefined : `Priority ${priority}`,
    agent.tools === undefined ? undefined : `Tools: ${agent.tools.join(', ') || 'none'}`,
    agent.domains.length === 0 ? undefined : `Domains: ${agent.domains.join(', ')}`,
    ...termLines(agent.terms),
    shadowedBy === undefined ? undefined : `Hidden: ${shadowedBy} has the same name and wins`,
    overlay === undefined ? undefined : `With what ${overlay.place.file} adds`,
    fileLine(agent, entry.origin),
  ];
}

function fileLine({ file }: Agent, { scope }: AgentOrigin): string {
  return scope === 'user' ? `${file} (yours in every folder)` : file;
}

function runnerLines(runner: RunnerSpec): readonly string[] {
  switch (runner.kind) {
    case 'command':
      return [`Command: ${runner.command.join(' ')}`];
    case 'model':
      return [`Model: ${runner.models.length === 0 ? 'your choice' : runner.models.join(', ')}`];
    case 'claude-code':
      return [
        'Coding agent: claude -p',
        `Model: ${runner.models.length === 0 ? 'its own choice' : runner.models.join(', ')}`,
      ];
    case 'acp':
      return runner.launches.map(
        ({ command, platform }) =>
          `Coding agent: ${command.join(' ')}${platform === undefined ? '' : ` (${platform})`}`,
      );
  }
}

function termLines({ owns, never, permissions, budget, cache }: Terms): (string | undefined)[] {
  const spent = [
    budget?.tokens === undefined ? undefined : `${budget.tokens.toLocaleString('en')} tokens`,
    budget?.usd === undefined ? undefined : `$${budget.usd}`,
    budget?.timeMs === undefined ? undefined : formatDuration(budget.timeMs),
  ].filter((part) => part !== undefined);
  return [
    owns === undefined ? undefined : `Owns: ${owns.join(', ') || 'nothing'}`,
    never.length === 0 ? undefined : `Never changes: ${never.join(', ')}`,
    permissions === undefined ? undefined : `Permissions: ${permissions}`,
    spent.length === 0 ? undefined : `Budget: ${spent.join(', ')}`,
    cache === undefined
      ? undefined
      : !cache.use
        ? 'Cache: never'
        : cache.ttlMs === undefined
          ? 'Cache: yes'
          : `Cache: for ${formatDuration(cache.ttlMs)}`,
  ];
}
