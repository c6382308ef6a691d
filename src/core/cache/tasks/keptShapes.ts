import { z } from 'zod';
import { isDigest, type Digest } from '../../base/digest.ts';
import { KEY_PARTS, type KeptResult, type KeyPart, type TracedRead } from '../../domain/cache.ts';
import type { BlobRef } from '../../domain/event.ts';
import { isRunId, isStepId, type RunId, type TaskId } from '../../domain/ids.ts';
import type { Trace, Unfit } from '../../domain/trace.ts';
import type { JsonValue } from '../../domain/workflow.ts';

// What the cache keeps of a task beside its bytes, and how it is read again. What is not of this shape is as if it
// were not there.

/** What belongs to a kept answer. */
export interface AnswerFacts {
  /** That made it; its run is the answer's. */
  readonly task: TaskId;
  readonly result: KeptResult;
  readonly traced: readonly TracedRead[];
  /** The model that answered; `undefined`: none did, or nobody followed it. */
  readonly model: Trace['models'][number] | undefined;
}

/** The last question of a task that came to a result. */
export interface Note {
  readonly key: Digest;
  readonly parts: readonly KeyPart[];
  /** As of `spokenParts`. */
  readonly spoken: readonly KeyPart[];
  /** Where the result is from. */
  readonly from: { readonly run: RunId; readonly task: TaskId; readonly at: number };
  /** Why it was not kept; `undefined`: it was. */
  readonly unfit: Unfit | undefined;
}

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const text = z.string();
const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));
const taskId = z.custom<TaskId>((value) => typeof value === 'string' && isStepId(value));
const runId = z.custom<RunId>((value) => typeof value === 'string' && isRunId(value));
const json = z.custom<JsonValue>((value) => value !== undefined);

const blob = { digest, bytes: count };

const result = z.strictObject({
  exitCode: z.int(),
  output: z.strictObject(blob) satisfies z.ZodType<BlobRef>,
  log: z.strictObject(blob),
  artifacts: z.array(z.strictObject({ ...blob, path: text, executable: z.boolean() })),
  removed: z
    .array(
      z.strictObject({
        path: text,
        was: z.strictObject({ ...blob, executable: z.boolean() }),
      }),
    )
    .optional(),
  inputBytes: orUndefined(count),
  spent: z.strictObject({ ms: amount, calls: count, tokens: count, usd: amount }),
}) satisfies z.ZodType<KeptResult>;

const traced = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: text, digest: z.union([z.null(), digest]) }),
  z.strictObject({
    kind: z.literal('asked'),
    tool: z.enum(['list', 'search']),
    input: json,
    within: text,
    found: digest,
    scope: digest,
  }),
  z.strictObject({ kind: z.literal('tree'), digest }),
  z.strictObject({ kind: z.literal('web'), since: orUndefined(amount) }),
]) satisfies z.ZodType<TracedRead>;

const answerFacts = z.strictObject({
  task: taskId,
  result,
  traced: z.array(traced),
  model: orUndefined(z.strictObject({ asked: text, served: orUndefined(text) })),
}) satisfies z.ZodType<AnswerFacts>;

const keyParts = z.array(
  z.strictObject({
    what: z.enum(KEY_PARTS),
    name: orUndefined(text),
    digest,
  }),
);

const note = z.strictObject({
  key: digest,
  parts: keyParts,
  spoken: keyParts,
  from: z.strictObject({ run: runId, task: taskId, at: count }),
  unfit: orUndefined(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('acted'), tool: text }),
      z.strictObject({ kind: z.literal('person') }),
      z.strictObject({ kind: z.literal('models') }),
    ]),
  ),
}) satisfies z.ZodType<Note>;

const fileNote = z.array(z.tuple([text, text]));

export function readAnswerFacts(kept: JsonValue): AnswerFacts | undefined {
  return answerFacts.safeParse(kept).data;
}

export function readNote(kept: JsonValue | undefined): Note | undefined {
  return note.safeParse(kept).data;
}

/** Paths with what tells their contents apart. */
export function readFileNote(
  kept: JsonValue | undefined,
): readonly (readonly [path: string, mark: string])[] | undefined {
  return fileNote.safeParse(kept).data;
}

/** As JSON has it: without members that are undefined. */
export function asJson(value: AnswerFacts | Note): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

/** JSON has no `undefined`: a member that is missing in the file is there, and undefined, in what is read. */
function orUndefined<T extends z.ZodType>(schema: T): z.ZodType<z.output<T> | undefined> {
  return z.union([z.undefined(), schema]).prefault(undefined as never);
}
