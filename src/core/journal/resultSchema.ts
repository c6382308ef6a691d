import { z } from 'zod';
import type { CheckoutChange } from '../domain/checkout.ts';
import { FAULT_KINDS, type Fix, type UnprovedWork } from '../domain/debugging.ts';
import type { Artifact, BlobRef, FileVersion, RemovedFile } from '../domain/event.ts';
import {
  CONFLICT_KINDS,
  type ConflictChoice,
  type MergeConflict,
  type MergePlace,
} from '../domain/merge.ts';
import { TEST_REPORT_FORMATS, type TestReport } from '../domain/testReport.ts';
import { failure } from './failureSchema.ts';
import { agentName, count, digest, fromOne, objectId, orUndefined, taskId } from './schemaParts.ts';

// What tasks made, what became of it, and what the user's checkout was meanwhile, as records hold it.

const text = z.string();
const filePath = text.min(1);

const blobMembers = { digest, bytes: count };
export const blobRef = z.strictObject(blobMembers) satisfies z.ZodType<BlobRef>;

const versionMembers = { ...blobMembers, executable: z.boolean() };
const fileVersion = z.strictObject(versionMembers) satisfies z.ZodType<FileVersion>;

export const artifact = z.strictObject({
  ...versionMembers,
  path: filePath,
  was: fileVersion.optional(),
}) satisfies z.ZodType<Artifact>;

export const removedFile = z.strictObject({
  path: filePath,
  was: fileVersion,
}) satisfies z.ZodType<RemovedFile>;

export const unprovedWork = z.strictObject({
  output: blobRef,
  artifacts: z.array(artifact),
  removed: z.array(removedFile),
}) satisfies z.ZodType<UnprovedWork>;

export const testReport = z.strictObject({
  command: text,
  format: z.enum(TEST_REPORT_FORMATS),
  passed: count,
  failed: count,
  skipped: count,
  failures: z.array(z.strictObject({ name: text, message: text })),
  coverage: z.number().min(0).max(100).optional(),
}) satisfies z.ZodType<TestReport>;

export const fix = z.strictObject({
  id: taskId,
  of: taskId,
  parent: taskId,
  depth: fromOne,
  fault: z.enum(FAULT_KINDS),
  why: text,
  agent: orUndefined(agentName),
  text: text,
}) satisfies z.ZodType<Fix>;

export const checkoutChange = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.enum(['branch', 'commit']),
    was: orUndefined(text),
    is: orUndefined(text),
  }),
  z.strictObject({ what: z.literal('index') }),
  z.strictObject({
    what: z.literal('file'),
    path: filePath,
    how: z.enum(['added', 'changed', 'removed']),
    saved: z.boolean(),
  }),
]) satisfies z.ZodType<CheckoutChange>;

const mergeConflict = z.strictObject({
  path: filePath,
  kind: z.enum(CONFLICT_KINDS),
  was: orUndefined(fileVersion),
  ours: orUndefined(fileVersion),
  theirs: orUndefined(fileVersion),
}) satisfies z.ZodType<MergeConflict>;

export const conflictChoice = z.union([
  z.enum(['ours', 'theirs']),
  fileVersion,
]) satisfies z.ZodType<ConflictChoice>;

const named = { branch: filePath, commit: objectId };

export const mergePlace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('merging') }),
  z.strictObject({ kind: z.literal('conflict'), task: taskId, conflicts: z.array(mergeConflict) }),
  z.strictObject({
    kind: z.literal('broken'),
    task: taskId,
    command: text,
    code: orUndefined(z.int()),
    tail: text,
  }),
  z.strictObject({ kind: z.literal('publishing'), ...named }),
  z.strictObject({ kind: z.literal('done'), ...named }),
  z.strictObject({ kind: z.literal('failed'), failure }),
]) satisfies z.ZodType<MergePlace>;
