import { unreachable } from '../base/exhaustive.ts';
import { formatDuration, lineEnd, oneLine } from '../base/text.ts';
import type { Artifact } from '../domain/event.ts';
import type { Reuse } from '../domain/cache.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { LandingState, RunState, SkipReason, TaskState } from '../domain/runState.ts';
import type { AgentStep, GateStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import { undatedModel } from '../domain/servedModel.ts';
import type { Fix } from '../domain/debugging.ts';
import { plannedById } from '../journal/planGraph.ts';
import type { ShownStatus } from './graphPicture.ts';
import { spentText } from './amounts.ts';
import { askLine } from './asked.ts';
import { fixCount, fixPlaces, mendingNow, shownNeeds, type MendingNow } from './mending.ts';
import { fixesText } from './mendingWords.ts';
import { otherModelText, spentBy } from './ledger.ts';
import { askingTasks, asksText, questionsOf } from './questions.ts';
import { causeText, reasonText, reuseOf } from './reasons.ts';
import { taskVerbs, type TaskVerb } from './verbs.ts';
import { waitsForSame, waitText, whyWaiting } from './waiting.ts';

/** One task as every face shows it: the tree's row, the graph's card, the terminal's line. */
export interface TaskRow {
  readonly task: TaskId;
  readonly step: AgentStep | GateStep;
  /** As the workflow has them: fixes are not among them. */
  readonly needs: readonly TaskId[];
  /** Nested workflows and phases it belongs to, outermost first. */
  readonly groups: readonly string[];
  readonly state: TaskState['kind'];
  /** What it is there to mend; `undefined`: it is a step of the workflow. */
  readonly mends: Fix | undefined;
  /** How many tasks it stands below: 0, and of a fix 1 or more. */
  readonly depth: number;
  /** How its own failures are mended; `undefined`: there is nothing to mend any more, or there never was. */
  readonly mending: MendingNow | undefined;
  /** It runs, but waits for a person's answer to this: `run npm test`. */
  readonly asks: string | undefined;
  /** One line: what it waits for, how long it took, what went wrong, what it asks. */
  readonly detail: string;
  /** Set when nothing ran: what was made before stands for it. */
  readonly reused: Reuse | undefined;
  /** One line: why nothing had to run for it, or why it runs or ran. Empty where the cache was not asked. */
  readonly reason: string;
  /** Short: what makes or made it run though it had run before: `ran: login.ts changed`. Else empty. */
  readonly cause: string;
  /** One line that changes all the time while it runs: what it has spent so far, and says. Else empty. */
  readonly live: string;
  /** The first half of `live`: `2,140 tokens · $0.03`. */
  readonly spent: string;
  /** The other half: what it says. */
  readonly said: string;
  /** The model that answered it last, or that it asked: `claude-x`. Empty where no model was asked. */
  readonly model: string;
  /** When another attempt is made, in milliseconds since 1970. */
  readonly triesAgainAt: number | undefined;
  /** When its attempt goes on, in milliseconds since 1970. */
  readonly goesOnAt: number | undefined;
  /** What to do about a failure. */
  readonly fix: string | undefined;
  readonly startedAt: number | undefined;
  readonly durationMs: number | undefined;
  readonly artifacts: readonly Artifact[];
  readonly branch: string | undefined;
  /** What a person can ask of it now. */
  readonly verbs: readonly TaskVerb[];
}

/** Whoever drives a run, as far as this program can tell. */
export type Driven =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly pid: number; readonly isLocal: boolean }
  | { readonly kind: 'nobody' };

export type { ShownStatus } from './graphPicture.ts';
export { census, doneCount, runDuration } from './census.ts';
export { plannedById } from '../journal/planGraph.ts';

/** The one word for a run: its end, or how it stands. */
export function shownStatus(state: RunState, driven: Driven): ShownStatus {
  const { phase, frontier } = state;
  const isDriven = driven.kind !== 'nobody';
  switch (phase.kind) {
    case 'finished':
      return phase.status;
    case 'cancelling':
      return isDriven ? 'cancelling' : 'interrupted';
    case 'paused':
      // Without a driver nothing runs, whatever the journal says last.
      return frontier.running.size > 0 && isDriven ? 'pausing' : 'paused';
    case 'active': {
      return isForPeople(state) ? 'waiting' : isDriven ? 'running' : 'interrupted';
    }
    default:
      return unreachable(phase);
  }
}

/** True when nothing but an answer, a look or a release moves the run on. */
function isForPeople(state: RunState): boolean {
  const { frontier, held } = state;
  const { running, unasked, ready, delayed, undecided, dueGates, doomed } = frontier;
  const asking = askingTasks(state).size;
  const toStart = running.size + unasked.size + ready.size + delayed.size;
  const byItself = toStart + undecided.size + dueGates.size + doomed.size;
  const forPeople = frontier.waiting.size + frontier.unknown.size + held.size + asking;
  return forPeople > 0 && byItself === asking + behindAsking(state);
}

/** Tasks that may start, but wait for one that is asked the same, and that asks a person. */
function behindAsking(state: RunState): number {
  const { asking, frontier } = state;
  let behind = 0;
  for (const task of asking.size === 0 ? [] : frontier.ready.longestFirst()) {
    const same = waitsForSame(state, task);
    behind += same !== undefined && asking.has(same) ? 1 : 0;
  }
  return behind;
}

/** What a running task printed last; `undefined`: nothing, or it is not known here. */
export type Heard = (task: TaskId) => string | undefined;

/**
 * In the order of the plan, with fixes right below what they mend.
 * @param driven whoever moves the run on
 * @param heard by default nothing
 * @param now as of `reasonText`
 */
export function taskRows(
  plan: RunPlan,
  state: RunState,
  driven: Driven = { kind: 'here' },
  heard: Heard = () => undefined,
  now?: number,
): TaskRow[] {
  return fixPlaces(plan).order.map((planned) => taskRow(plan, planned, state, driven, heard, now));
}

/** @param planned one of the plan's tasks; the others as of `taskRows` */
export function taskRow(
  plan: RunPlan,
  planned: PlannedTask,
  state: RunState,
  driven: Driven = { kind: 'here' },
  heard: Heard = () => undefined,
  now?: number,
): TaskRow {
  const { id: task, step, groups } = planned;
  const at = state.tasks.get(task);
  if (at === undefined) {
    throw new Error(`Internal error: the run has no task ${task}`);
  }
  const landing = state.landings.get(task);
  const waits = whyWaiting(plan, planned, state, driven.kind !== 'nobody');
  const [question] = questionsOf(state, task);
  const asks = question === undefined ? undefined : asksText(question.asks);
  const isAtWork = at.kind === 'running' && asks === undefined;
  const spent = isAtWork ? spentText(spentBy(state, task)) : '';
  const said = isAtWork ? lineEnd(heard(task) ?? '', HEARD) : '';
  return {
    task,
    step,
    needs: shownNeeds(planned),
    groups,
    mends: planned.fix,
    depth: fixPlaces(plan).depths.get(task) ?? 0,
    mending: mendingNow(plan, state, task),
    state: at.kind,
    asks,
    detail:
      waits === undefined || asks !== undefined
        ? detailOf(plan, state, task, at, asks, now)
        : waitText(waits),
    reused: reuseOf(state, task),
    reason: reasonText(plan, state, task, 'line', now),
    cause: causeText(plan, state, task),
    live: [spent, said].filter((text) => text !== '').join(' · '),
    spent,
    said,
    model: modelOf(state, task),
    triesAgainAt: waits?.kind === 'time' ? waits.until : undefined,
    goesOnAt: waits?.kind === 'provider' ? waits.until : undefined,
    fix: fixOf(at, landing),
    startedAt: at.kind === 'running' ? at.startedAt : undefined,
    durationMs: durationOf(at),
    artifacts: at.kind === 'succeeded' ? at.artifacts : [],
    branch: landing?.kind === 'done' ? landing.branch : undefined,
    verbs: taskVerbs(plan, state, task),
  };
}

/** What was reused took no time, and there is none to tell. */
function durationOf(task: TaskState): number | undefined {
  const isReused = task.kind === 'succeeded' && task.reused !== undefined;
  return 'durationMs' in task && !isReused ? task.durationMs : undefined;
}

/** Characters of what a running task says that a row has room for. */
const HEARD = 60;

/** Without its day and the folder before it: the row is narrow, and the tooltip has all of it. */
function modelOf(state: RunState, task: TaskId): string {
  const last = state.ledger.tasks.get(task)?.calls.at(-1);
  const name = last?.end?.served ?? last?.requested ?? '';
  return oneLine(undatedModel(name.slice(name.lastIndexOf('/') + 1)), 40);
}

function detailOf(
  plan: RunPlan,
  state: RunState,
  id: TaskId,
  task: TaskState,
  asks: string | undefined,
  now: number | undefined,
): string {
  const landing = state.landings.get(id);
  const mends = plannedById(plan).get(id)?.fix;
  switch (task.kind) {
    case 'pending':
      return asks === undefined ? '' : `asks: ${asks}`;
    case 'running': {
      const parts = [
        asks === undefined ? undefined : `asks: ${asks}`,
        attemptText(task.attempt, mendingNow(plan, state, id)),
        otherModelText(state, id),
      ];
      return parts.filter((text) => text !== undefined).join(' · ');
    }
    case 'waiting':
      return mends === undefined ? askLine(task.ask) : stuckText(plan, state, mends);
    case 'unknown':
      return 'cut off: did it happen?';
    case 'succeeded':
      if (landing?.kind === 'failed') {
        return failureText(landing.failure).title;
      }
      if (task.reused !== undefined) {
        return reasonText(plan, state, id, 'short', now);
      }
      return task.accepted === undefined
        ? [
            fixedText(plan, state, id, 'with'),
            formatDuration(task.durationMs),
            spentText(spentBy(state, id)),
            otherModelText(state, id),
          ]
            .filter((text) => text !== undefined && text !== '')
            .join(' · ')
        : `accepted by ${task.accepted === 'probe' ? 'its probe' : oneLine(task.accepted.name)}`;
    case 'approved':
      return oneLine(
        task.note === undefined ? `by ${task.by.name}` : `by ${task.by.name}: ${task.note}`,
      );
    case 'failed':
      return [oneLine(failureText(task.failure).title), fixedText(plan, state, id, 'after')]
        .filter((text) => text !== '')
        .join(' · ');
    case 'skipped':
      return skipText(task.why);
    case 'cancelled':
      return '';
    default:
      return unreachable(task);
  }
}

function attemptText(attempt: number, mending: MendingNow | undefined): string | undefined {
  if (mending?.kind === 'proof') {
    return `proves ${mending.fix}`;
  }
  return attempt > 1 ? `attempt ${attempt}` : undefined;
}

/** `with 1 fix`; empty where nothing was mended. */
function fixedText(plan: RunPlan, state: RunState, id: TaskId, how: 'with' | 'after'): string {
  const fixes = fixCount(plan, state, id);
  return fixes === 0 ? '' : `${how} ${fixesText(fixes)}`;
}

/** Of a gate that asks what is to be done about a task; its question is long. */
function stuckText(plan: RunPlan, state: RunState, { of }: Fix): string {
  const fixes = fixCount(plan, state, of);
  return fixes === 0
    ? `asks what is to be done about ${of}`
    : `${fixesText(fixes)} did not mend ${of}`;
}

function skipText(why: SkipReason): string {
  switch (why.kind) {
    case 'needs':
      return `${why.tasks.join(', ')} did not succeed`;
    case 'unwanted':
      return 'its condition does not hold';
    case 'person':
      return `by ${oneLine(why.by.name)}`;
    default:
      return unreachable(why);
  }
}

function fixOf(task: TaskState, landing: LandingState | undefined): string | undefined {
  if (task.kind === 'failed') {
    return failureText(task.failure).fix;
  }
  if (task.kind === 'unknown') {
    return 'Find out whether its work was done. Then accept it, rerun it or skip it.';
  }
  return landing?.kind === 'failed' ? failureText(landing.failure).fix : undefined;
}
