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
