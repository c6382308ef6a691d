import type { Agent } from '../domain/agent.ts';
import type { AgentName } from '../domain/ids.ts';
import type { Workflow } from '../domain/workflow.ts';

/** What a workflow and those inside it name, each once. */
export interface UsedBy {
  readonly agents: readonly AgentName[];
  /** The workflow itself first; those that cannot be found are left out. */
  readonly workflows: readonly Workflow[];
  /** Of files that are values of matrices. */
  readonly globs: readonly string[];
}

export function usedBy(
  workflow: Workflow,
  findWorkflow: (name: string) => Workflow | undefined,
): UsedBy {
  const workflows = new Set([workflow]);
  const agents = new Set<AgentName>();
  const globs = new Set<string>();
  // The set grows while it is walked.
  for (const { steps } of workflows) {
    for (const step of steps) {
      const nested = step.kind === 'workflow' ? findWorkflow(step.workflow) : undefined;
      if (nested !== undefined) {
        workflows.add(nested);
      }
      if (step.kind === 'agent') {
        agents.add(step.agent);
        Object.values(step.debug?.routing ?? {}).forEach((name) => agents.add(name));
      }
      for (const values of Object.values(step.matrix ?? {})) {
        if (typeof values === 'object' && 'files' in values) {
          values.files.forEach((glob) => globs.add(glob));
        }
      }
    }
  }
  return { agents: [...agents], workflows: [...workflows], globs: [...globs] };
}

/** The agents that an agent has among its tools. */
export type AskedBy = (agent: AgentName) => readonly AgentName[];

/** @param agents each name once */
export function askedAmong(agents: readonly Agent[]): AskedBy {
  const byTool = new Map<string, AgentName>();
  for (const { name, asTool } of agents) {
    if (asTool !== undefined && !byTool.has(asTool.name)) {
      byTool.set(asTool.name, name);
    }
  }
  if (byTool.size === 0) {
    return () => [];
  }
  const asked = new Map(
    agents.map(({ name, runner, tools }): [AgentName, readonly AgentName[]] => [
      name,
      // Other runners have tools of their own.
      runner.kind === 'model' ? (tools ?? []).flatMap((tool) => byTool.get(tool) ?? []) : [],
    ]),
  );
  return (agent) => asked.get(agent) ?? [];
}

/** With all whom they ask, directly or not, behind them; each once. */
export function withAsked(agents: readonly AgentName[], askedBy: AskedBy): readonly AgentName[] {
  const all = new Set(agents);
  // The set grows while it is walked.
  for (const agent of all) {
    askedBy(agent).forEach((asked) => all.add(asked));
  }
  return [...all];
}

/** True where failures of some step are mended: the agents of the usual roles may be asked. */
export function mendsFailures(workflows: readonly Workflow[]): boolean {
  return workflows.some(({ steps }) =>
    steps.some((step) => step.kind === 'agent' && step.debug !== undefined),
  );
}
