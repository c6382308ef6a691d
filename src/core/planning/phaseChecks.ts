import { DEFAULT_CRITICALITY, DEFAULT_GRACE_MS, type Agent, type Check } from '../domain/agent.ts';
import { agentName, type AgentName } from '../domain/ids.ts';
import { NO_TERMS } from '../domain/terms.ts';
import type { Phase, Workflow } from '../domain/workflow.ts';

/** The agents that run the checks of phases: nobody wrote them down, so they are made up. */
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

  /** The agent of a phase's check; the same one wherever the workflow is laid open. */
  for(workflow: Workflow, phase: Phase, check: Check): Agent {
    const key = `${workflow.name}\n${phase.name}\n${phase.checks.indexOf(check)}`;
    const known = this.#made.get(key);
    if (known !== undefined) {
      return known;
    }
    const agent: Agent = {
      name: this.#nameFor(`check ${phase.name}`),
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
