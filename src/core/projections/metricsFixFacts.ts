import type { Mending } from '../domain/debugging.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { TestReport } from '../domain/testReport.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';

// What the figures about fixes and tests are summed from. A fix counts with the task it is for: only that one shows
// what came of it.

/** What of a task can count whose step says that failures are mended. */
export interface MendedFact {
  /** `open`: it has not ended. `other`: it was stopped, or nothing ran for it. */
  readonly end: 'succeeded' | 'failed' | 'other' | 'open';
  /** When it ended; of an open one when it last failed. Milliseconds since 1970. */
  readonly at: number;
  /** In the order they were opened; what asks a person is among them. */
  readonly fixes: readonly FixFact[];
}

export interface FixFact {
  /** As `FaultKind`. */
  readonly fault: string;
  /** `undefined`: a person is asked what is to be done. */
  readonly agent: string | undefined;
  /**
   * `mended`: its task succeeded with it, the last that was opened. `missed`: it failed, or its task did all the same.
   * `other`: it is at work or to be proved, or somebody stopped it or its task.
   */
  readonly came: 'mended' | 'missed' | 'other';
  /** Work of its attempt that decided; `undefined`: none did. */
  readonly ms: number | undefined;
}

/** What the last attempt of a task reported of tests. */
export interface TestedFact {
  /** When the task ended. Milliseconds since 1970. */
  readonly at: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Percent, of the last report that says; `undefined`: none does. */
  readonly coverage: number | undefined;
}

/** True where failures of some of its steps are mended: plans of older versions have none of these. */
export function mayMend({ tasks, fixes }: RunPlan): boolean {
  return fixes !== undefined || tasks.some(isMended);
}

/** Tasks of which nothing can count are left out. */
export function mendedFacts(plan: RunPlan, state: RunState): readonly MendedFact[] {
  const planned = plannedById(plan);
  const facts: MendedFact[] = [];
  for (const task of plan.tasks) {
    const mending = state.mending.get(task.id);
    const at = state.tasks.get(task.id);
    if (at === undefined || (mending === undefined && !isMended(task))) {
      continue;
    }
    const ended = endOf(at);
    const last = mending?.faults.at(-1)?.at;
    const moment = ended?.at ?? last;
    if (moment !== undefined) {
      facts.push({
        end: ended?.end ?? 'open',
        at: moment,
        fixes: mending === undefined ? [] : fixFacts(mending, at, planned, state),
      });
    }
  }
  return facts;
}

/** `undefined`: it reported nothing, or is a fix, whose work its task proves. */
export function testedFact(
  planned: PlannedTask | undefined,
  task: TaskState,
  mending: Mending | undefined,
): TestedFact | undefined {
  if ((task.kind !== 'succeeded' && task.kind !== 'failed') || planned?.fix !== undefined) {
    return undefined;
  }
  // Who gives a task up makes no attempt: the last one failed before.
  const last = task.kind === 'failed' && task.tests.length === 0 ? mending?.faults.at(-1) : task;
  return last === undefined || last.tests.length === 0
    ? undefined
    : { at: task.endedAt, ...sumOf(last.tests) };
}

/** Attempts of the task's own work: later ones only proved what mended it. */
export function ownAttempts(attempts: number, mending: Mending | undefined): number {
  const first = mending?.faults[0];
  return first === undefined ? attempts : Math.min(attempts, first.attempt);
}

function isMended({ step, fix }: PlannedTask): boolean {
  return fix === undefined && step.kind === 'agent' && step.debug !== undefined;
}

function endOf(task: TaskState): Pick<MendedFact, 'end' | 'at'> | undefined {
  switch (task.kind) {
    case 'succeeded':
      return { end: task.reused === undefined ? 'succeeded' : 'other', at: task.endedAt };
    case 'failed':
      return { end: task.attempt === 0 ? 'other' : 'failed', at: task.endedAt };
    case 'approved':
    case 'skipped':
    case 'cancelled':
      return { end: 'other', at: task.endedAt };
    case 'pending':
    case 'running':
    case 'waiting':
    case 'unknown':
      return undefined;
  }
}

function fixFacts(
  { fixes, faults }: Mending,
  task: TaskState,
  planned: ReadonlyMap<TaskId, PlannedTask>,
  state: RunState,
): FixFact[] {
  return fixes.flatMap(({ fix: id, fault }, place) => {
    const fix = planned.get(id)?.fix;
    const at = state.tasks.get(id);
    if (fix === undefined || at === undefined) {
      return [];
    }
    // Its proof failed, or another one was opened for the same failure.
    const isOver = place < fixes.length - 1 || faults.length - 1 > fault;
    return [{ fault: fix.fault, agent: fix.agent, came: cameOf(at, task, isOver), ms: workOf(at) }];
  });
}

function cameOf(fix: TaskState, task: TaskState, isOver: boolean): FixFact['came'] {
  if (fix.kind === 'cancelled' || fix.kind === 'skipped') {
    return 'other';
  }
  if (isOver || fix.kind === 'failed' || task.kind === 'failed') {
    return 'missed';
  }
  return task.kind === 'succeeded' ? 'mended' : 'other';
}

function workOf(fix: TaskState): number | undefined {
  switch (fix.kind) {
    case 'succeeded':
      // Nobody knows how long it took what a person accepts; what is reused took no time.
      return fix.accepted === undefined && fix.reused === undefined ? fix.durationMs : undefined;
    case 'failed':
      return fix.attempt === 0 ? undefined : fix.durationMs;
    default:
      return undefined;
  }
}

function sumOf(reports: readonly TestReport[]): Omit<TestedFact, 'at'> {
  const sum = { passed: 0, failed: 0, skipped: 0, coverage: undefined as number | undefined };
  for (const { passed, failed, skipped, coverage } of reports) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    sum.coverage = coverage ?? sum.coverage;
  }
  return sum;
}
