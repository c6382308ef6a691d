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
    'inputs' | 'steps' | 'phases' | 'onFailure' | 'budget' | 'cache' | 'metadata'
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
  return isOld ? withTasks(json as OldPlan) : withServers(json as RunPlan);
}

/** Plans of versions that could not call models say nothing of servers of tools. */
function withServers(plan: RunPlan): RunPlan {
  const agents = Object.entries(plan.agents as Readonly<Record<string, Agent>>).map(
    ([name, agent]): [string, Agent] => [name, { ...agent, runner: runnerOf(agent.runner) }],
  );
  return { ...plan, agents: Object.fromEntries(agents) };
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

// What is checked is what a run cannot do without: a blob that belongs to no plan, or to a later version's,
// is refused here and not halfway through a run.

type Fields = Readonly<Record<string, unknown>>;

function checkPlan(plan: Fields, isOld: boolean): void {
  texts(plan['inputs'], 'inputs');
  number(plan['maxParallel'], 'maxParallel');
  oneOf(record(plan['base'], 'base')['kind'], ['git', 'plain'], 'base.kind');

  const workflow = record(plan['workflow'], 'workflow');
  text(workflow['name'], 'workflow.name');
  for (const [name, input] of Object.entries(record(workflow['inputs'], 'workflow.inputs'))) {
    record(input, `workflow.inputs.${name}`);
  }
  const steps = records(workflow['steps'], 'workflow.steps');
  const ids = distinctIds(steps, 'workflow.steps');
  for (const [at, step] of steps) {
    checkStep(step, at, isOld);
    allIn(ids, step['needs'], `${at}.needs`);
  }
  if (!isOld) {
    oneOf(workflow['onFailure'], ['continue', 'stop'], 'workflow.onFailure');
    records(workflow['phases'], 'workflow.phases');
  }
  for (const [name, value] of Object.entries(record(plan['agents'], 'agents'))) {
    checkAgent(record(value, `agents.${name}`), `agents.${name}`, isOld);
  }
  if (!isOld) {
    checkTasks(plan);
  }
}

function checkStep(step: Fields, at: string, isOld: boolean): void {
  text(step['id'], `${at}.id`);
  list(step['needs'], `${at}.needs`);
  switch (oneOf(step['kind'], ['agent', 'gate', 'workflow'], `${at}.kind`)) {
    case 'agent':
      text(step['agent'], `${at}.agent`);
      text(step['prompt'], `${at}.prompt`);
      texts(step['env'], `${at}.env`);
      if (isOld) {
        list(step['produces'], `${at}.produces`);
      } else {
        records(step['produces'], `${at}.produces`);
        records(step['checks'], `${at}.checks`);
        record(step['limits'], `${at}.limits`);
        checkTerms(step['terms'], `${at}.terms`);
      }
      break;
    case 'gate':
      text(step['ask'], `${at}.ask`);
      list(step['show'], `${at}.show`);
      break;
    default:
  }
}

function checkAgent(agent: Fields, at: string, isOld: boolean): void {
  text(agent['name'], `${at}.name`);
  if (!isOld) {
    checkTerms(agent['terms'], `${at}.terms`);
  }
  const runner = record(agent['runner'], `${at}.runner`);
  if (
    oneOf(runner['kind'], ['command', 'model', 'acp', 'claude-code'], `${at}.runner.kind`) ===
    'command'
  ) {
    list(runner['command'], `${at}.runner.command`);
    list(runner['successCodes'], `${at}.runner.successCodes`);
    texts(runner['env'], `${at}.runner.env`);
    const limits = isOld ? runner : record(runner['limits'], `${at}.runner.limits`);
    number(limits['timeoutMs'], `${at}.runner.limits.timeoutMs`);
  }
}

function checkTerms(value: unknown, at: string): void {
  const { owns, never } = record(value, at);
  for (const [name, globs] of Object.entries({ owns: owns ?? [], never })) {
    list(globs, `${at}.${name}`).forEach((glob) => text(glob, `${at}.${name}`));
  }
}

function checkTasks(plan: Fields): void {
  const scopes = records(plan['scopes'], 'scopes');
  for (const [at, scope] of scopes) {
    texts(scope['inputs'], `${at}.inputs`);
  }
  const tasks = records(plan['tasks'], 'tasks');
  const ids = distinctIds(tasks, 'tasks');
  for (const [at, task] of tasks) {
    checkStep(record(task['step'], `${at}.step`), `${at}.step`, false);
    allIn(ids, task['needs'], `${at}.needs`);
    allIn(ids, task['barrier'], `${at}.barrier`);
    allIn(ids, task['builtOn'], `${at}.builtOn`);
    checkNames(task['names'], `${at}.names`, scopes.length);
    for (const [where, condition] of records(task['conditions'], `${at}.conditions`)) {
      text(condition['text'], `${where}.text`);
      checkNames(condition['names'], `${where}.names`, scopes.length);
    }
    oneOf(task['after'], ['done', 'ended'], `${at}.after`);
    list(task['groups'], `${at}.groups`);
    number(task['estimateMs'], `${at}.estimateMs`);
  }
}

function checkNames(value: unknown, at: string, scopes: number): void {
  const names = record(value, at);
  const scope = number(names['scope'], `${at}.scope`);
  if (!Number.isInteger(scope) || scope < 0 || scope >= scopes) {
    throw unfit(`${at}.scope`, 'is no scope of the plan');
  }
  texts(names['matrix'], `${at}.matrix`);
  for (const [step, tasks] of Object.entries(record(names['steps'], `${at}.steps`))) {
    list(tasks, `${at}.steps.${step}`);
  }
}

function distinctIds(items: readonly [string, Fields][], at: string): ReadonlySet<unknown> {
  const ids = new Set(items.map(([where, item]) => text(item['id'], `${where}.id`)));
  if (ids.size < items.length) {
    throw unfit(at, 'have an id twice');
  }
  return ids;
}

function allIn(ids: ReadonlySet<unknown>, value: unknown, at: string): void {
  if (!list(value, at).every((id) => ids.has(id))) {
    throw unfit(at, 'name what is not there');
  }
}

function record(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unfit(at, 'should be an object');
  }
  return value as Fields;
}

function list(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw unfit(at, 'should be a list');
  }
  return value as readonly unknown[];
}

/** Each with where it stands. */
function records(value: unknown, at: string): [string, Fields][] {
  return list(value, at).map((one, index) => {
    const where = `${at}[${index}]`;
    return [where, record(one, where)];
  });
}

function texts(value: unknown, at: string): void {
  for (const [name, one] of Object.entries(record(value, at))) {
    text(one, `${at}.${name}`);
  }
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') {
    throw unfit(at, 'should be a text');
  }
  return value;
}

function number(value: unknown, at: string): number {
  if (typeof value !== 'number') {
    throw unfit(at, 'should be a number');
  }
  return value;
}

function oneOf<T extends string>(value: unknown, known: readonly T[], at: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) {
    throw unfit(at, `should be ${known.join(' or ')}`);
  }
  return found;
}

function unfit(at: string, what: string): Error {
  return new Error(`The plan of the run cannot be read: ${at} ${what}.`);
}
