import { failureText } from '../domain/failureText.ts';
import { oneLine } from '../base/text.ts';
import type { CallFailureKind } from '../domain/call.ts';
import type { Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import { rivalsOf } from '../domain/rivals.ts';
import { hasEnded, isDone, isFine, type RunState } from '../domain/runState.ts';
import { askedTheSame } from '../domain/sameQuestion.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import { ownNeeds } from '../journal/fixedPlan.ts';
import { mendingNow, type MendingNow } from './mending.ts';
import { mendingText } from './mendingWords.ts';

/** Why a task that is to run does not run yet. The first that holds, from the outside in. */
export type WaitReason =
  /** Nothing in the run moves: no program drives it. */
  | { readonly kind: 'nobody' }
  /** `by`: a person; `undefined`: the checkout was not what it was. */
  | { readonly kind: 'paused'; readonly by: string | undefined }
  | { readonly kind: 'held'; readonly by: string }
  /** It stands for lanes that these tell once they have succeeded. */
  | { readonly kind: 'lanes'; readonly tasks: readonly TaskId[] }
  | { readonly kind: 'needs'; readonly tasks: readonly TaskId[] }
  /** It has failed, and something is done about that. */
  | { readonly kind: 'mended'; readonly now: Exclude<MendingNow, { readonly kind: 'proof' }> }
  /** Its attempt is not over: the provider takes no call before `until`, milliseconds since 1970. */
  | {
      readonly kind: 'provider';
      readonly provider: string;
      readonly because: CallFailureKind;
      readonly until: number;
    }
  /** Another attempt is made at `until`, milliseconds since 1970. */
  | { readonly kind: 'time'; readonly until: number; readonly failure: Failure }
  /** Another task is asked the same, and what that comes to will do. */
  | { readonly kind: 'same'; readonly task: TaskId }
  /** As many lanes of its step are under way as may be. */
  | { readonly kind: 'lane-cap'; readonly atOnce: number }
  /** Another task under way may change the same paths. */
  | { readonly kind: 'owner'; readonly task: TaskId }
  | { readonly kind: 'slot'; readonly taken: number; readonly of: number };

/** @param isDriven some program moves the run on */
export function whyWaiting(
  plan: RunPlan,
  task: PlannedTask,
  state: RunState,
  isDriven: boolean,
): WaitReason | undefined {
  const at = state.tasks.get(task.id);
  if (at?.kind !== 'pending' || state.phase.kind === 'finished') {
    return undefined;
  }
  const unmet = ownNeeds(task).filter((need) => {
    const needed = state.tasks.get(need);
    const isMet = task.after === 'ended' ? hasEnded : task.barrier.includes(need) ? isFine : isDone;
    return needed !== undefined && !isMet(needed);
  });
  const holder = state.held.get(task.id);
  if (holder !== undefined) {
    return { kind: 'held', by: holder.name };
  }
  if (task.unfoldsAfter.length > 0) {
    return { kind: 'lanes', tasks: task.unfoldsAfter };
  }
  if (unmet.length > 0) {
    return { kind: 'needs', tasks: unmet };
  }
  const mending = mendingNow(plan, state, task.id);
  if (mending !== undefined && mending.kind !== 'proof') {
    return { kind: 'mended', now: mending };
  }
  if (state.phase.kind === 'paused') {
    const { because, by } = state.phase;
    return { kind: 'paused', by: because === undefined ? by.name : undefined };
  }
  if (!isDriven) {
    return { kind: 'nobody' };
  }
  if (!state.frontier.mayBegin(task.id, [])) {
    return { kind: 'lane-cap', atOnce: Math.min(...task.lanes.map(({ atOnce }) => atOnce)) };
  }
  const rival = rivalUnderWay(plan, task.id, state);
  if (rival !== undefined) {
    return { kind: 'owner', task: rival };
  }
  const { parked, retry } = at;
  if (parked?.why.kind === 'provider' && parked.until !== undefined) {
    const { provider, because } = parked.why;
    return { kind: 'provider', provider, because, until: parked.until };
  }
  const same = waitsForSame(state, task.id);
  if (same !== undefined) {
    return { kind: 'same', task: same };
  }
  return retry === undefined
    ? { kind: 'slot', taken: slotsTaken(state), of: plan.maxParallel }
    : { kind: 'time', until: retry.until, failure: retry.failure };
}

/** The task under way that is asked the same as a pending one, which waits for its result. */
export function waitsForSame(state: RunState, id: TaskId): TaskId | undefined {
  return state.tasks.get(id)?.kind === 'pending' ? askedTheSame(state, id) : undefined;
}

/** By the plan: told anew for every row of every view. */
const RIVALS = new WeakMap<RunPlan, ReturnType<typeof rivalsOf>>();

function rivalUnderWay(plan: RunPlan, id: TaskId, { frontier }: RunState): TaskId | undefined {
  let isRival = RIVALS.get(plan);
  if (isRival === undefined) {
    isRival = rivalsOf(plan.tasks, plan.agents);
    RIVALS.set(plan, isRival);
  }
  for (const other of frontier.running) {
    if (isRival(id, [other])) {
      return other;
    }
  }
  return undefined;
}

/** Running tasks that wait for a person take none. */
function slotsTaken({ frontier, asking }: RunState): number {
  return frontier.running.size - asking.size;
}

/** One line. The time of a later attempt is for the face to tell, which knows what time it is. */
export function waitText(reason: WaitReason): string {
  switch (reason.kind) {
    case 'nobody':
      return 'the run is interrupted';
    case 'paused':
      return reason.by === undefined
        ? 'paused: the checkout changed'
        : `paused by ${oneLine(reason.by)}`;
    case 'held':
      return `held by ${oneLine(reason.by)}`;
    case 'lanes':
      return `one for each value that ${reason.tasks.join(', ')} prints`;
    case 'lane-cap':
      return `waits for a lane to end (${reason.atOnce} at once)`;
    case 'needs':
      return `needs ${reason.tasks.join(', ')}`;
    case 'mended':
      return mendingText(reason.now);
    case 'provider':
      return becauseText(reason.because, oneLine(reason.provider, 60));
    case 'time':
      return `tries again: ${oneLine(failureText(reason.failure).title)}`;
    case 'owner':
      return `waits for ${reason.task}, which may change the same files`;
    case 'same':
      return `waits for ${reason.task}, which asks the same`;
    case 'slot':
      return reason.taken < reason.of
        ? 'about to start'
        : `waits for a free slot (${reason.taken} of ${reason.of} taken)`;
  }
}

/** What keeps a provider from taking calls. */
function becauseText(because: CallFailureKind, provider: string): string {
  switch (because) {
    case 'rate-limit':
      return 'rate limit';
    case 'overloaded':
      return `${provider} is overloaded`;
    case 'server-error':
      return `${provider} fails`;
    case 'network':
      return `${provider} cannot be reached`;
    case 'timeout':
      return `${provider} does not answer`;
    case 'truncated':
    case 'malformed-output':
      return `${provider} gives broken answers`;
    case 'authentication':
    case 'permission':
    case 'billing':
    case 'invalid-request':
    case 'context-length':
    case 'model-not-found':
    case 'content-refused':
    case 'tool-error':
    case 'unknown':
      return `${provider} takes no calls`;
  }
}
