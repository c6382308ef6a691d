import { z } from 'zod';
import { CALL_FAILURES, type CallFailure } from '../domain/call.ts';
import type { Failure } from '../domain/failure.ts';
import { count, fromOne, orUndefined, taskId } from './schemaParts.ts';

// Why things failed, as records hold it.

const text = z.string();
const amount = z.number().nonnegative();

export const callFailure = z.strictObject({
  kind: z.enum(CALL_FAILURES),
  message: text,
  status: orUndefined(z.int()),
  notBefore: orUndefined(amount),
}) satisfies z.ZodType<CallFailure>;

export const budgetReached = {
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('run') }),
    z.strictObject({ kind: z.literal('task'), task: taskId }),
  ]),
  of: z.enum(['tokens', 'usd', 'time']),
  spent: amount,
  limit: amount,
};

export const failure = z.discriminatedUnion('reason', [
  z.strictObject({
    reason: z.literal('command-not-found'),
    command: text,
    install: orUndefined(text),
  }),
  z.strictObject({ reason: z.literal('spawn-failed'), command: text, message: text }),
  z.strictObject({ reason: z.literal('exited'), command: text, code: z.int(), tail: text }),
  z.strictObject({ reason: z.literal('signalled'), command: text, signal: text, tail: text }),
  z.strictObject({
    reason: z.literal('timed-out'),
    limit: z.enum(['wall', 'idle']),
    afterMs: z.number().nonnegative(),
  }),
  z.strictObject({ reason: z.literal('output-cap'), limitBytes: count }),
  z.strictObject({ reason: z.literal('not-produced'), paths: z.array(text) }),
  z.strictObject({ reason: z.literal('bad-product'), path: text, problems: z.array(text) }),
  z.strictObject({
    reason: z.literal('check-failed'),
    command: text,
    code: orUndefined(z.int()),
    tail: text,
  }),
  z.strictObject({ reason: z.literal('out-of-bounds'), paths: z.array(text), count }),
  z.strictObject({ reason: z.literal('overlap'), path: text, tasks: z.array(text) }),
  z.strictObject({ reason: z.literal('expression'), where: text, message: text }),
  z.strictObject({ reason: z.literal('no-runner'), agent: text, kind: text }),
  z.strictObject({ reason: z.literal('no-model'), problems: z.array(text) }),
  z.strictObject({
    reason: z.literal('call-failed'),
    provider: text,
    model: text,
    failure: callFailure,
    tries: fromOne,
  }),
  z.strictObject({ reason: z.literal('other-model'), requested: text, served: text }),
  z.strictObject({ reason: z.literal('too-many-turns'), turns: fromOne }),
  z.strictObject({ reason: z.literal('bad-output'), problems: z.array(text) }),
  z.strictObject({ reason: z.literal('budget-spent'), ...budgetReached }),
  z.strictObject({ reason: z.literal('agent-broke'), command: text, message: text, tail: text }),
  z.strictObject({
    reason: z.literal('sandbox-limit'),
    limit: z.enum(['memory', 'disk', 'processes']),
    most: count,
  }),
  z.strictObject({ reason: z.literal('no-sandbox'), why: text, cure: text }),
  z.strictObject({ reason: z.literal('workspace'), message: text }),
  z.strictObject({ reason: z.literal('landing'), message: text }),
  z.strictObject({ reason: z.literal('rejected'), by: text, note: orUndefined(text) }),
  z.strictObject({ reason: z.literal('cancelled') }),
  z.strictObject({ reason: z.literal('interrupted') }),
  z.strictObject({ reason: z.literal('internal'), message: text }),
]) satisfies z.ZodType<Failure>;
