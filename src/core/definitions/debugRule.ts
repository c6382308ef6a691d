import { z } from 'zod';
import {
  DEFAULT_DEBUG_RULE,
  FAULT_KINDS,
  MAX_BRANCH_DEPTH,
  MAX_DEBUG_ATTEMPTS,
  type DebugRule,
  type FaultKind,
} from '../domain/debugging.ts';
import { text, wholeNumber } from './commonSchema.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';
import type { Written } from './workflows/workflowDraft.ts';

// How the failures of a step are mended.

/** What a kind of failure is, for those who choose who mends it. */
const ABOUT: Readonly<Record<FaultKind, string>> = {
  test_failure: 'a test fails, and nothing says more about why',
  spec_mismatch: 'what was made does not keep to its contract',
  timeout: 'a check or the step takes too long',
  implementation_bug: 'the code is wrong: it does not compile, or a test shows why',
  missing_dependency: 'a package, a module or a program is not there',
  flaky_test: 'a test fails one time and passes another',
};

/** A field for each kind of failure. @param field what such a field holds */
export function byFaultKind<Field extends z.ZodType>(field: Field) {
  return Object.fromEntries(
    FAULT_KINDS.map((kind) => [
      kind,
      z.optional(field).describe(`The agent that mends it where ${ABOUT[kind]}.`),
    ]),
  ) as Record<FaultKind, z.ZodOptional<Field>>;
}

export const debugAttempts = wholeNumber(1, MAX_DEBUG_ATTEMPTS);
export const debugDepth = wholeNumber(1, MAX_BRANCH_DEPTH);

export const debugFieldsSchema = z
  .strictObject({
    attempts: debugAttempts
      .optional()
      .describe(
        `Fixes in all before a person is asked, 1 to ${MAX_DEBUG_ATTEMPTS}. Left out: ${DEFAULT_DEBUG_RULE.attempts}.`,
      ),
    depth: debugDepth
      .optional()
      .describe(
        `How deep a fix of a fix may go, 1 to ${MAX_BRANCH_DEPTH}. Left out: ${DEFAULT_DEBUG_RULE.depth}.`,
      ),
    routing: z
      .strictObject(byFaultKind(text))
      .optional()
      .describe('Which agent mends which kind of failure. Left out: the one of its usual role.'),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), {
    error: 'must say something: "attempts", "depth" or "routing"; or write true',
    // A misspelt field says something.
    when: ({ issues }) => issues.length === 0,
  });

const RULE = 'must be true, false, or fields such as {attempts: 3}';

export const debugSchema = z.union([z.boolean(), debugFieldsSchema], {
  error: ({ input }) =>
    typeof input === 'object' && input !== null && !Array.isArray(input) ? undefined : RULE,
});

/** A rule before it is known which agents there are. */
export interface DebugDraft {
  readonly attempts: number;
  readonly depth: number;
  /** Each kind at most once. */
  readonly routing: readonly Route[];
}

export interface Route {
  readonly kind: FaultKind;
  readonly agent: Written;
}

/** The rule that is written; `undefined`: failures are not mended. @param value as the schema has found it */
export function readDebugRule(
  reader: DocumentReader,
  path: SourcePath,
  value: z.output<typeof debugSchema> | undefined,
): DebugDraft | undefined {
  if (value === undefined || value === false) {
    return undefined;
  }
  const { attempts, depth, routing = {} } = value === true ? {} : value;
  return {
    attempts: attempts ?? DEFAULT_DEBUG_RULE.attempts,
    depth: depth ?? DEFAULT_DEBUG_RULE.depth,
    routing: FAULT_KINDS.filter((kind) => routing[kind] !== undefined).map((kind) => {
      const at = [...path, 'routing', kind];
      return { kind, agent: { text: reader.textAt(at), path: at } };
    }),
  };
}

/** True for what `debug: true` is. */
export function isUsualRule({ attempts, depth, routing }: DebugRule): boolean {
  return (
    attempts === DEFAULT_DEBUG_RULE.attempts &&
    depth === DEFAULT_DEBUG_RULE.depth &&
    Object.keys(routing).length === 0
  );
}
