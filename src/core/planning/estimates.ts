import type { Agent } from '../domain/agent.ts';
import type { AgentName, StepId } from '../domain/ids.ts';
import { DEFAULT_ESTIMATE_MS, type AgentStep } from '../domain/workflow.ts';

/** A task that succeeded, in this run or another. */
export interface PastTask {
  /** Name of the run's workflow. */
  readonly workflow: string;
  readonly step: StepId;
  readonly agent: AgentName;
  /** `undefined`: the agent's own. */
  readonly model: string | undefined;
  readonly durationMs: number;
  readonly inputBytes: number | undefined;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** US dollars that its models cost; `undefined`: it asked none, or one without a price. */
  readonly usd: number | undefined;
}

/**
 * How long a task is expected to take, in milliseconds. @param model `undefined`: the agent's own
 * @param textBytes of the task's text; 0 says nothing about its length
 */
export type Estimator = (
  workflow: string,
  step: AgentStep,
  agent: Agent | undefined,
  model: string | undefined,
  textBytes: number,
) => number;

/** How many of the newest tasks of a kind count. */
const NEWEST = 20;

/** What is known of tasks of a kind. */
interface Means {
  readonly durationMs: number;
  /** Of those whose input is known and not empty; `undefined`: of none. */
  readonly inputBytes: number | undefined;
}

/**
 * Learns from the same step of the same workflow; where it never ran, from the same agent with the same
 * model; and else from everything. A text longer or shorter than usual is taken to need more or less
 * time, at most twice and at least half of the usual.
 */
export function learnEstimates(history: Iterable<PastTask>): Estimator {
  const all = [...history];
  const bySteps = newestMeans(all, ({ workflow, step }) => keyOf(workflow, step));
  const byAgents = newestMeans(all, ({ agent, model }) => keyOf(agent, model));
  const everything = meansOf(all);
  return (workflow, step, agent, model, textBytes) => {
    const means =
      bySteps.get(keyOf(workflow, step.id)) ??
      byAgents.get(keyOf(agent?.name ?? step.agent, model)) ??
      everything;
    if (means === undefined) {
      return DEFAULT_ESTIMATE_MS;
    }
    const { durationMs, inputBytes } = means;
    const ratio = inputBytes === undefined || textBytes <= 0 ? 1 : textBytes / inputBytes;
    return Math.round(durationMs * Math.min(2, Math.max(0.5, ratio)));
  };
}

/** How long tasks of a kind took, in milliseconds. */
export interface PastTimes {
  readonly leastMs: number;
  /** The median. */
  readonly likelyMs: number;
  readonly mostMs: number;
  /** Whose they are: the same step's of the same workflow, or, where it never ran, any step's of the same agent. */
  readonly of: 'step' | 'agent';
  /** Tasks they are learned from. */
  readonly samples: number;
}

/** `undefined`: nothing is known of the step, nor of its agent with this model. */
export type PastTimesOf = (
  workflow: string,
  step: AgentStep,
  model: string | undefined,
) => PastTimes | undefined;

/** What people are told of the past: unlike an estimate it says nothing where it knows nothing. */
export function learnPastTimes(history: Iterable<PastTask>): PastTimesOf {
  const all = [...history];
  const bySteps = newestTasks(all, ({ workflow, step }) => keyOf(workflow, step));
  const byAgents = newestTasks(all, ({ agent, model }) => keyOf(agent, model));
  return (workflow, step, model) =>
    timesOf('step', bySteps.get(keyOf(workflow, step.id))) ??
    timesOf('agent', byAgents.get(keyOf(step.agent, model)));
}

/** What tasks of a kind cost, in US dollars. */
export interface PastCosts extends Pick<PastTimes, 'of' | 'samples'> {
  readonly leastUsd: number;
  /** The median. */
  readonly likelyUsd: number;
  readonly mostUsd: number;
}

/** As `learnPastTimes`; tasks without a price say nothing. */
export function learnPastCosts(
  history: Iterable<PastTask>,
): (workflow: string, step: AgentStep, model: string | undefined) => PastCosts | undefined {
  const priced = [...history].filter(({ usd }) => usd !== undefined);
  const bySteps = newestTasks(priced, ({ workflow, step }) => keyOf(workflow, step));
  const byAgents = newestTasks(priced, ({ agent, model }) => keyOf(agent, model));
  const costsOf = (of: PastTimes['of'], tasks: readonly PastTask[] | undefined) => {
    const spread = spreadOf((tasks ?? []).flatMap(({ usd }) => usd ?? []));
    return (
      spread && {
        leastUsd: spread.least,
        likelyUsd: spread.likely,
        mostUsd: spread.most,
        of,
        samples: spread.samples,
      }
    );
  };
  return (workflow, step, model) =>
    costsOf('step', bySteps.get(keyOf(workflow, step.id))) ??
    costsOf('agent', byAgents.get(keyOf(step.agent, model)));
}

function timesOf(
  of: PastTimes['of'],
  tasks: readonly PastTask[] | undefined,
): PastTimes | undefined {
  const spread = spreadOf((tasks ?? []).map(({ durationMs }) => durationMs));
  return (
    spread && {
      leastMs: spread.least,
      likelyMs: spread.likely,
      mostMs: spread.most,
      of,
      samples: spread.samples,
    }
  );
}

/** The least, the median and the most; `undefined`: of nothing. */
function spreadOf(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  const likely = mean(
    [(sorted.length - 1) / 2, sorted.length / 2].flatMap((at) => sorted[Math.floor(at)] ?? []),
  );
  return least === undefined || most === undefined || likely === undefined
    ? undefined
    : { least, likely, most, samples: sorted.length };
}

function keyOf(...parts: readonly (string | undefined)[]): string {
  return JSON.stringify(parts.map((part) => part ?? null));
}

function newestMeans(
  tasks: readonly PastTask[],
  keyFor: (task: PastTask) => string,
): ReadonlyMap<string, Means> {
  const means = new Map<string, Means>();
  for (const [key, group] of newestTasks(tasks, keyFor)) {
    const found = meansOf(group);
    if (found !== undefined) {
      means.set(key, found);
    }
  }
  return means;
}

function newestTasks(
  tasks: readonly PastTask[],
  keyFor: (task: PastTask) => string,
): ReadonlyMap<string, readonly PastTask[]> {
  const groups = new Map<string, PastTask[]>();
  for (const task of tasks) {
    const key = keyFor(task);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [task]);
    } else {
      group.push(task);
    }
  }
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      group.toSorted((a, b) => b.endedAt - a.endedAt).slice(0, NEWEST),
    ]),
  );
}

function meansOf(tasks: readonly PastTask[]): Means | undefined {
  const durationMs = mean(tasks.map((task) => task.durationMs));
  if (durationMs === undefined) {
    return undefined;
  }
  const inputBytes = mean(
    tasks.flatMap((task) => task.inputBytes ?? []).filter((bytes) => bytes > 0),
  );
  return { durationMs, inputBytes };
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
