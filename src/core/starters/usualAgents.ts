import type { Agent } from '../domain/agent.ts';

const USUAL = 3;

/** The agents a new workflow begins with where nobody chose any: commands first, which need no model. */
export function usualAgents(agents: readonly Agent[]): string[] {
  const isCommand = ({ runner }: Agent) => runner.kind === 'command';
  return [...agents.filter(isCommand), ...agents.filter((agent) => !isCommand(agent))]
    .slice(0, USUAL)
    .map(({ name }) => name);
}
