import type { Location } from '../domain/diagnostic.ts';
import type { StepId, TaskId } from '../domain/ids.ts';
import type { PlannedTask, RunPlan, Workflow } from '../domain/workflow.ts';

/** All tasks of one step. */
export interface Row {
  /** As in `StepReport.step`. */
  readonly step: string;
  /** Place among the rows. */
  readonly index: number;
  /** Of the workflow the step is written in. */
  readonly workflow: string;
  /** Somebody wrote it: unlike the check of a phase. */
  readonly isWritten: boolean;
  readonly phases: readonly string[];
  /** One or more, in the order of the plan; their step is the same. */
  readonly tasks: readonly [PlannedTask, ...PlannedTask[]];
}

export interface Rows {
  readonly list: readonly Row[];
  rowOf(task: TaskId): Row;
}

/** Tasks by their steps, in the order in which the plan has their first tasks. O(tasks). */
export function rowsOf(
  { workflow, tasks }: RunPlan,
  findWorkflow: (name: string) => Workflow | undefined,
): Rows {
  const list: (Row & { readonly tasks: [PlannedTask, ...PlannedTask[]] })[] = [];
  const byKey = new Map<string, (typeof list)[number]>();
  const byTask = new Map<TaskId, Row>();
  const taken = new Set<string>();
  const written = new Map<string, ReadonlySet<StepId>>();
  const stepsOf = (name: string): ReadonlySet<StepId> => {
    const known = written.get(name);
    const found = known ?? stepIdsIn(name === workflow.name ? workflow : findWorkflow(name));
    if (known === undefined) {
      written.set(name, found);
    }
    return found;
  };
  for (const task of tasks) {
    // Lanes of a step are the same in both; lanes of a nested workflow too.
    const key = JSON.stringify([task.groups, task.step.id]);
    let row = byKey.get(key);
    if (row === undefined) {
      const place = placeOf(workflow, task, findWorkflow);
      // A check of a phase may be called like a step of a nested workflow.
      const path = [...place.outer, task.step.id].join('.');
      const step = taken.has(path) ? task.id : path;
      taken.add(step);
      const isWritten = stepsOf(place.workflow).has(task.step.id);
      row = { ...place, step, isWritten, index: list.length, tasks: [task] };
      byKey.set(key, row);
      list.push(row);
    } else {
      row.tasks.push(task);
    }
    byTask.set(task.id, row);
  }
  return {
    list,
    rowOf: (task) => {
      const row = byTask.get(task);
      if (row === undefined) {
        throw new Error(`Internal error: ${task} is no task of the plan`);
      }
      return row;
    },
  };
}

function stepIdsIn(workflow: Workflow | undefined): ReadonlySet<StepId> {
  return new Set(workflow?.steps.map(({ id }) => id));
}

/** Where the step of a row is written. */
export function locationOf(
  { workflow, tasks: [task] }: Row,
  locate: (workflow: string, step: StepId) => Location | undefined,
): Location | undefined {
  return locate(workflow, task.step.id);
}

/** Tells the phases among a task's groups from the steps that are workflows. */
function placeOf(
  runs: Workflow,
  { groups }: PlannedTask,
  findWorkflow: (name: string) => Workflow | undefined,
): { readonly workflow: string; readonly outer: readonly string[]; readonly phases: string[] } {
  const outer: string[] = [];
  const phases: string[] = [];
  let at: Workflow | undefined = runs;
  let mayBePhase = true;
  for (const group of groups) {
    if (mayBePhase && at !== undefined && at.phases.length > 0) {
      phases.push(group);
      mayBePhase = false;
      continue;
    }
    outer.push(group);
    const step: Workflow['steps'][number] | undefined = at?.steps.find(({ id }) => id === group);
    at = step?.kind === 'workflow' ? findWorkflow(step.workflow) : undefined;
    mayBePhase = true;
  }
  return { workflow: at?.name ?? runs.name, outer, phases };
}
