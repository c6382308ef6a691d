import { oneLine } from '../base/text.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan, Step, Workflow } from '../domain/workflow.ts';
import type { GraphNode, GraphPicture } from './graphPicture.ts';
import { shownStatus, taskRows, type Driven } from './taskRows.ts';

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
