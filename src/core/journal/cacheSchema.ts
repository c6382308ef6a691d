import { z } from 'zod';
import {
  KEY_PARTS,
  type Change,
  type Earlier,
  type MissReason,
  type Reuse,
  type Same,
  type Saved,
} from '../domain/cache.ts';
import type { Unfit } from '../domain/trace.ts';
import { count, orUndefined, runId, taskId } from './schemaParts.ts';

// What the cache has to say of a task, as records hold it.

const text = z.string();
const amount = z.number().nonnegative();

const earlier = z.strictObject({
  run: runId,
  task: taskId,
  at: count,
}) satisfies z.ZodType<Earlier>;

const saved = z.strictObject({
  ms: amount,
  calls: count,
  tokens: count,
  usd: amount,
}) satisfies z.ZodType<Saved>;

const same = z.strictObject({
  what: z.enum([...KEY_PARTS, 'files']),
  count,
}) satisfies z.ZodType<Same>;

const change = z.strictObject({
  what: z.enum([...KEY_PARTS, 'file', 'list', 'search', 'tree', 'served']),
  name: orUndefined(text),
  how: z.enum(['changed', 'added', 'removed']),
}) satisfies z.ZodType<Change>;

const unfit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('acted'), tool: text }),
  z.strictObject({ kind: z.literal('person') }),
  z.strictObject({ kind: z.literal('models') }),
]) satisfies z.ZodType<Unfit>;

export const reuse = z.strictObject({
  from: earlier,
  namespace: text,
  same: z.array(same),
  saved,
  shared: z.boolean(),
  similar: orUndefined(z.strictObject({ question: text, similarity: z.number() })),
}) satisfies z.ZodType<Reuse>;

export const missReason = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('first') }),
  z.strictObject({
    kind: z.literal('changed'),
    than: earlier,
    changes: z.array(change),
    more: count,
    same: z.array(same),
  }),
  z.strictObject({ kind: z.literal('expired'), than: earlier, ttlMs: amount }),
  z.strictObject({ kind: z.literal('gone'), than: earlier }),
  z.strictObject({ kind: z.literal('damaged'), than: earlier }),
  z.strictObject({ kind: z.literal('unfit'), than: earlier, why: unfit }),
  z.strictObject({ kind: z.literal('fresh') }),
]) satisfies z.ZodType<MissReason>;
