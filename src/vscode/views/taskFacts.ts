import type { TaskId } from '../../core/domain/ids.ts';
import type { QuestionId } from '../../core/domain/question.ts';
import type { LandingState, RunState, TaskState } from '../../core/domain/runState.ts';
import type { RunPlan } from '../../core/domain/workflow.ts';
import { questionsOf } from '../../core/projections/questions.ts';
import type { Heard } from '../../core/projections/taskRows.ts';
import { whyWaiting, type WaitReason } from '../../core/projections/waiting.ts';
import type { ReadableRun } from '../offers.ts';
import type { TaskPart } from './parts.ts';
import { timeTold, waitsShort } from './taskWords.ts';

// What the row of a task is made of. Of thousands of tasks a few have moved on since they were looked at last, and to
// find these must cost next to nothing.
//
// F1  The state of a task is another object once anything has happened to it that its row shows, but for what is asked
//     here beside it: whoever holds it, where its result stands, what it spends and says while it runs, what it waits for.

/** A run as it is now. */
export interface RunLook {
  readonly entry: ReadableRun;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly heard: Heard;
  /** Those of `askingTasks`. */
  readonly asking: ReadonlySet<TaskId>;
  /** The states of the plan's tasks, in its order. */
  readonly states: readonly TaskState[];
}

export interface TaskFacts {
  readonly at: TaskState;
  readonly landing: LandingState | undefined;
  readonly held: unknown;
  readonly question: QuestionId | undefined;
  /** Another number once it has spent something more. */
  readonly spent: number;
  /** What can be asked of an earlier moment goes by what is now. */
  readonly present: string | undefined;
  readonly waits: WaitReason | undefined;
  readonly waitsText: string | undefined;
  /** Tasks it needs that are not done, as they were; by their places in the plan. */
  readonly unmet: readonly (readonly [number, TaskState | undefined])[] | undefined;
  readonly time: string;
  readonly heard: string | undefined;
}

/** In the order of the plan. @throws when the run lacks a task */
export function statesInOrder({ tasks }: RunPlan, state: RunState): readonly TaskState[] {
  const states: TaskState[] = [];
  // The run keeps them in that order: going along costs a tenth of looking each up.
  for (const [id, at] of state.tasks) {
    if (tasks[states.length]?.id !== id) {
      break;
    }
    states.push(at);
  }
  for (const { id } of tasks.slice(states.length)) {
    const at = state.tasks.get(id);
    if (at === undefined) {
      throw new Error(`Internal error: the run has no task ${id}`);
    }
    states.push(at);
  }
  return states;
}

/** True when time alone may make its row look otherwise. */
export function isCounting({ at, waits }: TaskFacts): boolean {
  return (
    at.kind === 'running' ||
    waits?.kind === 'time' ||
    (at.kind === 'succeeded' && at.reused !== undefined)
  );
}

export function factsOf(part: TaskPart, look: RunLook): TaskFacts {
  const { planned, place } = part;
  const { entry, now, heard, states } = look;
  const { plan, state, driven } = entry;
  const at = states[place];
  if (at === undefined) {
    throw new Error(`Internal error: the run has no task ${planned.id}`);
  }
  const waits =
    at.kind === 'pending' ? whyWaiting(plan, planned, state, driven.kind !== 'nobody') : undefined;
  return {
    at,
    landing: landingOf(part, at, look),
    held: heldBy(part, look),
    question: questionOf(part, look),
    spent: at.kind === 'running' ? spentSum(state, planned.id) : 0,
    present: presentOf(part, look),
    waits,
    waitsText: waits && waitsShort(waits, state),
    unmet: waits?.kind === 'needs' ? unmetOf(plan, waits.tasks, states) : undefined,
    time: timeTold(at, waits, now),
    heard: at.kind === 'running' ? heard(planned.id) : undefined,
  };
}

/** Whether all of it is the same still. Asked of every task that is shown: it makes nothing. */
export function isAsItWas(was: TaskFacts, part: TaskPart, look: RunLook): boolean {
  const at = look.states[part.place];
  return (
    was.at === at &&
    was.landing === landingOf(part, at, look) &&
    was.held === heldBy(part, look) &&
    was.question === questionOf(part, look) &&
    was.present === presentOf(part, look) &&
    (at.kind !== 'pending' || waitsAsItDid(was, part, look)) &&
    (!isCounting(was) || was.time === timeTold(at, was.waits, look.now)) &&
    (at.kind !== 'running' || runsAsItDid(was, part, look))
  );
}

function runsAsItDid(was: TaskFacts, { planned }: TaskPart, { entry, heard }: RunLook): boolean {
  return was.spent === spentSum(entry.state, planned.id) && was.heard === heard(planned.id);
}

function waitsAsItDid({ waits, waitsText, unmet }: TaskFacts, part: TaskPart, look: RunLook) {
  const { states } = look;
  if (unmet?.every(([place, at]) => states[place] === at) === true) {
    return true;
  }
  const { plan, state, driven } = look.entry;
  const now = whyWaiting(plan, part.planned, state, driven.kind !== 'nobody');
  return (
    waits?.kind === now?.kind &&
    waitsText === (now && waitsShort(now, state)) &&
    untilOf(waits) === untilOf(now)
  );
}

function untilOf(waits: WaitReason | undefined): number | undefined {
  return waits !== undefined && 'until' in waits ? waits.until : undefined;
}

const placesOf = new WeakMap<RunPlan, ReadonlyMap<TaskId, number>>();

function unmetOf(
  plan: RunPlan,
  tasks: readonly TaskId[],
  states: readonly TaskState[],
): TaskFacts['unmet'] {
  let places = placesOf.get(plan);
  if (places === undefined) {
    places = new Map(plan.tasks.map(({ id }, place) => [id, place]));
    placesOf.set(plan, places);
  }
  return tasks.map((task) => {
    const place = places.get(task) ?? -1;
    return [place, states[place]];
  });
}

/** Only what made something lands. */
function landingOf(
  { planned }: TaskPart,
  at: TaskState | undefined,
  { entry }: RunLook,
): LandingState | undefined {
  return at?.kind === 'succeeded' && at.artifacts.length + at.removed.length > 0
    ? entry.state.landings.get(planned.id)
    : undefined;
}

function heldBy({ planned }: TaskPart, { entry: { state } }: RunLook): unknown {
  return state.held.size === 0 ? undefined : state.held.get(planned.id);
}

function questionOf({ planned }: TaskPart, { entry, asking }: RunLook): QuestionId | undefined {
  return asking.size > 0 && asking.has(planned.id)
    ? questionsOf(entry.state, planned.id)[0]?.id
    : undefined;
}

function spentSum({ ledger }: RunState, task: TaskId): number {
  const known = ledger.tasks.get(task);
  if (known === undefined) {
    return 0;
  }
  const { calls, failedCalls, lostCalls, inputTokens, outputTokens } = known.spent;
  // Each of them only grows but for the lost ones, which turn into others.
  return (calls + failedCalls) * 3 - lostCalls + inputTokens + outputTokens + known.changes.length;
}

function presentOf({ planned }: TaskPart, { entry: { past } }: RunLook): string | undefined {
  return past && `${past.now.state.tasks.get(planned.id)?.kind ?? ''} ${past.now.state.phase.kind}`;
}
