import type { AgentFilter } from '../agentFilter.ts';
import type { Command } from '../contributions.ts';

export function showCriticalAgents(filter: AgentFilter): Command {
  return { id: 'sluice.showCriticalAgents', execute: () => filter.show('critical') };
}

export function showAllAgents(filter: AgentFilter): Command {
  return { id: 'sluice.showAllAgents', execute: () => filter.show('all') };
}
