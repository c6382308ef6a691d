import { oneLine } from '../base/text.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan, Step, Workflow } from '../domain/workflow.ts';
import { shownStatus, taskRows, type Driven, type ShownStatus } from './taskRows.ts';

/** What the graph page draws: a full picture each time, never a change to an earlier one. */
export interface GraphPicture {
  readonly workflow: string;
  /** `undefined`: the workflow as written, not run. */
  readonly run: { readonly id: string; readonly status: ShownStatus } | undefined;
  /** In the order written. */
  readonly nodes: readonly GraphNode[];
}

export type GraphRunStatus = ShownStatus;

export interface GraphNode {
  readonly id: string;
  readonly kind: 'agent' | 'gate';
  /** Agent name, or what the gate asks; one line. */
  readonly subtitle: string;
  readonly needs: readonly string[];
  readonly state: GraphNodeState;
  /** One line for people: a duration, an error, what it waits for. */
  readonly detail: string;
  /** Milliseconds since 1970 while it runs; the page counts on from there. */
  readonly runningSince: number | undefined;
}

export type GraphNodeState =
  'pending' | 'running' | 'waiting' | 'succeeded' | 'approved' | 'failed' | 'skipped' | 'cancelled';

/** The picture of a run. */
export function pictureOfRun(plan: RunPlan, state: RunState, driven: Driven): GraphPicture {
  const rows = taskRows(plan, state);
  return {
    workflow: plan.workflow.name,
    run: { id: state.run, status: shownStatus(state, driven) },
    nodes: rows.map((row) => ({
      ...outline(row.step),
      state: row.state,
      detail: row.state === 'waiting' ? '' : row.detail,
      runningSince: row.startedAt,
    })),
  };
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
      runningSince: undefined,
    })),
  };
}

function outline(step: Step): Pick<GraphNode, 'id' | 'kind' | 'subtitle' | 'needs'> {
  return {
    id: step.id,
    kind: step.kind,
    subtitle: step.kind === 'agent' ? step.agent : oneLine(step.ask, 80),
    needs: step.needs,
  };
}
