import { z } from 'zod';
import type { ParkReason } from '../domain/deed.ts';
import { EVENT_VERSION, type RunEvent, type Seal, type TaskEdit } from '../domain/event.ts';
import { CALL_FAILURES, type Usage } from '../domain/call.ts';
import type { Failure } from '../domain/failure.ts';
import type { Question, QuestionId, Reply } from '../domain/question.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import { PERMISSION_MODES } from '../domain/terms.ts';
import { missReason, reuse } from './cacheSchema.ts';
import { budgetReached, callFailure, failure } from './failureSchema.ts';
import {
  artifact,
  blobRef,
  checkoutChange,
  conflictChoice,
  fix,
  mergePlace,
  removedFile,
  testReport,
  unprovedWork,
} from './resultSchema.ts';
import {
  actor,
  count,
  digest,
  fromOne,
  objectId,
  orUndefined,
  runId,
  taskId,
} from './schemaParts.ts';

// What a record may say. Anybody who can write the file may have written it, so each member is
// checked and a member nobody knows is refused. The writer checks by the same schemas: it never
// writes what a reader would refuse.

export const decision = z.enum(['approved', 'rejected', 'changes-requested']);

export const seal = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{16}$/),
  at: count,
  mac: z.string().regex(/^[0-9a-f]{64}$/),
}) satisfies z.ZodType<Seal>;

const processIdentity = z.strictObject({
  pid: fromOne,
  startedAt: z.string(),
  marker: z.string(),
}) satisfies z.ZodType<ProcessIdentity>;

const text = z.string();

const amount = z.number().nonnegative();

const tests = z.array(testReport).optional();

const usage = z.strictObject({
  input: count,
  output: count,
  cachedInput: count,
  reasoning: count,
  counted: z.enum(['provider', 'estimate']),
}) satisfies z.ZodType<Usage>;

export const permissionMode = z.enum(PERMISSION_MODES);

export const questionId = z.custom<QuestionId>(
  (value) => typeof value === 'string' && value !== '' && value.length <= 400,
);

const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('permission'), tool: text, summary: text, detail: text }),
  z.strictObject({ kind: z.literal('budget'), ...budgetReached }),
]) satisfies z.ZodType<Question>;

export const reply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('allow'), always: z.boolean() }),
  z.strictObject({ kind: z.literal('deny'), note: orUndefined(text) }),
  z.strictObject({ kind: z.literal('raise'), to: z.number().positive() }),
  z.strictObject({
    kind: z.literal('cheaper'),
    model: text.min(1),
    to: z.number().positive(),
  }),
  z.strictObject({ kind: z.literal('stop') }),
]) satisfies z.ZodType<Reply>;

const parkReason = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('provider'),
    provider: text,
    model: text,
    because: z.enum(CALL_FAILURES),
  }),
  z.strictObject({ kind: z.literal('stopped') }),
  z.strictObject({ kind: z.literal('cut-off') }),
]) satisfies z.ZodType<ParkReason>;

const taskEdit = z.strictObject({
  task: taskId,
  prompt: orUndefined(text),
  model: orUndefined(text),
}) satisfies z.ZodType<TaskEdit>;

const header = {
  v: z.literal(EVENT_VERSION),
  run: runId,
  seq: fromOne,
  epoch: fromOne,
  at: count,
};

const attempt = { task: taskId, attempt: fromOne };
const taskBy = { task: taskId, by: actor };
const durationMs = z.number().nonnegative();
const landing = {
  task: taskId,
  branch: z.string().min(1),
  tag: z.string().min(1),
  commit: objectId,
};

const mergeStarted = {
  type: z.literal('merge-started'),
  onto: orUndefined(objectId),
  tasks: z.array(taskId),
  by: actor,
};
const mergeChosen = {
  type: z.literal('merge-chosen'),
  ...taskBy,
  path: text.min(1),
  choice: conflictChoice,
};
const mergeMoved = { type: z.literal('merge-moved'), place: mergePlace };

/** How far a merge is, as whoever makes it tells the driver. */
export const mergeEvent = z.discriminatedUnion('type', [
  z.strictObject(mergeStarted),
  z.strictObject(mergeChosen),
  z.strictObject(mergeMoved),
]);

/** One event of the version this code writes, without what belongs to its record alone. */
export const runEvent = z.discriminatedUnion('type', [
  z.strictObject({
    ...header,
    type: z.literal('run-created'),
    plan: digest,
    workflow: text,
    folder: text,
    by: actor,
  }),
  z.strictObject({ ...header, type: z.literal('run-claimed'), by: actor, pid: fromOne }),
  z.strictObject({
    ...header,
    type: z.literal('cache-missed'),
    task: taskId,
    key: digest,
    why: missReason,
  }),
  z.strictObject({
    ...header,
    type: z.literal('task-reused'),
    task: taskId,
    reuse,
    exitCode: z.int(),
    output: blobRef,
    log: blobRef,
    artifacts: z.array(artifact),
    removed: z.array(removedFile).optional(),
    inputBytes: orUndefined(count),
  }),
  z.strictObject({ ...header, type: z.literal('task-started'), ...attempt }),
  z.strictObject({
    ...header,
    type: z.literal('task-process'),
    ...attempt,
    process: processIdentity,
  }),
  z.strictObject({
    ...header,
    type: z.literal('task-succeeded'),
    ...attempt,
    exitCode: z.int(),
    durationMs,
    output: blobRef,
    log: blobRef,
    artifacts: z.array(artifact),
    removed: z.array(removedFile).optional(),
    inputBytes: orUndefined(count),
    accepted: orUndefined(z.union([actor, z.literal('probe')])),
    tests,
  }),
  z.strictObject({
    ...header,
    type: z.literal('task-failed'),
    ...attempt,
    durationMs,
    failure,
    log: orUndefined(blobRef),
    tests,
  }),
  z.strictObject({
    ...header,
    type: z.literal('task-faulted'),
    ...attempt,
    durationMs,
    failure,
    log: orUndefined(blobRef),
    made: unprovedWork.optional(),
    again: z.array(z.int().nullable()).optional(),
    tests,
  }),
  z.strictObject({ ...header, type: z.literal('fix-opened'), fix }),
  z.strictObject({ ...header, type: z.literal('task-given-up'), task: taskId, failure }),
  z.strictObject({
    ...header,
    type: z.literal('task-retried'),
    ...attempt,
    durationMs,
    failure,
    log: orUndefined(blobRef),
    until: count,
  }),
  z.strictObject({ ...header, type: z.literal('task-interrupted'), ...attempt }),
  z.strictObject({
    ...header,
    type: z.literal('task-parked'),
    ...attempt,
    durationMs,
    until: orUndefined(count),
    why: parkReason,
  }),
  z.strictObject({ ...header, type: z.literal('task-continued'), ...attempt }),
  z.strictObject({
    ...header,
    type: z.literal('call-started'),
    ...attempt,
    call: fromOne,
    provider: text,
    model: text,
  }),
  z.strictObject({
    ...header,
    type: z.literal('call-ended'),
    ...attempt,
    call: fromOne,
    served: orUndefined(text),
    usage,
    usd: orUndefined(amount),
    durationMs,
    failure: orUndefined(callFailure),
  }),
  z.strictObject({
    ...header,
    type: z.literal('model-changed'),
    ...attempt,
    from: text,
    to: text,
    why: z.enum([...CALL_FAILURES, 'chosen']),
  }),
  z.strictObject({
    ...header,
    type: z.literal('tool-called'),
    ...attempt,
    use: fromOne,
    tool: text,
    summary: text,
  }),
  z.strictObject({
    ...header,
    type: z.literal('tool-ended'),
    ...attempt,
    use: fromOne,
    outcome: z.enum(['done', 'failed', 'refused', 'lost']),
    durationMs,
  }),
  z.strictObject({
    ...header,
    type: z.literal('breaker-moved'),
    ...attempt,
    provider: text,
    model: text,
    state: z.enum(['closed', 'open', 'half-open']),
    until: orUndefined(count),
  }),
  z.strictObject({
    ...header,
    type: z.literal('question-opened'),
    ...attempt,
    question: questionId,
    asks: question,
    digest,
  }),
  z.strictObject({
    ...header,
    type: z.literal('question-answered'),
    question: questionId,
    digest,
    reply,
    by: actor,
  }),
  z.strictObject({ ...header, type: z.literal('model-chosen'), ...taskBy, model: text.min(1) }),
  z.strictObject({
    ...header,
    type: z.literal('permissions-chosen'),
    ...taskBy,
    mode: permissionMode,
  }),
  z.strictObject({ ...header, type: z.literal('budget-noticed'), ...budgetReached }),
  z.strictObject({
    ...header,
    type: z.literal('task-unknown'),
    ...attempt,
    log: orUndefined(blobRef),
  }),
  z.strictObject({ ...header, type: z.literal('plan-changed'), plan: digest }),
  z.strictObject({ ...header, type: z.literal('lanes-refused'), task: taskId, failure }),
  z.strictObject({
    ...header,
    type: z.literal('condition-judged'),
    task: taskId,
    met: z.boolean(),
  }),
  z.strictObject({
    ...header,
    type: z.literal('task-skipped'),
    task: taskId,
    because: z.array(taskId),
    by: orUndefined(actor),
  }),
  z.strictObject({ ...header, type: z.literal('task-cancelled'), task: taskId, durationMs }),
  z.strictObject({ ...header, type: z.literal('task-stop-requested'), ...taskBy }),
  z.strictObject({ ...header, type: z.literal('task-held'), ...taskBy }),
  z.strictObject({ ...header, type: z.literal('task-released'), ...taskBy }),
  z.strictObject({ ...header, type: z.literal('task-steered'), ...attempt, text, by: actor }),
  z.strictObject({
    ...header,
    type: z.literal('tasks-reset'),
    tasks: z.array(taskId),
    // Journals from before the cache do not have it.
    fresh: z.array(taskId).prefault([]),
    by: actor,
    edit: orUndefined(taskEdit),
  }),
  z.strictObject({
    ...header,
    type: z.literal('command-ran'),
    task: taskId,
    command: z.array(text),
    exitCode: orUndefined(z.int()),
    by: actor,
  }),
  z.strictObject({ ...header, type: z.literal('gate-opened'), task: taskId, digest, ask: text }),
  z.strictObject({
    ...header,
    type: z.literal('gate-answered'),
    task: taskId,
    digest,
    decision,
    by: actor,
    note: orUndefined(text),
    choice: text.optional(),
    changes: z
      .strictObject({ redo: z.array(taskId).min(1), reset: z.array(taskId).min(1) })
      .optional(),
    stands: z.literal(true).optional(),
    seal: seal.optional(),
  }),
  z.strictObject({
    ...header,
    type: z.literal('gate-doubted'),
    task: taskId,
    why: z.enum(['forged', 'unsealed']),
    reset: z.array(taskId).min(1),
  }),
  z.strictObject({ ...header, type: z.literal('landing-started'), ...landing }),
  z.strictObject({ ...header, type: z.literal('landing-done'), ...landing }),
  z.strictObject({ ...header, type: z.literal('landing-failed'), task: taskId, failure }),
  z.strictObject({ ...header, type: z.literal('landing-undone'), ...taskBy }),
  z.strictObject({
    ...header,
    type: z.literal('checkout-looked'),
    state: digest,
    changes: z.array(checkoutChange),
    more: count,
  }),
  z.strictObject({ ...header, ...mergeStarted }),
  z.strictObject({ ...header, ...mergeChosen }),
  z.strictObject({ ...header, ...mergeMoved }),
  z.strictObject({ ...header, type: z.literal('cancel-requested'), by: actor }),
  z.strictObject({
    ...header,
    type: z.literal('run-paused'),
    running: z.enum(['finish', 'interrupt']),
    by: actor,
    because: z.literal('checkout').optional(),
  }),
  z.strictObject({ ...header, type: z.literal('run-resumed'), by: actor }),
  z.strictObject({
    ...header,
    type: z.literal('run-finished'),
    status: z.enum(['succeeded', 'degraded', 'failed', 'cancelled']),
  }),
]) satisfies z.ZodType<RunEvent>;

// `satisfies` shows that the schemas take nothing the domain does not know; this, that they leave out
// nothing the domain knows.
type DeepReadonly<T> = T extends string | number | boolean | undefined
  ? T
  : { readonly [Member in keyof T]: DeepReadonly<T[Member]> };
type Covers<Whole, _Part extends Whole> = true;
export type SchemasCoverTheDomain = [
  Covers<DeepReadonly<z.output<typeof runEvent>>, RunEvent>,
  Covers<DeepReadonly<z.output<typeof failure>>, Failure>,
];
