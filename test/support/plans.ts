import { digestOf } from '../../src/core/base/digest.ts';
import type { Agent } from '../../src/core/domain/agent.ts';
import { agentName, stepId } from '../../src/core/domain/ids.ts';
import {
  DEFAULT_ESTIMATE_MS,
  type AgentStep,
  type GateStep,
  type InputSpec,
  type NestedStep,
  type Product,
  type RunPlan,
  type Step,
  type Workflow,
} from '../../src/core/domain/workflow.ts';
import { NO_TERMS } from '../../src/core/domain/terms.ts';
import { planTasks } from '../../src/core/planning/planTasks.ts';
import { filesIn } from '../../src/core/planning/unfoldPlan.ts';

/** A plan in a few words: `plan(step('a'), step('b', ['a']), gate('ok', ['b']))`. */
export function plan(...steps: readonly Step[]): RunPlan {
  return planWith({}, ...steps);
}

export interface PlanParts extends Omit<Partial<RunPlan>, 'workflow'> {
  /** Over the workflow's parts: phases, what follows a failure. */
  readonly workflow?: Partial<Workflow>;
  /** Workflows that steps may be. */
  readonly workflows?: readonly Workflow[];
}

export function planWith(over: PlanParts, ...steps: readonly Step[]): RunPlan {
  const { workflow: parts, workflows = [], ...rest } = over;
  const workflow = { ...workflowOf('example', ...steps), ...parts };
  const inputs = over.inputs ?? {};
  const planned = planTasks({
    workflow,
    inputs,
    findWorkflow: (name) => workflows.find((other) => other.name === name),
    estimate: () => DEFAULT_ESTIMATE_MS,
    agentNamed: (name) => over.agents?.[name] ?? commandAgent(name),
    askedBy: () => [],
    filesLike: (globs) => filesIn(over.files ?? {}, globs),
    outputs: new Map(),
  });
  if (!planned.ok) {
    throw new Error(planned.error.message);
  }
  const { tasks, scopes, agents, used } = planned.value;
  return {
    workflow,
    agents: Object.fromEntries(
      [...used.map(commandAgent), ...agents].map((agent) => [agent.name, agent]),
    ),
    inputs,
    tasks,
    scopes,
    maxParallel: 5,
    useCache: false,
    baseTree: undefined,
    landing: undefined,
    correlation: undefined,
    checkout: undefined,
    base: { kind: 'git', commit: undefined, branch: 'main' },
    nested: Object.fromEntries(workflows.map((inner) => [inner.name, inner])),
    files: {},
    unfolded: undefined,
    ...rest,
  };
}

/** A workflow without inputs and phases. */
export function workflowOf(name: string, ...steps: readonly Step[]): Workflow {
  return {
    name,
    description: '',
    inputs: {},
    steps,
    phases: [],
    maxParallel: undefined,
    onFailure: 'continue',
    budget: undefined,
    cache: undefined,
    base: undefined,
    validate: [],
    metadata: undefined,
    file: `.sluice/workflows/${name}.yaml`,
    digest: digestOf(name),
  };
}

/** An input that takes any text. */
export function textInput(value?: string): InputSpec {
  return { type: 'string', options: [], description: undefined, default: value };
}

/** The parts of a step of an agent; what it produces may be given as paths alone. */
export type StepParts = Omit<Partial<AgentStep>, 'produces'> & {
  readonly produces?: readonly (string | Product)[];
};

export function step(
  id: string,
  needs: readonly string[] = [],
  { produces = [], ...over }: StepParts = {},
): AgentStep {
  return {
    kind: 'agent',
    ...baseOf(id, needs),
    agent: agentName(`${id}-agent`),
    prompt: '',
    env: {},
    produces: produces.map((product) =>
      typeof product === 'string' ? { path: product, schema: undefined } : product,
    ),
    outputSchema: undefined,
    checks: [],
    limits: {},
    retry: undefined,
    effects: undefined,
    terms: NO_TERMS,
    ...over,
  };
}

export function gate(
  id: string,
  needs: readonly string[],
  ask = `May ${id} pass?`,
  over: Partial<GateStep> = {},
): GateStep {
  return { kind: 'gate', ...baseOf(id, needs), ask, show: [], ...over };
}

/** A step that is another workflow. */
export function nested(
  id: string,
  needs: readonly string[],
  workflow: string,
  over: Partial<NestedStep> = {},
): NestedStep {
  return { kind: 'workflow', ...baseOf(id, needs), workflow, with: {}, ...over };
}

function baseOf(
  id: string,
  needs: readonly string[],
): Pick<Step, 'id' | 'needs' | 'condition' | 'matrix' | 'maxParallel' | 'metadata'> {
  return {
    id: stepId(id),
    needs: needs.map(stepId),
    condition: undefined,
    matrix: undefined,
    maxParallel: undefined,
    metadata: undefined,
  };
}

export function commandAgent(name: string): Agent {
  return {
    name: agentName(name),
    description: '',
    criticality: 5,
    version: '1.0.0',
    domains: [],
    tools: undefined,
    runner: {
      kind: 'command',
      command: ['true'],
      successCodes: [0],
      env: {},
      install: undefined,
      limits: { timeoutMs: 60_000, idleTimeoutMs: undefined, graceMs: 5000 },
      effects: 'copy',
      probe: undefined,
      stdin: 'prompt',
    },
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'sluice',
    file: `.sluice/agents/${name}.yaml`,
    digest: digestOf(name),
  };
}

export function modelAgent(name: string): Agent {
  return {
    ...commandAgent(name),
    runner: { kind: 'model', instructions: '', models: [], mcpServers: [] },
  };
}

/** The plan with a language model in place of each command. */
export function withModels(plan: RunPlan): RunPlan {
  const agents = Object.keys(plan.agents).map((name) => [name, modelAgent(name)] as const);
  return { ...plan, agents: Object.fromEntries(agents) };
}
