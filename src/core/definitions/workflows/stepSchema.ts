import { z } from 'zod';
import type { Failure } from '../../domain/failure.ts';
import { STEP_ID_RULE } from '../../domain/ids.ts';
import { checkSchema } from '../commandSchema.ts';
import {
  duration,
  effects,
  environment,
  metadata,
  jsonSchema,
  text,
  textOrList,
  wholeNumber,
} from '../commonSchema.ts';
import { debugSchema } from '../debugRule.ts';
import { termsShape } from '../terms.ts';

// The kinds of steps. They are read one by one, so that a fault in one does not hide faults in the
// others; the whole schema is what editors get.

export const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,80}$/;
export const INPUT_NAME_RULE =
  'letters, digits, "_" and "-", starting with a letter or "_", at most 81 characters';

const valueName = z.string().regex(INPUT_NAME, { error: `must be made of ${INPUT_NAME_RULE}` });

/** Failures that another attempt may cure: those for which `mayPass` of the domain can be true. */
export const RETRYABLE = [
  'spawn-failed',
  'exited',
  'signalled',
  'timed-out',
  'not-produced',
  'bad-product',
  'check-failed',
  'workspace',
  'interrupted',
  'agent-broke',
  'bad-output',
  'too-many-turns',
  'call-failed',
] as const satisfies readonly Failure['reason'][];

/** Files whose paths are the values. */
const matrixFilesSchema = z.strictObject({
  files: textOrList.describe('Globs of files in the folder, e.g. src/**/*.ts: each is a value.'),
});

const whenAndHow = {
  if: text
    .optional()
    .describe("The step runs only where this holds, e.g. inputs.mode == 'full' or failure()."),
  needs: textOrList
    .optional()
    .describe('Steps that must be done first. Steps that need nothing of each other run at once.'),
  dependencies: textOrList.optional().describe('Another word for "needs".'),
  matrix: z
    .record(
      valueName,
      z.union([
        z
          .string()
          .describe(
            'An expression that gives the values, one a line or as a JSON list: of inputs, or of outputs of steps it needs.',
          ),
        z.array(text).min(1, { error: 'must hold at least one value' }),
        matrixFilesSchema,
      ]),
    )
    .optional()
    .describe(
      'Values by name: the step is one task for each combination, with ${{ matrix.name }} for its own.',
    ),
  'max-parallel': wholeNumber(1, 64)
    .optional()
    .describe('Tasks of its matrix at once, 1 to 64. Left out: as many as the run.'),
  metadata: metadata.optional().describe('Anything others keep with the step; nothing acts on it.'),
};

/** A retry with more to say than how often. */
export const retryFieldsSchema = z.strictObject({
  attempts: wholeNumber(2, 10).describe('Attempts in all, 2 to 10.'),
  delay: duration
    .optional()
    .describe('Before the second attempt; doubled before each later one. Left out: 1s.'),
  'max-delay': duration
    .optional()
    .describe('Longest wait between two attempts. Left out: 1m, or "delay" where that is longer.'),
  on: z
    .array(z.enum(RETRYABLE))
    .min(1, { error: 'must name at least one failure' })
    .optional()
    .describe('Failures worth another attempt. Left out: all of them.'),
});

/** A declared file with more to say than its path. */
export const productFieldsSchema = z.strictObject({
  path: text.describe('Relative to the folder, with "/".'),
  schema: jsonSchema
    .optional()
    .describe('JSON Schema the file must satisfy: written here, or the path of a JSON file.'),
});

export const products = z.union([text, z.array(z.union([text, productFieldsSchema]))]);

export const checks = z
  .array(checkSchema)
  .describe('Commands that must exit with 0, one after another; each at most 10m unless it says.');

export const agentStepSchema = z
  .strictObject({
    agent: text.describe('Name of the agent that works on the step.'),
    prompt: z
      .string()
      .optional()
      .describe('What is asked of the agent; may hold ${{ inputs.x }} and ${{ steps.y.output }}.'),
    task: z.string().optional().describe('Another word for "prompt".'),
    ...whenAndHow,
    env: environment
      .optional()
      .describe("Environment variables over the agent's own; values may hold ${{ … }}."),
    produces: products
      .optional()
      .describe(
        'Files that must be there at the end, relative to the folder. They become artifacts.',
      ),
    'output-schema': jsonSchema
      .optional()
      .describe(
        'JSON Schema the output must satisfy as JSON: written here, or the path of a JSON file.',
      ),
    checks: checks.optional(),
    timeout: duration.optional().describe("Longest run, e.g. 30s, 5m, 2h; over the agent's own."),
    'idle-timeout': duration
      .optional()
      .describe("Longest time without any output; over the agent's own."),
    grace: duration
      .optional()
      .describe("From the request to end to the order to; over the agent's own."),
    retry: z
      .union([wholeNumber(2, 10), retryFieldsSchema])
      .optional()
      .describe('Attempts in all, 2 to 10. Left out: a failed attempt is not tried again.'),
    debug: debugSchema
      .optional()
      .describe(
        'Whether its failures are mended by fixes: true, or how, e.g. {attempts: 3}. Left out: they are not.',
      ),
    effects: effects
      .optional()
      .describe(
        '"external": an attempt that was cut off is never repeated unasked; over the agent\'s own.',
      ),
    model: textOrList
      .optional()
      .describe("Language models in order of preference; over the agent's own."),
    ...termsShape,
  })
  .meta({ title: 'Agent step' });

const question = z
  .string()
  .regex(/\S/, { error: 'must be a question' })
  .describe('The question a person answers; may hold ${{ … }}.');

export const gateQuestionSchema = z.strictObject({
  ask: question,
  show: textOrList.optional().describe('Files of the steps it needs that the person is shown.'),
  choices: textOrList
    .optional()
    .describe('Answers to choose from when approving; the one chosen is the output of the gate.'),
  input: z
    .boolean()
    .optional()
    .describe('True: whoever approves may write an answer, which is the output of the gate.'),
});

/** A gate but for its question, which is read apart. */
export const gateHeadSchema = z.strictObject({ gate: z.unknown().optional(), ...whenAndHow });

const gateStepSchema = gateHeadSchema
  .extend({
    gate: z
      .union([question, gateQuestionSchema])
      .describe('What a person decides before anything that needs this step goes on.'),
  })
  .meta({ title: 'Gate' });

export const nestedStepSchema = z
  .strictObject({
    workflow: text.optional().describe('Name of the workflow whose steps are done here.'),
    uses: text
      .optional()
      .describe(
        'The workflow by its file: from this file where it begins with "./" or "../", else from the folder.',
      ),
    with: z
      .record(valueName, text)
      .optional()
      .describe('Its inputs by name; values may hold ${{ … }}.'),
    ...whenAndHow,
  })
  .meta({ title: 'Workflow step' });

// For editors: exactly one of the two words.
const nestedByName = nestedStepSchema.omit({ uses: true }).required({ workflow: true });
const nestedByFile = nestedStepSchema.omit({ workflow: true }).required({ uses: true });

const STEP_KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/;

/** Steps by name. */
export const stepMapSchema = z.record(
  z.string().regex(STEP_KEY, { error: `must be made of ${STEP_ID_RULE}` }),
  z.union([agentStepSchema, gateStepSchema, nestedByName, nestedByFile]),
);

const id = text.describe('Name of the step, unique in the workflow.');

export const listedStepSchema = z.union([
  agentStepSchema.extend({ id }),
  gateStepSchema.extend({ id }),
  nestedByName.extend({ id }),
  nestedByFile.extend({ id }),
]);

/** An agent's step as far as it has the right shape. */
export type AgentStepFields = Partial<z.output<typeof agentStepSchema>>;
