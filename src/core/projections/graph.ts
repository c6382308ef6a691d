import { unreachable } from '../base/exhaustive.ts';
import { oneLine } from '../base/text.ts';
import type { Fix } from '../domain/debugging.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { Names, PlannedTask, RunPlan, Step, Workflow } from '../domain/workflow.ts';
import { askLine } from './asked.ts';
import { stepCount } from './census.ts';
import { criticalPath, lengthOf } from './criticalPath.ts';
import type { GraphFix, GraphLane, GraphNode, GraphPicture } from './graphPicture.ts';
import { fixPlaces } from './mending.ts';
import { fixText } from './mendingWords.ts';
import { runReusedText } from './reasons.ts';
import { shownStatus, taskRow, type Driven, type Heard, type TaskRow } from './taskRows.ts';
import { runVerbs } from './verbs.ts';
import { whyWaiting, type WaitReason } from './waiting.ts';

/** What a face lets people ask, as words that its page and its menus know. */
export interface Offers {
  readonly run: readonly string[];
  task(row: TaskRow): readonly string[];
}

/**
 * The picture of a run.
 * @param offers by default what `runVerbs` and `taskVerbs` say
 * @param heard as of `taskRows`
 * @param now as of `taskRows`
 */
export function pictureOfRun(
  plan: RunPlan,
  state: RunState,
  driven: Driven,
  offers: Offers = { run: runVerbs(state, driven.kind !== 'nobody'), task: ({ verbs }) => verbs },
  heard?: Heard,
  now?: number,
): GraphPicture {
  const critical = criticalTasks(plan, state, now);
  return {
    ...frameOfRun(plan, state, driven, offers.run),
    nodes: fixPlaces(plan).order.map((planned) => {
      const row = taskRow(plan, planned, state, driven, heard, now);
      const isCritical = critical.has(planned.id);
      return nodeOfTask(plan, planned, state, driven, row, isCritical, offers.task(row));
    }),
  };
}

/** A picture but for its nodes. */
export function frameOfRun(
  plan: RunPlan,
  state: RunState,
  driven: Driven,
  verbs: readonly string[],
): Omit<GraphPicture, 'nodes'> {
  const { done } = stepCount(state);
  const status = shownStatus(state, driven);
  return {
    workflow: plan.workflow.name,
    moment: undefined,
    run: { id: state.run, status, done, reused: runReusedText(state), verbs },
  };
}

/** The tasks on the longest way from start to end, as far as it is known. @param now as of `lengthOf` */
export function criticalTasks(plan: RunPlan, state: RunState, now?: number): ReadonlySet<TaskId> {
  const lengths = new Map(plan.tasks.map((task) => [task.id, lengthOf(task, state, now)]));
  return new Set(criticalPath(plan.tasks, (id) => lengths.get(id) ?? 0));
}

/** @param verbs what can be asked of the task */
export function nodeOfTask(
  plan: RunPlan,
  planned: PlannedTask,
  state: RunState,
  driven: Driven,
  row: TaskRow,
  isCritical: boolean,
  verbs: readonly string[],
): GraphNode {
  const waits = whyWaiting(plan, planned, state, driven.kind !== 'nobody');
  return {
    ...outline(row.step),
    id: row.task,
    ...(row.mends === undefined
      ? {}
      : { subtitle: fixText(row.mends), mends: mendsOf(plan, planned, row.mends) }),
    needs: row.needs,
    groups: row.groups,
    ...{ lane: laneOf(plan, planned), estimateMs: planned.estimateMs },
    isCritical,
    ...standing(row, waits, driven),
    isReused: row.reused !== undefined,
    reason: row.reason,
    cause: row.cause,
    triesAgainAt: row.triesAgainAt,
    goesOnAt: row.goesOnAt,
    isHeld: state.held.has(row.task),
    verbs,
  };
}

/** Where a fix stands; its parent may be a task that the plan does not have any more. */
function mendsOf(plan: RunPlan, { id }: PlannedTask, { of, parent }: Fix): GraphFix {
  const { depths, labels } = fixPlaces(plan);
  const depth = depths.get(id) ?? 0;
  return { task: of, parent: depth === 0 ? undefined : parent, depth, label: labels.get(id) ?? id };
}

function standing(
  { state, asks, detail, live, startedAt }: TaskRow,
  waits: WaitReason | undefined,
  driven: Driven,
): Pick<GraphNode, 'state' | 'detail' | 'live' | 'runningSince'> {
  if (asks !== undefined) {
    // An answer goes on with it, whoever drives the run.
    return { state: 'asking', detail: asks, live: '', runningSince: undefined };
  }
  if (state === 'running' && driven.kind === 'nobody') {
    // What a program that is gone left running does not run any more.
    return { state: 'pending', detail: 'cut off', live: '', runningSince: undefined };
  }
  // The picture shows what a gate asks and what a task needs.
  const isShown = state === 'waiting' || waits?.kind === 'needs';
  return { state, detail: isShown ? '' : detail, live, runningSince: startedAt };
}

/**
 * The picture of a workflow nobody has run.
 * @param estimate milliseconds a step is expected to take; by default all but gates take equally long, and none is told
 */
export function pictureOfWorkflow(
  workflow: Workflow,
  estimate?: (step: Step) => number,
): GraphPicture {
  const steps = new Map(workflow.steps.map((step) => [step.id, step]));
  const expected = (step: Step | undefined): number =>
    step === undefined || step.kind === 'gate' ? 0 : (estimate?.(step) ?? 1);
  const critical = new Set(criticalPath(workflow.steps, (id) => expected(steps.get(id))));
  const phases = new Map(
    workflow.phases.flatMap(({ name, steps: members }) => members.map((id) => [id, name] as const)),
  );
  return {
    workflow: workflow.name,
    run: undefined,
    moment: undefined,
    nodes: workflow.steps.map((step) => ({
      ...outline(step),
      groups: [phases.get(step.id)].filter((name) => name !== undefined),
      lane: undefined,
      isCritical: critical.has(step.id),
      estimateMs: estimate === undefined ? 0 : expected(step),
      state: 'pending',
      detail: '',
      isReused: false,
      reason: '',
      cause: '',
      live: '',
      runningSince: undefined,
      triesAgainAt: undefined,
      goesOnAt: undefined,
      isHeld: false,
      verbs: [],
    })),
  };
}

/** What the values of matrices say of a task: those of its own step, and of the nested workflows around it. */
function laneOf(plan: RunPlan, { id, step, groups, names }: PlannedTask): GraphLane | undefined {
  const values: string[] = [];
  // Each scope stands inside one with a lower number.
  for (let at: Names | undefined = names; at !== undefined; at = plan.scopes[at.scope]?.within) {
    values.unshift(...Object.values(at.matrix).map((value) => oneLine(value, 40)));
  }
  if (values.length === 0) {
    return undefined;
  }
  // Groups are phases too; those of nested workflows stand in the ids of their tasks.
  const around = groups.filter((group) => `.${id}.`.includes(`.${group}.`));
  return { step: [...around, step.id].join('.'), label: oneLine(values.join(', '), 80) };
}

function outline(step: Step): Pick<GraphNode, 'id' | 'kind' | 'subtitle' | 'needs'> {
  return {
    id: step.id,
    kind: step.kind,
    subtitle: subtitleOf(step),
    needs: step.needs,
  };
}

function subtitleOf(step: Step): string {
  switch (step.kind) {
    case 'agent':
      return step.agent;
    case 'gate':
      return askLine(step.ask, 80);
    case 'workflow':
      return step.workflow;
    default:
      return unreachable(step);
  }
}
