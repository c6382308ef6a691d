import assert from 'node:assert/strict';
import type { PlannedTask, Step, Workflow } from '../../../src/core/domain/workflow.ts';
import { planTasks } from '../../../src/core/planning/planTasks.ts';
import { workflowOf } from '../../support/plans.ts';

export function taskIn(tasks: readonly PlannedTask[], id: string): PlannedTask {
  const found = tasks.find((one) => one.id === id);
  assert.ok(found, `no task ${id} in ${tasks.map((one) => one.id).join()}`);
  return found;
}

/** `<step>: <sentence>`: what keeps these steps from being planned. */
export function problem(...steps: readonly Step[]): string {
  return problemWith([], ...steps);
}

export function problemWith(workflows: readonly Workflow[], ...steps: readonly Step[]): string {
  const planned = planTasks({
    workflow: workflowOf('example', ...steps),
    inputs: {},
    findWorkflow: (name) => workflows.find((other) => other.name === name),
    estimate: () => 1,
    agentNamed: () => undefined,
    askedBy: () => [],
    filesLike: () => [],
    outputs: new Map(),
  });
  assert.ok(!planned.ok);
  return `${planned.error.step ?? ''}: ${planned.error.message}`;
}
