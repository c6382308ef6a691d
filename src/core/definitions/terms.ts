import { z } from 'zod';
import { DEFAULT_MAX_TURNS, type CallPolicy } from '../domain/call.ts';
import { PERMISSION_MODES, type Budget, type Terms } from '../domain/terms.ts';
import { cacheSchema, readCacheRule } from './cacheRule.ts';
import { duration, wholeNumber } from './commonSchema.ts';
import { parseDuration } from './duration.ts';
import { globList, readGlobs } from './globList.ts';
import { readSandboxRule, sandboxSchema } from './sandboxRule.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';

// What may be written, spent and reused: the same fields in agents, in steps and in agents.yaml.

/** More tokens than any bill has ever held. */
const MAX_TOKENS = 1_000_000_000_000;
const MAX_USD = 1_000_000;

const usdRule = `must be an amount of US dollars above 0 and at most ${MAX_USD}, such as 1.50`;

export const budgetSchema = z
  .strictObject({
    tokens: wholeNumber(1, MAX_TOKENS).optional().describe('Tokens of language models, at most.'),
    usd: z
      .number({ error: usdRule })
      .positive({ error: usdRule })
      .max(MAX_USD, { error: usdRule })
      .optional()
      .describe('US dollars, at most.'),
    time: duration
      .optional()
      .describe('Wall time of all attempts together, at most, e.g. 30m or 2h.'),
  })
  .refine((limits) => Object.values(limits).some((limit) => limit !== undefined), {
    error: 'must say how much: "tokens", "usd" or "time"',
  });

/** More turns than any conversation has room for. */
const MAX_TURNS = 10_000;

export const callPolicySchema = z
  .strictObject({
    attempts: wholeNumber(1, 20)
      .optional()
      .describe('Tries of one call with one model, 1 to 20. Left out: as the criticality says.'),
    'max-wait': duration
      .optional()
      .describe('How long one call may wait in all, e.g. 10m. Left out: as the criticality says.'),
    'on-other-model': z
      .enum(['show', 'fail'])
      .optional()
      .describe('What happens when another model answers than was asked. Left out: "show".'),
    'max-turns': wholeNumber(1, MAX_TURNS)
      .optional()
      .describe(`Answers of a model in one attempt, at most. Left out: ${DEFAULT_MAX_TURNS}.`),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), {
    error: 'must say something: "attempts", "max-wait", "on-other-model" or "max-turns"',
  });

/** The fields of `Terms` but for the models, whose field is older than these. */
export const termsShape = {
  owns: globList
    .optional()
    .describe('Paths it may change, as globs from the folder, e.g. src/**. Left out: any.'),
  never: globList
    .optional()
    .describe('Paths it must not change, also where "owns" names them, as globs from the folder.'),
  budget: budgetSchema.optional().describe('What may be spent. Left out: as much as it takes.'),
  cache: cacheSchema
    .optional()
    .describe(
      'Whether an earlier answer to the same question will do: true, false, or which, e.g. {ttl: 24h}.',
    ),
  permissions: z
    .enum(PERMISSION_MODES)
    .optional()
    .describe('How freely a model uses its tools. Left out: "default".'),
  'model-policy': callPolicySchema.optional().describe('How models are called.'),
  sandbox: sandboxSchema
    .optional()
    .describe(
      'Whether its commands and checks are shut in, without network: true, false, or how far, e.g. {memory: 4gb}.',
    ),
};

/** As `termsShape` has found them. */
export type TermsFields = {
  readonly [Field in keyof typeof termsShape]?: z.output<(typeof termsShape)[Field]> | undefined;
};

/** The terms written in a map, and every wrong glob reported. @param models read already */
export function readTerms(
  reader: DocumentReader,
  path: SourcePath,
  fields: TermsFields,
  models?: readonly string[],
): Terms {
  return {
    models,
    owns: readGlobs(reader, [...path, 'owns'], fields.owns),
    never: readGlobs(reader, [...path, 'never'], fields.never) ?? [],
    permissions: fields.permissions,
    budget: toBudget(fields.budget),
    cache: readCacheRule(reader, [...path, 'cache'], fields.cache),
    calls: toCallPolicy(fields['model-policy']),
    sandbox: readSandboxRule(fields.sandbox),
  };
}

/** @param fields as `budgetSchema` has found them */
export function toBudget(fields: TermsFields['budget']): Budget | undefined {
  return (
    fields && {
      tokens: fields.tokens,
      usd: fields.usd,
      timeMs: parseDuration(fields.time ?? ''),
    }
  );
}

function toCallPolicy(fields: TermsFields['model-policy']): CallPolicy | undefined {
  return (
    fields && {
      attempts: fields.attempts,
      maxWaitMs: parseDuration(fields['max-wait'] ?? ''),
      onOtherModel: fields['on-other-model'],
      maxTurns: fields['max-turns'],
    }
  );
}
