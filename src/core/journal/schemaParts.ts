import { z } from 'zod';
import { isDigest, type Digest } from '../base/digest.ts';
import type { Actor } from '../domain/actor.ts';
import {
  isObjectId,
  isRunId,
  isStepId,
  type AgentName,
  type ObjectId,
  type RunId,
  type TaskId,
} from '../domain/ids.ts';

// What records of every kind are made of.

export const count = z.int().nonnegative();
export const fromOne = z.int().positive();

export const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));
/** By the rule for step ids: a task's id becomes a part of paths and branch names. */
export const taskId = z.custom<TaskId>((value) => typeof value === 'string' && isStepId(value));
export const runId = z.custom<RunId>((value) => typeof value === 'string' && isRunId(value));
export const objectId = z.custom<ObjectId>(
  (value) => typeof value === 'string' && isObjectId(value),
);

export const agentName = z.custom<AgentName>((value) => typeof value === 'string' && value !== '');

export const actor = z.strictObject({
  name: z.string(),
  via: z.enum(['vscode', 'terminal']),
}) satisfies z.ZodType<Actor>;

/** JSON has no `undefined`: a member that is missing in the file is there, and undefined, in what is read. */
export function orUndefined<T extends z.ZodType>(schema: T): z.ZodType<z.output<T> | undefined> {
  // Missing is what most of them are: looked for first.
  return z.union([z.undefined(), schema]).prefault(undefined as never);
}
