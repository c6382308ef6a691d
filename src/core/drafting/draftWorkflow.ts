import type { Agent } from '../domain/agent.ts';
import { stepId } from '../domain/ids.ts';
import { NO_TERMS } from '../domain/terms.ts';
import { bareStep, type Workflow } from '../domain/workflow.ts';
import { draftSchema } from './answer.ts';
import { DRAFT_STEP, DRAFT_WORKFLOW, NAME_INPUT, REQUEST_INPUT } from './draftRun.ts';

/**
 * The workflow of a run that drafts a plan, made in memory. The request and the name are inputs, so that they stand
 * with the run whatever happens to this program.
 * @param prompt a template that fills the request in
 */
export function draftWorkflow(planner: Agent, prompt: string): Workflow {
  const step = bareStep(stepId(DRAFT_STEP), planner.name);
  return {
    name: DRAFT_WORKFLOW,
    description: 'Drafts a todo list for a request.',
    inputs: {
      [REQUEST_INPUT]: {
        type: 'string',
        options: [],
        description: 'What is to be done',
        default: undefined,
      },
      [NAME_INPUT]: {
        type: 'string',
        options: [],
        description: 'What the plan is called; empty: the planner says',
        default: '',
      },
    },
    steps: [
      {
        ...step,
        prompt,
        outputSchema: draftSchema(),
        // Whoever plans looks; nothing of the project is changed before a person has approved the plan.
        terms: { ...NO_TERMS, owns: [] },
      },
    ],
    phases: [],
    maxParallel: 1,
    onFailure: 'continue',
    budget: undefined,
    cache: undefined,
    base: undefined,
    validate: [],
    metadata: undefined,
    file: planner.file,
    digest: planner.digest,
  };
}
