import type { TaskId } from './ids.ts';
import type { Spent } from './ledger.ts';
import { budgetKey, type BudgetReached, type BudgetScope } from './question.ts';
import type { RunnerEvents, Wishes } from './runner.ts';
import type { RunState } from './runState.ts';
import type { Budget } from './terms.ts';
import { termsOf, type AgentStep, type RunPlan } from './workflow.ts';

// What may be spent and what is. The run has the workflow's budget; each task has its step's, else its agent's.

/** Of a budget, from which people are told. */
const NOTICED_FROM = 0.8;

const LIMITS = ['tokens', 'usd', 'time'] as const;

interface Asked {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly task: TaskId;
  readonly step: AgentStep;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Every limit that holds for the task, and how much of it is gone; the run's first. */
export function budgetsOf({ plan, state, task, step, now }: Asked): readonly BudgetReached[] {
  const { total, tasks } = state.ledger;
  const ofTask: BudgetScope = { kind: 'task', task };
  const run = () => amounts(total, runningMs(state, state.frontier.running, now));
  const own = () => amounts(tasks.get(task)?.spent, runningMs(state, [task], now));
  return [
    ...limitsIn(plan.workflow.budget, { kind: 'run' }, state, run),
    ...limitsIn(termsOf(step, plan.agents[step.agent]).budget, ofTask, state, own),
  ];
}

/** The first limit that leaves nothing; `undefined`: there is something left of each. */
export function spentBudget(asked: Asked): BudgetReached | undefined {
  return budgetsOf(asked).find(({ spent, limit }) => spent >= limit);
}

/** Limits of which four fifths are gone, and of which nobody was told. */
export function nearlySpent(asked: Asked): readonly BudgetReached[] {
  const { noticed } = asked.state;
  return budgetsOf(asked).filter(
    ({ scope, of, spent, limit }) =>
      spent >= limit * NOTICED_FROM && !noticed.has(budgetKey(scope, of)),
  );
}

/** Milliseconds that the task's attempt may still take; `undefined`: nothing limits it. */
export function timeLeft(asked: Asked): number | undefined {
  const left = budgetsOf(asked).flatMap(({ of, spent, limit }) =>
    of === 'time' ? [limit - spent] : [],
  );
  return left.length === 0 ? undefined : Math.max(0, Math.min(...left));
}

type Amounts = Readonly<Record<(typeof LIMITS)[number], number>>;

function amounts(spent: Spent | undefined, runningMs: number): Amounts {
  return {
    tokens: (spent?.inputTokens ?? 0) + (spent?.outputTokens ?? 0),
    usd: spent?.usd ?? 0,
    time: (spent?.workedMs ?? 0) + runningMs,
  };
}

function limitsIn(
  budget: Budget | undefined,
  scope: BudgetScope,
  { raised }: RunState,
  spentBy: () => Amounts,
): BudgetReached[] {
  if (budget === undefined) {
    return [];
  }
  const given = { tokens: budget.tokens, usd: budget.usd, time: budget.timeMs };
  const spent = spentBy();
  return LIMITS.flatMap((of) => {
    const limit = given[of];
    const now = raised.get(budgetKey(scope, of)) ?? limit;
    return now === undefined ? [] : [{ scope, of, spent: spent[of], limit: now }];
  });
}

/** What attempts under way have taken since they were begun or went on, without waits for people. */
function runningMs({ tasks, asking }: RunState, running: Iterable<TaskId>, now: number): number {
  let ms = 0;
  for (const id of running) {
    const task = tasks.get(id);
    const until = asking.get(id) ?? now;
    ms += task?.kind === 'running' ? Math.max(0, until - task.startedAt) : 0;
  }
  return ms;
}

/** Asks a person while a budget is spent. @returns the one that a person lets the task end with */
export async function clearBudget(
  wishes: () => Wishes,
  events: Pick<RunnerEvents, 'ask'>,
): Promise<BudgetReached | undefined> {
  for (let over = wishes().spentBudget; over !== undefined; over = wishes().spentBudget) {
    const reply = await events.ask('budget', { kind: 'budget', ...over });
    if (reply.kind === 'stop') {
      return over;
    }
  }
  return undefined;
}
