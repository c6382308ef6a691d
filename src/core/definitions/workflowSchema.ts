import { z } from 'zod';
import { STEP_ID_RULE } from '../domain/ids.ts';
import { duration, environment, text, textOrList, wholeNumber } from './commonSchema.ts';

// Files under .sluice/workflows. The steps of a file are read one by one, so that a fault in one
// does not hide faults in the others; the whole schema is what editors get.

const ordering = {
  needs: textOrList
    .optional()
    .describe(
      'Steps that must have succeeded first. Steps that need nothing of each other run at once.',
    ),
  dependencies: textOrList.optional().describe('Another word for "needs".'),
};

export const agentStepSchema = z
  .strictObject({
    agent: text.describe('Name of the agent that works on the step.'),
    prompt: z
      .string()
      .optional()
      .describe('What is asked of the agent; may hold ${{ inputs.x }} and ${{ steps.y.output }}.'),
    task: z.string().optional().describe('Another word for "prompt".'),
    ...ordering,
    env: environment
      .optional()
      .describe("Environment variables over the agent's own; values may hold ${{ … }}."),
    produces: textOrList
      .optional()
      .describe(
        'Files that must be there at the end, relative to the folder. They become artifacts.',
      ),
    timeout: duration.optional().describe("Longest run, e.g. 30s, 5m, 2h; over the agent's own."),
  })
  .meta({ title: 'Agent step' });

const question = z
  .string()
  .regex(/\S/, { error: 'must be a question' })
  .describe('The question a person answers; may hold ${{ … }}.');

export const gateQuestionSchema = z.strictObject({
  ask: question,
  show: textOrList.optional().describe('Files of the steps it needs that the person is shown.'),
});

/** A gate but for its question, which is read apart. */
export const gateHeadSchema = z.strictObject({ gate: z.unknown().optional(), ...ordering });

const gateStepSchema = gateHeadSchema
  .extend({
    gate: z
      .union([question, gateQuestionSchema])
      .describe('What a person decides before anything that needs this step goes on.'),
  })
  .meta({ title: 'Gate' });

const STEP_KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/;
const stepKey = z.string().regex(STEP_KEY, { error: `must be made of ${STEP_ID_RULE}` });

const listedStepSchema = z.union([
  agentStepSchema.extend({ id: text.describe('Name of the step, unique in the workflow.') }),
  gateStepSchema.extend({ id: text.describe('Name of the step, unique in the workflow.') }),
]);

/** Agent names, each working after the one before. */
const chainSchema = z.array(text);

export const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,80}$/;
export const INPUT_NAME_RULE =
  'letters, digits, "_" and "-", starting with a letter or "_", at most 81 characters';

/** An input with more to say than its default. */
export const inputSchema = z.strictObject({
  description: text.optional().describe('What to give.'),
  default: text.optional().describe('The value when none is given. Left out: one must be given.'),
});

/** A workflow but for its inputs and steps, which are read apart. */
export const workflowHeadSchema = z.strictObject({
  name: text.optional().describe('Left out: the name of the file without its ending.'),
  description: text.optional().describe('What the workflow is for.'),
  'max-parallel': wholeNumber(1, 64)
    .optional()
    .describe("Tasks at once. Left out: the user's setting."),
  inputs: z.unknown().optional(),
  steps: z.unknown().optional(),
});

const workflowSchema = workflowHeadSchema.extend({
  inputs: z
    .record(
      z.string().regex(INPUT_NAME, { error: `must be made of ${INPUT_NAME_RULE}` }),
      z.union([text.describe('The value when none is given.'), z.null(), inputSchema]),
    )
    .optional()
    .describe('Values given when a run starts, read as ${{ inputs.name }}.'),
  steps: z
    .union([
      z.record(stepKey, z.union([agentStepSchema, gateStepSchema])),
      z.array(listedStepSchema),
      chainSchema,
    ])
    .describe('What is done: steps by name, a list of steps with ids, or a plain list of agents.'),
});

export const workflowFileSchema = z.union([workflowSchema, chainSchema]).meta({
  title: 'Sluice workflow',
  description: 'A file in .sluice/workflows: steps that agents and people take together.',
});

export type WorkflowFile = z.output<typeof workflowFileSchema>;
