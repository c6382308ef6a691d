import type { Clock } from './base/clock.ts';
import { abba } from './compare/order.ts';
import { WAYS, type ComparedRun, type WayId } from './compare/comparedRun.ts';
import { comparedRun } from './comparedRuns.ts';
import type { RunId } from './domain/ids.ts';
import type { Workflow } from './domain/workflow.ts';
import type { Preflight, TotalCost } from './preflight/report.ts';
import type { Sluice, StartRequest } from './sluice.ts';
import { resolveInputs } from './startRequest.ts';

// Makes the runs by which two ways of doing the same work are compared. Each is a run as any other: it is in the
// journal and in every view, and people can look at it, stop it and answer it while it is made.

export interface RunsWanted {
  readonly workflows: Readonly<Record<WayId, Workflow>>;
  /** What both are given; of each the inputs it has. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Of each way, at least 1. */
  readonly runs: number;
  /** Runs under way at the same time, of both ways together. */
  readonly atOnce: number;
  /** Milliseconds after which a run is stopped; `undefined`: never. */
  readonly timeoutMs: number | undefined;
  /** All that is asked of each run besides. */
  readonly request: Omit<StartRequest, 'workflow' | 'inputs' | 'leaveAtGates' | 'drawn'>;
}

export interface RunsListener {
  /** @param place from 1, of all that are to be made */
  began(run: RunId, way: WayId, place: number): void;
  ended(run: ComparedRun, place: number): void;
}

export interface RunsMade {
  /** In the order they ended. */
  readonly runs: readonly ComparedRun[];
  /** Why not all were made, as a sentence; `undefined`: they were, or the signal aborted. */
  readonly problem: string | undefined;
}

/** The part of a folder's Sluice that this needs. */
export type RunMaker = Pick<Sluice, 'start' | 'request' | 'run' | 'actor'>;

/** @param signal once it aborts no further run starts, and those under way are cancelled; what they came to is told */
export async function makeRuns(
  sluice: RunMaker,
  wanted: RunsWanted,
  listener: RunsListener,
  clock: Clock,
  signal: AbortSignal,
): Promise<RunsMade> {
  const order = abba(wanted.runs);
  const made: ComparedRun[] = [];
  let next = 0;
  let problem: string | undefined;
  const makeOneByOne = async () => {
    while (next < order.length && problem === undefined && !signal.aborted) {
      const way = order[next] ?? 'A';
      next += 1;
      const outcome = await makeRun(sluice, wanted, { way, place: next }, listener, clock, signal);
      if (typeof outcome === 'string') {
        problem ??= outcome;
      } else {
        made.push(outcome.run);
        problem ??= outcome.problem;
      }
    }
  };
  await Promise.all(Array.from({ length: wanted.atOnce }, makeOneByOne));
  return { runs: made, problem };
}

/** @returns the run and why no other is to follow it; or, where there is none, only that */
async function makeRun(
  sluice: RunMaker,
  { workflows, inputs, timeoutMs, request }: RunsWanted,
  { way, place }: { readonly way: WayId; readonly place: number },
  listener: RunsListener,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly run: ComparedRun; readonly problem: string | undefined } | string> {
  const workflow = workflows[way];
  const started = await sluice.start({
    ...request,
    workflow,
    inputs: inputsFor(workflow, inputs),
    // Nobody may be there: a run that needs a person is counted as one, and the next begins.
    leaveAtGates: true,
    drawn: { asked: workflows.A.name, other: workflows.B.name, share: 0.5 },
  });
  if (!started.ok) {
    return started.error.message;
  }
  const { run, ended } = started.value;
  listener.began(run, way, place);
  let isTimedOut = false;
  const stop = () => void sluice.request(run, { kind: 'cancel', by: sluice.actor });
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.timer(timeoutMs, () => {
          isTimedOut = !signal.aborted;
          stop();
        });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) {
    stop();
  }
  try {
    const end = await ended;
    const entry = sluice.run(run);
    if (entry?.kind !== 'readable') {
      return `The journal of ${run} cannot be read: ${entry?.why ?? 'it is not there any more'}`;
    }
    const compared = comparedRun(entry, { way, isKept: false, isTimedOut, now: clock.now() });
    listener.ended(compared, place);
    const problem =
      end.kind === 'broken'
        ? `${run} could not go on: ${end.error.message}`
        : end.kind === 'detached'
          ? `${run} was let go before its end, because Sluice was closed.`
          : undefined;
    return { run: compared, problem };
  } finally {
    timer?.dispose();
    signal.removeEventListener('abort', stop);
  }
}

/** Of what both are given the part this one takes. */
export function inputsFor(
  workflow: Workflow,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name]) => Object.hasOwn(workflow.inputs, name)),
  );
}

/** What keeps two workflows from being compared with these inputs, as a sentence. */
export function comparedFault(
  workflows: Readonly<Record<WayId, Workflow>>,
  inputs: Readonly<Record<string, string>>,
): string | undefined {
  const { A, B } = workflows;
  if (A.name === B.name) {
    return `Name two workflows: ${A.name} cannot be compared with itself.`;
  }
  const unknown = Object.keys(inputs).filter(
    (name) => !Object.hasOwn(A.inputs, name) && !Object.hasOwn(B.inputs, name),
  );
  if (unknown.length > 0) {
    return `Neither ${A.name} nor ${B.name} has an input ${unknown.join(', ')}.`;
  }
  for (const way of WAYS) {
    const resolved = resolveInputs(workflows[way], inputsFor(workflows[way], inputs));
    if (!resolved.ok) {
      return resolved.error.message;
    }
  }
  return undefined;
}

/** What so many runs of both cost together, by their pre-flights. */
export function costOfRuns(preflights: readonly Preflight[], runs: number): TotalCost {
  return preflights
    .map(({ expected }) => expected.cost)
    .reduce<TotalCost>((sum, cost) => addedCost(sum, timesCost(cost, runs)), { kind: 'none' });
}

/** Somebody may have to pay for it. */
export function isPaid(cost: TotalCost): boolean {
  return (
    cost.kind === 'sum' &&
    (cost.unpricedTasks + cost.unknownTasks > 0 || (cost.usd?.mostUsd ?? 0) > 0)
  );
}

function timesCost(cost: TotalCost, runs: number): TotalCost {
  return cost.kind === 'none'
    ? cost
    : {
        ...cost,
        usd: cost.usd && {
          leastUsd: cost.usd.leastUsd * runs,
          mostUsd: cost.usd.mostUsd * runs,
        },
        unpricedTasks: cost.unpricedTasks * runs,
        unknownTasks: cost.unknownTasks * runs,
        // A budget is of one run, and the two may have budgets of different things.
        most: undefined,
      };
}

function addedCost(one: TotalCost, other: TotalCost): TotalCost {
  if (one.kind === 'none' || other.kind === 'none') {
    return one.kind === 'none' ? other : one;
  }
  return {
    kind: 'sum',
    usd:
      one.usd === undefined || other.usd === undefined
        ? (one.usd ?? other.usd)
        : {
            leastUsd: one.usd.leastUsd + other.usd.leastUsd,
            mostUsd: one.usd.mostUsd + other.usd.mostUsd,
          },
    isGuess: one.isGuess || other.isGuess,
    unpricedTasks: one.unpricedTasks + other.unpricedTasks,
    unknownTasks: one.unknownTasks + other.unknownTasks,
    most: undefined,
  };
}
