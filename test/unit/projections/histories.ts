import { digestOf } from '../../../src/core/base/digest.ts';
import { NO_USAGE, type CallFailureKind, type Usage } from '../../../src/core/domain/call.ts';
import type { AttemptDeed, ParkReason } from '../../../src/core/domain/deed.ts';
import type { Artifact, BlobRef, EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { objectId, runIdOf, stepId, taskIdOf, type RunId } from '../../../src/core/domain/ids.ts';
import {
  questionDigest,
  type Question,
  type QuestionId,
  type Reply,
} from '../../../src/core/domain/question.ts';
import type { RunState } from '../../../src/core/domain/runState.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';

// Histories of runs in a few words, as journals would tell them. Event n happens at n seconds.

export const RUN = runIdOf('example', 1);
export const ADA = { name: 'ada', via: 'terminal' } as const;
export const PLAN_DIGEST = digestOf('plan');

export function task(id: string) {
  return taskIdOf(stepId(id));
}

/** The bodies as events of a run, behind its creation. */
export function history(bodies: readonly EventBody[], run: RunId = RUN): RunEvent[] {
  const created: EventBody = {
    type: 'run-created',
    plan: PLAN_DIGEST,
    workflow: 'example',
    folder: '',
    by: ADA,
  };
  return [created, ...bodies].map((body, index) => ({
    v: 1,
    run,
    seq: index + 1,
    epoch: 1,
    at: (index + 1) * 1000,
    ...body,
  }));
}

export function stateAfter(plan: RunPlan, ...bodies: readonly EventBody[]): RunState {
  return foldRun(plan, history(bodies));
}

export function started(id: string, attempt = 1): EventBody {
  return { type: 'task-started', task: task(id), attempt };
}

export function interrupted(id: string, attempt = 1): EventBody {
  return { type: 'task-interrupted', task: task(id), attempt };
}

export function succeeded(id: string, ...files: readonly string[]): EventBody {
  return {
    type: 'task-succeeded',
    task: task(id),
    attempt: 1,
    exitCode: 0,
    durationMs: 1500,
    output: blob('output'),
    log: blob('log'),
    artifacts: files.map(artifact),
    inputBytes: undefined,
    accepted: undefined,
  };
}

export function artifact(path: string): Artifact {
  return { path, executable: false, ...blob(path) };
}

export function failed(id: string, failure: Failure): EventBody {
  return {
    type: 'task-failed',
    task: task(id),
    attempt: 1,
    durationMs: 1500,
    failure,
    log: undefined,
  };
}

export function skipped(id: string, ...because: readonly string[]): EventBody {
  return { type: 'task-skipped', task: task(id), because: because.map(task), by: undefined };
}

export function dropped(id: string, durationMs = 0): EventBody {
  return { type: 'task-cancelled', task: task(id), durationMs };
}

export function opened(id: string, ask = 'Go on?'): EventBody {
  return { type: 'gate-opened', task: task(id), digest: digestOf(ask), ask };
}

export function answered(
  id: string,
  decision: 'approved' | 'rejected',
  note?: string,
  ask = 'Go on?',
): EventBody {
  return { type: 'gate-answered', task: task(id), digest: digestOf(ask), decision, by: ADA, note };
}

export function landed(id: string): EventBody {
  return {
    type: 'landing-done',
    task: task(id),
    branch: `ai/generated/${RUN}/${id}`,
    tag: `workflow_${RUN}_${id}`,
    commit: objectId('a'.repeat(40)),
  };
}

/** A person takes its result back. */
export function undone(id: string): EventBody {
  return { type: 'landing-undone', task: task(id), by: ADA };
}

export function landingFailed(id: string, message: string): EventBody {
  return { type: 'landing-failed', task: task(id), failure: { reason: 'landing', message } };
}

export const cancelRequested: EventBody = { type: 'cancel-requested', by: ADA };

export function finished(status: 'succeeded' | 'degraded' | 'failed' | 'cancelled'): EventBody {
  return { type: 'run-finished', status };
}

/** What an attempt does. */
export function did(id: string, deed: AttemptDeed, attempt = 1): EventBody {
  return { ...deed, task: task(id), attempt };
}

export function called(id: string, call = 1, model = 'claude-x', attempt = 1): EventBody {
  return did(id, { type: 'call-started', call, provider: 'anthropic', model }, attempt);
}

export interface CallEnding {
  readonly served?: string | undefined;
  readonly usage?: Partial<Usage>;
  readonly usd?: number | undefined;
  readonly failure?: CallFailureKind;
}

/** 1,900 tokens in, 240 out, 3 cents, unless it says otherwise. */
export function callEnded(id: string, call: number, ending: CallEnding, attempt = 1): EventBody {
  const { served = 'claude-x', usage, failure } = ending;
  return did(
    id,
    {
      type: 'call-ended',
      call,
      served,
      usage: { ...NO_USAGE, input: 1900, output: 240, ...usage },
      usd: 'usd' in ending ? ending.usd : 0.03,
      durationMs: 900,
      failure: failure && { kind: failure, message: 'no', status: 429, notBefore: undefined },
    },
    attempt,
  );
}

/** May it use the tool? The key tells questions of one attempt apart. */
export function asked(id: string, asks: Question, key = 'use-1', attempt = 1): EventBody {
  const question = `${id}.${attempt}/${key}` as QuestionId;
  return {
    type: 'question-opened',
    task: task(id),
    attempt,
    question,
    asks,
    digest: questionDigest(question, asks),
  };
}

export function replied(question: EventBody, reply: Reply): EventBody {
  if (question.type !== 'question-opened') {
    throw new Error('That is no question');
  }
  const { question: id, digest } = question;
  return { type: 'question-answered', question: id, digest, reply, by: ADA };
}

export function parked(id: string, why: ParkReason, until: number | undefined): EventBody {
  return { type: 'task-parked', task: task(id), attempt: 1, durationMs: 700, until, why };
}

export function blob(text: string): BlobRef {
  return { digest: digestOf(text), bytes: text.length };
}
