import {
  DEFAULT_GRACE_MS,
  type Agent,
  type CommandSpec,
  type ModelSpec,
  type RunnerSpec,
} from '../domain/agent.ts';
import { NO_TERMS } from '../domain/terms.ts';
import {
  DEFAULT_ESTIMATE_MS,
  type AgentStep,
  type GateStep,
  type InputSpec,
  type RunPlan,
  type Workflow,
} from '../domain/workflow.ts';
import { checkPlan, record } from './planChecks.ts';
import { planTasks } from './planTasks.ts';

// A run's plan is a blob that was written when the run started, by this version or an earlier one. Plans
// of the first version had no tasks: each step was one.

type OldAgentStep = Pick<AgentStep, 'kind' | 'id' | 'needs' | 'agent' | 'prompt' | 'env'> & {
  readonly produces: readonly string[];
  readonly timeoutMs?: number;
};

type OldStep = OldAgentStep | Pick<GateStep, 'kind' | 'id' | 'needs' | 'ask' | 'show'>;

type OldAgent = Omit<Agent, 'runner' | 'terms' | 'outputSchema' | 'asTool'> & {
  readonly runner:
    | Omit<ModelSpec, 'mcpServers'>
    | (Pick<CommandSpec, 'kind' | 'command' | 'successCodes' | 'env' | 'install'> & {
        readonly timeoutMs: number;
        readonly idleTimeoutMs?: number;
      });
};

interface OldPlan extends Pick<RunPlan, 'inputs' | 'maxParallel' | 'base'> {
  readonly workflow: Omit<
    Workflow,
    | 'inputs'
    | 'steps'
    | 'phases'
    | 'onFailure'
    | 'budget'
    | 'cache'
    | 'base'
    | 'validate'
    | 'metadata'
  > & {
    readonly inputs: Readonly<Record<string, Pick<InputSpec, 'description' | 'default'>>>;
    readonly steps: readonly OldStep[];
  };
  readonly agents: Readonly<Record<string, OldAgent>>;
}

/** A plan as JSON gives it, in today's shape. @throws with a sentence when it is no plan */
export function upgradePlan(json: unknown): RunPlan {
  const plan = record(json, 'plan');
  const isOld = plan['tasks'] === undefined;
  checkPlan(plan, isOld);
  return isOld ? withTasks(json as OldPlan) : completed(json as LaterPlan);
}

/** Plans of versions that knew nothing of bases, branches to choose and looks at the checkout say nothing of them. */
type LaterPlan = Omit<RunPlan, 'workflow' | 'nested'> & {
  readonly workflow: LaterWorkflow;
  readonly nested?: Readonly<Record<string, LaterWorkflow>>;
};
type LaterWorkflow = Omit<Workflow, 'base' | 'validate'> &
  Partial<Pick<Workflow, 'base' | 'validate'>>;

/** Plans of versions that could not call models say nothing of servers of tools. */
function completed(plan: LaterPlan): RunPlan {
  const agents = Object.entries(plan.agents as Readonly<Record<string, Agent>>).map(
    ([name, agent]): [string, Agent] => [name, { ...agent, runner: runnerOf(agent.runner) }],
  );
  const nested = Object.entries(plan.nested ?? {}).map(([name, inner]): [string, Workflow] => [
    name,
    withChecks(inner),
  ]);
  return {
    ...plan,
    workflow: withChecks(plan.workflow),
    nested: Object.fromEntries(nested),
    agents: Object.fromEntries(agents),
    baseTree: plan.baseTree,
    landing: plan.landing,
    correlation: plan.correlation,
    checkout: plan.checkout,
  };
}

function withChecks(workflow: LaterWorkflow): Workflow {
  return { ...workflow, base: workflow.base, validate: workflow.validate ?? [] };
}

function runnerOf(
  runner: Exclude<RunnerSpec, ModelSpec> | (Omit<ModelSpec, 'mcpServers'> & Partial<ModelSpec>),
): RunnerSpec {
  return runner.kind === 'model' ? { ...runner, mcpServers: runner.mcpServers ?? [] } : runner;
}

function withTasks(old: OldPlan): RunPlan {
  const workflow: Workflow = {
    ...old.workflow,
    inputs: Object.fromEntries(
      Object.entries(old.workflow.inputs).map(([name, input]): [string, InputSpec] => [
        name,
        { ...input, type: 'string', options: [] },
      ]),
    ),
    steps: old.workflow.steps.map(upgradeStep),
    phases: [],
    onFailure: 'continue',
    budget: undefined,
    cache: undefined,
    base: undefined,
    validate: [],
    metadata: undefined,
  };
  const agents: Readonly<Record<string, Agent>> = Object.fromEntries(
    Object.entries(old.agents).map(([name, agent]) => [name, upgradeAgent(agent)]),
  );
  const planned = planTasks({
    workflow,
    inputs: old.inputs,
    findWorkflow: () => undefined,
    estimate: () => DEFAULT_ESTIMATE_MS,
    agentNamed: (name) => (Object.hasOwn(agents, name) ? agents[name] : undefined),
    askedBy: () => [],
    filesLike: () => [],
    outputs: new Map(),
  });
  if (!planned.ok) {
    throw new Error(planned.error.message);
  }
  const { tasks, scopes } = planned.value;
  return {
    ...old,
    workflow,
    agents,
    tasks,
    scopes,
    useCache: undefined,
    baseTree: undefined,
    landing: undefined,
    correlation: undefined,
    checkout: undefined,
    nested: {},
    files: {},
    unfolded: undefined,
  };
}

function upgradeStep(step: OldStep): AgentStep | GateStep {
  const base = {
    condition: undefined,
    matrix: undefined,
    maxParallel: undefined,
    metadata: undefined,
  };
  if (step.kind === 'gate') {
    return { ...step, ...base };
  }
  const { produces, timeoutMs, ...kept } = step;
  return {
    ...kept,
    ...base,
    produces: produces.map((path) => ({ path, schema: undefined })),
    outputSchema: undefined,
    checks: [],
    limits: timeoutMs === undefined ? {} : { timeoutMs },
    retry: undefined,
    effects: undefined,
    terms: NO_TERMS,
  };
}

function upgradeAgent(agent: OldAgent): Agent {
  const said = { outputSchema: undefined, asTool: undefined, terms: NO_TERMS };
  if (agent.runner.kind === 'model') {
    return { ...agent, ...said, runner: runnerOf(agent.runner) };
  }
  const { timeoutMs, idleTimeoutMs, ...kept } = agent.runner;
  return {
    ...agent,
    ...said,
    runner: {
      ...kept,
      limits: { timeoutMs, idleTimeoutMs, graceMs: DEFAULT_GRACE_MS },
      effects: 'copy',
      probe: undefined,
      stdin: 'prompt',
    },
  };
}
