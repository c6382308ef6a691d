import type { AgentIndex } from '../entries.ts';
import { WHOLE_FOLDER } from '../workflows/ownership.ts';
import type { AgentStepDraft, WorkflowDraft, Written } from '../workflows/workflowDraft.ts';

/**
 * A todo list among the agents that are there. A todo names a role, which is an agent's name in any spelling; and one
 * that does not say what it owns, as its agent does not either, owns the whole folder, so that all it changes lands.
 */
export function settledTodos(draft: WorkflowDraft, agents: AgentIndex): WorkflowDraft {
  return {
    ...draft,
    steps: draft.steps.map((step) => (step.kind === 'agent' ? settled(step, agents) : step)),
  };
}

function settled(step: AgentStepDraft, agents: AgentIndex): AgentStepDraft {
  const agent = step.agent && named(step.agent, agents);
  const { terms, debug } = step;
  return {
    ...step,
    agent,
    debug: debug && {
      ...debug,
      routing: debug.routing.map((route) => ({ ...route, agent: named(route.agent, agents) })),
    },
    terms:
      terms.owns !== undefined || saysWhatItOwns(agent?.text, agents)
        ? terms
        : { ...terms, owns: [WHOLE_FOLDER] },
  };
}

function saysWhatItOwns(name: string | undefined, agents: AgentIndex): boolean {
  const entry = name === undefined ? undefined : agents.named(name);
  return entry?.kind === 'valid' && entry.agent.terms.owns !== undefined;
}

function named(role: Written, agents: AgentIndex): Written {
  return { ...role, text: agentOfRole(role.text, agents) };
}

/** The agent that a role means: the one of the name, else one that differs in case, `_` and `-` alone. */
export function agentOfRole(role: string, agents: AgentIndex): string {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '-');
  const wanted = plain(role);
  return agents.named(role) === undefined
    ? (agents.names.find((name) => plain(name) === wanted) ?? role)
    : role;
}
