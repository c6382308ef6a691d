import type { Limits } from '../../domain/agent.ts';
import type { RetryRule } from '../../domain/workflow.ts';
import { readCacheInputs } from '../cacheRule.ts';
import { readDebugRule } from '../debugRule.ts';
import { parseDuration } from '../duration.ts';
import { readChecks } from '../readCommand.ts';
import { eitherWord, readList, readText, readTexts } from '../source/readParts.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { AgentStepFields } from './stepSchema.ts';
import { readTerms } from '../terms.ts';
import type { AgentStepDraft, ProductDraft, UnknownStepDraft } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/** Milliseconds before the second attempt, and the longest wait, where a retry does not say. */
export const RETRY_DELAY_MS = 1000;
export const RETRY_MAX_DELAY_MS = 60_000;

/** An agent's step. @param common what every step has  @param fields as the schema has found them */
export function readAgentStep(
  reader: DocumentReader,
  common: Omit<UnknownStepDraft, 'kind'>,
  fields: AgentStepFields,
): AgentStepDraft {
  const { path } = common;
  const models =
    fields.model === undefined
      ? undefined
      : readList(reader, [...path, 'model'], fields.model).map(({ text }) => text);
  const prompt = eitherWord(reader, path, 'task', 'prompt', fields);
  return {
    kind: 'agent',
    agent: readText(reader, [...path, 'agent'], fields.agent),
    prompt: readText(reader, [...path, prompt], fields[prompt]),
    env: readTexts(reader, [...path, 'env'], fields.env),
    produces: readProducts(reader, [...path, 'produces'], fields.produces),
    outputSchema: readSchema(reader, [...path, 'output-schema'], fields['output-schema']),
    checks: readChecks(reader, [...path, 'checks'], fields.checks),
    limits: readLimits(fields),
    retry: readRetry(reader, [...path, 'retry'], fields.retry),
    debug: readDebugRule(reader, [...path, 'debug'], fields.debug),
    effects: fields.effects,
    terms: readTerms(reader, path, fields, models),
    owns: readList(reader, [...path, 'owns'], fields.owns),
    never: readList(reader, [...path, 'never'], fields.never),
    cacheInputs: readCacheInputs(reader, [...path, 'cache'], fields.cache),
    // One by one: of so many fields a spread makes a dictionary, which is slow to make and to read.
    id: common.id,
    path,
    needs: common.needs,
    condition: common.condition,
    matrix: common.matrix,
    maxParallel: common.maxParallel,
    metadata: common.metadata,
  };
}

function readLimits(fields: AgentStepFields): Partial<Limits> {
  const [timeoutMs, idleTimeoutMs, graceMs] = [
    parseDuration(fields.timeout ?? ''),
    parseDuration(fields['idle-timeout'] ?? ''),
    parseDuration(fields.grace ?? ''),
  ];
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

function readRetry(
  reader: DocumentReader,
  path: SourcePath,
  value: AgentStepFields['retry'],
): RetryRule | undefined {
  if (value === undefined || typeof value === 'number') {
    return value === undefined
      ? undefined
      : {
          attempts: value,
          delayMs: RETRY_DELAY_MS,
          maxDelayMs: RETRY_MAX_DELAY_MS,
          on: undefined,
        };
  }
  const delayMs = parseDuration(value.delay ?? '') ?? RETRY_DELAY_MS;
  const maxDelayMs =
    parseDuration(value['max-delay'] ?? '') ?? Math.max(delayMs, RETRY_MAX_DELAY_MS);
  if (maxDelayMs < delayMs) {
    reader.report([...path, 'max-delay'], problems.delayAboveLimit());
  }
  const on = value.on === undefined ? undefined : [...new Set(value.on)];
  return { attempts: value.attempts, delayMs, maxDelayMs, on };
}

/** Files that are declared, and those that are so twice reported. @param value as `products` has found them */
export function readProducts(
  reader: DocumentReader,
  path: SourcePath,
  value: AgentStepFields['produces'],
): readonly ProductDraft[] {
  if (value === undefined) {
    return [];
  }
  if (!Array.isArray(value)) {
    return [{ file: { text: reader.textAt(path), path }, schema: undefined }];
  }
  const products = new Map<string, ProductDraft>();
  value.forEach((item, index) => {
    const at = [...path, index];
    const product: ProductDraft =
      typeof item === 'object'
        ? {
            file: { text: reader.textAt([...at, 'path']), path: [...at, 'path'] },
            schema: readSchema(reader, [...at, 'schema'], item.schema),
          }
        : { file: { text: reader.textAt(at), path: at }, schema: undefined };
    const earlier = products.get(product.file.text);
    if (earlier === undefined) {
      products.set(product.file.text, product);
    } else if (earlier.schema !== undefined || product.schema !== undefined) {
      reader.report(product.file.path, problems.productTwice(product.file.text));
    }
  });
  return [...products.values()];
}

function readSchema(
  reader: DocumentReader,
  path: SourcePath,
  value: unknown,
): ProductDraft['schema'] {
  if (value === undefined) {
    return undefined;
  }
  return typeof value === 'string'
    ? { kind: 'file', file: { text: reader.textAt(path), path } }
    : { kind: 'inline', path };
}
