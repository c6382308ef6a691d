import { digestOfJson, type Digest } from '../base/digest.ts';
import type { Reuse } from '../domain/cache.ts';
import { reuseText } from '../domain/cacheText.ts';
import { evidenceBefore } from '../domain/gateEvidence.ts';
import { makersOf } from '../domain/gateMakers.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import type { Artifact, Decision, RemovedFile } from '../domain/event.ts';
import type { GateEvidence, RunState } from '../domain/runState.ts';
import type { GateStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';
import { reuseOf } from './reasons.ts';

/** A gate that waits for a person. */
export interface OpenGate {
  readonly run: RunId;
  readonly task: TaskId;
  readonly ask: string;
  /** The task whose failures were not mended, which it asks about; left out: it is a step of the workflow. */
  readonly stuck?: TaskId | undefined;
  /** What an answer must carry. */
  readonly digest: Digest;
  readonly openedAt: number;
  /** The artifacts the gate shows, in the order it names them. */
  readonly shown: readonly Artifact[];
  /** Tasks right before the gate for which nothing ran: what they made before stands for them. */
  readonly reused: readonly ReusedTask[];
  /** Whoever approves chooses one of these. Empty: there is nothing to choose. */
  readonly choices: readonly string[];
  /** Whoever approves may write an answer of their own, and must where there are no choices. */
  readonly takesText: boolean;
  /** Who is told where changes are requested. Empty: nobody can make again what it asks about. */
  readonly makers: readonly TaskId[];
  /** The answer given before to something else; `undefined`: it is asked for the first time. */
  readonly lapsed: LapsedAnswer | undefined;
  /** The same text for gates that ask the same about the same content. */
  readonly identical: string;
}

/** An answer that does not count any more. */
export interface LapsedAnswer {
  /** A name. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly decision: Decision;
  readonly note: string | undefined;
  /** What is not as it was then, a line each: `docs/a.md changed`, `the question changed`; at most `MOST_CHANGED`. */
  readonly changed: readonly string[];
}

const MOST_CHANGED = 20;

export interface ReusedTask {
  readonly task: TaskId;
  readonly reuse: Reuse;
}

export function openGates(plan: RunPlan, state: RunState): OpenGate[] {
  if (state.frontier.waiting.size === 0) {
    return [];
  }
  const planned = plannedById(plan);
  return plan.tasks.flatMap((task) => gateAt(task, planned, state) ?? []);
}

function gateAt(
  { id, step, needs, fix }: PlannedTask,
  planned: ReadonlyMap<TaskId, PlannedTask>,
  state: RunState,
): OpenGate | undefined {
  const task = state.tasks.get(id);
  if (step.kind !== 'gate' || task?.kind !== 'waiting') {
    return undefined;
  }
  const evidence = evidenceBefore(id, (one) => planned.get(one)?.needs ?? [], state.tasks);
  const made = evidence.flatMap((one) => (needs.includes(one.task) ? one.artifacts : []));
  const { choices = [], takesText = false } = step;
  return {
    run: state.run,
    task: id,
    ask: task.ask,
    ...(fix === undefined ? {} : { stuck: fix.of }),
    digest: task.digest,
    openedAt: task.openedAt,
    shown: step.show.flatMap((path) => made.filter((artifact) => artifact.path === path)),
    reused: reusedAmong(state, needs),
    choices,
    takesText,
    makers: makersOf(id, planned, state.tasks),
    lapsed: lapsedAt(id, task.ask, evidence, state),
    identical: contentOf(step, task.ask, evidence),
  };
}

/** What it asks about, whoever made it. */
function contentOf(
  { choices, takesText }: GateStep,
  ask: string,
  evidence: readonly GateEvidence[],
): string {
  const made = evidence.map(({ output, artifacts, removed }) => ({
    output,
    artifacts: artifacts.map(({ path, digest, executable }) => ({ path, digest, executable })),
    removed: removed.map(({ path }) => path),
  }));
  return digestOfJson({ ask, choices, takesText, made });
}

function lapsedAt(
  gate: TaskId,
  ask: string,
  evidence: readonly GateEvidence[],
  { answers }: RunState,
): LapsedAnswer | undefined {
  const answer = answers.get(gate);
  if (answer === undefined) {
    return undefined;
  }
  const { by, at, decision, note } = answer;
  const changed = answer.isDoubted
    ? ['nobody who holds your key gave that answer']
    : [
        ...(answer.ask === ask ? [] : ['the question changed']),
        ...changedBetween(answer.evidence, evidence),
      ];
  return { by: by.name, at, decision, note, changed: changed.slice(0, MOST_CHANGED) };
}

/** A line for each file and answer that is not as it was. */
function changedBetween(
  before: readonly GateEvidence[],
  now: readonly GateEvidence[],
): readonly string[] {
  const was = new Map(before.map((evidence) => [evidence.task, evidence]));
  return now.flatMap(({ task, output, artifacts, removed }) => {
    const old = was.get(task);
    if (old === undefined) {
      return [`${task} is new`];
    }
    const files = new Map(old.artifacts.map((artifact) => [artifact.path, artifact]));
    const changed = artifacts.flatMap(({ path, digest, executable }) => {
      const file = files.get(path);
      files.delete(path);
      const isSame = file?.digest === digest && file.executable === executable;
      return isSame ? [] : [`${path} ${file === undefined ? 'is new' : 'changed'}`];
    });
    const gone = [...files.keys()].map((path) => `${path} is gone`);
    const answered = output === old.output ? [] : [`what ${task} answered changed`];
    const removals = [
      ...without(removed, old.removed).map((path) => `${path} is removed now`),
      ...without(old.removed, removed).map((path) => `${path} is not removed any more`),
    ];
    return [...changed, ...gone, ...removals, ...answered];
  });
}

function without(some: readonly RemovedFile[], others: readonly RemovedFile[]): readonly string[] {
  const paths = new Set(others.map(({ path }) => path));
  return some.flatMap(({ path }) => (paths.has(path) ? [] : path));
}

function reusedAmong(state: RunState, tasks: readonly TaskId[]): ReusedTask[] {
  return tasks.flatMap((task) => {
    const reuse = reuseOf(state, task);
    return reuse === undefined ? [] : [{ task, reuse }];
  });
}

/** What a person who answers has to know: `lint reused: same prompt as run x-12 · 2 h ago`, a line each. */
export function reusedLines(
  { run, reused }: Pick<OpenGate, 'run' | 'reused'>,
  now: number,
): string[] {
  return reused.map(({ task, reuse }) => `${task} ${reuseText(reuse, { now, task, run })}`);
}

/** The tasks that made what a gate shows. */
export function whoMade(
  state: RunState,
  gate: Pick<OpenGate, 'shown'>,
): { readonly task: TaskId; readonly path: string }[] {
  return gate.shown.flatMap((shown) => {
    for (const [task, made] of state.tasks) {
      if (made.kind === 'succeeded' && made.artifacts.includes(shown)) {
        return [{ task, path: shown.path }];
      }
    }
    return [];
  });
}
