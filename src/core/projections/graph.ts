import { unreachable } from '../base/exhaustive.ts';
import { oneLine } from '../base/text.ts';
import { isDone, type RunState } from '../domain/runState.ts';
import type { RunPlan, Step, Workflow } from '../domain/workflow.ts';
import type { GraphNode, GraphPicture } from './graphPicture.ts';
import { runReusedText } from './reasons.ts';
import { shownStatus, taskRows, type Driven, type Heard, type TaskRow } from './taskRows.ts';
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
  const isDriven = driven.kind !== 'nobody';
  const waits = new Map(
    plan.tasks.map((task) => [task.id, whyWaiting(plan, task, state, isDriven)]),
  );
  return {
    workflow: plan.workflow.name,
    run: {
      id: state.run,
      status: shownStatus(state, driven),
      done: [...state.tasks.values()].filter(isDone).length,
      reused: runReusedText(state),
      verbs: offers.run,
    },
    nodes: taskRows(plan, state, driven, heard, now).map((row) => ({
      ...outline(row.step),
      id: row.task,
      needs: row.needs,
      ...standing(row, waits.get(row.task), driven),
      isReused: row.reused !== undefined,
      reason: row.reason,
      cause: row.cause,
      triesAgainAt: row.triesAgainAt,
      goesOnAt: row.goesOnAt,
      isHeld: state.held.has(row.task),
      verbs: offers.task(row),
    })),
  };
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

/** The picture of a workflow nobody has run. */
export function pictureOfWorkflow(workflow: Workflow): GraphPicture {
  return {
    workflow: workflow.name,
    run: undefined,
    nodes: workflow.steps.map((step) => ({
      ...outline(step),
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
      return oneLine(step.ask, 80);
    case 'workflow':
      return step.workflow;
    default:
      return unreachable(step);
  }
}
