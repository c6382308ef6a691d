import type { RunPlan } from '../domain/workflow.ts';

// What tells a run that drafts a plan from any other. It is an ordinary run: all there is to know stands in its plan.

/** Of the workflow that is made in memory: its runs are called `plan-3`. */
export const DRAFT_WORKFLOW = 'plan';
/** Its one step, and so its one task. */
export const DRAFT_STEP = 'plan';
/** The input that holds the request. */
export const REQUEST_INPUT = 'request';
/** The input that holds the name a person wishes for the plan; empty: none. */
export const NAME_INPUT = 'name';

/** Whether what the run makes is a todo list that can be kept as a plan. */
export function isDraftRun({ workflow }: Pick<RunPlan, 'workflow'>): boolean {
  const { name, inputs, steps } = workflow;
  const [step, ...others] = steps;
  return (
    name === DRAFT_WORKFLOW &&
    others.length === 0 &&
    step?.kind === 'agent' &&
    step.id === DRAFT_STEP &&
    step.outputSchema !== undefined &&
    Object.hasOwn(inputs, REQUEST_INPUT) &&
    Object.hasOwn(inputs, NAME_INPUT)
  );
}
