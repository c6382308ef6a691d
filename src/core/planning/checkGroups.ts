import { DEFAULT_CRITICALITY, DEFAULT_GRACE_MS, type Agent, type Check } from '../domain/agent.ts';
import { agentName, slug, type AgentName } from '../domain/ids.ts';
import { NO_TERMS } from '../domain/terms.ts';
import type { Phase, Workflow } from '../domain/workflow.ts';

/** Commands that judge what a phase of a workflow has made, or all of it. */
export interface CheckGroup {
  readonly checks: readonly Check[];
  /** What their agents are called, where nobody else is. */
  readonly agent: string;
  /** What the step of one is called, where no other is. */
  readonly idOf: (index: number) => string;
  /** What their tasks belong to, beside what stands around the workflow. */
  readonly groups: readonly string[];
}

export function checksOfPhase({ name, checks }: Phase): CheckGroup {
  return {
    checks,
    agent: `check ${name}`,
    idOf: () => `${slug(name)}.check`,
    groups: [name],
  };
}

/** Behind phases they are one of their own. */
export function checksOfAll({ validate, phases }: Workflow): CheckGroup {
  return {
    checks: validate,
    agent: 'validate',
    idOf: (index) => (index === 0 ? 'validate' : `validate.${index + 1}`),
    groups: phases.length === 0 ? [] : ['validate'],
  };
}

/** The agents that run checks: nobody wrote them down, so they are made up. */
export class CheckAgents {
  readonly #taken: Set<string>;
  readonly #made = new Map<string, Agent>();

  /** @param used names that steps use */
  constructor(used: readonly AgentName[]) {
    this.#taken = new Set(used);
  }

  get made(): Agent[] {
    return [...this.#made.values()];
  }

  /** The agent of a check; the same one wherever the workflow is laid open. @param index of the check in its group */
  for(workflow: Workflow, group: CheckGroup, index: number, check: Check): Agent {
    const key = JSON.stringify([workflow.name, group.agent, index]);
    const known = this.#made.get(key);
    if (known !== undefined) {
      return known;
    }
    const agent: Agent = {
      name: this.#nameFor(group.agent),
      description: '',
      criticality: DEFAULT_CRITICALITY,
      version: undefined,
      domains: [],
      tools: undefined,
      runner: {
        kind: 'command',
        command: check.command,
        successCodes: [0],
        env: {},
        install: undefined,
        limits: { timeoutMs: check.timeoutMs, idleTimeoutMs: undefined, graceMs: DEFAULT_GRACE_MS },
        effects: 'copy',
        probe: undefined,
        stdin: 'prompt',
      },
      outputSchema: undefined,
      asTool: undefined,
      terms: NO_TERMS,
      format: 'sluice',
      file: workflow.file,
      digest: workflow.digest,
    };
    this.#made.set(key, agent);
    return agent;
  }

  #nameFor(wanted: string): AgentName {
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number += 1) {
      name = `${wanted} ${number}`;
    }
    this.#taken.add(name);
    return agentName(name);
  }
}
