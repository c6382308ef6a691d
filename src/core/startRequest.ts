import { err, ok, type Result } from './base/result.ts';
import type { Location } from './domain/diagnostic.ts';
import type { Agent } from './domain/agent.ts';
import type { CheckoutState, OnCheckoutChange } from './domain/checkout.ts';
import { isMender } from './domain/debugging.ts';
import { DEFAULT_LANDING_RULES, type LandingRules } from './domain/landing.ts';
import { slug, stepId, type AgentName, type StepId, type TaskId } from './domain/ids.ts';
import {
  bareStep,
  DEFAULT_MAX_PARALLEL,
  inputFault,
  type Base,
  type BaseTreeKind,
  type DrawnWay,
  type RunPlan,
  type Workflow,
} from './domain/workflow.ts';
import type { Spent } from './domain/ledger.ts';
import { indexAgents } from './definitions/entries.ts';
import { workflowNamed, type AgentEntry, type WorkflowEntry } from './definitions/project.ts';
import type { Estimator, PastTask } from './planning/estimates.ts';
import type { BookEntry } from './projections/runBook.ts';
import { planTasks } from './planning/planTasks.ts';
import { filesIn } from './planning/unfoldPlan.ts';
import { askedAmong, usedBy } from './planning/usedBy.ts';

const RUNS_TO_LEARN_FROM = 50;

export interface StartRequest {
  readonly workflow: Workflow;
  readonly inputs: Readonly<Record<string, string>>;
  /** Tasks at once, over what the workflow says. */
  readonly maxParallel?: number | undefined;
  /** Tasks at once where neither says. @default DEFAULT_MAX_PARALLEL */
  readonly usualParallel?: number;
  readonly approveGate: (gate: TaskId) => boolean;
  readonly leaveAtGates: boolean;
  /** False: the cache answers nothing in the run and keeps nothing of it. @default true */
  readonly useCache?: boolean;
  /** Over what the workflow says. */
  readonly baseTree?: BaseTreeKind | undefined;
  /** Where neither says. @default 'worktree' */
  readonly usualBaseTree?: BaseTreeKind;
  /** @default DEFAULT_LANDING_RULES */
  readonly landing?: LandingRules;
  /** What a changed checkout means. @default 'stop' */
  readonly onCheckoutChange?: OnCheckoutChange;
  /** As in the plan. */
  readonly correlation?: string | undefined;
  /** As in the plan. */
  readonly drawn?: DrawnWay | undefined;
}

/** Why a run did not start or go on, for people. */
export interface StartProblem {
  /** `request`: what was asked for cannot be. `system`: this time it could not be done. */
  readonly kind: 'request' | 'system';
  readonly message: string;
  /** Where to look, when it is in a file. */
  readonly at: Location | undefined;
}

/** What a folder holds that a run is planned from, as it is now. */
export interface PlanSources {
  readonly agents: readonly AgentEntry[];
  readonly workflows: readonly WorkflowEntry[];
  readonly base: Base;
  readonly estimator: Estimator;
  /** Files that globs of matrices mean, by glob. */
  readonly files: RunPlan['files'];
  /** False: the user wants no cache. */
  readonly usesCache: boolean;
  /** The checkout before anything is done; `undefined`: nobody looks. */
  readonly checkout: CheckoutState | undefined;
}

/** All the run will know, or what keeps it from being started. */
export function planOf(
  request: StartRequest,
  { agents, workflows, base, estimator, files, usesCache, checkout }: PlanSources,
): Result<RunPlan, StartProblem> {
  const { workflow } = request;
  const inputs = resolveInputs(workflow, request.inputs);
  if (!inputs.ok) {
    return inputs;
  }
  const index = indexAgents(agents);
  const agentNamed = (name: AgentName) => {
    const entry = index.named(name);
    return entry?.kind === 'valid' ? entry.agent : undefined;
  };
  const findWorkflow = (name: string) => workflowNamed(name, workflows);
  const planned = planTasks({
    workflow,
    inputs: inputs.value,
    findWorkflow,
    estimate: (step, textBytes) =>
      estimator(workflow.name, step, agentNamed(step.agent), undefined, textBytes),
    agentNamed,
    askedBy: askedAmong(index.names.flatMap((name) => agentNamed(name) ?? [])),
    menders: index.names.filter((name) => isMender(name) && agentNamed(name) !== undefined),
    filesLike: (globs) => filesIn(files, globs),
    outputs: new Map(),
  });
  if (!planned.ok) {
    const { message, step } = planned.error;
    return err({ kind: 'request', message, at: placeOfStep(workflow, step, workflows) });
  }
  const { tasks, scopes, agents: made, used } = planned.value;
  const lost = used.find((name) => agentNamed(name) === undefined);
  if (lost !== undefined) {
    // The files have changed since the workflow was read.
    return refuse(`${workflow.name} needs the agent ${lost}, which is not there any more.`);
  }
  const all = [...used.flatMap((name) => agentNamed(name) ?? []), ...made];
  return ok({
    workflow,
    agents: Object.fromEntries(all.map((agent) => [agent.name, agent])),
    inputs: inputs.value,
    tasks,
    scopes,
    nested: tasks.some(({ unfoldsAfter }) => unfoldsAfter.length > 0)
      ? Object.fromEntries(
          usedBy(workflow, findWorkflow).workflows.map((inner) => [inner.name, inner]),
        )
      : {},
    files,
    unfolded: undefined,
    maxParallel:
      request.maxParallel ?? workflow.maxParallel ?? request.usualParallel ?? DEFAULT_MAX_PARALLEL,
    useCache: usesCache && request.useCache !== false,
    base,
    baseTree: request.baseTree ?? workflow.base ?? request.usualBaseTree ?? 'worktree',
    landing: request.landing ?? DEFAULT_LANDING_RULES,
    correlation: request.correlation,
    checkout: checkout && { state: checkout, onChange: request.onCheckoutChange ?? 'stop' },
    ...(request.drawn === undefined ? {} : { drawn: request.drawn }),
  });
}

function placeOfStep(
  { name, file }: Workflow,
  step: StepId | undefined,
  workflows: readonly WorkflowEntry[],
): Location | undefined {
  const entry = workflows.find((other) => other.name === name && other.file === file);
  const range = step === undefined ? undefined : entry?.source?.rangeOfStep(step);
  return range === undefined ? undefined : { file, range };
}

/** The globs of files whose names are lanes of the workflow, or of one inside it. */
export function fileGlobs(
  workflow: Workflow,
  workflows: readonly WorkflowEntry[],
): readonly string[] {
  return usedBy(workflow, (name) => workflowNamed(name, workflows)).globs;
}

/** An agent by itself, as a workflow of one step. */
export function workflowOfAgent(agent: Agent): Workflow {
  return {
    name: agent.name,
    description: agent.description,
    inputs: {},
    steps: [bareStep(stepId(slug(agent.name)), agent.name)],
    phases: [],
    maxParallel: 1,
    onFailure: 'continue',
    budget: undefined,
    cache: undefined,
    base: undefined,
    validate: [],
    metadata: undefined,
    file: agent.file,
    digest: agent.digest,
  };
}

/** What the runs of a folder tell of how long tasks take, the newest runs first. */
export function pastTasks(entries: readonly BookEntry[]): PastTask[] {
  return entries.slice(0, RUNS_TO_LEARN_FROM).flatMap((entry) => {
    if (entry.kind !== 'readable') {
      return [];
    }
    const { plan, state } = entry;
    return plan.tasks.flatMap(({ id, step }): PastTask[] => {
      const task = state.tasks.get(id);
      // What was reused took no time: its true times are in the runs that made it.
      const hasRun =
        task?.kind === 'succeeded' && task.accepted === undefined && task.reused === undefined;
      return hasRun && step.kind === 'agent'
        ? [
            {
              workflow: plan.workflow.name,
              step: step.id,
              agent: step.agent,
              model: state.edits.get(id)?.model,
              durationMs: task.durationMs,
              inputBytes: task.inputBytes,
              endedAt: task.endedAt,
              usd: pricedUsd(state.ledger.tasks.get(id)?.spent),
            },
          ]
        : [];
    });
  });
}

/** `undefined`: no model was asked, or not all of it has a price. */
function pricedUsd(spent: Spent | undefined): number | undefined {
  return spent === undefined || spent.calls === 0 || spent.unpricedCalls > 0 || spent.lostCalls > 0
    ? undefined
    : spent.usd;
}

/** All values the workflow has with these, or why it cannot take them. */
export function resolveInputs(
  workflow: Workflow,
  given: Readonly<Record<string, string>>,
): Result<Record<string, string>, StartProblem> {
  const names = Object.keys(workflow.inputs);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const known = names.length === 0 ? 'It takes none.' : `It takes ${names.join(', ')}.`;
    return refuse(`${workflow.name} has no input ${unknown.join(', ')}. ${known}`);
  }
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, spec] of Object.entries(workflow.inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : spec.default;
    if (value === undefined) {
      missing.push(name);
      continue;
    }
    const fault = inputFault(spec, value);
    if (fault !== undefined) {
      return refuse(`The input ${name} of ${workflow.name} ${fault}.`);
    }
    values[name] = value;
  }
  return missing.length === 0
    ? ok(values)
    : refuse(`${workflow.name} needs a value for ${missing.join(', ')}.`);
}

function refuse(message: string): { readonly ok: false; readonly error: StartProblem } {
  return err(startProblem('request', message));
}

export function startProblem(kind: StartProblem['kind'], message: string): StartProblem {
  return { kind, message, at: undefined };
}

/** A full disk or a damaged repository is a problem to be told; a bug stays an exception. */
export async function attempted<T>(
  work: () => Promise<Result<T, StartProblem>>,
): Promise<Result<T, StartProblem>> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Error && !thrown.message.startsWith('Internal error')) {
      return err(startProblem('system', thrown.message));
    }
    throw thrown;
  }
}
