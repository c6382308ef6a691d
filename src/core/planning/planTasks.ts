import { err, ok, type Result } from '../base/result.ts';
import type { Agent } from '../domain/agent.ts';
import type { AgentName, StepId } from '../domain/ids.ts';
import type { InputScope, PlannedTask, Workflow } from '../domain/workflow.ts';
import { LayingOpen, type PlanInput } from './layingOpen.ts';
import { withOwnedBefore } from './ownedBefore.ts';
import { PlanFault } from './planFault.ts';
import { mendsFailures, usedBy, withAsked } from './usedBy.ts';

export interface TaskPlan {
  /** In the order written, phase by phase; a phase's checks stand behind it. */
  readonly tasks: readonly PlannedTask[];
  readonly scopes: readonly InputScope[];
  /** Made up for the checks of phases; their names are none of `used`. */
  readonly agents: readonly Agent[];
  /** Agents that steps name, and behind them those whom these ask as tools; each once. */
  readonly used: readonly AgentName[];
}

export interface PlanProblem {
  /** What is wrong and what to do, as one sentence. */
  readonly message: string;
  /** The step of the workflow itself, also where the fault is in a workflow inside it. */
  readonly step: StepId | undefined;
}

/**
 * Every task of a run, with lanes and nested workflows laid open, or what keeps the run from being planned.
 * @param input the workflow is one that was checked: its ids are unique, its needs are known and without cycles
 */
export function planTasks(input: PlanInput): Result<TaskPlan, PlanProblem> {
  const workflows = new Map<string, Workflow | undefined>();
  const findWorkflow = (name: string): Workflow | undefined => {
    if (!workflows.has(name)) {
      workflows.set(name, input.findWorkflow(name));
    }
    return workflows.get(name);
  };
  const { agents, workflows: all } = usedBy(input.workflow, findWorkflow);
  const menders = mendsFailures(all) ? (input.menders ?? []) : [];
  const used = withAsked([...agents, ...menders], input.askedBy);
  const laying = new LayingOpen({ ...input, findWorkflow }, used);
  try {
    const tasks = withOwnedBefore(laying.layOpen());
    return ok({ tasks, scopes: laying.scopes, agents: laying.checkAgents.made, used });
  } catch (thrown) {
    if (thrown instanceof PlanFault) {
      return err({ message: thrown.message, step: laying.step });
    }
    throw thrown;
  }
}
