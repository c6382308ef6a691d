import { count } from '../base/text.ts';
import { moneyText, roundTimeText } from '../domain/amounts.ts';
import type { AgentName } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import { DEFAULT_ESTIMATE_MS, type RunPlan } from '../domain/workflow.ts';
import { runSpentText, spentBy } from './ledger.ts';

// What a run has cost when a person is asked, and what is expected to come. What nobody knows is said to be unknown,
// never nothing.

export interface GateCost {
  /** `2,140 tokens · $0.03`; `undefined`: no model was asked. */
  readonly soFar: string | undefined;
  /** Of all that has not begun: `4 tasks, 3 min of work, about $0.40`; `undefined`: nothing. */
  readonly toCome: string | undefined;
}

/** A run that is learned from. */
export interface PastRun {
  readonly plan: RunPlan;
  readonly state: RunState;
}

/** @param past other runs to learn from what tasks cost, the newest first; this one counts before them */
export function gateCost(plan: RunPlan, state: RunState, past: readonly PastRun[] = []): GateCost {
  const spent = runSpentText(state);
  return {
    soFar: spent === '' ? undefined : spent,
    toCome: toComeText(plan, state, [{ plan, state }, ...past]),
  };
}

/** `$0.03 so far · to come: 4 tasks, 3 min of work, about $0.40`; empty where there is nothing to say. */
export function costLine({ soFar, toCome }: GateCost): string {
  return [
    soFar === undefined ? '' : `${soFar} so far`,
    toCome === undefined ? '' : `to come: ${toCome}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function toComeText(plan: RunPlan, state: RunState, runs: readonly PastRun[]): string | undefined {
  let tasks = 0;
  let workMs = 0;
  let untimed = 0;
  let usd = 0;
  let priced = 0;
  let unpriced = 0;
  let hasLanes = false;
  const usual = usualCosts(runs);
  for (const { id, step, estimateMs, unfoldsAfter } of plan.tasks) {
    if (state.tasks.get(id)?.kind !== 'pending' || step.kind === 'gate') {
      continue;
    }
    if (unfoldsAfter.length > 0) {
      hasLanes = true;
      continue;
    }
    tasks += 1;
    // A plan keeps no word for "unknown": it has the time of a task of which nothing is known.
    if (estimateMs === DEFAULT_ESTIMATE_MS) {
      untimed += 1;
    } else {
      workMs += estimateMs;
    }
    if (plan.agents[step.agent]?.runner.kind !== 'command') {
      const cost = usual(step.agent);
      if (cost === undefined) {
        unpriced += 1;
      } else {
        priced += 1;
        usd += cost;
      }
    }
  }
  if (tasks === 0 && !hasLanes) {
    return undefined;
  }
  return [
    tasks === 0 ? '' : count(tasks, 'task'),
    tasks === 0 ? '' : timeText(workMs, untimed, tasks),
    moneyToCome(usd, priced, unpriced),
    hasLanes ? 'lanes nobody knows yet' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function timeText(workMs: number, untimed: number, tasks: number): string {
  if (untimed === tasks) {
    return 'time unknown';
  }
  const known = `${roundTimeText(workMs)} of work`;
  return untimed === 0 ? known : `${known} and ${untimed} of unknown time`;
}

/** Empty where no model will be asked. */
function moneyToCome(usd: number, priced: number, unpriced: number): string {
  if (priced === 0) {
    return unpriced === 0 ? '' : 'cost unknown';
  }
  const known = `about ${moneyText(usd)}`;
  return unpriced === 0 ? known : `${known} and ${unpriced} of unknown cost`;
}

/** What a task of an agent usually costs, in US dollars: the median. `undefined`: nobody knows. */
function usualCosts(runs: readonly PastRun[]): (agent: AgentName) => number | undefined {
  const costs = new Map<AgentName, number[]>();
  for (const { plan, state } of runs) {
    for (const { id, step } of plan.tasks) {
      const at = state.tasks.get(id);
      if (step.kind === 'gate' || at?.kind !== 'succeeded' || at.reused !== undefined) {
        continue;
      }
      const { calls, unpricedCalls, usd } = spentBy(state, id);
      if (calls > 0 && unpricedCalls === 0) {
        const known = costs.get(step.agent);
        if (known === undefined) {
          costs.set(step.agent, [usd]);
        } else {
          known.push(usd);
        }
      }
    }
  }
  return (agent) => {
    const sorted = [...(costs.get(agent) ?? [])].sort((one, other) => one - other);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  };
}
