import { z } from 'zod';
import { INPUT_TYPES, type BaseTreeKind } from '../../domain/workflow.ts';
import { checkSchema } from '../commandSchema.ts';
import { metadata, text, textList, wholeNumber } from '../commonSchema.ts';
import {
  checks,
  INPUT_NAME,
  INPUT_NAME_RULE,
  listedStepSchema,
  stepMapSchema,
} from './stepSchema.ts';
import { cacheSchema } from '../cacheRule.ts';
import { budgetSchema } from '../terms.ts';

// Files under .sluice/workflows. Inputs, steps and phases are read apart, one by one, so that a fault
// in one does not hide faults in the others; the whole schema is what editors get.

/** Agent names, each working after the one before. */
const chainSchema = z.array(text);

/** An input with more to say than its default. */
export const inputSchema = z.strictObject({
  type: z
    .enum(INPUT_TYPES)
    .optional()
    .describe('What values it takes. Left out: "choice" where there are options, else "string".'),
  options: textList
    .min(1, { error: 'must hold at least one value' })
    .optional()
    .describe('The values to choose from.'),
  description: text.optional().describe('What to give.'),
  required: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .describe('Another way to say whether there is a default: true is none. Left out: as it is.'),
  default: text.optional().describe('The value when none is given. Left out: one must be given.'),
});

/** A phase but for its steps. */
export const phaseHeadSchema = z.strictObject({
  name: text.describe('Name of the phase, unique in the workflow.'),
  steps: z.unknown().optional(),
  checks: checks.optional(),
});

const BASE_TREES = ['head', 'worktree'] as const satisfies readonly BaseTreeKind[];

/** A workflow but for what is read apart. */
export const workflowHeadSchema = z.strictObject({
  name: text.optional().describe('Left out: the name of the file without its ending.'),
  description: text.optional().describe('What the workflow is for.'),
  'max-parallel': wholeNumber(1, 64)
    .optional()
    .describe("Tasks at once. Left out: the user's setting."),
  'on-failure': z
    .enum(['continue', 'stop'])
    .optional()
    .describe(
      '"stop": the first failure ends the run. Left out: "continue", which ends only what needs it.',
    ),
  'fail-fast': z
    .boolean({ error: 'must be true or false' })
    .optional()
    .describe('Another word for "on-failure": true is "stop", false is "continue".'),
  budget: budgetSchema.optional().describe('What a whole run may spend.'),
  cache: cacheSchema
    .optional()
    .describe(
      'Whether earlier answers will do, for every step that says nothing of it: true, false, or which, e.g. {ttl: 24h}.',
    ),
  base: z
    .enum(BASE_TREES)
    .optional()
    .describe(
      '"head": tasks begin with the last commit. "worktree": with the files as they are, uncommitted changes too. Left out: the user\'s setting.',
    ),
  validate: z
    .array(checkSchema)
    .optional()
    .describe(
      'Commands that must exit with 0 in a copy with all results, once every step is done; each at most 10m unless it says.',
    ),
  metadata: metadata
    .optional()
    .describe('Anything others keep with the workflow; nothing acts on it.'),
  inputs: z.unknown().optional(),
  steps: z.unknown().optional(),
  phases: z.unknown().optional(),
});

const inputs = z
  .record(
    z.string().regex(INPUT_NAME, { error: `must be made of ${INPUT_NAME_RULE}` }),
    z.union([text.describe('The value when none is given.'), z.null(), inputSchema]),
  )
  .optional()
  .describe('Values given when a run starts, read as ${{ inputs.name }}.');

const workflowSchema = workflowHeadSchema.extend({
  inputs,
  steps: z
    .union([stepMapSchema, z.array(listedStepSchema), chainSchema])
    .describe('What is done: steps by name, a list of steps with ids, or a plain list of agents.'),
  phases: z
    .array(
      phaseHeadSchema.extend({
        steps: z.array(text).min(1).describe('Names of the steps that begin together.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Steps that begin together, once the checks of the phase before have passed.'),
});

/** A workflow whose steps are written inside its phases. */
const phasedWorkflowSchema = workflowHeadSchema.omit({ steps: true }).extend({
  inputs,
  phases: z
    .array(phaseHeadSchema.extend({ steps: stepMapSchema.describe('Steps by name.') }))
    .min(1)
    .describe('Steps that begin together, once the checks of the phase before have passed.'),
});

export const workflowFileSchema = z
  .union([workflowSchema, phasedWorkflowSchema, chainSchema])
  .meta({
    title: 'Sluice workflow',
    description: 'A file in .sluice/workflows: steps that agents and people take together.',
  });
