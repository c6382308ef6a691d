import type { AgentIndex, WorkflowIndex } from '../definitions/entries.ts';

/** What the names in a definition file may stand for, beside what the file itself says. */
export interface Known {
  readonly agents: AgentIndex;
  readonly workflows: WorkflowIndex;
  /** Language models that any definition names. */
  readonly models: readonly string[];
  /** Names of tools that any agent has, and of agents that can be asked as tools. */
  readonly tools: readonly string[];
}
