import { z } from 'zod';
import type { RunnerSpec } from '../domain/agent.ts';
import { NAMESPACES } from '../domain/cache.ts';
import { DEFAULT_SIMILARITY, plainCacheRule, type CacheRule } from '../domain/terms.ts';
import { duration } from './commonSchema.ts';
import { parseDuration } from './duration.ts';
import { globList, readGlobs } from './globList.ts';
import * as problems from './problems.ts';
import { readList } from './source/readParts.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';
import type { Written } from './workflows/workflowDraft.ts';

// What is reused of earlier runs: the same field in agents, in steps, in agents.yaml and at the top of a workflow.

/** Below, two questions have little in common. */
const LEAST_SIMILARITY = 0.5;

const thresholdRule = `must be a number from ${LEAST_SIMILARITY} to 1, such as ${DEFAULT_SIMILARITY}`;

export const similarSchema = z.strictObject({
  model: z
    .string()
    .regex(/^[^/\s][^/]*\/\S(?:.*\S)?$/, {
      error:
        'must be an embedding model as "provider/model", such as openai/text-embedding-3-small',
    })
    .describe('The embedding model, as provider/model, e.g. openai/text-embedding-3-small.'),
  threshold: z
    .number({ error: thresholdRule })
    .min(LEAST_SIMILARITY, { error: thresholdRule })
    .max(1, { error: thresholdRule })
    .optional()
    .describe(
      `How alike two questions must be, ${LEAST_SIMILARITY} to 1. Left out: ${DEFAULT_SIMILARITY}.`,
    ),
});

export const cacheFieldsSchema = z
  .strictObject({
    ttl: duration
      .optional()
      .describe('How long an answer stands, e.g. 30m or 24h. Left out: as its namespace says.'),
    namespace: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, {
        error: 'must be 1 to 64 letters, digits, "_" and "-"',
      })
      .optional()
      .meta({
        description: `What the answers are kept under: ${NAMESPACES.join(', ')}, or a word of your own. Left out: model_response for a model, command_output for any other agent.`,
        examples: [...NAMESPACES],
      }),
    inputs: globList
      .optional()
      .describe(
        'Files that count for an agent that is a program, as globs from the folder, e.g. src/**. Left out: all files.',
      ),
    similar: similarSchema
      .optional()
      .describe('The answer to a similar question will do, as an embedding model finds it.'),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), {
    error: 'must say something: "ttl", "namespace", "inputs" or "similar"',
    // A misspelt field says something.
    when: ({ issues }) => issues.length === 0,
  });

/** As the schema has found it. */
type CacheFields = z.output<typeof cacheSchema> | undefined;

const RULE = 'must be true, false, or fields such as {ttl: 24h}';

export const cacheSchema = z.union([z.boolean(), cacheFieldsSchema], {
  error: ({ input }) =>
    typeof input === 'object' && input !== null && !Array.isArray(input) ? undefined : RULE,
});

/** The rule that is written, and every wrong glob in it reported. */
export function readCacheRule(
  reader: DocumentReader,
  path: SourcePath,
  value: CacheFields,
): CacheRule | undefined {
  if (value === undefined || typeof value === 'boolean') {
    return value === undefined ? undefined : plainCacheRule(value);
  }
  const { ttl, namespace, inputs, similar } = value;
  return {
    use: true,
    ttlMs: parseDuration(ttl ?? ''),
    namespace,
    inputs: readGlobs(reader, [...path, 'inputs'], inputs),
    similar: similar && {
      model: similar.model,
      threshold: similar.threshold ?? DEFAULT_SIMILARITY,
    },
  };
}

/** Its globs, and where they stand. */
export function readCacheInputs(
  reader: DocumentReader,
  path: SourcePath,
  value: CacheFields,
): readonly Written[] {
  const inputs = typeof value === 'object' ? value.inputs : undefined;
  return readList(reader, [...path, 'inputs'], inputs);
}

/** Reports what a rule says in vain to an agent of the kind. @param path of the rule */
export function checkCacheEffect(
  reader: DocumentReader,
  path: SourcePath,
  rule: CacheRule | undefined,
  runner: RunnerSpec['kind'],
): void {
  if (rule?.inputs !== undefined && runner === 'model') {
    reader.report([...path, 'inputs'], problems.inputsOfModel(), 'key');
  }
  if (rule?.similar !== undefined && runner !== 'model') {
    reader.report([...path, 'similar'], problems.similarOfProgram(), 'key');
  }
}
