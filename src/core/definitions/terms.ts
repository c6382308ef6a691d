import { z } from 'zod';
import { globFault } from '../base/glob.ts';
import { PERMISSION_MODES, type Budget, type CacheRule } from '../domain/terms.ts';
import type { Terms } from '../domain/terms.ts';
import { duration, wholeNumber } from './commonSchema.ts';
import { parseDuration } from './duration.ts';
import * as problems from './problems.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';

// What may be written, spent and reused: the same fields in agents, in steps and in agents.yaml.

/** More tokens than any bill has ever held. */
const MAX_TOKENS = 1_000_000_000_000;
const MAX_USD = 1_000_000;

const globs = z.union([z.string(), z.array(z.string())]);

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

const timed = z.strictObject({
  ttl: duration.describe('How long an answer stands, e.g. 30m or 24h.'),
});

const cacheSchema = z.union([z.boolean(), timed], {
  error: ({ input }) =>
    typeof input === 'object' && input !== null && !Array.isArray(input)
      ? undefined
      : 'must be true, false, or "ttl:" with a duration',
});

/** The fields of `Terms` but for the models, whose field is older than these. */
export const termsShape = {
  owns: globs
    .optional()
    .describe('Paths it may change, as globs from the folder, e.g. src/**. Left out: any.'),
  never: globs
    .optional()
    .describe('Paths it must not change, also where "owns" names them, as globs from the folder.'),
  budget: budgetSchema.optional().describe('What may be spent. Left out: as much as it takes.'),
  cache: cacheSchema
    .optional()
    .describe(
      'Whether an earlier answer to the same question will do: true, false, or how long it stands, e.g. {ttl: 24h}.',
    ),
  permissions: z
    .enum(PERMISSION_MODES)
    .optional()
    .describe('How freely a model uses its tools. Left out: "default".'),
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
    cache: toCacheRule(fields.cache),
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

function readGlobs(
  reader: DocumentReader,
  path: SourcePath,
  value: TermsFields['owns'],
): readonly string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  const field = `"${String(path.at(-1))}"`;
  const written = Array.isArray(value)
    ? value.map((glob, index) => ({ glob, at: [...path, index], label: `An item of ${field}` }))
    : [{ glob: value, at: path, label: field }];
  for (const { glob, at, label } of written) {
    const fault = globFault(glob);
    if (fault !== undefined) {
      reader.report(at, problems.wrongValue(label, fault));
    }
  }
  return written.map(({ glob }) => glob);
}

function toCacheRule(value: TermsFields['cache']): CacheRule | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'boolean':
      return { use: value, ttlMs: undefined };
    default:
      return { use: true, ttlMs: parseDuration(value.ttl) };
  }
}
